// SPDX-License-Identifier: GPL-2.0
/*
 * What is left of the sync that is running, for who watches it.
 *
 * A sync is told nothing of this and counts nothing for it: it leaves the time at which it began,
 * and who wants to know walks over the list and looks at the inodes.  So watching costs the one who
 * does it, and where no sync is running it costs nothing.
 *
 * What came on the list after the sync began is not owed by it.  What was on the list and is
 * written to meanwhile still counts, though the sync may not wait for it: what is told
 * is then more than what it will do.
 *
 * LOCKING.  As in sync.c: the list under m->lock, a bounded number of entries at a time; pages are
 * counted, and references to inodes dropped, without it.
 */
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#include "pages.h"
#include "progress.h"
#include "suspect.h"

/* Entries looked at under one hold of the lock. */
#define PROGRESS_SCAN 256

/**
 * ovlsync_progress_begin - a sync of the mount begins
 * @m: the mount
 *
 * Of several at once, the last one is what is told of: it waits for what the others do and more.
 *
 * Context: any.
 */
void ovlsync_progress_begin(struct ovlsync_mount *m)
{
	WRITE_ONCE(m->sync_begun, (u32)jiffies);
	atomic_inc(&m->syncs_running);
}

/**
 * ovlsync_progress_end - a sync of the mount has ended
 * @m: the mount
 *
 * Context: any.
 */
void ovlsync_progress_end(struct ovlsync_mount *m)
{
	atomic_dec(&m->syncs_running);
}

static bool is_left(const struct ovlsync_suspect *s, u32 begun)
{
	u32 now = (u32)jiffies;

	return now - s->added >= now - begun && ovlsync_inode_unwritten(s->inode);
}

/*
 * Looks at some more of the list, and adds what is left to @inodes; or, with @found, looks for the
 * next one, and references it.  Returns false at the end.
 */
static bool look(struct ovlsync_walk *walk, u64 *inodes, struct inode **found)
{
	struct ovlsync_mount *m = walk->m;
	u32 begun = READ_ONCE(m->sync_begun);
	unsigned int scan = PROGRESS_SCAN;
	struct ovlsync_suspect *s = NULL;

	spin_lock(&m->lock);
	while (scan-- && (s = ovlsync_walk_next(walk))) {
		if (!is_left(s, begun))
			continue;
		++*inodes;
		if (!found)
			continue;
		/* The entry's reference is there as long as the lock is held. */
		ihold(s->inode);
		*found = s->inode;
		break;
	}
	ovlsync_walk_pause(walk);
	spin_unlock(&m->lock);
	return s;
}

/**
 * ovlsync_progress_inodes - suspects that a sync has still to write or to wait for
 * @m: the mount
 *
 * Context: may sleep.  The list is not purged meanwhile.
 * Return: how many; 0 if no sync is running.
 */
u64 ovlsync_progress_inodes(struct ovlsync_mount *m)
{
	struct ovlsync_walk walk;
	u64 inodes = 0;

	if (!atomic_read(&m->syncs_running))
		return 0;
	ovlsync_walk_begin(&walk, m);
	while (look(&walk, &inodes, NULL))
		cond_resched();
	ovlsync_walk_end(&walk);
	return inodes;
}

/**
 * ovlsync_progress_bytes - what those suspects have in pages that are dirty or under writeback
 * @m: the mount
 *
 * Context: may sleep.  The list is not purged meanwhile.
 * Return: bytes; 0 if no sync is running.
 */
u64 ovlsync_progress_bytes(struct ovlsync_mount *m)
{
	struct ovlsync_walk walk;
	u64 inodes = 0, bytes = 0;
	bool more;

	if (!atomic_read(&m->syncs_running))
		return 0;
	ovlsync_walk_begin(&walk, m);
	do {
		struct inode *inode = NULL;

		more = look(&walk, &inodes, &inode);
		if (inode) {
			bytes += ovlsync_unwritten_bytes(inode->i_mapping);
			iput(inode);
		}
		cond_resched();
	} while (more);
	ovlsync_walk_end(&walk);
	return bytes;
}
