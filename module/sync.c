// SPDX-License-Identifier: GPL-2.0
/*
 * Containerized sync_fs (docs/design.md, What a sync does).
 *
 * The VFS calls sync_fs twice.  wait=0 starts the writeback of all suspects, so that their I/O
 * overlaps.  wait=1 writes what was dirtied or skipped meanwhile, waits for every suspect, and then
 * has the upper filesystem commit its journal, which makes metadata durable and, on btrfs, waits
 * for ordered extents: it has to come last.
 *
 * LOCKING.  The overlay's s_umount is held by the VFS; the upper's is taken inside it, shared, as
 * overlayfs itself does.  A batch of inodes is referenced under m->lock; I/O and iput() happen
 * without it.  Nothing is allocated.
 *
 * ORDER.  Suspects are visited in order of arrival, which for new files is the order of allocation,
 * and submitted under a plug, so that neighbours on the disk are merged.
 */
#define pr_fmt(fmt) "ovlsync: " fmt

#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/pagemap.h>
#include <linux/sched.h>

#include "compat.h"
#include "events.h"
#include "faults.h"
#include "gap.h"
#include "progress.h"
#include "suspect.h"
#include "sync.h"
#include "trace.h"
#include "watch.h"

/* Inodes that are worked on together, and entries looked at under one hold of the lock. */
#define SYNC_BATCH 32
#define SYNC_SCAN 256

struct sync_batch {
	struct inode *inodes[SYNC_BATCH];
	unsigned int nr;
};

static bool needs_write(const struct inode *inode)
{
	return mapping_tagged(inode->i_mapping, PAGECACHE_TAG_DIRTY) ||
	       (ovlsync_inode_state(inode) & I_DIRTY_TIME);
}

/* The inode itself is cleaned after its pages have been waited for. */
static bool needs_wait(const struct inode *inode)
{
	return mapping_tagged(inode->i_mapping, PAGECACHE_TAG_WRITEBACK) ||
	       (ovlsync_inode_state(inode) & (I_DIRTY_ALL | I_SYNC));
}

static void batch_take(struct sync_batch *batch, struct inode *inode)
{
	/* The entry's reference is there as long as the lock is held. */
	ihold(inode);
	batch->inodes[batch->nr++] = inode;
}

static void batch_put(struct sync_batch *batch)
{
	while (batch->nr)
		iput(batch->inodes[--batch->nr]);
}

/* Records errors of a suspect that has nothing to wait for, and lets it go if it may. */
static void settle(struct ovlsync_suspect *s, struct list_head *dispose)
{
	ovlsync_suspect_check_error(s);
	ovlsync_suspect_try(s, OVLSYNC_EXIT_SYNCED, dispose);
}

/**
 * struct sync_pass - one pass over the suspects
 * @m: the mount
 * @walk: where it is
 * @batch: inodes to work on next
 * @dispose: entries to let go of next
 * @pending: there is something to wait for
 */
struct sync_pass {
	struct ovlsync_mount *m;
	struct ovlsync_walk walk;
	struct sync_batch batch;
	struct list_head dispose;
	bool pending;
};

static void pass_begin(struct sync_pass *pass, struct ovlsync_mount *m)
{
	pass->m = m;
	pass->batch.nr = 0;
	pass->pending = false;
	INIT_LIST_HEAD(&pass->dispose);
	ovlsync_walk_begin(&pass->walk, m);
}

static void pass_end(struct sync_pass *pass)
{
	ovlsync_walk_end(&pass->walk);
}

/* What to do with one suspect, the lock held. */
typedef void (*pass_visit_t)(struct sync_pass *pass, struct ovlsync_suspect *s);

static void visit_to_start(struct sync_pass *pass, struct ovlsync_suspect *s)
{
	if (needs_write(s->inode))
		batch_take(&pass->batch, s->inode);
}

static void visit_to_write(struct sync_pass *pass, struct ovlsync_suspect *s)
{
	if (needs_write(s->inode)) {
		batch_take(&pass->batch, s->inode);
		pass->pending = true;
	} else if (needs_wait(s->inode)) {
		pass->pending = true;
	} else {
		settle(s, &pass->dispose);
	}
}

static void visit_to_wait(struct sync_pass *pass, struct ovlsync_suspect *s)
{
	if (needs_wait(s->inode))
		batch_take(&pass->batch, s->inode);
	else
		settle(s, &pass->dispose);
}

/* Visits suspects until the batch is full.  Returns false at the end of the walk. */
static __always_inline bool pass_fill(struct sync_pass *pass, pass_visit_t visit)
{
	struct ovlsync_suspect *s = NULL;
	unsigned int scan = SYNC_SCAN;

	spin_lock(&pass->m->lock);
	while (scan-- && pass->batch.nr < SYNC_BATCH && (s = ovlsync_walk_next(&pass->walk)))
		visit(pass, s);
	ovlsync_walk_pause(&pass->walk);
	spin_unlock(&pass->m->lock);
	ovlsync_suspects_dispose(pass->m, &pass->dispose, OVLSYNC_EXIT_SYNCED);
	return s;
}

/* Some failures, as of a delayed allocation, are told to the caller and nowhere else. */
static void record_error(struct ovlsync_mount *m, int err)
{
	errseq_set(&m->sb->s_wb_err, err);
	spin_lock(&m->lock);
	ovlsync_mount_note_error(m, err);
	spin_unlock(&m->lock);
}

/* Nothing was lost: it stays dirty, and may be written later. */
static bool is_transient(int err)
{
	return err == -EAGAIN || err == -ENOMEM;
}

static void write_one(struct ovlsync_mount *m, struct inode *inode,
		      enum writeback_sync_modes sync_mode, struct ovlsync_sync_result *result)
{
	u64 pages = 0;
	int err;

	/* Times that are dirty only in memory (lazytime) go into the journal with this. */
	if (sync_mode == WB_SYNC_ALL && (ovlsync_inode_state(inode) & I_DIRTY_TIME))
		mark_inode_dirty_sync(inode);

	err = ovlsync_fdatawrite(inode->i_mapping, sync_mode, &pages);
	/*
	 * btrfs leaves pages to its compression threads, which put them under writeback later; the
	 * second call waits for that (btrfs_fdatawrite_range() in fs/btrfs/file.c).
	 */
	if (!err && sync_mode == WB_SYNC_ALL && m->upper.async_extents &&
	    mapping_tagged(inode->i_mapping, PAGECACHE_TAG_DIRTY))
		err = ovlsync_fdatawrite(inode->i_mapping, sync_mode, &pages);

	/* Without memory pages stay dirty, for the second half: do_writepages() tries on there. */
	if (err && !is_transient(err))
		record_error(m, err);
	if (pages) {
		result->inodes++;
		result->bytes += pages << PAGE_SHIFT;
	}
}

static void write_batch(struct sync_pass *pass, enum writeback_sync_modes sync_mode,
			struct ovlsync_sync_result *result)
{
	unsigned int i;

	for (i = 0; i < pass->batch.nr; i++)
		write_one(pass->m, pass->batch.inodes[i], sync_mode, result);
	batch_put(&pass->batch);
	cond_resched();
}

/* Starts the writeback of every suspect, and waits for none. */
static void start_suspects(struct ovlsync_mount *m, struct ovlsync_sync_result *result)
{
	struct sync_pass pass;
	struct blk_plug plug;
	bool more;

	pass_begin(&pass, m);
	blk_start_plug(&plug);
	do {
		more = pass_fill(&pass, visit_to_start);
		write_batch(&pass, WB_SYNC_NONE, result);
	} while (more);
	blk_finish_plug(&plug);
	pass_end(&pass);
}

/* Writes every dirty page of every suspect.  Returns false if there is nothing to wait for. */
static bool write_suspects(struct ovlsync_mount *m, struct ovlsync_sync_result *result)
{
	struct sync_pass pass;
	struct blk_plug plug;
	bool more;

	pass_begin(&pass, m);
	blk_start_plug(&plug);
	do {
		more = pass_fill(&pass, visit_to_write);
		write_batch(&pass, WB_SYNC_ALL, result);
	} while (more);
	blk_finish_plug(&plug);
	pass_end(&pass);
	return pass.pending;
}

static void settle_batch(struct sync_pass *pass)
{
	unsigned int i;

	spin_lock(&pass->m->lock);
	for (i = 0; i < pass->batch.nr; i++) {
		struct ovlsync_suspect *s = ovlsync_suspect_find(pass->m, pass->batch.inodes[i]);

		/* If it is gone, who took it has recorded its errors, after writeback had ended. */
		if (s)
			settle(s, &pass->dispose);
	}
	spin_unlock(&pass->m->lock);
	ovlsync_suspects_dispose(pass->m, &pass->dispose, OVLSYNC_EXIT_SYNCED);
}

static void wait_one(struct ovlsync_mount *m, struct inode *inode)
{
	loff_t size = i_size_read(inode);
	int err;

	/*
	 * Not to the end of what is being written: the flusher goes on beside us, and the wait
	 * would follow it through a file that is appended to.  What is owed is within the size.
	 */
	if (size > 0)
		filemap_fdatawait_range_keep_errors(inode->i_mapping, 0, size - 1);
	/*
	 * Where the commit at the end makes the inode durable this only clears its dirty flags, as
	 * the flusher would half a minute later, so that the suspect may go: no filesystem waits
	 * for, or commits, anything in WB_SYNC_NONE.
	 */
	err = sync_inode_metadata(inode, m->upper.inodes_by_write);
	/* What stays dirty in WB_SYNC_NONE was dirtied since, and is not owed. */
	if (err && (m->upper.inodes_by_write || !is_transient(err)))
		record_error(m, err);
}

static void wait_batch(struct sync_pass *pass)
{
	unsigned int i;

	if (!pass->batch.nr)
		return;
	for (i = 0; i < pass->batch.nr; i++)
		wait_one(pass->m, pass->batch.inodes[i]);
	settle_batch(pass);
	batch_put(&pass->batch);
}

/* Waits for the writeback of every suspect; those that are clean leave the list in passing. */
static void wait_for_suspects(struct ovlsync_mount *m)
{
	struct sync_pass pass;
	bool more;

	pass_begin(&pass, m);
	do {
		more = pass_fill(&pass, visit_to_wait);
		wait_batch(&pass);
		cond_resched();
	} while (more);
	pass_end(&pass);
}

/*
 * What sync_filesystem() ends with, less the flush of everybody's data.  Where all that goes with
 * the data is in the journal before the data is on the disk, xfs_log_force() and
 * f2fs_write_checkpoint() find nothing to write and tell the disk nothing; xfs_file_fsync() and
 * ext4_sync_fs() know that case.
 */
static int commit_upper(const struct ovlsync_upper *upper)
{
	struct super_block *upper_sb = upper->sb;
	int err = 0;

	down_read(&upper_sb->s_umount);
	if (!sb_rdonly(upper_sb) && upper_sb->s_op->sync_fs) {
		err = upper_sb->s_op->sync_fs(upper_sb, 1);
		if (!err && upper->lazy_flush)
			err = blkdev_issue_flush(upper_sb->s_bdev);
	}
	up_read(&upper_sb->s_umount);
	return err;
}

/* A full sync closes gaps (gap.c), and its errors are told as in a containerized one. */
static int sync_full(struct ovlsync_mount *m, ovlsync_sync_fs_t stock)
{
	u64 begun;
	int err;

	if (m->watched && READ_ONCE(m->gap_unwalked))
		ovlsync_watch_take_stock(m);
	begun = ovlsync_flush_begin();
	err = stock(m->sb, 1);
	if (m->watched) {
		wait_for_suspects(m);
		if (!err)
			ovlsync_flush_done(m, begun);
	}
	return err;
}

static int sync_containerized(struct ovlsync_mount *m, int wait, ovlsync_sync_fs_t stock,
			      struct ovlsync_sync_result *result)
{
	if (test_skip_data)
		return wait ? commit_upper(&m->upper) : 0;
	if (!wait) {
		start_suspects(m, result);
		return 0;
	}
	if (write_suspects(m, result))
		wait_for_suspects(m);
	/* The list may have lost something while we walked it. */
	if (READ_ONCE(m->gap)) {
		result->mode = OVLSYNC_MODE_FULL;
		return sync_full(m, stock);
	}
	return commit_upper(&m->upper);
}

static void account(struct ovlsync_mount *m, int wait, int err, u64 duration_ns,
		    const struct ovlsync_sync_result *result)
{
	struct ovlsync_sync_event event = { .mode = result->mode, .err = err };

	atomic64_add(result->inodes, &m->inodes_total);
	atomic64_add(result->bytes, &m->bytes_total);
	atomic64_add(duration_ns, &m->duration_ns_total);
	if (err)
		atomic64_inc(&m->errors_total);
	if (!wait) {
		atomic64_set(&m->start_inodes, result->inodes);
		atomic64_set(&m->start_bytes, result->bytes);
		atomic64_set(&m->start_duration_ns, duration_ns);
		return;
	}
	event.inodes = result->inodes + atomic64_xchg(&m->start_inodes, 0);
	event.bytes = result->bytes + atomic64_xchg(&m->start_bytes, 0);
	event.duration_ns = duration_ns + atomic64_xchg(&m->start_duration_ns, 0);
	atomic64_set(&m->last_duration_ns, event.duration_ns);
	if (result->mode == OVLSYNC_MODE_CONTAINERIZED)
		atomic64_inc(&m->containerized_total);
	else
		atomic64_inc(&m->full_total);
	ovlsync_event_sync_done(m, &event);
}

/**
 * ovlsync_sync - one half of a sync of an overlay
 * @m: the mount object
 * @wait: 0: start writing; 1: all that was dirtied before the call is durable on return
 * @stock: overlayfs' own sync_fs, for every mode but containerized
 * @result: @mode is set; @inodes and @bytes grow by what was done
 *
 * Context: may sleep; s_umount of the overlay held.
 * Return: 0 or the error of the upper's sync_fs or of @stock.  Writeback errors are in the
 * overlay's s_wb_err.
 */
int ovlsync_sync(struct ovlsync_mount *m, int wait, ovlsync_sync_fs_t stock,
		 struct ovlsync_sync_result *result)
{
	struct ovlsync_sync_result now = {};
	ktime_t begun = ktime_get();
	const char *reason;
	u64 duration_ns;
	int err;

	now.mode = ovlsync_mount_mode(m, &reason);
	trace_ovlsync_sync_begin(m, now.mode, wait);
	ovlsync_progress_begin(m);
	if (now.mode == OVLSYNC_MODE_CONTAINERIZED)
		err = sync_containerized(m, wait, stock, &now);
	else if (wait)
		err = sync_full(m, stock);
	else
		err = stock(m->sb, 0);
	ovlsync_progress_end(m);

	duration_ns = ktime_to_ns(ktime_sub(ktime_get(), begun));
	account(m, wait, err, duration_ns, &now);
	trace_ovlsync_sync_end(m, now.mode, now.inodes, now.bytes, duration_ns, err);
	result->mode = now.mode;
	result->inodes += now.inodes;
	result->bytes += now.bytes;
	return err;
}
