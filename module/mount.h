/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_MOUNT_H
#define OVLSYNC_MOUNT_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/errseq.h>
#include <linux/fsnotify_backend.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/ovlsync.h>

#include "upper.h"

struct ovlsync_mount;

/**
 * enum ovlsync_exit - the ways off the suspect list
 * @OVLSYNC_EXIT_REAPED: by the periodic reaper
 * @OVLSYNC_EXIT_SHRUNK: by memory pressure
 * @OVLSYNC_EXIT_SYNCED: in passing, by a sync
 * @OVLSYNC_EXIT_UNLINKED: its last link went
 * @OVLSYNC_EXIT_FORCED: by force-GC
 * @OVLSYNC_EXIT_EVICTED: by an opener at the limit
 * @OVLSYNC_EXIT_DETACHED: the overlay was unmounted or the module unloaded
 */
enum ovlsync_exit {
	OVLSYNC_EXIT_REAPED,
	OVLSYNC_EXIT_SHRUNK,
	OVLSYNC_EXIT_SYNCED,
	OVLSYNC_EXIT_UNLINKED,
	OVLSYNC_EXIT_FORCED,
	OVLSYNC_EXIT_EVICTED,
	OVLSYNC_EXIT_DETACHED,
	OVLSYNC_EXIT_NR,
};

/**
 * enum ovlsync_gap - why the list may lack something that is dirty
 * @OVLSYNC_GAP_NONE: it lacks nothing
 * @OVLSYNC_GAP_ATTACHED: files were dirtied or open before we attached
 * @OVLSYNC_GAP_UPPER: the upper was not known, and not all events could be told apart
 * @OVLSYNC_GAP_LEFT: an earlier mount of the same upper directory left dirty files behind
 * @OVLSYNC_GAP_LIMIT: an opening was not tracked, the list being full
 * @OVLSYNC_GAP_MEMORY: an opening was not tracked for want of memory
 *
 * A gap is closed by a full sync (gap.c; docs/design.md, Gaps).
 */
enum ovlsync_gap {
	OVLSYNC_GAP_NONE,
	OVLSYNC_GAP_ATTACHED,
	OVLSYNC_GAP_UPPER,
	OVLSYNC_GAP_LEFT,
	OVLSYNC_GAP_LIMIT,
	OVLSYNC_GAP_MEMORY,
};

/**
 * enum ovlsync_note - what listeners are to be told soon
 * @OVLSYNC_NOTE_ERROR: data could not be written
 * @OVLSYNC_NOTE_OVERFLOW: openings can't be tracked
 * @OVLSYNC_NOTE_MODE: the mode may have changed
 */
enum ovlsync_note {
	OVLSYNC_NOTE_ERROR,
	OVLSYNC_NOTE_OVERFLOW,
	OVLSYNC_NOTE_MODE,
};

/**
 * struct ovlsync_suspect - an upper inode that may have been dirtied through a mount
 * @mount: the mount it belongs to; with @inode the key in the table of all suspects
 * @inode: the upper inode, pinned by one reference; NULL in the cursor of a walk
 * @hash: link in the table of all suspects
 * @list: link in the mount's list, later in a list of what is to be disposed of
 * @rcu: for freeing, after @list is done with
 * @lru: link in the list_lru of all suspects, by memory cgroup and node
 * @wb_err: the inode's writeback error state, up to which errors have been recorded
 * @added: when, the low half of jiffies
 */
struct ovlsync_suspect {
	struct ovlsync_mount *mount;
	struct inode *inode;
	struct rhash_head hash;
	union {
		struct list_head list;
		struct rcu_head rcu;
	};
	struct list_head lru;
	errseq_t wb_err;
	u32 added;
};

/**
 * struct ovlsync_tunables - what an operator may set for a mount, or for mounts to come
 * @interval_ms: time between passes of the reaper
 * @min_age_ms: a suspect younger than this is left alone by the reaper
 * @batch: suspects looked at under one hold of the lock
 * @max_suspects: the list's limit
 * @umount_syncs: umount syncs the overlay; false: it starts and waits for nothing
 */
struct ovlsync_tunables {
	unsigned int interval_ms;
	unsigned int min_age_ms;
	unsigned int batch;
	unsigned int max_suspects;
	bool umount_syncs;
};

/**
 * struct ovlsync_mount - all that we know of one overlay superblock
 * @sb: the overlay.  Valid until ovlsync_mount_withdraw() took us out of the table
 * @refs: one for the table, one for the fsnotify mark
 * @users: who has it from ovlsync_mount_use() for a moment; leaving the table waits for them
 * @mark: on @sb; its free_mark drops a reference
 * @watched: @mark was added: openings are seen
 * @refusal: why this mount is never containerized, whatever its upper; NULL: it may be
 * @is_volatile: mounted volatile
 * @has_upper: there is an upper directory
 * @upper: the upper filesystem, once known
 * @upperdir_ino: the upper directory, for telling whether it was mounted before; 0: not known
 * @upperdir_generation: of that inode
 * @upper_mutex: one classifies the upper at a time
 * @stray: a suspect was not on the known upper: something is not as we believe
 * @nested: another overlay has its upper on this one; it writes here without events
 * @forced_full: the operator asked for full syncs
 * @umount_synced: the sync of its umount has ended well
 *
 * @lock: protects @suspects to @announced and the reaper's figures, and orders @notes and the
 *	arming of @reaper.  Taken in process context only, never held across a sleep or an
 *	allocation that may sleep; mount.c says what is inside of it
 * @suspects: in order of arrival; among them the cursors of walks in progress
 * @shrunk: taken off by the shrinker, to be disposed of by @shrunk_work
 * @hand: cursor that is always on the list: where the next opener at the limit looks
 * @nr: suspects on the list
 * @nr_peak: the most there have been
 * @added_total: ever put on the list
 * @overflow_total: openings not tracked
 * @exits: taken off, by way
 * @gap: why the list may lack something
 * @gap_seq: when @gap was opened, on the clock of ovlsync_flush_begin()
 * @gap_unwalked: there may be inodes open for write that are not on the list
 * @closed: no more suspects are taken
 * @announced: attached for good: it may be told about
 *
 * @notes: bits of enum ovlsync_note
 * @noted_error: the last writeback error, positive
 * @told_mode: the mode that listeners know
 * @teller: the work that tells them (events.c)
 *
 * @tunables: of this mount; single fields are read and written without a lock
 * @reaper: the delayed work; armed only while there are suspects
 * @reaper_wait_ms: how long it waits now
 * @reaper_due: when its wait ends, in jiffies
 * @shrunk_work: of the reaper, too; queued only while there is something on @shrunk
 * @passes_total: of the reaper
 * @checked_total: suspects that it looked at
 * @pass_ns_total: time that its passes took
 * @hold_ns_max: the longest that the lock was held by a pass or by force-GC
 *
 * @containerized_total: syncs
 * @full_total: syncs handed to overlayfs
 * @errors_total: syncs that failed, and writeback errors found
 * @inodes_total: written by containerized syncs
 * @bytes_total: submitted by containerized syncs
 * @duration_ns_total: spent in syncs
 * @last_duration_ns: of the last one
 * @start_inodes: of the last wait=0 half, which belongs to the wait=1 half to come
 * @start_bytes: likewise
 * @start_duration_ns: likewise
 * @syncs_running: how many syncs are
 * @sync_begun: when the last of them began, the low half of jiffies
 *
 * @kobj: the sysfs directory
 * @kobj_gone: completed when the last user of @kobj has left
 */
struct ovlsync_mount {
	struct super_block *sb;
	refcount_t refs;
	atomic_t users;
	struct fsnotify_mark mark;
	bool watched;
	const char *refusal;
	bool is_volatile;
	bool has_upper;
	struct ovlsync_upper upper;
	u64 upperdir_ino;
	u32 upperdir_generation;
	struct mutex upper_mutex;
	bool stray;
	bool nested;
	bool forced_full;
	bool umount_synced;

	spinlock_t lock;
	struct list_head suspects;
	struct list_head shrunk;
	struct ovlsync_suspect hand;
	u64 nr;
	u64 nr_peak;
	u64 added_total;
	u64 overflow_total;
	u64 exits[OVLSYNC_EXIT_NR];
	enum ovlsync_gap gap;
	u64 gap_seq;
	bool gap_unwalked;
	bool closed;
	bool announced;

	unsigned long notes;
	int noted_error;
	atomic_t told_mode;
	struct work_struct teller;

	struct ovlsync_tunables tunables;
	struct delayed_work reaper;
	unsigned int reaper_wait_ms;
	unsigned long reaper_due;
	struct work_struct shrunk_work;
	u64 passes_total;
	u64 checked_total;
	u64 pass_ns_total;
	u64 hold_ns_max;

	atomic64_t containerized_total;
	atomic64_t full_total;
	atomic64_t errors_total;
	atomic64_t inodes_total;
	atomic64_t bytes_total;
	atomic64_t duration_ns_total;
	atomic64_t last_duration_ns;
	atomic64_t start_inodes;
	atomic64_t start_bytes;
	atomic64_t start_duration_ns;
	atomic_t syncs_running;
	u32 sync_begun;

	struct kobject kobj;
	struct completion kobj_gone;
};

extern struct ovlsync_tunables ovlsync_defaults;

/* The upper's superblock, or NULL while it is not known; then the rest of @m->upper may be read. */
static inline struct super_block *ovlsync_mount_upper(struct ovlsync_mount *m)
{
	/* Pairs with the release in ovlsync_upper_classify(). */
	return smp_load_acquire(&m->upper.sb);
}

struct ovlsync_mount *ovlsync_mount_create(struct super_block *sb);
void ovlsync_mount_put(struct ovlsync_mount *m);
int ovlsync_mount_publish(struct ovlsync_mount *m, bool live);
void ovlsync_mount_withdraw(struct ovlsync_mount *m);
struct ovlsync_mount *ovlsync_mount_find(const struct super_block *sb);
struct ovlsync_mount *ovlsync_mount_use(unsigned long *minor, unsigned long last);
void ovlsync_mount_use_again(struct ovlsync_mount *m);
void ovlsync_mount_unuse(struct ovlsync_mount *m);
struct super_block *ovlsync_mount_next_active(unsigned long *index);
void ovlsync_mounts_each(void (*visit)(struct ovlsync_mount *m, void *arg), void *arg);
bool ovlsync_mounts_empty(void);
unsigned int ovlsync_mounts_changes(void);

void ovlsync_mount_announce(struct ovlsync_mount *m);
void ovlsync_mount_note(struct ovlsync_mount *m, enum ovlsync_note note);
void ovlsync_mount_note_error(struct ovlsync_mount *m, int err);

void ovlsync_mount_force_full(struct ovlsync_mount *m, bool full);
bool ovlsync_mount_set_upper(struct ovlsync_mount *m, struct super_block *upper_sb);
enum ovlsync_mode ovlsync_mount_mode(struct ovlsync_mount *m, const char **reason);
const char *ovlsync_mode_name(enum ovlsync_mode mode);

#endif
