#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# ovlctl tune, mode, doctor, and sync where it takes a while.

load helpers

# The guest's root is an overlay, too.
both() { run "$1" ovlctl "${@:2}" --mount "$MNT/own" --mount "$MNT/other"; }

setup() {
	common_setup
	make_upper ext4
	mount_overlay own
	mount_overlay other
}

teardown() {
	[[ ! $MAPPED ]] || go_on || :
	common_teardown
}

@test "cli steer - tune sets one mount and says what was and what is" {
	run -0 ovlctl tune max_suspects=1000 reaper/batch=77 umount_sync=none --mount "$MNT/own"
	assert_output "$MNT/own: max_suspects: 131072 -> 1000
$MNT/own: batch: 256 -> 77
$MNT/own: umount_sync: own -> none"
	assert_value own reaper/max_suspects 1000
	assert_value own reaper/batch 77
	assert_value own umount_sync none
	assert_value other reaper/max_suspects 131072
	both -0 tune max_suspects --json
	[[ $(jq -c '[.tunables[] | [.name, .value]] | sort' <<<"$output") == '[["max_suspects",1000],["max_suspects",131072]]' ]]
	both -0 tune batch=5 --json
	[[ $(jq -c '[.tunables[] | [.value, .new_value]] | sort' <<<"$output") == '[[77,5],[256,5]]' ]]
	assert_value other reaper/batch 5
}

@test "cli steer - tune of nonsense changes nothing" {
	both -64 tune batch=7 max_suspects=0
	assert_output --partial "max_suspects"
	assert_value own reaper/batch 256
}

@test "cli steer - tune sets the defaults of mounts to come" {
	local before
	before=$(</sys/fs/ovlsync/defaults/reaper/max_suspects)
	run -0 ovlctl tune max_suspects=555 --defaults
	assert_output "defaults: max_suspects: $before -> 555"
	assert_value own reaper/max_suspects 131072
	mount_overlay later
	assert_value later reaper/max_suspects 555
	run -0 ovlctl tune "max_suspects=$before" --defaults -q
	assert_output ""
	[[ $(</sys/fs/ovlsync/defaults/reaper/max_suspects) == "$before" ]]
}

@test "cli steer - mode full and back" {
	run -0 ovlctl mode full --mount "$MNT/own"
	assert_output --partial "$MNT/own: containerized -> full"
	assert_value own mode full
	assert_value other mode containerized
	write_file "$MNT/own/file" 50000
	sync_overlay own
	assert_value own sync/full_total 1
	run -0 ovlctl mode -n --raw -o MODE,MOUNTPOINT
	assert_line "full $MNT/own"
	assert_line "containerized $MNT/other"
	both -0 mode auto --json
	[[ $(jq -c '[.mounts[].new_mode] | unique' <<<"$output") == '["containerized"]' ]]
	assert_value own mode containerized
}

@test "cli steer - doctor finds why, and says what to do" {
	local wish=/run/modules-load.d/ovlsync.conf
	rm -f "$wish"
	run ovlctl doctor --mount "$MNT/own"
	assert_success
	assert_output --partial "kernel $KERNEL_RELEASE"
	assert_output --partial "the module is loaded, version 0.1"
	assert_output --partial "not loaded at boot"
	assert_output --partial "$MNT/own: containerized"
	mkdir -p "${wish%/*}"
	echo ovlsync >"$wish"
	run -0 ovlctl doctor
	assert_output --partial "loaded at boot: $wish"
	rm "$wish"
	ovlctl mode full --mount "$MNT/own" -q
	run -1 ovlctl doctor --quiet
	assert_output --partial "$MNT/own: full"
	device_of own
	assert_output --partial "-> ovlctl mode auto --device $REPLY"
	refute_output --partial "$MNT/other"
	# What it says to do helps.
	$(sed -n 's/.*-> \(ovlctl mode auto.*\)/\1/p' <<<"$output") -q
	run -0 ovlctl doctor --quiet
	assert_output ""
}

@test "cli steer - doctor knows each reason" {
	finds() { # NAME TEXT...
		local name=$1
		shift
		run ovlctl doctor --mount "$MNT/$name"
		for text; do assert_output --partial "$text"; done
		umount_overlay "$name"
	}
	mount_overlay vol volatile
	finds vol "volatile: mounted volatile" "mount it without volatile"
	make_upper ext4-nojournal
	mount_overlay nojournal
	finds nojournal "full: upper filesystem ext4 has no journal" "tune2fs"
	make_upper tmpfs
	mount_overlay mem
	finds mem "nosync"
}

@test "cli steer - doctor knows an unsupported upper" {
	make_upper ext2
	mount_overlay ext2
	run -1 ovlctl doctor --mount "$MNT/ext2"
	assert_output --partial "put upper and work directory on ext4 with a journal, xfs, btrfs, or f2fs of kernel 6.12"
}

@test "cli steer - doctor without the module" {
	unload_module
	run -2 ovlctl doctor
	assert_output --partial "the module is not loaded"
	assert_output --partial "-> modprobe ovlsync"
	run -2 ovlctl mode
	assert_output --partial "ovlsync is not loaded"
	run -2 ovlctl tune
	run -2 ovlctl top --batch -n 1
	run -2 ovlctl stats --prometheus
	run -2 ovlctl doctor --json
	jq -e '.findings[] | select(.level == "problem")' <<<"$output"
}

@test "cli steer - sync of a volatile mount claims nothing, without the module" {
	mount_overlay vol volatile
	unload_module
	run -0 --separate-stderr ovlctl sync --mount "$MNT/vol"
	assert_output "$MNT/vol: nothing written (by syncfs(2): the mount is volatile)"
	run -0 --separate-stderr ovlctl sync --mount "$MNT/own"
	assert_output --partial "by syncfs(2)"
	refute_output --partial "nothing written"
	run -0 --separate-stderr ovlctl sync --mount "$MNT/vol" --json
	[[ $(jq -r '.mounts[0].mode_reason' <<<"$output") == "the mount is volatile" ]]
}

# As in a container whose /dev was made before the module was loaded.
without_device() {
	unshare --mount bash -c 'mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && exec "$@"' sh "$@"
}

@test "cli steer - the module is loaded and its device is missing" {
	run -1 without_device ovlctl gc --mount "$MNT/own"
	assert_output --partial "/dev/ovlsync is missing, though ovlsync is loaded"
	run -0 without_device ovlctl sync --mount "$MNT/own"
	refute_output --partial "not loaded"
	assert_output --partial "/dev/ovlsync: No such file or directory: falling back to syncfs(2)"
	assert_value own sync/containerized_total 1
}

# An overlay "slow" on a disk that can stand still, and with it every sync.
mount_slow() {
	knows_filesystem ext4
	make_mapped_disk
	mkfs.ext4 -q -F "$MAPPED"
	use_upper "$MAPPED" ext4 defaults mapped
	mount_overlay slow
}

stand_still() { dmsetup suspend --noudevsync --nolockfs --noflush ovlsync-test; }
go_on() { dmsetup resume --noudevsync ovlsync-test; }

@test "cli steer - what is left of a sync is in sysfs" {
	mount_slow
	write_file "$MNT/slow/later" 50000
	settle_upper
	run -0 ovlctl gc --mount "$MNT/slow"
	actor open 0 creat "$MNT/slow/open"
	settle_upper
	write_file "$MNT/slow/one" 50000
	write_file "$MNT/slow/two" 4096
	assert_value slow sync/inflight_inodes 0
	assert_value slow sync/inflight_bytes 0
	stand_still
	background ovlctl sync --mount "$MNT/slow"
	retry_until 20 value_is slow sync/inflight_inodes 2
	assert_value slow sync/inflight_bytes 57344
	# What comes on the list now is not its business.
	actor open 1 w "$MNT/slow/later"
	actor write 1 0 4096 x
	assert_value slow suspects/nr 4
	assert_value slow sync/inflight_inodes 2
	assert_value slow sync/inflight_bytes 57344
	run -0 ovlctl stats --mount "$MNT/slow" --json
	[[ $(jq -c '.mounts[] | [.sync_inflight_inodes, .sync_inflight_bytes]' <<<"$output") == '[2,57344]' ]]
	go_on
	retry_until 20 value_is slow sync/inflight_inodes 0
	assert_value slow sync/inflight_bytes 0
}

@test "cli steer - sync says how far it is, on a terminal" {
	local drawn
	# To a disk of 100 MB/s.
	big_file "$MNT/own/big" 400
	tmux -L ovlsync -f /dev/null new-session -d -s top -x 160 -y 20 \
		"read; ovlctl sync --mount $MNT/own; echo status \$?; sleep 1000" 3>&- 4>&-
	tmux -L ovlsync pipe-pane -t top "cat >$BATS_TEST_TMPDIR/drawn"
	tmux -L ovlsync send-keys -t top Enter
	retry_until 60 screen_like "$MNT/own: 1 inode, 400M written in .* s .containerized.
status 0"
	refute screen_like "left"
	tmux -L ovlsync kill-server
	drawn=$(<"$BATS_TEST_TMPDIR/drawn")
	[[ $drawn =~ $MNT/own:\ [0-9]+\ s,\ 1\ inode\ and\ [0-9.]+M\ left ]]
	[[ $drawn =~ $MNT/own:\ [0-9]+\ s,\ 1\ inode\ and\ [0-9.]+M\ left,\ [0-9.]+M/s ]]
}

screen_like() { [[ $(tmux -L ovlsync capture-pane -p -t top) =~ $1 ]]; }

@test "cli steer - Ctrl-C leaves a sync at once, and the kernel goes on" {
	mount_slow
	write_file "$MNT/slow/file" 50000
	stand_still
	# In a shell as a user has it: its jobs, and not itself, get the signal.
	tmux -L ovlsync -f /dev/null new-session -d -s top -x 160 -y 20 \
		"PS1='$ ' bash --norc --noprofile -i" 3>&- 4>&-
	tmux -L ovlsync send-keys -t top "ovlctl sync --mount $MNT/slow" Enter
	retry_until 60 screen_like "$MNT/slow: [0-9]+ s, 1 inode and 52K left"
	tmux -L ovlsync send-keys -t top C-c
	retry_until 10 screen_like "$MNT/slow: interrupted; the kernel goes on with the sync"
	tmux -L ovlsync send-keys -t top "echo status \$?" Enter
	retry_until 10 screen_like "status 130"
	assert_value slow sync/inflight_inodes 1
	go_on
	retry_until 60 value_is slow sync/containerized_total 1
	assert_clean "$UPPER/slow/upper/file"
	tmux -L ovlsync kill-server
}

@test "cli steer - sync with --timeout gives up, and the kernel goes on" {
	mount_slow
	write_file "$MNT/slow/file" 50000
	stand_still
	run -1 ovlctl sync --mount "$MNT/slow" --timeout 0.3
	assert_output "ovlctl: $MNT/slow: cannot sync: not done in time; the kernel goes on with it"
	run -3 ovlctl sync --mount "$MNT/slow" --mount "$MNT/own" --timeout 0.3 --json
	# On a terminal, too, nothing but errors.
	run -1 script -qec "ovlctl sync --quiet --mount $MNT/slow --timeout 1" /dev/null
	assert_output --partial "not done in time"
	refute_output --partial "left"
	assert_value slow sync/inflight_inodes 1
	go_on
	retry_until 60 value_is slow sync/containerized_total 3
	assert_clean "$UPPER/slow/upper/file"
	run -0 ovlctl sync --mount "$MNT/slow" --timeout 60
	assert_output --partial "0B written"
	run -3 ovlctl sync --mount "$MNT/slow" --mount /nowhere
}
