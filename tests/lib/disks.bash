# SPDX-License-Identifier: GPL-2.0
# Upper filesystems. tests/guest gives the disks: DISK_EXT4, DISK_XFS, DISK_BTRFS and DISK_F2FS are
# formatted, the first three are slow; DISK_SCRATCH is fast and empty. DISK_MANY has very many files,
# which stay; it is there for tests in full size.

UPPERS=()
MAPPED=''

knows_filesystem() {
	local word known
	for known in once again; do
		while read -r word; do
			[[ ${word##*[[:blank:]]} != "$1" ]] || return 0
		done </proc/filesystems
		[[ $known == again ]] || modprobe -q "$1" || return
	done
	return 1
}

# use_upper DEVICE FSTYPE OPTIONS NAME: mounts it; UPPER and UPPER_DEVICE tell where.
use_upper() {
	UPPER=$MNT/$4
	UPPER_DEVICE=$1
	[[ -d $UPPER ]] || mkdir -p "$UPPER"
	mount -t "$2" -o "$3" "$1" "$UPPER" || return
	UPPERS+=("$UPPER")
	# A test that took the upper down itself has left its files.
	[[ ! -e $UPPER/own && ! -e $UPPER/other ]] || empty_upper "$UPPER"
}

empty_upper() { # MOUNTPOINT
	[[ $1 == "$MNT/many" ]] || limited 60 rm -rf "${1:?}"/*
}

format_scratch() { # COMMAND...
	limited 60 "$@" "$DISK_SCRATCH" >&2
}

# make_upper KIND [OPTIONS]: KIND is ext4, xfs, btrfs, f2fs, ext2, ext4-nojournal, tmpfs or many.
make_upper() {
	local kind=$1 options=${2:-defaults} type=${1%%-*} disk

	[[ $kind != many ]] || type=ext4
	knows_filesystem "$type" || skip "this kernel has no $type"
	case $kind in
	ext4 | xfs | btrfs | f2fs)
		disk=DISK_${kind^^}
		use_upper "${!disk}" "$type" "$options" "$kind"
		;;
	ext2)
		format_scratch mkfs.ext2 -q -F &&
			use_upper "$DISK_SCRATCH" ext2 "$options" "$kind"
		;;
	ext4-nojournal)
		format_scratch mkfs.ext4 -q -F -O ^has_journal &&
			use_upper "$DISK_SCRATCH" ext4 "$options" "$kind"
		;;
	many) use_upper "$DISK_MANY" ext4 "$options" "$kind" ;;
	tmpfs) use_upper tmpfs tmpfs "$options" "$kind" ;;
	*)
		echo "make_upper: unknown kind '$kind'" >&2
		return 1
		;;
	esac
}

# A device-mapper disk over the scratch disk, whose table a test changes: $MAPPED.
make_mapped_disk() {
	modprobe -q dm-mod || [[ -e /dev/mapper/control ]] || skip "this kernel has no device-mapper"
	MAPPED_SECTORS=$(blockdev --getsz "$DISK_SCRATCH")
	limited 30 dmsetup create --noudevsync ovlsync-test \
		--table "0 $MAPPED_SECTORS linear $DISK_SCRATCH 0" || return
	dmsetup mknodes --noudevsync ovlsync-test 2>/dev/null || dmsetup mknodes ovlsync-test
	MAPPED=/dev/mapper/ovlsync-test
}

# map_disk: table on standard input. The filesystem is frozen meanwhile, so nothing is in flight nor
# dirty, unless MAP_OPTIONS says --nolockfs.
map_disk() {
	limited 60 dmsetup suspend --noudevsync ${MAP_OPTIONS-} ovlsync-test &&
		limited 30 dmsetup load ovlsync-test &&
		limited 60 dmsetup resume --noudevsync ovlsync-test
}

# fail_writes_to FILE...: the disk returns errors for the blocks of these, and for no others. (Not with
# dm-flakey: that fails the flush of the whole disk, too, which ends the journal.)
fail_writes_to() {
	local start length at=0 file
	{
		while read -r start length; do
			((start == at)) || echo "$at $((start - at)) linear $DISK_SCRATCH $at"
			echo "$start $length error"
			at=$((start + length))
		done < <(for file; do "$TOOLS/ondisk" "$file"; done | sort -n)
		echo "$at $((MAPPED_SECTORS - at)) linear $DISK_SCRATCH $at"
	} | map_disk
}

# What is dirty stays so until then.
fail_all_writes() {
	modprobe -q dm-flakey || skip "this kernel has no dm-flakey"
	MAP_OPTIONS=--nolockfs
	echo "0 $MAPPED_SECTORS flakey $DISK_SCRATCH 0 0 3600 1 error_writes" | map_disk
}

mend_disk() { echo "0 $MAPPED_SECTORS linear $DISK_SCRATCH 0" | map_disk; }

release_uppers() {
	local i failed=0

	for ((i = ${#UPPERS[@]} - 1; i >= 0; i--)); do
		# What has been written is not to cost the next test any time.
		empty_upper "${UPPERS[i]}"
		if ! limited 60 umount "${UPPERS[i]}"; then
			echo "the upper ${UPPERS[i]} is busy: something is holding inodes" >&2
			failed=1
			umount -l "${UPPERS[i]}"
		fi
	done
	UPPERS=()
	if [[ $MAPPED ]]; then
		limited 30 dmsetup remove --noudevsync --force ovlsync-test || failed=1
		MAPPED=''
	fi
	return "$failed"
}

# Does the page cache of FILE have anything that is not on the disk yet?
dirty_bytes() { "$TOOLS/dirty" "$@"; } # FILE...

assert_on_disk() { # FILE-ON-UPPER...
	local file differing

	for file; do
		[[ -s $file ]] || { echo "$file is empty: proves nothing" >&2 && return 1; }
		differing=$("$TOOLS/ondisk" "$file" "$UPPER_DEVICE") || return
		if ((differing)); then
			echo "$differing bytes of $file are not on $UPPER_DEVICE" >&2
			return 1
		fi
	done
}

assert_not_on_disk() { # FILE-ON-UPPER
	local differing
	differing=$("$TOOLS/ondisk" "$1" "$UPPER_DEVICE") || return
	if ((!differing)); then
		echo "$1 is on $UPPER_DEVICE, where it should not be yet: proves nothing" >&2
		return 1
	fi
}

assert_clean() { # FILE-ON-UPPER...
	local bytes
	bytes=$(dirty_bytes "$@") || return
	if ((bytes)); then
		echo "$bytes bytes are dirty in $*" >&2
		return 1
	fi
}

assert_dirty() { # LEAST-BYTES FILE-ON-UPPER...
	local least=$1 bytes
	shift
	bytes=$(dirty_bytes "$@") || return
	if ((bytes < least)); then
		echo "only $bytes bytes are dirty in $*, not $least" >&2
		return 1
	fi
}

# The upper's own flusher has been by: inodes are clean too. A sync of an overlay writes their data and
# commits them to the journal, after which ext4 still counts them as dirty.
settle_upper() { limited 60 sync -f "$UPPER"; }
