/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * ovlsync: the interface between the ovlsync kernel module and user space.
 *
 * What there is
 * -------------
 * ovlsync keeps, for each overlay superblock, a list of *suspects*: inodes of the upper filesystem
 * that may have been dirtied through that overlay.  syncfs(2) and umount(2) of the overlay then
 * write back just those.  User space meets the module in two places:
 *
 *   /sys/fs/ovlsync/<major>:<minor>/   counters and tunables of one overlay, one value a file; the
 *                                      name is the third field of /proc/self/mountinfo
 *   /dev/ovlsync                       the ioctls described here
 *
 * Rules for every ioctl
 * ---------------------
 * The argument is a pointer to a structure that begins with its own size in bytes, which the caller
 * sets to sizeof() of the structure it was compiled with.  Structures grow at the end and nowhere
 * else:
 *
 *   - a structure smaller than the first version (OVLSYNC_*_SIZE_VER0) is refused with EINVAL;
 *   - one that is larger than the kernel's is taken if all the bytes that the kernel does not know
 *     are zero, and refused with E2BIG otherwise;
 *   - on success the kernel writes back as many bytes as both know, and sets @size to the size
 *     that it knows itself;
 *   - of the request's number the kernel looks at magic and command only, not at the size coded in
 *     it, so that a program built with a longer structure runs on an older module.
 *
 * The mount is named by @fd, a descriptor of any file or directory on it that was not opened with
 * O_PATH.  A descriptor works across mount namespaces, where a path or a number would not.  The
 * caller needs CAP_SYS_ADMIN in the user namespace that owns the overlay superblock, and has to be
 * able to open /dev/ovlsync (mode 0600).
 *
 * Errors, for all three.  Nothing has been changed when one of them is returned:
 *
 *   EFAULT      the structure can't be read or written
 *   EINVAL      @size too small, unknown bits in @flags, or a reserved field that is not zero
 *   E2BIG       @size larger than the kernel's, with bytes set that the kernel does not know
 *   EBADF       @fd is not an open descriptor, or was opened with O_PATH
 *   EOPNOTSUPP  @fd is not on an overlay
 *   ENODEV      @fd is on an overlay that ovlsync is not attached to
 *   EPERM       CAP_SYS_ADMIN is missing in the user namespace of the overlay
 *   ENOTTY      no such ioctl
 *
 * OVLSYNC_IOC_GC: reap now
 * ------------------------
 * Looks at every suspect that is on the list when the call begins, whatever its age, and takes off
 * the list those that may go: not open for write through any path, no dirty or written-back page,
 * inode clean.  With OVLSYNC_GC_DRY_RUN nothing is taken and the figures are those that a real call
 * would have returned.  With OVLSYNC_GC_SYNC_FIRST the mount is synced first, as OVLSYNC_IOC_SYNC
 * does (the two flags together are refused with EINVAL); an error of that sync is returned, and
 * nothing is reaped then.
 *
 * OVLSYNC_IOC_SYNC: syncfs(2) with figures
 * ----------------------------------------
 * Does what syncfs(2) on @fd does, with the same errors (EIO, ENOSPC, EDQUOT, ...; a writeback
 * error is returned once to each open file description, and counts as returned for the one that
 * @fd refers to), and says what it did.  In a mode other than "containerized" the kernel's own
 * overlayfs does the work, and @inodes and @bytes are zero: nobody counted.
 *
 * OVLSYNC_IOC_STATS: all counters at one moment
 * ---------------------------------------------
 * The same counters as in sysfs, read under one lock, so that
 *
 *   added_total = nr + reaped_total + shrunk_total + synced_total + unlinked_total +
 *                 forced_total + evicted_total
 *
 * holds exactly.
 */
#ifndef _UAPI_LINUX_OVLSYNC_H
#define _UAPI_LINUX_OVLSYNC_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Of the sources that this header is from; /sys/module/ovlsync/version is that of the module. */
#define OVLSYNC_VERSION "0.1"

#define OVLSYNC_DEVICE "/dev/ovlsync"
#define OVLSYNC_SYSFS "/sys/fs/ovlsync"

/**
 * enum ovlsync_mode - what syncfs(2) and umount(2) of an overlay do
 * @OVLSYNC_MODE_CONTAINERIZED: write the suspects, then commit the upper filesystem's journal
 * @OVLSYNC_MODE_LEARNING: flush the whole upper: not everything dirty is known to be on the list
 * @OVLSYNC_MODE_FULL: flush the whole upper: its type is not supported, or the operator asked
 * @OVLSYNC_MODE_VOLATILE: nothing, the overlay was mounted volatile
 * @OVLSYNC_MODE_NOSYNC: nothing, there is no upper or it is in memory
 */
enum ovlsync_mode {
	OVLSYNC_MODE_CONTAINERIZED = 0,
	OVLSYNC_MODE_LEARNING = 1,
	OVLSYNC_MODE_FULL = 2,
	OVLSYNC_MODE_VOLATILE = 3,
	OVLSYNC_MODE_NOSYNC = 4,
};

/* Limits of the tunables in sysfs, and of the module parameters: EINVAL outside of them. */
#define OVLSYNC_INTERVAL_MS_MIN 1
#define OVLSYNC_INTERVAL_MS_MAX 86400000
#define OVLSYNC_MIN_AGE_MS_MIN 0
#define OVLSYNC_MIN_AGE_MS_MAX 86400000
#define OVLSYNC_BATCH_MIN 1
#define OVLSYNC_BATCH_MAX 1048576
#define OVLSYNC_MAX_SUSPECTS_MIN 1
#define OVLSYNC_MAX_SUSPECTS_MAX 67108864

#define OVLSYNC_GC_DRY_RUN (1U << 0)
#define OVLSYNC_GC_SYNC_FIRST (1U << 1)

/**
 * struct ovlsync_gc - argument of OVLSYNC_IOC_GC
 * @size: in: sizeof(struct ovlsync_gc); out: the kernel's
 * @flags: in: OVLSYNC_GC_*
 * @fd: in: a descriptor on the overlay
 * @reserved: must be zero
 * @scanned: out: suspects looked at
 * @reaped: out: taken off the list (dry run: that would have been)
 * @dirty: out: left, because dirty or under writeback
 * @open: out: left, because open for write or mapped shared and writable
 * @freed_bytes: out: memory that the reaped ones pinned: entries and upper inodes
 */
struct ovlsync_gc {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 reserved;
	__u64 scanned;
	__u64 reaped;
	__u64 dirty;
	__u64 open;
	__u64 freed_bytes;
};

#define OVLSYNC_GC_SIZE_VER0 56

/**
 * struct ovlsync_sync - argument of OVLSYNC_IOC_SYNC
 * @size: in: sizeof(struct ovlsync_sync); out: the kernel's
 * @flags: in: must be zero
 * @fd: in: a descriptor on the overlay
 * @mode: out: enum ovlsync_mode, in which this sync was done
 * @inodes: out: inodes written or waited for
 * @bytes: out: bytes of file data submitted
 * @duration_ns: out: how long it took
 */
struct ovlsync_sync {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 mode;
	__u64 inodes;
	__u64 bytes;
	__u64 duration_ns;
};

#define OVLSYNC_SYNC_SIZE_VER0 40

/**
 * struct ovlsync_stats - argument of OVLSYNC_IOC_STATS
 * @size: in: sizeof(struct ovlsync_stats); out: the kernel's
 * @flags: in: must be zero
 * @fd: in: a descriptor on the overlay
 * @mode: out: enum ovlsync_mode, in which the next sync would be done
 * @nr: out: suspects now on the list
 * @nr_peak: out: the most there have been
 * @pinned_bytes: out: memory that would come back if all were reaped
 * @added_total: out: suspects ever put on the list
 * @reaped_total: out: taken off by the periodic reaper
 * @shrunk_total: out: taken off under memory pressure
 * @synced_total: out: taken off in passing by a sync
 * @unlinked_total: out: taken off because their last link went
 * @forced_total: out: taken off by OVLSYNC_IOC_GC
 * @evicted_total: out: taken off by an opener at the limit
 * @overflow_total: out: openings that could not be tracked
 * @passes_total: out: passes of the periodic reaper
 * @checked_total: out: suspects that it looked at
 * @containerized_total: out: syncs done in mode containerized
 * @full_total: out: syncs handed to overlayfs itself
 * @errors_total: out: syncs that failed or found a writeback error
 * @inodes_total: out: inodes written by containerized syncs
 * @bytes_total: out: bytes submitted by containerized syncs
 * @duration_ns_total: out: time spent in syncs of either kind
 */
struct ovlsync_stats {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 mode;
	__u64 nr;
	__u64 nr_peak;
	__u64 pinned_bytes;
	__u64 added_total;
	__u64 reaped_total;
	__u64 shrunk_total;
	__u64 synced_total;
	__u64 unlinked_total;
	__u64 forced_total;
	__u64 evicted_total;
	__u64 overflow_total;
	__u64 passes_total;
	__u64 checked_total;
	__u64 containerized_total;
	__u64 full_total;
	__u64 errors_total;
	__u64 inodes_total;
	__u64 bytes_total;
	__u64 duration_ns_total;
};

#define OVLSYNC_STATS_SIZE_VER0 168

#define OVLSYNC_IOC_MAGIC 0xf5
#define OVLSYNC_IOC_GC _IOWR(OVLSYNC_IOC_MAGIC, 0x01, struct ovlsync_gc)
#define OVLSYNC_IOC_SYNC _IOWR(OVLSYNC_IOC_MAGIC, 0x02, struct ovlsync_sync)
#define OVLSYNC_IOC_STATS _IOWR(OVLSYNC_IOC_MAGIC, 0x03, struct ovlsync_stats)

#endif /* _UAPI_LINUX_OVLSYNC_H */
