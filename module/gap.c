// SPDX-License-Identifier: GPL-2.0
/*
 * Gaps: what the suspect list of a mount may lack, and what closes them.
 *
 * The list may lack something: what was dirtied before we attached, or while the upper was not
 * known, or by openers that found no room.  A gap makes every sync a full one until one is closed
 * by this sequence, in this order:
 *  1. all overlay inodes in cache are walked, and those open for write or mapped put on the list,
 *     so that what their openers write from now on is known (only if the gap is @gap_unwalked);
 *     the gap counts as opened when the walk ends, for a flush that began before may have passed
 *     what was written and closed before the walk came to it;
 *  2. ovlsync_flush_begin() notes the moment;
 *  3. the whole upper is flushed, which makes what was dirtied before durable;
 *  4. ovlsync_flush_done() closes the gaps that were there at step 2 and were not opened anew: this
 *     mount's, and those of other mounts on the same upper that need no walk.  What was flushed is
 *     what overlayfs knows as the upper; others rely on its being what we take for it only where
 *     that is sure, or where root of the host has mounted it: paths can be made to lead elsewhere.
 *
 * WHAT UMOUNTS LEAVE.  An overlay may go with dirty files that nobody synced: umount_sync is none,
 * it was volatile, or it had become read-only under a shared map.  A later mount of the same upper
 * directory does not have them on its list, where stock overlayfs would flush them; so it begins
 * with a gap.  They are remembered by the upper directory, until a full sync of that filesystem,
 * in a table of fixed size: when that is full, one entry stands for all directories of a
 * filesystem; and when filesystems fill it, one for all, until the module goes.  Where the upper is
 * not known, or not what we took for it, each filesystem that has a layer is meant.  An entry too
 * many costs a full sync.
 *
 * LOCKING.  m->lock protects the gap of a mount; left_lock the table of what umounts have left.
 * Neither is taken inside of the other.
 */
#include <linux/fs.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>

#include "faults.h"
#include "gap.h"

/* The clock of gaps and flushes: counts events, not time. */
static atomic64_t flush_clock = ATOMIC64_INIT(0);

/* Upper directories that are remembered one by one. */
#define LEFT_MAX 256

/**
 * struct left - something dirty was left by an umount
 * @dev: the upper filesystem; 0: any
 * @ino: the upper directory's inode; 0: any directory of @dev
 * @generation: of that inode
 * @seq: when, on the clock of ovlsync_flush_begin()
 */
struct left {
	dev_t dev;
	u32 generation;
	u64 ino;
	u64 seq;
};

static struct left left[LEFT_MAX];
static unsigned int left_nr;
static DEFINE_SPINLOCK(left_lock);

static bool is_overflow(enum ovlsync_gap gap)
{
	return gap == OVLSYNC_GAP_LIMIT || gap == OVLSYNC_GAP_MEMORY;
}

/**
 * ovlsync_gap_open - the list may lack something from now on
 * @m: the mount object
 * @gap: why
 * @unwalked: there may be inodes open for write that are not on the list
 *
 * Context: any; @m->lock held.
 */
void ovlsync_gap_open(struct ovlsync_mount *m, enum ovlsync_gap gap, bool unwalked)
{
	lockdep_assert_held(&m->lock);
	if (test_lock_order)
		ovlsync_mounts_each(NULL, NULL);
	if (m->gap != gap) {
		if (is_overflow(gap))
			ovlsync_mount_note(m, OVLSYNC_NOTE_OVERFLOW);
		ovlsync_mount_note(m, OVLSYNC_NOTE_MODE);
	}
	WRITE_ONCE(m->gap, gap);
	m->gap_seq = atomic64_inc_return(&flush_clock);
	if (unwalked)
		WRITE_ONCE(m->gap_unwalked, true);
}

/**
 * ovlsync_gap_walk_begin - a walk over the overlay's inodes begins
 * @m: the mount object
 *
 * Context: any; takes the lock of @m.
 * Return: when the gap was opened, for ovlsync_gap_walk_done().
 */
u64 ovlsync_gap_walk_begin(struct ovlsync_mount *m)
{
	u64 seq;

	spin_lock(&m->lock);
	seq = m->gap_seq;
	spin_unlock(&m->lock);
	return seq;
}

/**
 * ovlsync_gap_walk_done - everything open for write is on the list
 * @m: the mount object
 * @begun: what ovlsync_gap_walk_begin() returned
 *
 * A gap that was opened anew during the walk needs another one.  Only a flush that begins from now
 * on can close this one: an earlier one may have passed a file before it was written to for the
 * last time, and the walk may have come after that was closed.
 *
 * Context: any; takes the lock of @m.
 */
void ovlsync_gap_walk_done(struct ovlsync_mount *m, u64 begun)
{
	spin_lock(&m->lock);
	if (m->gap_seq == begun) {
		WRITE_ONCE(m->gap_unwalked, false);
		m->gap_seq = atomic64_inc_return(&flush_clock);
	}
	spin_unlock(&m->lock);
}

/**
 * ovlsync_flush_begin - a full sync begins
 *
 * Return: the moment, for ovlsync_flush_done().
 */
u64 ovlsync_flush_begin(void)
{
	return atomic64_inc_return(&flush_clock);
}

struct flush {
	const struct super_block *upper_sb;
	u64 begun;
};

static void close_gap(struct ovlsync_mount *m, void *arg)
{
	const struct flush *flush = arg;

	if (ovlsync_mount_upper(m) != flush->upper_sb)
		return;
	spin_lock(&m->lock);
	if (m->gap && m->gap_seq < flush->begun && !m->gap_unwalked) {
		WRITE_ONCE(m->gap, OVLSYNC_GAP_NONE);
		ovlsync_mount_note(m, OVLSYNC_NOTE_MODE);
	}
	spin_unlock(&m->lock);
}

static void left_flushed(dev_t dev, u64 begun)
{
	unsigned int i = 0;

	spin_lock(&left_lock);
	while (i < left_nr) {
		if (left[i].dev == dev && left[i].seq < begun)
			left[i] = left[--left_nr];
		else
			i++;
	}
	spin_unlock(&left_lock);
}

/**
 * ovlsync_flush_done - a full sync has ended well: close the gaps that it covers
 * @m: the mount that was synced
 * @begun: what ovlsync_flush_begin() returned
 *
 * Context: any; takes the lock of every mount in turn.
 */
void ovlsync_flush_done(struct ovlsync_mount *m, u64 begun)
{
	struct flush flush = { .upper_sb = ovlsync_mount_upper(m), .begun = begun };

	if (!flush.upper_sb || READ_ONCE(m->stray))
		return;
	if (!m->upper.sure && m->sb->s_user_ns != &init_user_ns) {
		close_gap(m, &flush);
		return;
	}
	ovlsync_mounts_each(close_gap, &flush);
	left_flushed(flush.upper_sb->s_dev, begun);
}

/* Makes room: of one filesystem, or if there are too many of these, of all. */
static void left_condense(dev_t dev)
{
	unsigned int i, kept = 0;

	for (i = 0; i < left_nr; i++) {
		if (left[i].dev != dev)
			left[kept++] = left[i];
	}
	if (kept == LEFT_MAX) {
		dev = 0;
		kept = 0;
	}
	left[kept++] = (struct left){ .dev = dev, .seq = atomic64_inc_return(&flush_clock) };
	left_nr = kept;
}

static void left_add(dev_t dev, u64 ino, u32 generation)
{
	unsigned int i;

	spin_lock(&left_lock);
	for (i = 0; i < left_nr; i++) {
		if (left[i].dev == dev && left[i].ino == ino && left[i].generation == generation)
			break;
	}
	if (i == LEFT_MAX) {
		left_condense(dev);
	} else {
		left[i] = (struct left){ .dev = dev, .ino = ino, .generation = generation,
					 .seq = atomic64_inc_return(&flush_clock) };
		left_nr = max(left_nr, i + 1);
	}
	spin_unlock(&left_lock);
}

static void left_on_layer(struct super_block *layer_sb, void *arg)
{
	if (ovlsync_upper_is_proven(layer_sb))
		left_add(layer_sb->s_dev, 0, 0);
}

/**
 * ovlsync_left_note - an overlay goes, and not all that was written through it has been synced
 * @m: the mount object
 *
 * Context: may sleep; the overlay's put_super has not begun.
 */
void ovlsync_left_note(struct ovlsync_mount *m)
{
	const struct super_block *upper_sb = ovlsync_mount_upper(m);

	if (!upper_sb || READ_ONCE(m->stray))
		ovlsync_layers_each(m->sb, left_on_layer, NULL);
	else if (ovlsync_upper_is_proven(upper_sb))
		left_add(upper_sb->s_dev, m->upperdir_ino, m->upperdir_generation);
}

/**
 * ovlsync_left_anything - may an earlier mount of this upper directory have left something dirty?
 * @m: the mount object; its upper is known
 *
 * Context: any.
 * Return: true if so.
 */
bool ovlsync_left_anything(struct ovlsync_mount *m)
{
	dev_t dev = ovlsync_mount_upper(m)->s_dev;
	bool found = false;
	unsigned int i;

	spin_lock(&left_lock);
	for (i = 0; i < left_nr; i++) {
		if (left[i].dev && left[i].dev != dev)
			continue;
		if (!left[i].ino || !m->upperdir_ino ||
		    (left[i].ino == m->upperdir_ino &&
		     left[i].generation == m->upperdir_generation))
			found = true;
	}
	spin_unlock(&left_lock);
	return found;
}
