#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# A disk that fails under a mix of writers on two overlays: each lost write is told by the overlay
# that it was made through, once for each open file description, whoever met the error.

load helpers

SIZE=32768

# Handles of the actor. Those of files are 10 more on the neighbour.
WRITER=0 WRITER_AGAIN=1 NEIGHBOUR=2 NEIGHBOUR_AGAIN=3
HELD=4 MAPPED_FILE=5 PLAIN=6

setup() {
	common_setup
	MAP_OPTIONS=''
}

teardown() {
	stop_actor
	[[ ! $MAPPED ]] || mend_disk
	common_teardown
}

# Three files: one that stays open, one that is mapped and closed, one that is opened for each write.
make_files() { # NAME HANDLES
	local file
	actor open $((HELD + $2)) creat "$MNT/$1/held"
	actor open $((MAPPED_FILE + $2)) creat "$MNT/$1/mapped"
	actor open $((PLAIN + $2)) creat "$MNT/$1/plain"
	for file in HELD MAPPED_FILE PLAIN; do
		actor write $((file + $2)) 0 "$SIZE" a
		actor fsync $((file + $2))
	done
	actor map $((MAPPED_FILE + $2)) "$SIZE"
	actor close $((MAPPED_FILE + $2))
	actor close $((PLAIN + $2))
}

# change held|mapped|plain NAME HANDLES CHAR
change() {
	case $1 in
	held) actor write $((HELD + $3)) 0 "$SIZE" "$4" ;;
	mapped) actor fill $((MAPPED_FILE + $3)) "$4" ;;
	plain)
		actor open $((PLAIN + $3)) w "$MNT/$2/plain"
		actor write $((PLAIN + $3)) 0 "$SIZE" "$4"
		actor close $((PLAIN + $3))
		;;
	esac
}

change_all() { # NAME HANDLES CHAR
	local kind
	for kind in held mapped plain; do
		change "$kind" "$@"
	done
}

open_overlays() {
	actor open "$WRITER" dir "$MNT/writer"
	actor open "$WRITER_AGAIN" dir "$MNT/writer"
	actor open "$NEIGHBOUR" dir "$MNT/neighbour"
	actor open "$NEIGHBOUR_AGAIN" dir "$MNT/neighbour"
}

# The blocks of the three files of "writer" can't be written any more.
two_overlays() { # FSTYPE
	knows_filesystem "$1" || skip "this kernel has no $1"
	make_mapped_disk
	case $1 in
	ext4) limited 60 mkfs.ext4 -q -F "$MAPPED" && use_upper "$MAPPED" ext4 errors=continue,commit=600 mapped ;;
	xfs) limited 60 mkfs.xfs -q -f "$MAPPED" && use_upper "$MAPPED" xfs defaults mapped ;;
	esac
	mount_overlay writer
	mount_overlay neighbour
	make_files writer 0
	make_files neighbour 10
	fail_writes_to "$UPPER"/writer/upper/{held,mapped,plain}
	assert_value writer mode containerized
	open_overlays
}

writer_is_told_once() {
	actor_gets EIO syncfs "$WRITER"
	actor_gets ok syncfs "$WRITER"
	actor_gets EIO syncfs "$WRITER_AGAIN"
	actor_gets ok syncfs "$WRITER_AGAIN"
}

neighbour_is_not_told() {
	actor_gets ok syncfs "$NEIGHBOUR"
	actor_gets ok syncfs "$NEIGHBOUR_AGAIN"
	assert_value neighbour sync/errors_total 0
	assert_value neighbour sync/full_total 0
}

each_kind_of_writer() { # FSTYPE
	local kind char=b
	two_overlays "$1"
	for kind in held mapped plain; do
		change "$kind" writer 0 "$char"
		change_all neighbour 10 "$char"
		writer_is_told_once
		neighbour_is_not_told
		char=$(tr b-y c-z <<<"$char")
	done
	assert_value writer sync/full_total 0
	assert_clean "$UPPER"/neighbour/upper/{held,mapped,plain}
}

@test "durability errors: each kind of writer is told, ext4" {
	each_kind_of_writer ext4
}

@test "durability errors: each kind of writer is told, xfs" {
	each_kind_of_writer xfs
}

@test "durability errors: several lost at once are told once" {
	two_overlays ext4
	change_all writer 0 b
	change_all neighbour 10 b
	# The neighbour first: it has nothing to do with what the writer has lost.
	neighbour_is_not_told
	writer_is_told_once
	neighbour_is_not_told
}

@test "durability errors: fsync of the file is told too, by who had it open and by who opens it later" {
	two_overlays ext4
	change_all writer 0 b
	writer_is_told_once
	actor_gets EIO fsync "$HELD"
	actor_gets ok fsync "$HELD"
	actor open "$PLAIN" w "$MNT/writer/plain"
	actor_gets EIO fsync "$PLAIN"
	actor_gets ok fsync "$PLAIN"
}

# The upper's own flusher meets the errors, and the reaper drops the inodes.
flushed_and_reaped() {
	change_all writer 0 b
	change_all neighbour 10 b
	actor close "$HELD"
	actor unmap "$MAPPED_FILE"
	sync -f "$UPPER" || :
	set_value writer reaper/min_age_ms 0
	set_value writer reaper/interval_ms 10
	retry_until 20 value_is writer suspects/nr 0
	assert_value writer suspects/reaped_total 3
}

@test "durability errors: what the reaper has dropped before is told by syncfs" {
	two_overlays ext4
	flushed_and_reaped
	neighbour_is_not_told
	writer_is_told_once
}

@test "durability errors: what the reaper has dropped before is told by ovlctl sync, and after it" {
	two_overlays ext4
	flushed_and_reaped
	run -1 ovlctl sync --mount "$MNT/writer"
	assert_output --partial "Input/output error"
	run -0 ovlctl sync --mount "$MNT/neighbour"
	# Its descriptor was one of its own.
	writer_is_told_once
	run -0 ovlctl sync --mount "$MNT/writer"
	neighbour_is_not_told
}

@test "durability errors: a umount is told to nobody else, and fsync after it still is" {
	two_overlays ext4
	change_all writer 0 b
	change_all neighbour 10 b
	stop_actor
	umount_overlay writer
	actor open "$NEIGHBOUR" dir "$MNT/neighbour"
	actor open "$NEIGHBOUR_AGAIN" dir "$MNT/neighbour"
	neighbour_is_not_told
	mount_overlay writer
	open_overlays
	# This is another mount, and has lost nothing.
	actor_gets ok syncfs "$WRITER"
	actor open "$HELD" w "$MNT/writer/held"
	actor_gets EIO fsync "$HELD"
	actor_gets ok fsync "$HELD"
	neighbour_is_not_told
}

@test "durability errors: syncfs is told after a lazy umount" {
	two_overlays ext4
	change_all writer 0 b
	umount -l "$MNT/writer"
	writer_is_told_once
	neighbour_is_not_told
}

# Nothing but the data of two files is written meanwhile: the journal is none the wiser.
@test "durability errors: fsync meets what a disk loses for a moment, and each overlay tells its own" {
	two_overlays ext4
	mend_disk
	change held writer 0 b
	change held neighbour 10 b
	fail_all_writes
	actor_gets EIO fsync "$HELD"
	actor_gets EIO fsync "$((HELD + 10))"
	mend_disk
	writer_is_told_once
	actor_gets EIO syncfs "$NEIGHBOUR"
	actor_gets ok syncfs "$NEIGHBOUR"
	actor_gets EIO syncfs "$NEIGHBOUR_AGAIN"
	actor_gets ok syncfs "$NEIGHBOUR_AGAIN"
	actor_gets ok fsync "$HELD"
	change_all writer 0 c
	actor_gets ok syncfs "$WRITER"
	assert_on_disk "$UPPER"/writer/upper/{held,mapped,plain}
}

@test "durability errors: a disk that can't be written at all is told by both overlays" {
	two_overlays ext4
	mend_disk
	change_all writer 0 b
	change_all neighbour 10 b
	fail_all_writes
	actor_gets EIO syncfs "$WRITER"
	actor_gets EIO syncfs "$NEIGHBOUR"
	actor_gets EIO syncfs "$WRITER_AGAIN"
}
