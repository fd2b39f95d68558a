// SPDX-License-Identifier: GPL-2.0
/*
 * The per-mount object: lifetime, lookup, mode.
 *
 * REFERENCES.  A mount object has one reference for its place in the table and one for its fsnotify
 * mark, which may outlive the superblock until fsnotify's grace period is over.  The last put frees
 * it.  Suspects, the reaper's work and the sysfs directory have none: attach.c takes them away
 * before it gives the table's reference back.
 *
 * LIFETIME.  It enters the table while s_umount of the overlay is held exclusively, after all
 * that can fail of attaching, and leaves it the same way: in put_super, or when the module is
 * unloaded.  Who holds s_umount, or a file on the overlay while /dev/ovlsync is open, or the
 * table's lock, may use what is found in the table without a reference.  Others have it from
 * ovlsync_mount_use(): leaving the table, and so umount, waits until they are done, which they
 * have to be without waiting for user space.  A handler of fsnotify's uses the mark's, for marks
 * are freed after a grace period that it holds up.
 *
 * LOCKING.  In this order, outermost first:
 *  s_umount of the overlay: attaching and detaching hold it exclusively, a sync as the VFS took it;
 *  @upper_mutex: one classifies the upper at a time, which may read from the disk;
 *  the lock of the table (xa_lock), or of the cursors of dumps (dump_suspects.c);
 *  @lock of a mount: its list, counters and gap.
 * Inside @lock there are only rhashtable's, list_lru's and the workqueue's own.  Nothing that waits
 * for memory is done under the last two; reclaim tries s_umount and @lock, and takes no other.
 * An opener holds whatever locks of the overlay's inode the VFS took, but none of the upper's.
 *
 * NOTES.  What listeners are to be told is noted where it is noticed, often under a lock, and told
 * by a work of the mount's (events.c).  A note is taken under m->lock, and starts the work only
 * from ovlsync_mount_announce() until the list is closed, so that the work can be stopped for good.
 */
#define pr_fmt(fmt) "ovlsync: " fmt

#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <linux/xarray.h>

#include "faults.h"
#include "mount.h"

/* Mount objects by the minor of the overlay's anonymous device. */
static DEFINE_XARRAY(mounts);

/* Counts mounts that came or went. */
static atomic_t mounts_changes = ATOMIC_INIT(0);

/**
 * ovlsync_mount_create - make a mount object
 * @sb: the overlay
 *
 * Context: may sleep.
 * Return: the object with the table's reference, not yet in the table; NULL without memory.
 */
struct ovlsync_mount *ovlsync_mount_create(struct super_block *sb)
{
	struct ovlsync_mount *m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);

	if (!m)
		return NULL;
	m->sb = sb;
	refcount_set(&m->refs, 1);
	mutex_init(&m->upper_mutex);
	spin_lock_init(&m->lock);
	INIT_LIST_HEAD(&m->suspects);
	INIT_LIST_HEAD(&m->shrunk);
	list_add(&m->hand.list, &m->suspects);
	m->tunables = ovlsync_defaults;
	m->reaper_wait_ms = m->tunables.interval_ms;
	init_completion(&m->kobj_gone);
	return m;
}

/**
 * ovlsync_mount_put - drop a reference, and free the object with the last
 * @m: the mount object
 *
 * Context: any.
 */
void ovlsync_mount_put(struct ovlsync_mount *m)
{
	if (refcount_dec_and_test(&m->refs))
		kfree(m);
}

/**
 * ovlsync_mount_note - listeners are to be told something soon
 * @m: the mount object
 * @note: what
 *
 * Context: any; @m->lock held.
 */
void ovlsync_mount_note(struct ovlsync_mount *m, enum ovlsync_note note)
{
	lockdep_assert_held(&m->lock);
	set_bit(note, &m->notes);
	if (m->announced && !m->closed)
		queue_work(system_unbound_wq, &m->teller);
}

/**
 * ovlsync_mount_note_error - count a writeback error, and have listeners told
 * @m: the mount object
 * @err: negative errno
 *
 * Context: any; @m->lock held.
 */
void ovlsync_mount_note_error(struct ovlsync_mount *m, int err)
{
	atomic64_inc(&m->errors_total);
	WRITE_ONCE(m->noted_error, -err);
	ovlsync_mount_note(m, OVLSYNC_NOTE_ERROR);
}

static void note_mode(struct ovlsync_mount *m)
{
	spin_lock(&m->lock);
	ovlsync_mount_note(m, OVLSYNC_NOTE_MODE);
	spin_unlock(&m->lock);
}

/**
 * ovlsync_mount_announce - attached for good: from now on it may be told about
 * @m: the mount object, in the table
 *
 * Context: any.
 */
void ovlsync_mount_announce(struct ovlsync_mount *m)
{
	spin_lock(&m->lock);
	m->announced = true;
	if (m->notes)
		queue_work(system_unbound_wq, &m->teller);
	spin_unlock(&m->lock);
	atomic_inc(&mounts_changes);
}

/**
 * ovlsync_mounts_changes - has a mount come or gone?
 *
 * Return: a number that is another one if so.
 */
unsigned int ovlsync_mounts_changes(void)
{
	return atomic_read(&mounts_changes);
}

/**
 * ovlsync_mounts_each - call a function for every mount in the table
 * @visit: called with the table's lock held
 * @arg: passed on
 *
 * Context: any.
 */
void ovlsync_mounts_each(void (*visit)(struct ovlsync_mount *m, void *arg), void *arg)
{
	struct ovlsync_mount *m;
	unsigned long index;

	xa_lock(&mounts);
	xa_for_each(&mounts, index, m) {
		if (visit)
			visit(m, arg);
	}
	xa_unlock(&mounts);
}

struct is_upper {
	const struct super_block *sb;
	bool found;
};

static void compare_upper(struct ovlsync_mount *m, void *arg)
{
	struct is_upper *is = arg;

	is->found |= ovlsync_mount_upper(m) == is->sb;
}

static bool is_upper_of_another(const struct super_block *sb)
{
	struct is_upper is = { .sb = sb };

	ovlsync_mounts_each(compare_upper, &is);
	return is.found;
}

/**
 * ovlsync_mount_publish - put a mount object into the table
 * @m: the mount object
 * @live: the overlay was there before us, and so may be the upper of another one already
 *
 * Context: may sleep; s_umount of the overlay held exclusively.
 * Return: 0, -EBUSY if the overlay has one already, -ENOMEM.
 */
int ovlsync_mount_publish(struct ovlsync_mount *m, bool live)
{
	int err;

	lockdep_assert_held_write(&m->sb->s_umount);
	err = xa_insert(&mounts, MINOR(m->sb->s_dev), m, GFP_KERNEL);
	if (!err && live && is_upper_of_another(m->sb))
		WRITE_ONCE(m->nested, true);
	return err;
}

/**
 * ovlsync_mount_withdraw - take a mount object out of the table
 * @m: the mount object
 *
 * The table's reference becomes the caller's.  Nobody uses the object any more but the caller and
 * handlers of its mark.
 *
 * Context: may sleep; s_umount of the overlay held exclusively.
 */
void ovlsync_mount_withdraw(struct ovlsync_mount *m)
{
	lockdep_assert_held_write(&m->sb->s_umount);
	xa_erase(&mounts, MINOR(m->sb->s_dev));
	atomic_inc(&mounts_changes);
	wait_var_event(&m->users, !atomic_read(&m->users));
}

/**
 * ovlsync_mount_find - the mount object of a superblock
 * @sb: any superblock
 *
 * Context: any.  See LIFETIME above for how long the answer may be used.
 * Return: the object, or NULL if we are not attached.
 */
struct ovlsync_mount *ovlsync_mount_find(const struct super_block *sb)
{
	struct ovlsync_mount *m;

	if (MAJOR(sb->s_dev))
		return NULL;
	rcu_read_lock();
	m = xa_load(&mounts, MINOR(sb->s_dev));
	rcu_read_unlock();
	return m && READ_ONCE(m->sb) == sb ? m : NULL;
}

/**
 * ovlsync_mount_use - the next mount in the table, kept there for a moment
 * @minor: where to look from; set to the minor of what was found
 * @last: where to stop looking
 *
 * Umount waits for ovlsync_mount_unuse(): neither user space nor s_umount of the overlay may be
 * waited for until then.
 *
 * Context: any.
 * Return: the object, or NULL.
 */
struct ovlsync_mount *ovlsync_mount_use(unsigned long *minor, unsigned long last)
{
	struct ovlsync_mount *m;

	xa_lock(&mounts);
	m = xa_find(&mounts, minor, last, XA_PRESENT);
	if (m)
		atomic_inc(&m->users);
	xa_unlock(&mounts);
	return m;
}

/**
 * ovlsync_mount_use_again - the same for a mount that is known to be in the table
 * @m: the mount object
 *
 * Context: any.
 */
void ovlsync_mount_use_again(struct ovlsync_mount *m)
{
	atomic_inc(&m->users);
}

/**
 * ovlsync_mount_unuse - the end of ovlsync_mount_use()
 * @m: the mount object
 *
 * Context: any.
 */
void ovlsync_mount_unuse(struct ovlsync_mount *m)
{
	/* The object may be gone as soon as the count is zero; its address is all that is used. */
	if (atomic_dec_and_test(&m->users))
		wake_up_var(&m->users);
}

/**
 * ovlsync_mount_next_active - walk all overlays that we are attached to
 * @index: where to go on; start with 0
 *
 * Overlays that are being unmounted are left out.
 *
 * Context: may not be called with the table's lock; the caller ends with deactivate_super().
 * Return: a superblock with an active reference, or NULL at the end.
 */
struct super_block *ovlsync_mount_next_active(unsigned long *index)
{
	struct super_block *sb = NULL;
	struct ovlsync_mount *m;

	xa_lock(&mounts);
	for (m = xa_find(&mounts, index, ULONG_MAX, XA_PRESENT); m;
	     m = xa_find_after(&mounts, index, ULONG_MAX, XA_PRESENT)) {
		/* In the table, so put_super has not ended and the superblock is there. */
		if (atomic_inc_not_zero(&m->sb->s_active)) {
			sb = m->sb;
			break;
		}
	}
	xa_unlock(&mounts);
	(*index)++;
	return sb;
}

/**
 * ovlsync_mounts_empty - is there no mount left that we are attached to?
 *
 * Return: true if the table is empty.
 */
bool ovlsync_mounts_empty(void)
{
	return xa_empty(&mounts);
}

/*
 * The outer overlay writes to its upper through files that raise no event there (OVL_OPEN_FLAGS in
 * fs/overlayfs/file.c), and its sync relies on ours.  No kernel so far takes an upper directory on
 * an overlay (DCACHE_OP_REAL, in ovl_mount_dir() and ovl_mount_dir_check()), so one that is not
 * known needs no guesses.
 */
static void mark_nested(struct super_block *upper_sb)
{
	struct ovlsync_mount *below;

	xa_lock(&mounts);
	below = xa_load(&mounts, MINOR(upper_sb->s_dev));
	if (below && below->sb == upper_sb) {
		WRITE_ONCE(below->nested, true);
		note_mode(below);
	}
	xa_unlock(&mounts);
}

/**
 * ovlsync_mount_force_full - what the operator asks for
 * @m: the mount object
 * @full: full syncs, whatever else is known
 *
 * Context: any.
 */
void ovlsync_mount_force_full(struct ovlsync_mount *m, bool full)
{
	WRITE_ONCE(m->forced_full, full);
	note_mode(m);
}

/**
 * ovlsync_mount_set_upper - the upper superblock has become known
 * @m: the mount object
 * @upper_sb: a superblock that holds upper inodes of this overlay
 *
 * The first answer stays.  A different one later means that something is not as we believe: it is
 * said once, and the mount does full syncs from then on.
 *
 * Context: may sleep, may read from the disk.
 * Return: true if @upper_sb is the mount's upper.
 */
bool ovlsync_mount_set_upper(struct ovlsync_mount *m, struct super_block *upper_sb)
{
	bool same, sure = !ovlsync_mount_upper(m) && ovlsync_upper_is_sure(m->sb, upper_sb);

	mutex_lock(&m->upper_mutex);
	if (!m->upper.sb) {
		m->upper.sure = sure;
		/* In this order: who publishes the lower of the two now sees one or the other. */
		ovlsync_upper_classify(&m->upper, upper_sb);
		if (MAJOR(upper_sb->s_dev) == 0)
			mark_nested(upper_sb);
		note_mode(m);
	}
	same = m->upper.sb == upper_sb;
	if (!same && !m->stray) {
		WRITE_ONCE(m->stray, true);
		note_mode(m);
		pr_warn_ratelimited("overlay %u:%u: upper inode on %s, where the upper is %s: full syncs from now on\n",
				    MAJOR(m->sb->s_dev), MINOR(m->sb->s_dev), upper_sb->s_id,
				    m->upper.sb->s_id);
	}
	mutex_unlock(&m->upper_mutex);
	return same;
}

static const char *gap_reason(enum ovlsync_gap gap)
{
	switch (gap) {
	case OVLSYNC_GAP_ATTACHED:
		return "attached while mounted: the first sync is a full one";
	case OVLSYNC_GAP_UPPER:
		return "upper filesystem was not known at first: the first sync is a full one";
	case OVLSYNC_GAP_LEFT:
		return "left unsynced by an earlier mount: the first sync is a full one";
	case OVLSYNC_GAP_LIMIT:
		return "openings not tracked because of max_suspects: the next sync is a full one";
	case OVLSYNC_GAP_MEMORY:
		return "openings not tracked for want of memory: the next sync is a full one";
	default:
		return "";
	}
}

/* Nothing has gone wrong: the mount only began like this. */
static bool is_first_sync(enum ovlsync_gap gap)
{
	return gap == OVLSYNC_GAP_ATTACHED || gap == OVLSYNC_GAP_UPPER || gap == OVLSYNC_GAP_LEFT;
}

static enum ovlsync_mode full(const char **reason, const char *why)
{
	*reason = why;
	return OVLSYNC_MODE_FULL;
}

/**
 * ovlsync_mount_mode - what a sync of this mount has to do now
 * @m: the mount object
 * @reason: set to a sentence that says why; static storage
 *
 * Whatever is not known to be safe is not containerized (docs/design.md, Gaps and Limits).
 *
 * Context: any.
 * Return: the mode.
 */
enum ovlsync_mode ovlsync_mount_mode(struct ovlsync_mount *m, const char **reason)
{
	const struct super_block *upper_sb = ovlsync_mount_upper(m);
	enum ovlsync_gap gap;

	if (!m->has_upper) {
		*reason = "no upper directory: nothing can be written";
		return OVLSYNC_MODE_NOSYNC;
	}
	if (m->is_volatile) {
		*reason = "mounted volatile";
		return OVLSYNC_MODE_VOLATILE;
	}
	if (upper_sb && m->upper.in_memory) {
		*reason = "upper filesystem is in memory";
		return OVLSYNC_MODE_NOSYNC;
	}
	if (m->refusal)
		return full(reason, m->refusal);
	if (upper_sb && m->upper.refusal)
		return full(reason, m->upper.refusal);
	if (!m->watched)
		return full(reason, "openings can't be watched on this mount");
	if (READ_ONCE(m->forced_full))
		return full(reason, "the operator asked for full syncs");
	if (READ_ONCE(m->stray))
		return full(reason, "an upper inode was on another filesystem than the upper");
	if (READ_ONCE(m->nested))
		return full(reason, "another overlay has its upper directory on this one");
	if (!upper_sb) {
		*reason = "upper filesystem not known until a regular file is opened for write";
		return OVLSYNC_MODE_LEARNING;
	}
	gap = READ_ONCE(m->gap);
	if (gap) {
		*reason = gap_reason(gap);
		return is_first_sync(gap) ? OVLSYNC_MODE_LEARNING : OVLSYNC_MODE_FULL;
	}
	*reason = "only this overlay's suspects are written";
	return OVLSYNC_MODE_CONTAINERIZED;
}

/**
 * ovlsync_mode_name - the name of a mode in sysfs
 * @mode: the mode
 *
 * Return: a static string.
 */
const char *ovlsync_mode_name(enum ovlsync_mode mode)
{
	static const char *const names[] = {
		[OVLSYNC_MODE_CONTAINERIZED] = "containerized",
		[OVLSYNC_MODE_LEARNING] = "learning",
		[OVLSYNC_MODE_FULL] = "full",
		[OVLSYNC_MODE_VOLATILE] = "volatile",
		[OVLSYNC_MODE_NOSYNC] = "nosync",
	};

	return names[mode];
}
