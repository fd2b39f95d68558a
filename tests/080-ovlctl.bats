#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# ovlctl on real mounts: what it says is what was done.

load helpers

setup() {
	common_setup
	make_upper ext4
	mount_overlay own
	mount_overlay other
}

@test "ovlctl - stats shows every mount its mode suspects and mount point" {
	write_file "$MNT/own/file" 50000
	run -0 ovlctl stats
	assert_line --regexp " containerized +1 .* $MNT/own\$"
	assert_line --regexp " containerized +0 .* $MNT/other\$"
	run -0 ovlctl stats --mount "$MNT/own/file" --json
	read_json
	assert_field own mode containerized
	assert_field own suspects_nr 1
	assert_field own mount_point "$MNT/own"
	value own suspects/pinned_bytes
	assert_field own suspects_pinned_bytes "$REPLY"
	assert_field other mode none
}

@test "ovlctl - sync writes one mount and says how much" {
	write_file "$MNT/own/file" 50000
	write_file "$MNT/other/file" 50000
	run -0 ovlctl sync --mount "$MNT/own" --json
	read_json
	assert_field own method ovlsync
	assert_field own mode containerized
	assert_field own inodes 1
	assert_field own bytes 53248
	assert_field_at_least own duration_ns 1
	assert_on_disk "$UPPER/own/upper/file"
	assert_not_on_disk "$UPPER/other/upper/file"
	run -0 ovlctl sync --mount "$MNT/other"
	assert_output --partial "1 inode"
	assert_on_disk "$UPPER/other/upper/file"
}

@test "ovlctl - sync --all writes all" {
	write_file "$MNT/own/file" 50000
	write_file "$MNT/other/file" 50000
	run -0 ovlctl sync --all --quiet
	assert_output ""
	assert_on_disk "$UPPER/own/upper/file" "$UPPER/other/upper/file"
}

@test "ovlctl - gc takes what may go and says so" {
	write_file "$MNT/own/clean" 50000
	actor open 0 creat "$MNT/own/open"
	settle_upper
	run -0 ovlctl gc --mount "$MNT/own" --dry-run --json
	read_json
	assert_field own reaped 1
	assert_value own suspects/nr 2
	run -0 ovlctl gc --mount "$MNT/own" --json
	read_json
	assert_field own scanned 2
	assert_field own reaped 1
	assert_field own open 1
	assert_value own suspects/nr 1
	write_file "$MNT/own/clean" 50000
	run -0 ovlctl gc --mount "$MNT/own" --sync-first
	assert_value own sync/containerized_total 1
	assert_clean "$UPPER/own/upper/clean"
}

@test "ovlctl - errors name the object and the reason" {
	run ovlctl stats --mount /nowhere
	assert_failure 2
	assert_output --partial "/nowhere"
	run ovlctl sync --mount /proc
	assert_failure
	assert_output --partial "/proc"
	run -64 ovlctl nonsense
	run -64 ovlctl gc
}

@test "ovlctl - without the module sync falls back to syncfs and says so and the rest fails" {
	unload_module
	write_file "$MNT/own/file" 50000
	run -0 ovlctl sync --mount "$MNT/own"
	assert_output --partial "syncfs"
	assert_on_disk "$UPPER/own/upper/file"
	write_file "$MNT/own/file" 50000
	run -0 --separate-stderr ovlctl sync --mount "$MNT/own" --json
	read_json
	assert_field own method syncfs
	assert_field own inodes null
	run -2 ovlctl stats
	run -2 ovlctl gc --mount "$MNT/own"
}
