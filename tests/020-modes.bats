#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Which mount is synced how, and what sysfs says of it.

load helpers

# Beside a neighbour's dirty data, both kinds of sync of overlay $1 leave the neighbour alone.
assert_containerized() {
	local name=$1 before

	big_file "$MNT/neighbour/big" 20
	assert_value "$name" mode containerized
	value "$name" sync/containerized_total
	before=$REPLY
	sync_overlay "$name"
	assert_value "$name" sync/containerized_total "$((before + 1))"
	assert_value "$name" sync/full_total 0
	umount_overlay "$name"
	assert_dirty 19000000 "$UPPER/neighbour/upper/big"
}

# A sync of overlay $1 writes out what the neighbour has, as without the module.
assert_stock_behaviour() {
	local before

	big_file "$MNT/neighbour/big" 4
	write_file "$MNT/$1/own" 50000
	assert_dirty 4000000 "$UPPER/neighbour/upper/big"
	value "$1" sync/full_total
	before=$REPLY
	sync_overlay "$1"
	assert_value "$1" sync/full_total "$((before + 1))"
	assert_clean "$UPPER/neighbour/upper/big" "$UPPER/$1/upper/own"
}

test_kind() {
	make_upper "$1"
	mount_overlay neighbour
	mount_overlay own
	assert_value own mode containerized
	assert_value own upper_fstype "$1"
	# btrfs shows a device number of its own in mountinfo.
	[[ $1 == btrfs ]] || assert_value own upper_device "$(mountpoint -d "$UPPER")"
	write_file "$MNT/own/file" 50000
	assert_value own suspects/nr 1
	assert_containerized own
	assert_clean "$UPPER/own/upper/file"
}

@test "modes - an overlay on ext4 is containerized" { test_kind ext4; }
@test "modes - an overlay on xfs is containerized" { test_kind xfs; }
@test "modes - an overlay on f2fs is containerized" {
	kernel_at_least 6.12.112 || skip "f2fs of this kernel is in mode full"
	test_kind f2fs
}

@test "modes - an overlay on btrfs is containerized" { test_kind btrfs; }

@test "modes - an overlay that nothing is written to is containerized - its upper is found without an open" {
	make_upper ext4
	mount_overlay neighbour
	mount_overlay idle
	assert_value idle upper_fstype ext4
	assert_value idle suspects/added_total 0
	assert_containerized idle
}

@test "modes - an overlay with changes of metadata alone is containerized" {
	make_upper ext4
	mount_overlay neighbour
	mount_overlay metadata
	mkdir "$MNT/metadata/d"
	mkdir "$MNT/metadata/e"
	mv "$MNT/metadata/e" "$MNT/metadata/d/f"
	chmod 700 "$MNT/metadata/d"
	ln -s target "$MNT/metadata/symlink"
	assert_value metadata suspects/added_total 0
	assert_containerized metadata
}

@test "modes - a volatile overlay is not synced as stock has it" {
	make_upper ext4
	mount_overlay own volatile
	assert_value own mode volatile
	assert_value_like own mode_reason volatile
	write_file "$MNT/own/file" 50000
	sync_overlay own
	assert_dirty 49152 "$UPPER/own/upper/file"
	assert_value own suspects/added_total 0
	assert_value own sync/containerized_total 0
}

@test "modes - with its upper on tmpfs there is nothing to sync" {
	make_upper tmpfs
	mount_overlay own
	assert_value own mode nosync
	assert_value_like own mode_reason memory
	write_file "$MNT/own/file" 50000
	assert_value own suspects/added_total 0
	sync_overlay own
}

@test "modes - with its upper on ext2 it is synced as stock has it" {
	make_upper ext2
	mount_overlay neighbour
	mount_overlay own
	assert_value own mode full
	assert_value_like own mode_reason "not proven"
	assert_stock_behaviour own
}

@test "modes - with its upper on ext4 without a journal it is synced as stock has it" {
	make_upper ext4-nojournal
	mount_overlay neighbour
	mount_overlay own
	assert_value own mode full
	assert_value_like own mode_reason journal
	assert_stock_behaviour own
}

@test "modes - with its upper on ext4 mounted without its journal it is synced as stock has it" {
	make_upper ext4 norecovery
	mount_overlay neighbour
	mount_overlay own
	assert_value own mode full
	assert_value_like own mode_reason journal
	assert_stock_behaviour own
}

# Its journal is to be aborted by what we would take to tell the overlay's owner.
@test "modes - with its upper on ext4 that is to abort when data is lost it is synced as stock has it" {
	make_upper ext4 data_err=abort
	mount_overlay neighbour
	mount_overlay own
	assert_value own mode full
	assert_value_like own mode_reason data_err=abort
	assert_stock_behaviour own
}

@test "modes - without an upper there is nothing to sync" {
	make_upper ext4
	mkdir -p "$MNT/lower" "$MNT/lower2" "$MNT/readonly"
	mount -t overlay -o "lowerdir=$MNT/lower:$MNT/lower2" readonly "$MNT/readonly"
	OVERLAYS+=(readonly)
	assert_value readonly mode nosync
	assert_value_like readonly mode_reason "no upper"
	sync_overlay readonly
}

@test "modes - an upper whose name has blanks commas colons and backslashes is found" {
	local name='a b,c:d\e'

	make_upper ext4
	mkdir -p "$MNT/lower" "$UPPER/$name/upper" "$UPPER/$name/work" "$MNT/odd"
	cd "$UPPER/$name"
	mount -t overlay -o "lowerdir=$MNT/lower,upperdir=upper,workdir=work" odd "$MNT/odd"
	cd /
	umount "$MNT/odd"
	local escaped=${name//\\/\\\\}
	escaped=${escaped//,/\\,}
	escaped=${escaped//:/\\:}
	mount -t overlay -o \
		"lowerdir=$MNT/lower,upperdir=$UPPER/$escaped/upper,workdir=$UPPER/$escaped/work" \
		odd "$MNT/odd" || skip "this kernel or mount(8) refuses such a name"
	OVERLAYS+=(odd)
	assert_value odd mode containerized
}

@test "modes - an upper given as a relative path is learned from the first file opened for write" {
	make_upper ext4
	mount_overlay neighbour
	mkdir -p "$UPPER/relative/upper" "$UPPER/relative/work" "$MNT/relative"
	cd "$UPPER/relative"
	mount -t overlay -o "lowerdir=$MNT/lower,upperdir=upper,workdir=work" relative "$MNT/relative"
	OVERLAYS+=(relative)
	cd /
	value relative mode
	# The mounting task is in the directory, so that it may have been found at once.
	[[ $REPLY == learning || $REPLY == containerized ]]
	write_file "$MNT/relative/file" 50000
	assert_value relative mode containerized
	sync_overlay relative
	assert_on_disk "$UPPER/relative/upper/file"
}

@test "modes - a lower directory that a relative path happens to lead to is not taken for the upper" {
	local right wrong

	no_module
	make_upper ext4
	right=$UPPER
	make_upper xfs
	wrong=$UPPER
	mkdir -p "$right"/own/{up,work} "$wrong/own/up" "$MNT/own"
	cd "$right/own"
	mount -t overlay -o "lowerdir=$wrong/own/up,upperdir=up,workdir=work" own "$MNT/own"
	OVERLAYS+=(own)
	# The module looks at it in a directory where "up" is the lower one.
	cd "$wrong/own"
	load_module
	cd /
	assert_value own mode learning
	mkdir "$MNT/own/dir"
	sync_overlay own
	sync_overlay own
	assert_value own sync/full_total 2
	write_file "$MNT/own/file" 50000
	assert_value own upper_fstype ext4
	sync_overlay own
	assert_value own mode containerized
}

@test "modes - until an upper was known truncate by path is not seen, so one full sync comes after" {
	kernel_at_least 6.5 || skip "overlayfs of this kernel looks its upper up while it is mounted"
	make_upper btrfs
	mkdir -p "$UPPER"/late/{upper,work} "$MNT"/{lower,late}
	write_file "$UPPER/late/upper/file" 6000
	sync -f "$UPPER"
	actor fsopen 0 overlay
	actor fsconfig 0 lowerdir "$MNT/lower"
	actor fsconfig 0 upperdir "$UPPER/late/upper"
	actor fsconfig 0 workdir "$UPPER/late/work"
	mount -t tmpfs tmpfs "$UPPER/late"
	actor fsmount 0 "$MNT/late"
	umount "$UPPER/late"
	actor close 0
	OVERLAYS+=(late)
	assert_value late mode learning
	actor truncate "$MNT/late/file" 1000
	actor truncate "$MNT/late/file" 6000
	write_file "$MNT/late/other" 10
	assert_value late upper_fstype btrfs
	assert_value late mode learning
	assert_value_like late mode_reason "not known at first"
	sync_overlay late
	assert_value late sync/full_total 1
	assert_clean "$UPPER/late/upper/file"
	assert_value late mode containerized
}

@test "modes - mode takes full and auto says who asked and refuses anything else" {
	make_upper ext4
	mount_overlay neighbour
	mount_overlay own
	set_value own mode full
	assert_value own mode full
	assert_value_like own mode_reason operator
	assert_stock_behaviour own
	for nonsense in containerized learning volatile nosync '' 1 'full auto'; do
		run -1 set_value own mode "$nonsense"
		assert_value own mode full
	done
	set_value own mode auto
	assert_value own mode containerized
	assert_value own suspects/overflow_total 0
}

@test "modes - a file that is opened while it is copied up is not taken for the upper" {
	make_upper ext4
	mkdir -p "$MNT/lower"
	big_file "$MNT/lower/big" 100
	mount_overlay own
	background bash -c 'printf x >>"$1"' - "$MNT/own/big"
	local opened=0
	# The lower layer is on another filesystem; the copy waits for a slow disk.
	until [[ -s $UPPER/own/upper/big ]]; do
		: <"$MNT/own/big"
		opened=$((opened + 1))
	done
	echo "# opened $opened times meanwhile" >&3
	end_background
	((opened > 10))
	assert_value own mode containerized
	assert_value own upper_fstype ext4
	rm "$MNT/lower/big"
}

# deceive: in a user namespace, mounts an overlay with its upper on a tmpfs, with paths that lead to two
# lower directories on the upper of everybody else when the module looks; syncs it, writes to it, and
# syncs it again.
deceive() {
	local dir=$MNT/deceit
	mkdir -p "$dir"/{paths,at,ready} "$UPPER"/{x,y}
	unshare --user --map-root-user --mount bash -euc '
		# What it begins with is a gap: something was left in what will look like its upper.
		mount -t overlay -o "lowerdir=$1/ready,upperdir=$2/x,workdir=$2/y,volatile" first "$1/at"
		echo x >"$1/at/x"
		umount "$1/at"
		rm -rf "$2/y/"*
		mount -t tmpfs tmpfs "$1/paths"
		mkdir "$1"/paths/{u,w}
		coproc "$3/actor"
		do_it() {
			echo "$*" >&${COPROC[1]}
			read -r answer <&${COPROC[0]}
			[[ $answer == ok ]] || { echo "$*: $answer" >&2 && exit 1; }
		}
		do_it fsopen 0 overlay
		do_it fsconfig 0 lowerdir "$2/x:$2/y"
		do_it fsconfig 0 upperdir "$1/paths/u"
		do_it fsconfig 0 workdir "$1/paths/w"
		mount --bind "$2/x" "$1/paths/u"
		mount --bind "$2/y" "$1/paths/w"
		do_it fsmount 0 "$1/at"
		for dir in /sys/fs/ovlsync/*:*; do
			[[ ${dir##*/} != "$(stat -c %Hd:%Ld "$1/at")" ]] || cat "$dir/upper_fstype" "$dir/mode"
		done
		sync -f "$1/at"
		echo x >"$1/at/written"
		sync -f "$1/at"' - "$dir" "$UPPER" "$TOOLS"
}

@test "modes - who makes the module believe in another upper has no part in what others are owed" {
	kernel_at_least 6.5 || skip "overlayfs of this kernel looks its upper up while it is mounted"
	no_module
	make_upper ext4
	mount_overlay own
	write_file "$MNT/own/file" 50000
	load_module
	assert_value own mode learning
	run -0 deceive
	echo "# $output" >&3
	assert_line --index 0 ext4
	assert_line --index 1 learning
	assert_value own mode learning
	sync_overlay own
	assert_on_disk "$UPPER/own/upper/file"
	assert_value own mode containerized
}

@test "modes - what a volatile overlay whose upper was never known has left ends with a full sync" {
	no_module
	make_upper ext4
	mkdir -p "$UPPER/own"/{upper,work} "$MNT/own"
	cd "$UPPER/own"
	mount -t overlay -o "lowerdir=$MNT/lower,upperdir=upper,workdir=work,volatile" own "$MNT/own"
	OVERLAYS+=(own)
	cd /
	load_module
	umount_overlay own
	mount_overlay other
	assert_value other mode learning
	sync_overlay other
	assert_value other mode containerized
	umount_overlay other
	mount_overlay other
	assert_value other mode containerized
}
