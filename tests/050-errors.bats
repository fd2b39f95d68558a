#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# A disk that fails: who wrote is told, once for each open file description, and nobody else is.

load helpers

SIZE=65536

# An overlay "writer" with a file whose blocks can't be written any more, and an overlay "neighbour".
# Handles 0 and 1 are on the writer, 2 is on the neighbour, 3 is the file.
setup() {
	common_setup
	knows_filesystem ext4
	make_mapped_disk
	mkfs.ext4 -q -F "$MAPPED"
	use_upper "$MAPPED" ext4 errors=continue mapped
	mount_overlay writer
	mount_overlay neighbour
	actor open 3 creat "$MNT/writer/file"
	actor write 3 0 "$SIZE" a
	actor fsync 3
	: >"$MNT/neighbour/file"
	assert_on_disk "$UPPER/writer/upper/file"
	fail_writes_to "$UPPER/writer/upper/file"
	actor open 0 dir "$MNT/writer"
	actor open 1 dir "$MNT/writer"
	actor open 2 dir "$MNT/neighbour"
}

teardown() {
	stop_actor
	[[ ! $MAPPED ]] || mend_disk
	common_teardown
}

@test "errors - syncfs of the overlay that wrote fails once for each open file description" {
	assert_value writer mode containerized
	actor write 3 0 "$SIZE" b
	write_file "$MNT/neighbour/file" "$SIZE"
	actor_gets EIO syncfs 0
	actor_gets ok syncfs 0
	actor_gets EIO syncfs 1
	actor_gets ok syncfs 1
	assert_value writer sync/full_total 0
	assert_value_at_least writer sync/errors_total 1
	# Who opens it later has nothing to do with it.
	actor open 4 dir "$MNT/writer"
	actor_gets ok syncfs 4
}

@test "errors - syncfs of the neighbour succeeds before and after" {
	actor write 3 0 "$SIZE" b
	write_file "$MNT/neighbour/file" "$SIZE"
	actor_gets ok syncfs 2
	assert_on_disk "$UPPER/neighbour/upper/file"
	actor_gets EIO syncfs 0
	actor_gets ok syncfs 2
	assert_value neighbour sync/errors_total 0
}

@test "errors - one that the reaper finds is told by the next syncfs" {
	actor write 3 0 "$SIZE" b
	actor close 3
	# The upper's own flusher meets the error; nobody has asked the overlay.
	sync -f "$UPPER" || :
	set_value writer reaper/min_age_ms 0
	set_value writer reaper/interval_ms 10
	retry_until 20 value_is writer suspects/nr 0
	assert_value writer suspects/reaped_total 1
	actor_gets EIO syncfs 0
	actor_gets ok syncfs 0
	actor_gets ok syncfs 2
}

@test "errors - fsync tells of it too and a second one is told again" {
	actor write 3 0 "$SIZE" b
	actor_gets EIO syncfs 0
	actor_gets EIO fsync 3
	actor write 3 0 "$SIZE" c
	actor_gets EIO syncfs 0
	actor_gets ok syncfs 0
}

@test "errors - the ioctl returns it and counts as having told" {
	actor write 3 0 "$SIZE" b
	run -1 "$TOOLS/ioctl" sync --path "$MNT/writer"
	# Its descriptor is new, so it is told only what comes during the call.
	assert_line --index 0 EIO
	actor_gets EIO sync 0
	actor_gets ok sync 0
	actor_gets ok syncfs 0
}

@test "errors - ovlctl sync says what failed and exits with 1" {
	actor write 3 0 "$SIZE" b
	run -1 ovlctl sync --mount "$MNT/writer"
	assert_output --partial "$MNT/writer"
	assert_output --partial "Input/output error"
	run -0 ovlctl sync --mount "$MNT/neighbour"
}
