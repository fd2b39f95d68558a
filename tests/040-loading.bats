#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Loading while overlays are mounted and unloading while they are busy: nothing is missed, and
# nothing of ours is left.

load helpers

# 50 rounds of loading and unloading take their time.
export BATS_TEST_TIMEOUT=$((400 * SLOWNESS))

SIZE=65536

setup() {
	common_setup
	no_module
}

# Three overlays that were there first: one with a file open and dirty, one with a shared map, one idle.
three_overlays() {
	make_upper ext4
	mount_overlay open
	mount_overlay mapped
	mount_overlay idle
	actor open 0 creat "$MNT/open/file"
	actor write 0 0 "$SIZE" a
	actor open 1 creat "$MNT/mapped/file"
	actor ftruncate 1 "$SIZE"
	actor map 1 "$SIZE"
	actor fill 1 a
	actor close 1
	open_file=$UPPER/open/upper/file
	mapped_file=$UPPER/mapped/upper/file
	assert_not_on_disk "$open_file"
	assert_not_on_disk "$mapped_file"
}

assert_later_syncs_are_containerized() {
	local name

	for name in open mapped idle; do
		assert_value "$name" mode containerized
		sync_overlay "$name"
		assert_value "$name" sync/containerized_total 1
	done
}

@test "loading - the first syncfs after it writes what a file open before has written" {
	three_overlays
	load_module
	assert_value open mode learning
	assert_value_like open mode_reason attached
	assert_value open suspects/nr 1
	actor syncfs 0
	assert_on_disk "$open_file"
	assert_value open sync/full_total 1

	actor write 0 0 "$SIZE" b
	assert_not_on_disk "$open_file"
	assert_later_syncs_are_containerized
	assert_on_disk "$open_file"
}

@test "loading - the first syncfs after it writes what was written to a shared map before" {
	three_overlays
	load_module
	assert_value mapped mode learning
	assert_value mapped suspects/nr 1
	sync_overlay mapped
	assert_on_disk "$mapped_file"

	actor fill 1 b
	assert_not_on_disk "$mapped_file"
	assert_later_syncs_are_containerized
	assert_on_disk "$mapped_file"
}

@test "loading - one flush of the upper serves all that are mounted on it" {
	three_overlays
	load_module
	assert_value mapped mode learning
	sync_overlay idle
	assert_on_disk "$open_file" "$mapped_file"
	assert_value idle sync/full_total 1
	assert_later_syncs_are_containerized
	assert_value open sync/full_total 0
	assert_value mapped sync/full_total 0
}

@test "loading - what was dirtied and closed before is written by the first syncfs" {
	make_upper ext4
	mount_overlay own
	write_file "$MNT/own/file" "$SIZE"
	load_module
	assert_not_on_disk "$UPPER/own/upper/file"
	sync_overlay own
	assert_on_disk "$UPPER/own/upper/file"
}

@test "loading - umount right after it writes what was dirtied before" {
	make_upper ext4
	mount_overlay own
	write_file "$MNT/own/file" "$SIZE"
	load_module
	umount_overlay own
	assert_on_disk "$UPPER/own/upper/file"
}

@test "unloading - works while files are open and mapped and brings stock behaviour back" {
	load_module
	three_overlays
	assert_value open mode containerized
	unload_module
	big_file "$MNT/idle/big" 20
	actor write 0 0 "$SIZE" b
	actor syncfs 0
	assert_on_disk "$open_file" "$mapped_file"
	assert_clean "$UPPER/idle/upper/big"
	# What was pinned is pinned no more.
	actor close 0
	actor unmap 1
	release_overlays
	umount "$UPPER"
	UPPERS=()
}

write_on_and_on() { # DIRECTORY
	local i=0
	while :; do
		i=$(((i + 1) % 50))
		write_file "$1/$i" 20000
		: >"$1/gone-$i"
	done
}

@test "unloading - works under a running write load and nothing is lost by it" {
	load_module
	make_upper ext4
	mount_overlay own
	mount_overlay other
	background write_on_and_on "$MNT/own"
	background write_on_and_on "$MNT/other"
	retry_until 30 test -e "$MNT/other/9"
	unload_module
	load_module
	end_background
	sync_overlay own
	sync_overlay other
	assert_clean "$UPPER"/own/upper/[0-9]* "$UPPER"/other/upper/[0-9]*
}

@test "unloading - 50 rounds under a running write load leave no leak" {
	local round before

	make_upper ext4
	mount_overlay own
	background write_on_and_on "$MNT/own"
	for ((round = 1; round <= 50; round++)); do
		load_module
		unload_module
		# The first ones fill caches.
		if ((round == 10)); then
			echo 3 >/proc/sys/vm/drop_caches
			meminfo SUnreclaim VmallocUsed Percpu
			before=$REPLY
		fi
	done
	end_background
	echo 3 >/proc/sys/vm/drop_caches
	meminfo SUnreclaim VmallocUsed Percpu
	echo "# 40 rounds: $((REPLY - before)) kB more" >&3
	# A page a round would be 160 kB; but the rest of the system has its ups and downs.
	((REPLY - before < 2000))
	[[ ! -e /sys/kernel/slab/ovlsync_suspect ]]
}

@test "unloading - rmmod while overlays are mounted and unmounted" {
	make_upper ext4
	mount_on_and_on() { # NAME
		mkdir -p "$UPPER/$1/upper" "$UPPER/$1/work" "$MNT/$1"
		while [[ ! -e $ENOUGH ]]; do
			mount -t overlay -o \
				"lowerdir=$MNT/lower,upperdir=$UPPER/$1/upper,workdir=$UPPER/$1/work" "$1" "$MNT/$1"
			: >"$MNT/$1/file"
			umount "$MNT/$1"
		done
	}
	mkdir -p "$MNT/lower"
	background_loop mount_on_and_on one
	background_loop mount_on_and_on two
	OVERLAYS+=(one two)
	local round done=0
	for ((round = 0; round < 10; round++)); do
		load_module
		# Only while a mount(2) is under way may it be refused.
		if limited 60 rmmod ovlsync 2>/dev/null; then
			done=$((done + 1))
			[[ ! -e /sys/fs/ovlsync ]]
		fi
	done
	((done > 0))
	end_loops
}

@test "unloading - a filesystem context that is open makes rmmod say EBUSY" {
	kernel_at_least 6.5 || skip "overlayfs of this kernel has no context of its own"
	load_module
	actor fsopen 0 overlay
	run -1 rmmod ovlsync
	assert_output --partial "in use"
	module_loaded
	actor close 0
	unload_module
}

@test "unloading - a mount(2) that waits for a disk makes rmmod say EBUSY" {
	make_mapped_disk
	mkfs.ext4 -q -F "$MAPPED"
	use_upper "$MAPPED" ext4 defaults mapped
	mkdir -p "$UPPER/stuck/upper" "$UPPER/stuck/work" "$UPPER/stuck/lower" "$MNT/stuck"
	# Nothing of it is cached then.
	umount "$UPPER" && mount "$MAPPED" "$UPPER"
	load_module
	limited 30 dmsetup suspend --noudevsync --nolockfs --noflush ovlsync-test
	mount -t overlay -o \
		"lowerdir=$UPPER/stuck/lower,upperdir=$UPPER/stuck/upper,workdir=$UPPER/stuck/work" stuck "$MNT/stuck" \
		3>&- 4>&- &
	local mounting=$!
	# Whatever came of it, the disk has to go on.
	retry_until 20 grep -q " ovl_" "/proc/$mounting/stack" || :
	run limited 10 rmmod ovlsync
	limited 30 dmsetup resume --noudevsync ovlsync-test
	wait "$mounting"
	assert_failure 1
	assert_output --partial "in use"
	OVERLAYS+=(stuck)
	assert_value stuck mode containerized
	unload_module
}

@test "unloading - the device held open makes rmmod say EBUSY" {
	load_module
	actor open 0 rw /dev/ovlsync
	run -1 rmmod ovlsync
	module_loaded
	actor close 0
	unload_module
}
