/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * ovlsync: the interface between the ovlsync kernel module and user space.
 *
 * What there is
 * -------------
 * ovlsync keeps, for each overlay superblock, a list of *suspects*: inodes of the upper filesystem
 * that may have been dirtied through that overlay.  syncfs(2) and umount(2) of the overlay then
 * write back just those.  User space meets the module in three places:
 *
 *   /sys/fs/ovlsync/<major>:<minor>/   counters and tunables of one overlay, one value a file; the
 *                                      name is the third field of /proc/self/mountinfo
 *   /dev/ovlsync                       the ioctls described here
 *   generic netlink family "ovlsync"   dumps of mounts and suspects, and events, described here
 *
 * Rules for every ioctl
 * ---------------------
 * The argument is a pointer to a structure that begins with its own size in bytes, which the caller
 * sets to sizeof() of the structure it was compiled with.  Structures grow at the end and nowhere
 * else:
 *
 *   - a structure smaller than the first version (OVLSYNC_*_SIZE_VER0) is refused with EINVAL;
 *   - one that is larger than the kernel's is taken if all the bytes that the kernel does not know
 *     are zero, and it fits in a page; otherwise it is refused with E2BIG;
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
 * Errors, for all three.  Nothing has been changed when one of them is returned, but for EFAULT,
 * which may also mean that all was done and the figures could not be written back:
 *
 *   EFAULT      the structure can't be read or written
 *   EINVAL      @size too small, unknown bits in @flags, or a reserved field that is not zero
 *   E2BIG       @size larger than the kernel's, with bytes set that the kernel does not know, or
 *               larger than a page
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
 * would have returned (but that one leaves unlinked files of a frozen upper).  With
 * OVLSYNC_GC_SYNC_FIRST the mount is synced first, as OVLSYNC_IOC_SYNC does (the two flags together
 * are refused with EINVAL); an error of that sync is returned, and nothing is reaped then.
 *
 * OVLSYNC_IOC_SYNC: syncfs(2) with figures
 * ----------------------------------------
 * Does what syncfs(2) on @fd does, with the same errors (EIO, ENOSPC, EDQUOT, ...; a writeback
 * error is returned once to each open file description, and counts as returned for the one that
 * @fd refers to), and says what it did.  In a mode other than "containerized" the kernel's own
 * overlayfs does the work, and @inodes and @bytes are zero: nobody counted.  A sync that begins as
 * a containerized one and turns out to need a full one is told as "full", with what it had counted.
 *
 * OVLSYNC_IOC_STATS: all counters in one call
 * -------------------------------------------
 * The same counters as in sysfs.  Those of the list are read under one lock, so that
 *
 *   added_total = nr + reaped_total + shrunk_total + synced_total + unlinked_total +
 *                 forced_total + evicted_total
 *
 * holds exactly; those of syncs are read after it.
 *
 * Generic netlink
 * ---------------
 * The family OVLSYNC_GENL_NAME has two dumps and one multicast group, and nothing that changes
 * anything: for that there are the ioctls and sysfs.  A mount is named by the major and minor of
 * the overlay's device, the third field of /proc/self/mountinfo: a descriptor, as the ioctls take
 * it, would mean nothing in an event.
 *
 * Who may: the family exists in the initial network namespace alone, and whoever sends a request,
 * and whoever has opened the socket, needs CAP_SYS_ADMIN in the initial user namespace, for a dump
 * tells the paths of files of all containers.  The same holds for joining the group.  (Unprivileged
 * programs have sysfs.)
 *
 * Requests are checked strictly: an attribute that the command does not take, one of a wrong
 * length, a header flag without a meaning or a reserved field that is not zero is refused with
 * EINVAL.  Every refusal has a sentence in its extended ACK (NLMSGERR_ATTR_MSG), if the socket has
 * asked for these with NETLINK_EXT_ACK.  Refusals of what is not the form but the content come in
 * the NLMSG_DONE that ends the dump, as negative errno:
 *
 *   EPERM    CAP_SYS_ADMIN is missing
 *   EINVAL   one of OVLSYNC_A_MAJOR and OVLSYNC_A_MINOR is there without the other
 *   ENODEV   ovlsync is not attached to an overlay with that device number
 *
 * New commands and attributes are added at the end of their enums, and none is ever given another
 * meaning: a program ignores what it does not know.  OVLSYNC_GENL_VERSION is raised only if
 * something goes.  Attributes of 64 bits are aligned by OVLSYNC_A_PAD.  Strings end with a NUL.
 *
 * OVLSYNC_CMD_MOUNT_GET, dump
 * ---------------------------
 * All mounts that ovlsync is attached to, or with OVLSYNC_A_MAJOR and OVLSYNC_A_MINOR that one; a
 * message each, with OVLSYNC_A_MAJOR, _MINOR, _MODE, _MODE_REASON, _SUSPECTS, _PINNED_BYTES and,
 * once the upper filesystem is known, _UPPER_MAJOR, _UPPER_MINOR and _UPPER_FSTYPE.
 *
 * OVLSYNC_CMD_SUSPECT_GET, dump
 * -----------------------------
 * All suspects of all mounts, or of the mount that OVLSYNC_A_MAJOR and OVLSYNC_A_MINOR name; a
 * message each, in the order of their arrival on the list of their mount, with OVLSYNC_A_MAJOR,
 * _MINOR, _INODE, _STATE, _DIRTY_BYTES, _AGE_MS, _PINNED_BYTES, and _PATH where the upper
 * filesystem has a name for it in its cache.
 *
 * The dumps are as consistent as can be without holding anything up.  If mounts came or went, or
 * suspects of a mount came or went while that mount was being dumped, messages have NLM_F_DUMP_INTR
 * set, the last one (NLMSG_DONE) at least if it was too late for another.  Without it, the suspects
 * of each mount are those of one moment.  With it, it still holds that those that were there all
 * the time are told exactly once.
 *
 * Nothing is held between two reads of a dump: neither suspect nor mount is kept from going.  But
 * the module is: rmmod says EBUSY until the dump is read to its end or its socket is closed.
 *
 * Messages can be longer than a page, by a path: receive them with at least 8192 bytes.
 *
 * Multicast group OVLSYNC_GENL_EVENTS
 * -----------------------------------
 * All events have OVLSYNC_A_MAJOR and OVLSYNC_A_MINOR, and
 *
 *   OVLSYNC_CMD_MOUNT_ATTACHED   what OVLSYNC_CMD_MOUNT_GET tells of a mount
 *   OVLSYNC_CMD_MOUNT_DETACHED   nothing more; the overlay was unmounted
 *   OVLSYNC_CMD_SYNC_DONE        a sync has ended: OVLSYNC_A_MODE in which it was done, _INODES and
 *                                _BYTES that ovlsync itself has written (zero where overlayfs did
 *                                it all, and nobody counted), _DURATION_NS; _ERROR if the upper's
 *                                commit failed; data that was lost is told by _WRITEBACK_ERROR
 *   OVLSYNC_CMD_GC_DONE          OVLSYNC_IOC_GC has ended (no dry run): _SCANNED, _REAPED, _DIRTY,
 *                                _OPEN, _FREED_BYTES
 *   OVLSYNC_CMD_OVERFLOW         openings can't be tracked, and the next sync will be a full one:
 *                                _OVERFLOW_TOTAL, _MODE_REASON; once until a sync has mended it
 *   OVLSYNC_CMD_WRITEBACK_ERROR  data was lost: _ERROR, the last one, and _ERRORS_TOTAL
 *   OVLSYNC_CMD_MODE_CHANGED     _MODE, _MODE_REASON, and _OLD_MODE
 *
 * Events of one mount come in the order in which they were noticed.  What happens again before it
 * could be told is told once (_OVERFLOW, _WRITEBACK_ERROR, _MODE_CHANGED).  Nothing waits for a
 * listener: an event that could not be queued for want of memory, or of room on the listener's
 * socket, is lost, and the listener's next read fails with ENOBUFS.  When the module is unloaded
 * the family goes, which the kernel tells as CTRL_CMD_DELFAMILY, and no more events come.
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
 * @OVLSYNC_MODE_FULL: flush the whole upper: its type is not supported, the operator asked, or
 *	openings could not be tracked; mode_reason in sysfs says which
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

/* Tunables in sysfs, and module parameters: limits (EINVAL outside of them) and defaults. */
#define OVLSYNC_INTERVAL_MS_MIN 1
#define OVLSYNC_INTERVAL_MS_MAX 86400000
#define OVLSYNC_INTERVAL_MS_DEFAULT 5000
#define OVLSYNC_MIN_AGE_MS_MIN 0
#define OVLSYNC_MIN_AGE_MS_MAX 86400000
#define OVLSYNC_MIN_AGE_MS_DEFAULT 2000
#define OVLSYNC_BATCH_MIN 1
#define OVLSYNC_BATCH_MAX 1048576
#define OVLSYNC_BATCH_DEFAULT 256
#define OVLSYNC_MAX_SUSPECTS_MIN 1
#define OVLSYNC_MAX_SUSPECTS_MAX 67108864
#define OVLSYNC_MAX_SUSPECTS_DEFAULT 131072

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
 * @inodes: out: inodes of which data was submitted; one that was dirtied again while the sync was
 *	at work may count twice.  0 on kernels that do not tell, like @bytes
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

#define OVLSYNC_GENL_NAME "ovlsync"
#define OVLSYNC_GENL_VERSION 1
#define OVLSYNC_GENL_EVENTS "events"

/**
 * enum ovlsync_cmd - commands of the generic netlink family
 * @OVLSYNC_CMD_UNSPEC: not used
 * @OVLSYNC_CMD_MOUNT_GET: dump of mounts
 * @OVLSYNC_CMD_SUSPECT_GET: dump of suspects
 * @OVLSYNC_CMD_MOUNT_ATTACHED: event: ovlsync is attached to a mount
 * @OVLSYNC_CMD_MOUNT_DETACHED: event: it is no longer, the mount is gone
 * @OVLSYNC_CMD_SYNC_DONE: event: a sync has ended
 * @OVLSYNC_CMD_GC_DONE: event: a forced collection has ended
 * @OVLSYNC_CMD_OVERFLOW: event: openings can't be tracked
 * @OVLSYNC_CMD_WRITEBACK_ERROR: event: data could not be written
 * @OVLSYNC_CMD_MODE_CHANGED: event: syncs are done in another mode from now on
 */
enum ovlsync_cmd {
	OVLSYNC_CMD_UNSPEC,
	OVLSYNC_CMD_MOUNT_GET,
	OVLSYNC_CMD_SUSPECT_GET,
	OVLSYNC_CMD_MOUNT_ATTACHED,
	OVLSYNC_CMD_MOUNT_DETACHED,
	OVLSYNC_CMD_SYNC_DONE,
	OVLSYNC_CMD_GC_DONE,
	OVLSYNC_CMD_OVERFLOW,
	OVLSYNC_CMD_WRITEBACK_ERROR,
	OVLSYNC_CMD_MODE_CHANGED,

	/* private: */
	__OVLSYNC_CMD_MAX,
	OVLSYNC_CMD_MAX = __OVLSYNC_CMD_MAX - 1
};

/**
 * enum ovlsync_attr - attributes of the generic netlink family
 * @OVLSYNC_A_UNSPEC: not used
 * @OVLSYNC_A_MAJOR: u32: of the overlay's device; in requests, too
 * @OVLSYNC_A_MINOR: u32: likewise
 * @OVLSYNC_A_PAD: aligns what comes after it
 * @OVLSYNC_A_MODE: u32: enum ovlsync_mode
 * @OVLSYNC_A_MODE_REASON: string: a sentence that says why
 * @OVLSYNC_A_OLD_MODE: u32: the mode before
 * @OVLSYNC_A_UPPER_MAJOR: u32: of the upper filesystem's device
 * @OVLSYNC_A_UPPER_MINOR: u32: likewise
 * @OVLSYNC_A_UPPER_FSTYPE: string: type of the upper filesystem
 * @OVLSYNC_A_SUSPECTS: u64: suspects on the list
 * @OVLSYNC_A_PINNED_BYTES: u64: memory that would come back if it, or all of them, were reaped
 * @OVLSYNC_A_INODE: u64: inode number on the upper filesystem
 * @OVLSYNC_A_PATH: string, any bytes: one path to it, from the root of the upper filesystem
 * @OVLSYNC_A_STATE: u32: OVLSYNC_STATE_*; none of them: clean, and to be reaped
 * @OVLSYNC_A_DIRTY_BYTES: u64: in dirty pages, not counting those under writeback already
 * @OVLSYNC_A_AGE_MS: u64: time since it came on the list; modulo 2^32 ticks of the kernel
 * @OVLSYNC_A_INODES: u64: inodes written
 * @OVLSYNC_A_BYTES: u64: bytes of file data submitted
 * @OVLSYNC_A_DURATION_NS: u64: how long it took
 * @OVLSYNC_A_SCANNED: u64: suspects looked at
 * @OVLSYNC_A_REAPED: u64: taken off the list
 * @OVLSYNC_A_DIRTY: u64: left, because dirty or under writeback
 * @OVLSYNC_A_OPEN: u64: left, because open for write or mapped shared and writable
 * @OVLSYNC_A_FREED_BYTES: u64: memory that the reaped ones pinned
 * @OVLSYNC_A_OVERFLOW_TOTAL: u64: openings that could not be tracked, ever
 * @OVLSYNC_A_ERROR: u32: an errno, positive
 * @OVLSYNC_A_ERRORS_TOTAL: u64: syncs that failed and writeback errors found, ever
 */
enum ovlsync_attr {
	OVLSYNC_A_UNSPEC,
	OVLSYNC_A_MAJOR,
	OVLSYNC_A_MINOR,
	OVLSYNC_A_PAD,
	OVLSYNC_A_MODE,
	OVLSYNC_A_MODE_REASON,
	OVLSYNC_A_OLD_MODE,
	OVLSYNC_A_UPPER_MAJOR,
	OVLSYNC_A_UPPER_MINOR,
	OVLSYNC_A_UPPER_FSTYPE,
	OVLSYNC_A_SUSPECTS,
	OVLSYNC_A_PINNED_BYTES,
	OVLSYNC_A_INODE,
	OVLSYNC_A_PATH,
	OVLSYNC_A_STATE,
	OVLSYNC_A_DIRTY_BYTES,
	OVLSYNC_A_AGE_MS,
	OVLSYNC_A_INODES,
	OVLSYNC_A_BYTES,
	OVLSYNC_A_DURATION_NS,
	OVLSYNC_A_SCANNED,
	OVLSYNC_A_REAPED,
	OVLSYNC_A_DIRTY,
	OVLSYNC_A_OPEN,
	OVLSYNC_A_FREED_BYTES,
	OVLSYNC_A_OVERFLOW_TOTAL,
	OVLSYNC_A_ERROR,
	OVLSYNC_A_ERRORS_TOTAL,

	/* private: */
	__OVLSYNC_A_MAX,
	OVLSYNC_A_MAX = __OVLSYNC_A_MAX - 1
};

/* OVLSYNC_A_STATE: open for write, or mapped shared and writable; dirty; under writeback. */
#define OVLSYNC_STATE_OPEN (1U << 0)
#define OVLSYNC_STATE_DIRTY (1U << 1)
#define OVLSYNC_STATE_WRITEBACK (1U << 2)

#endif /* _UAPI_LINUX_OVLSYNC_H */
