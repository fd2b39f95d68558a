#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# All ways to dirty a file, and what becomes of it: nothing is missed, nothing is held.

load helpers

SIZE=65536

setup() {
	common_setup
	make_upper ext4
	mount_overlay own
	file=$MNT/own/file
	upper_file=$UPPER/own/upper/file
}

# Settles the list: what is clean leaves it.
clean_list() {
	settle_upper
	containerized_sync
	assert_value own suspects/nr 0
}

# Nothing is done for the rest of the upper: or else the sync proves nothing.
containerized_sync() {
	value own sync/containerized_total
	local before=$REPLY
	sync_overlay own
	assert_value own sync/containerized_total "$((before + 1))"
	assert_value own sync/full_total 0
}

@test "writers - what is written and closed is on the disk after syncfs" {
	write_file "$file" "$SIZE"
	assert_not_on_disk "$upper_file"
	containerized_sync
	assert_on_disk "$upper_file"
	assert_clean "$upper_file"
	assert_value_at_least own sync/bytes_total "$SIZE"
	assert_value own sync/inodes_total 1
	clean_list
	assert_value own suspects/synced_total 1
	assert_value own sync/inodes_total 1
}

@test "writers - what is written by a file that stays open is on the disk after each syncfs" {
	actor open 0 creat "$file"
	for char in a b c; do
		actor write 0 0 "$SIZE" "$char"
		assert_not_on_disk "$upper_file"
		actor syncfs 0
		assert_on_disk "$upper_file"
		assert_value own suspects/nr 1
	done
	actor close 0
	clean_list
}

@test "writers - a copied up file is written" {
	mkdir -p "$MNT/lower"
	write_file "$MNT/lower/below" "$SIZE"
	actor open 0 rw "$MNT/own/below"
	actor write 0 0 "$SIZE" u
	assert_not_on_disk "$UPPER/own/upper/below"
	containerized_sync
	assert_on_disk "$UPPER/own/upper/below"
	rm -f "$MNT/lower/below"
}

@test "writers - a closed file with a shared map is written by every syncfs and let go after munmap" {
	actor open 0 creat "$file"
	actor ftruncate 0 "$SIZE"
	actor map 0 "$SIZE"
	actor close 0
	for char in a b c; do
		actor fill 0 "$char"
		assert_not_on_disk "$upper_file"
		containerized_sync
		assert_on_disk "$upper_file"
		assert_value own suspects/nr 1
	done
	actor fill 0 d
	actor unmap 0
	assert_value own suspects/nr 1
	containerized_sync
	assert_on_disk "$upper_file"
	clean_list
}

@test "writers - the reaper takes what is clean and nothing else" {
	set_value own reaper/min_age_ms 0
	write_file "$file" "$SIZE"
	actor open 0 creat "$MNT/own/open"
	assert_value own suspects/nr 2
	set_value own reaper/interval_ms 10
	value own reaper/passes_total
	local passes=$REPLY
	passed() { value own reaper/passes_total && ((REPLY > passes + 1)); }
	retry_until 20 passed
	# Dirty and open: both stay.
	assert_value own suspects/nr 2
	settle_upper
	set_value own reaper/interval_ms 10
	retry_until 20 value_is own suspects/nr 1
	assert_value own suspects/reaped_total 1
	actor close 0
	settle_upper
	set_value own reaper/interval_ms 10
	retry_until 20 value_is own suspects/nr 0
	assert_value own suspects/reaped_total 2
}

@test "writers - a file is left alone by the reaper until it has min_age_ms" {
	set_value own reaper/min_age_ms 86400000
	set_value own reaper/interval_ms 10
	write_file "$file" "$SIZE"
	settle_upper
	passed() { value own reaper/passes_total && ((REPLY > 2)); }
	retry_until 20 passed
	assert_value own suspects/nr 1
	assert_value own suspects/reaped_total 0
	set_value own reaper/min_age_ms 0
	retry_until 20 value_is own suspects/nr 0
}

# Space that is free on the upper, in MiB, into REPLY.
free_mib() {
	REPLY=$(($(stat -f -c '%f * %S' "$UPPER") / 1048576))
}

assert_space_is_back() { # MiB that were free before
	free_mib
	((REPLY >= $1 - 8)) || { echo "$REPLY MiB are free, of $1 before" >&2 && return 1; }
}

@test "writers - deleting a 200 MB file gives its space back at once" {
	free_mib
	local before=$REPLY
	big_file "$file"
	assert_value own suspects/nr 1
	free_mib
	((REPLY < before - 190))
	rm "$file"
	assert_space_is_back "$before"
	assert_value own suspects/nr 0
	assert_value own suspects/unlinked_total 1
}

@test "writers - deleting a 200 MB file after it was written back gives its space back at once" {
	free_mib
	local before=$REPLY
	actor open 0 creat "$file"
	big_file "$file"
	sync_overlay own
	assert_value own suspects/nr 1
	actor close 0
	rm "$file"
	assert_space_is_back "$before"
	assert_value own suspects/nr 0
}

@test "writers - a 200 MB file deleted while open gives its space back when it is closed" {
	free_mib
	local before=$REPLY
	actor open 0 creat "$file"
	big_file "$file"
	rm "$file"
	assert_value own suspects/nr 0
	free_mib
	((REPLY < before - 190))
	actor close 0
	assert_space_is_back "$before"
}

@test "writers - renaming over a 200 MB file gives its space back at once" {
	free_mib
	local before=$REPLY
	big_file "$file"
	write_file "$MNT/own/other" 100
	mv "$MNT/own/other" "$file"
	assert_space_is_back "$before"
	assert_value own suspects/nr 1
	assert_value own suspects/unlinked_total 1
	containerized_sync
	assert_clean "$upper_file"
}

@test "writers - a file with a link left is not forgotten when another link goes" {
	write_file "$file" "$SIZE"
	ln "$file" "$MNT/own/link"
	rm "$file"
	assert_value own suspects/nr 1
	containerized_sync
	assert_on_disk "$UPPER/own/upper/link"
}

@test "writers - an O_TMPFILE is a suspect from when it gets a name" {
	answer open 0 tmp "$MNT/own"
	[[ $REPLY == ok ]] || skip "overlayfs of this kernel has no O_TMPFILE ($REPLY)"
	actor write 0 0 "$SIZE" t
	assert_value own suspects/nr 0
	actor link 0 "$file"
	assert_value own suspects/nr 1
	assert_not_on_disk "$upper_file"
	containerized_sync
	assert_on_disk "$upper_file"
}

@test "writers - an O_TMPFILE closed without a name leaves nothing" {
	answer open 0 tmp "$MNT/own"
	[[ $REPLY == ok ]] || skip "overlayfs of this kernel has no O_TMPFILE ($REPLY)"
	actor write 0 0 "$SIZE" t
	actor close 0
	assert_value own suspects/nr 0
}

# A file that is not on the list is cut in the middle of a block and made longer again, by path: the
# old rest of the block must not come back. (btrfs dirties it only when the file grows.)
truncate_by_path() { # KIND [OPTIONS]
	release_overlays
	release_uppers
	make_upper "$@"
	mount_overlay own
	upper_file=$UPPER/own/upper/file
	write_file "$file" "$SIZE"
	clean_list
	actor truncate "$file" 1000
	actor truncate "$file" "$SIZE"
}

@test "writers - truncate by path makes a suspect on btrfs" {
	truncate_by_path btrfs
	assert_value own suspects/nr 1
	containerized_sync
	assert_clean "$upper_file"
	clean_list
}

@test "writers - truncate by path makes a suspect on f2fs" {
	kernel_at_least 6.12.112 || skip "f2fs of this kernel is in mode full"
	truncate_by_path f2fs
	assert_value own suspects/nr 1
	containerized_sync
	assert_clean "$upper_file"
}

@test "writers - truncate by path makes a suspect on ext4 with data writeback" {
	truncate_by_path ext4 data=writeback
	assert_value own suspects/nr 1
	containerized_sync
	assert_clean "$upper_file"
}

@test "writers - truncate by path is left to the journal on ext4 with data ordered" {
	truncate_by_path ext4
	assert_value own suspects/nr 0
	containerized_sync
}

# All forms of it, none with a file open for write, and on none of the list before.
truncate_by_path_in_all_forms() { # KIND [OPTIONS]
	local name half=$((SIZE / 2 + 100))
	release_overlays
	release_uppers
	make_upper "$@"
	mkdir -p "$MNT/lower"
	write_file "$MNT/lower/copied-up" "$SIZE"
	mount_overlay own
	for name in shrunk grown shrunk-grown shrunk-synced-grown emptied-grown; do
		write_file "$MNT/own/$name" "$SIZE"
	done
	clean_list
	actor truncate "$MNT/own/shrunk-synced-grown" "$half"
	containerized_sync
	actor truncate "$MNT/own/shrunk-synced-grown" "$SIZE"
	actor truncate "$MNT/own/shrunk" "$half"
	actor truncate "$MNT/own/grown" $((SIZE + 5000))
	actor truncate "$MNT/own/shrunk-grown" "$half"
	actor truncate "$MNT/own/shrunk-grown" "$SIZE"
	actor truncate "$MNT/own/emptied-grown" 0
	actor truncate "$MNT/own/emptied-grown" "$SIZE"
	actor truncate "$MNT/own/copied-up" "$half"
	actor truncate "$MNT/own/copied-up" "$SIZE"
	containerized_sync
	for name in shrunk grown shrunk-grown shrunk-synced-grown emptied-grown copied-up; do
		assert_on_disk "$UPPER/own/upper/$name"
	done
	rm -f "$MNT/lower/copied-up"
}

@test "writers - truncate by path in all forms is on the disk, ext4 with data writeback" {
	truncate_by_path_in_all_forms ext4 data=writeback
}

@test "writers - truncate by path in all forms is on the disk, ext4 with data ordered" {
	truncate_by_path_in_all_forms ext4
}

@test "writers - truncate by path in all forms is on the disk, xfs" {
	truncate_by_path_in_all_forms xfs
}

@test "writers - truncate by path in all forms is on the disk, f2fs" {
	kernel_at_least 6.12.112 || skip "f2fs of this kernel is in mode full"
	truncate_by_path_in_all_forms f2fs
}

@test "writers - opening to read makes no suspect" {
	write_file "$file" "$SIZE"
	clean_list
	value own suspects/added_total
	local before=$REPLY
	cat "$file" >/dev/null
	actor open 0 r "$file"
	assert_value own suspects/added_total "$before"
	assert_value own suspects/nr 0
}

@test "writers - syncfs ends while others keep opening and writing files" {
	writer() {
		local i=0
		while :; do
			i=$(((i + 1) % 200))
			echo "$i" >"$MNT/own/w$1-$i"
		done
	}
	background writer 1
	background writer 2
	retry_until 20 test -e "$MNT/own/w2-9"
	for _ in 1 2 3; do
		containerized_sync
	done
	end_background
	containerized_sync
	assert_clean "$UPPER"/own/upper/w*
	clean_list
}

# With the times of the file in the journal already, and nothing else that sync_fs had to write: of the
# data the disk's cache is told all the same.
cache_is_emptied() { # FSTYPE
	local -a disk

	flushes() { read -ra disk <"/sys/class/block/${UPPER_DEVICE##*/}/stat" && REPLY=${disk[15]}; }
	release_overlays
	release_uppers
	make_upper "$1"
	mount_overlay own
	write_file "$file" "$SIZE"
	clean_list
	printf %4096s '' | dd of="$file" bs=4096 conv=notrunc status=none
	dd if=/dev/zero of="$UPPER/neighbour" bs=1 count=1 conv=fsync status=none
	flushes
	local before=$REPLY
	containerized_sync
	flushes
	echo "# $((REPLY - before)) times" >&3
	((REPLY > before))
}

@test "writers - a file overwritten in place, its times committed by another, is not left in the disk's cache on xfs" {
	cache_is_emptied xfs
}

@test "writers - the same on f2fs" {
	kernel_at_least 6.12.112 || skip "f2fs of this kernel is in mode full"
	cache_is_emptied f2fs
}
