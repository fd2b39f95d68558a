#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Mounts come, go and lie on one another.

load helpers

setup() {
	common_setup
	make_upper ext4
}

@test "mounts - the sysfs directory comes with a mount and goes with it" {
	mount_overlay own
	device_of own
	local dir=/sys/fs/ovlsync/$REPLY
	[[ -d $dir ]]
	write_file "$MNT/own/file" 50000
	umount_overlay own
	[[ ! -e $dir ]]
	assert_on_disk "$UPPER/own/upper/file"
}

@test "mounts - umount writes its own data and commits and leaves the neighbour alone" {
	mount_overlay own
	mount_overlay neighbour
	write_file "$MNT/own/file" 50000
	write_file "$MNT/neighbour/file" 50000
	umount_overlay own
	assert_on_disk "$UPPER/own/upper/file"
	assert_not_on_disk "$UPPER/neighbour/upper/file"
}

@test "mounts - remounting read-only syncs and syncfs of what is read-only is harmless" {
	mount_overlay own
	write_file "$MNT/own/file" 50000
	mount -o remount,ro "$MNT/own"
	assert_on_disk "$UPPER/own/upper/file"
	sync_overlay own
	mount -o remount,rw "$MNT/own"
	write_file "$MNT/own/file" 60000
	sync_overlay own
	assert_on_disk "$UPPER/own/upper/file"
}

@test "mounts - a lazy umount with files open goes on until the last one is closed" {
	mount_overlay own
	device_of own
	local dir=/sys/fs/ovlsync/$REPLY
	actor open 0 creat "$MNT/own/file"
	umount -l "$MNT/own"
	[[ -d $dir ]]
	actor write 0 0 65536 a
	assert_not_on_disk "$UPPER/own/upper/file"
	actor syncfs 0
	assert_on_disk "$UPPER/own/upper/file"
	[[ $(<"$dir/sync/containerized_total") == 1 ]]
	actor write 0 0 65536 b
	actor close 0
	gone() { [[ ! -e $dir ]]; }
	retry_until 20 gone
	assert_on_disk "$UPPER/own/upper/file"
}

@test "mounts - a bind mount and another mount namespace are the same overlay" {
	mount_overlay own
	mkdir -p "$MNT/bound"
	mount --bind "$MNT/own" "$MNT/bound"
	OVERLAYS+=(bound)
	write_file "$MNT/bound/file" 50000
	assert_value own suspects/nr 1
	unshare -m sync -f "$MNT/own"
	assert_value own sync/containerized_total 1
	assert_on_disk "$UPPER/own/upper/file"
}

@test "mounts - many come and go at the same time on one upper and no data is missed" {
	come_and_go() { # NAME
		local i
		mkdir -p "$UPPER/$1/upper" "$UPPER/$1/work" "$MNT/$1"
		for i in 1 2 3 4 5; do
			mount -t overlay -o \
				"lowerdir=$MNT/lower,upperdir=$UPPER/$1/upper,workdir=$UPPER/$1/work" "$1" "$MNT/$1" &&
				write_file "$MNT/$1/$i" 50000 && sync -f "$MNT/$1" && write_file "$MNT/$1/last-$i" 50000 &&
				umount "$MNT/$1" || return
		done
	}
	mkdir -p "$MNT/lower"
	local pids=() name pid
	for name in a b c; do
		come_and_go "$name" 3>&- &
		pids+=($!)
	done
	OVERLAYS+=(a b c)
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	assert_clean "$UPPER"/[abc]/upper/*
	assert_on_disk "$UPPER"/c/upper/last-5
}

@test "mounts - an overlay that has its upper on another one makes that one full" {
	mount_overlay outer
	mkdir -p "$MNT/outer/upper" "$MNT/outer/work" "$MNT/nested"
	mount -t overlay -o "lowerdir=$MNT/lower,upperdir=$MNT/outer/upper,workdir=$MNT/outer/work" \
		nested "$MNT/nested" || skip "this kernel refuses an upper on an overlay"
	OVERLAYS+=(nested)
	assert_value nested mode full
	assert_value outer mode full
	assert_value_like outer mode_reason "another overlay"
	write_file "$MNT/nested/file" 50000
	sync_overlay nested
	assert_on_disk "$UPPER/outer/upper/upper/file"
}

@test "mounts - an overlay as a lower layer of another one is no obstacle" {
	mount_overlay below
	write_file "$MNT/below/file" 50000
	mkdir -p "$UPPER/above/upper" "$UPPER/above/work" "$MNT/above"
	mount -t overlay -o "lowerdir=$MNT/below,upperdir=$UPPER/above/upper,workdir=$UPPER/above/work" \
		above "$MNT/above"
	OVERLAYS+=(above)
	assert_value above mode containerized
	actor open 0 rw "$MNT/above/file"
	actor write 0 0 50000 u
	sync_overlay above
	assert_on_disk "$UPPER/above/upper/file"
}

@test "mounts - with nfs_export it is containerized where the kernel tells of nfsd opens" {
	mount_overlay own nfs_export=on,index=on
	if kernel_at_least 6.5; then
		assert_value own mode containerized
	else
		assert_value own mode full
		assert_value_like own mode_reason nfs_export
	fi
}

@test "mounts - 500 suspects keep no inode after umount" {
	mount_overlay own
	local i
	for ((i = 0; i < 500; i++)); do
		: >"$MNT/own/$i"
	done
	value own suspects/nr
	((REPLY >= 400))
	umount_overlay own
	umount "$UPPER"
	UPPERS=()
}

@test "mounts - what was written while an overlay was volatile is synced when it no longer is" {
	mount_overlay own volatile
	write_file "$MNT/own/file" 65536
	umount_overlay own
	assert_not_on_disk "$UPPER/own/upper/file"
	rm -r "$UPPER/own/work"
	mount_overlay own
	assert_value own mode learning
	sync_overlay own
	assert_on_disk "$UPPER/own/upper/file"
	assert_value own mode containerized
}
