#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Tunables: what they do, what they take, and that nonsense is refused and changes nothing.

load helpers

setup() {
	common_setup
	make_upper ext4
	mount_overlay own
}

# refuses FILE VALUE...: EINVAL, and the value stays.
refuses() {
	local file=$1 before nonsense said
	shift

	read -r before <"$file"
	for nonsense; do
		# What echo says is the errno's text.
		if said=$( (LC_ALL=C printf '%s' "$nonsense" >"$file") 2>&1); then
			echo "$file took '$nonsense'" >&2
			return 1
		fi
		[[ $said == *"Invalid argument"* ]] || { echo "$file: '$nonsense': $said" >&2 && return 1; }
		read -r REPLY <"$file"
		[[ $REPLY == "$before" ]] || { echo "$file is $REPLY after '$nonsense'" >&2 && return 1; }
	done
}

NONSENSE=(-1 x $'\n' ' ' 1x 0x10 1.5 '1 2' 4294967296 99999999999999999999)

@test "tunables - numbers refuse nonsense with EINVAL" {
	device_of own
	local dir
	for dir in "/sys/fs/ovlsync/$REPLY/reaper" /sys/fs/ovlsync/defaults/reaper; do
		refuses "$dir/interval_ms" "${NONSENSE[@]}" 0 86400001
		refuses "$dir/batch" -1 x 0 1048577
		refuses "$dir/max_suspects" -1 x 0 67108865
		refuses "$dir/min_age_ms" -1 x 86400001
	done
}

@test "tunables - umount_sync and mode refuse nonsense with EINVAL" {
	device_of own
	refuses "/sys/fs/ovlsync/$REPLY/umount_sync" x 1 OWN 'own none'
	device_of own
	refuses "/sys/fs/ovlsync/$REPLY/mode" x containerized learning FULL
	refuses /sys/fs/ovlsync/defaults/umount_sync x 1
}

@test "tunables - counters can not be written" {
	device_of own
	run bash -c "echo 1 >/sys/fs/ovlsync/$REPLY/suspects/nr"
	assert_failure
	device_of own
	run find "/sys/fs/ovlsync/$REPLY" -type f -perm /022
	assert_output ""
}

@test "tunables - limits are taken and read back" {
	local name file low high
	while read -r file low high; do
		for value in "$low" "$high"; do
			set_value own "reaper/$file" "$value"
			assert_value own "reaper/$file" "$value"
		done
	done <<-END
		interval_ms 1 86400000
		min_age_ms 0 86400000
		batch 1 1048576
		max_suspects 1 67108864
	END
}

@test "tunables - defaults and module parameters are of mounts to come" {
	no_module_but_mount() {
		release_overlays
		unload_module
	}
	no_module_but_mount
	load_module max_suspects=77 umount_sync=none
	[[ $(</sys/module/ovlsync/parameters/max_suspects) == 77 ]]
	[[ $(</sys/fs/ovlsync/defaults/reaper/max_suspects) == 77 ]]
	mount_overlay own
	assert_value own reaper/max_suspects 77
	assert_value own umount_sync none
	echo 88 >/sys/fs/ovlsync/defaults/reaper/max_suspects
	[[ $(</sys/module/ovlsync/parameters/max_suspects) == 88 ]]
	assert_value own reaper/max_suspects 77
	echo own >/sys/module/ovlsync/parameters/umount_sync
	mount_overlay later
	assert_value later reaper/max_suspects 88
	assert_value later umount_sync own
	refuses /sys/module/ovlsync/parameters/max_suspects x 0 -1
	refuses /sys/module/ovlsync/parameters/interval_ms x 0
	refuses /sys/module/ovlsync/parameters/umount_sync x
	release_overlays
	unload_module
	run load_module batch=0
	assert_failure
	[[ ! -e /sys/module/ovlsync && ! -e /sys/fs/ovlsync ]]
}

@test "tunables - umount_sync none leaves umount nothing to do and syncfs is honoured" {
	mount_overlay none
	set_value none umount_sync none
	write_file "$MNT/own/file" 65536
	write_file "$MNT/none/synced" 65536
	sync_overlay none
	assert_on_disk "$UPPER/none/upper/synced"
	# A new one: ext4 writes by itself what replaces the contents of a file.
	write_file "$MNT/none/file" 65536
	umount_overlay none
	assert_dirty 65536 "$UPPER/none/upper/file"
	assert_clean "$UPPER/none/upper/synced"
	umount_overlay own
	assert_clean "$UPPER/own/upper/file"
}

@test "tunables - umount_sync none is without effect where syncs are not containerized" {
	mount_overlay full
	set_value full umount_sync none
	set_value full mode full
	write_file "$MNT/full/file" 65536
	assert_dirty 65536 "$UPPER/full/upper/file"
	umount_overlay full
	assert_on_disk "$UPPER/full/upper/file"
}

@test "tunables - what an umount with umount_sync none has left is synced by the next mount of it" {
	mount_overlay none
	set_value none umount_sync none
	write_file "$MNT/none/file" 65536
	umount_overlay none
	assert_not_on_disk "$UPPER/none/upper/file"

	mount_overlay unrelated
	assert_value unrelated mode containerized
	mount_overlay none
	assert_value none mode learning
	assert_value_like none mode_reason "earlier mount"
	sync_overlay none
	assert_on_disk "$UPPER/none/upper/file"
	assert_value none mode containerized
	# Once is enough.
	umount_overlay none
	mount_overlay none
	assert_value none mode containerized
}

@test "tunables - many umounts with umount_sync none are remembered, too" {
	local i

	echo none >/sys/fs/ovlsync/defaults/umount_sync
	mkdir -p "$UPPER/lower" "$MNT/crowd"
	# More than are remembered one by one.
	run -0 "$TOOLS/mounts" mount "$MNT/crowd" "$UPPER" 300 0
	for i in {0..299}; do
		echo dirty >"$MNT/crowd/$i/file"
	done
	run -0 "$TOOLS/mounts" umount "$MNT/crowd" 300
	echo own >/sys/fs/ovlsync/defaults/umount_sync
	run -0 "$TOOLS/mounts" mount "$MNT/crowd" "$UPPER" 4 0
	OVERLAYS+=(crowd/{0,1,2,3})
	assert_value crowd/0 mode learning
	# That there are so many is all that is known of them.
	mount_overlay later
	assert_value later mode learning
	sync_overlay later
	assert_value later mode containerized
	assert_value crowd/0 mode containerized
}

@test "tunables - at max_suspects what is dirty is not forgotten - the next sync is a full one" {
	set_value own reaper/max_suspects 4
	local i
	for i in 0 1 2 3 4 5; do
		actor open "$i" creat "$MNT/own/$i"
		actor write "$i" 0 65536 a
	done
	assert_value own suspects/nr 4
	assert_value own suspects/overflow_total 2
	assert_value own mode full
	assert_value_like own mode_reason max_suspects
	# Those two are found again when there is room.
	set_value own reaper/max_suspects 100
	sync_overlay own
	assert_value own sync/full_total 1
	assert_on_disk "$UPPER"/own/upper/[0-5]
	assert_value own mode containerized
	actor write 5 0 65536 b
	sync_overlay own
	assert_value own sync/containerized_total 1
	assert_on_disk "$UPPER/own/upper/5"
}

@test "tunables - at max_suspects an opener reaps clean ones first" {
	set_value own reaper/max_suspects 4
	local i
	for i in 0 1 2 3; do
		write_file "$MNT/own/$i" 100
	done
	settle_upper
	write_file "$MNT/own/4" 100
	assert_value own suspects/overflow_total 0
	value own suspects/evicted_total
	((REPLY > 0))
	assert_value own mode containerized
}

@test "tunables - open map close munmap for ever stays within max_suspects" {
	set_value own reaper/max_suspects 8
	local i
	for ((i = 0; i < 40; i++)); do
		actor open 0 creat "$MNT/own/$i"
		actor map 0 4096
		actor close 0
		actor unmap 0
	done
	value own suspects/nr
	((REPLY <= 8))
	value own suspects/nr_peak
	((REPLY <= 8))
}
