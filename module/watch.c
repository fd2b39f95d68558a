// SPDX-License-Identifier: GPL-2.0
/*
 * fsnotify events in, suspects out.
 *
 * A mark on the overlay's superblock delivers events in process context (docs/design.md):
 *
 * FS_OPEN comes at the end of every open, before the caller has the file, so that no write can come
 * before it.  The overlay inode's i_writecount tells an open for write; it goes up before the file
 * is copied up, so that another opener may see it while the file is still the lower one.  What is
 * open for write on the upper as well has been copied up.  On kernels where files opened by the
 * kernel itself raise no FS_OPEN, FS_CLOSE_WRITE catches them at the end.
 *
 * FS_ATTRIB comes when a link count changes: at zero the suspect goes at once, above zero it may be
 * an O_TMPFILE that has got a name and whose data has to survive from now on.
 *
 * FS_MODIFY on a dentry is truncate(2) by path, which dirties without an open.  It is asked for
 * only where the upper does not order such a change itself, for it makes every write slower.
 *
 * REFERENCES.  The mark holds a reference to the mount object, given back in free_mark, after
 * fsnotify's grace period: no handler is at work on it then.  That may be long after we have let go
 * of the mark: while somebody's permission event waits for its listener's answer, fsnotify holds
 * every mark that the same event is told to (fsnotify_prepare_user_wait() in fs/notify/mark.c).
 */
#define pr_fmt(fmt) "ovlsync: " fmt

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/fsnotify_backend.h>
#include <linux/sched.h>

#include "compat.h"
#include "faults.h"
#include "gap.h"
#include "reaper.h"
#include "suspect.h"
#include "watch.h"

static struct fsnotify_group *watch_group;

/* Marks that fsnotify has not given back yet. */
static atomic_t marks = ATOMIC_INIT(0);

static void add_suspect(struct ovlsync_mount *m, struct inode *upper)
{
	if (ovlsync_suspect_add(m, upper))
		ovlsync_reaper_wake(m);
}

/*
 * A regular file of the overlay is open for write.  While it is copied up for that, this is still
 * the lower inode, or one that nobody can have written to yet: the writer's own event is to come
 * (do_dentry_open() and vfs_truncate() count the writer first).
 */
static void saw_writer(struct ovlsync_mount *m, struct dentry *dentry)
{
	struct inode *upper = ovlsync_real_inode(dentry);

	if (atomic_read(&upper->i_writecount) <= 0)
		return;
	if (unlikely(upper->i_sb != ovlsync_mount_upper(m)) &&
	    !ovlsync_mount_set_upper(m, upper->i_sb))
		return;
	add_suspect(m, upper);
}

/*
 * What is seen here may be a lower inode: not every file that such an event is about has been
 * copied up.  It teaches nothing about the upper, and is a suspect only if it has something to
 * write.
 */
static void saw_change(struct ovlsync_mount *m, struct dentry *dentry)
{
	struct inode *upper = ovlsync_real_inode(dentry);

	if (upper->i_sb != ovlsync_mount_upper(m))
		return;
	if (!READ_ONCE(upper->i_nlink)) {
		if (ovlsync_suspect_unlink(m, upper))
			ovlsync_reaper_wake(m);
		return;
	}
	switch (ovlsync_suspect_verdict(upper)) {
	case OVLSYNC_OPEN:
	case OVLSYNC_DIRTY:
		add_suspect(m, upper);
		break;
	default:
		break;
	}
}

static void saw_inode_change(struct ovlsync_mount *m, struct inode *inode)
{
	struct dentry *alias;

	if (!S_ISREG(inode->i_mode))
		return;
	alias = ovlsync_find_alias(inode);
	if (!alias)
		return;
	saw_change(m, alias);
	dput(alias);
}

static int watch_handle_event(struct fsnotify_group *group, u32 mask, const void *data,
			      int data_type, struct inode *dir, const struct qstr *name,
			      u32 cookie, struct fsnotify_iter_info *iter_info)
{
	struct fsnotify_mark *mark = fsnotify_iter_sb_mark(iter_info);
	struct ovlsync_mount *m;
	struct inode *inode;

	if (!mark || test_deaf)
		return 0;
	m = container_of(mark, struct ovlsync_mount, mark);
	if (mask & (FS_OPEN | FS_CLOSE_WRITE)) {
		/* All kernels tell of it by path. */
		const struct path *path = fsnotify_data_path(data, data_type);

		/* The cheap test first: most opens only read. */
		if (!WARN_ON_ONCE(!path) && atomic_read(&d_inode(path->dentry)->i_writecount) > 0)
			saw_writer(m, path->dentry);
		return 0;
	}

	inode = fsnotify_data_inode(data, data_type);
	if (!inode)
		return 0;
	if (data_type == FSNOTIFY_EVENT_INODE) {
		if (mask & FS_ATTRIB)
			saw_inode_change(m, inode);
	} else if (data_type == FSNOTIFY_EVENT_DENTRY) {
		if ((mask & FS_MODIFY) && S_ISREG(inode->i_mode))
			saw_change(m, fsnotify_data_dentry(data, data_type));
	}
	return 0;
}

static void watch_free_mark(struct fsnotify_mark *mark)
{
	ovlsync_mount_put(container_of(mark, struct ovlsync_mount, mark));
	atomic_dec(&marks);
}

static const struct fsnotify_ops watch_ops = {
	.handle_event = watch_handle_event,
	.free_mark = watch_free_mark,
};

static u32 watch_mask(const struct ovlsync_mount *m)
{
	u32 mask = FS_OPEN | FS_ATTRIB;

	if (!OVLSYNC_OPEN_EVENT_IN_VFS)
		mask |= FS_CLOSE_WRITE;
	/* An upper that is not known yet may turn out to need it. */
	if (!m->upper.sb || !m->upper.orders_truncate)
		mask |= FS_MODIFY;
	return mask;
}

/**
 * ovlsync_watch_attach - begin to watch an overlay
 * @m: its mount object; the upper is classified if it could be found
 *
 * Context: may sleep.
 * Return: 0, or an error of fsnotify's; nothing is watched then.
 */
int ovlsync_watch_attach(struct ovlsync_mount *m)
{
	int err;

	refcount_inc(&m->refs);
	atomic_inc(&marks);
	fsnotify_init_mark(&m->mark, watch_group);
	m->mark.mask = watch_mask(m);
	err = ovlsync_add_sb_mark(&m->mark, m->sb);
	if (err) {
		fsnotify_put_mark(&m->mark);
		return err;
	}
	m->watched = true;
	return 0;
}

/**
 * ovlsync_watch_detach - stop watching
 * @m: the mount object; its list is closed, for handlers may still be at work
 *
 * At umount the VFS has deleted the mark already, and only our reference to it is left.
 *
 * Context: may sleep.
 */
void ovlsync_watch_detach(struct ovlsync_mount *m)
{
	if (!m->watched)
		return;
	fsnotify_destroy_mark(&m->mark, watch_group);
	fsnotify_put_mark(&m->mark);
}

/* Open for write by way of a map alone, that outlived its file? */
static void saw_mapping(struct ovlsync_mount *m, struct dentry *dentry)
{
	struct inode *upper = ovlsync_real_inode(dentry);

	if (upper->i_sb == ovlsync_mount_upper(m) &&
	    ovlsync_suspect_verdict(upper) == OVLSYNC_OPEN)
		add_suspect(m, upper);
}

/*
 * Looks at one cached overlay inode that nobody may have told us of.  What is dirty and no longer
 * open is left to the full flush that closes the gap.
 */
static void take_stock_of(struct ovlsync_mount *m, struct inode *inode)
{
	struct dentry *alias = ovlsync_find_alias(inode);

	/* Open and mapped files hold their dentry; without one there is neither. */
	if (!alias)
		return;
	if (atomic_read(&inode->i_writecount) > 0)
		saw_writer(m, alias);
	else
		saw_mapping(m, alias);
	dput(alias);
}

/* How many that are no files are passed under one hold of the lock. */
#define WALK_HOLD 1024

static void walk_inodes(struct ovlsync_mount *m)
{
	struct super_block *sb = m->sb;
	struct inode *inode, *previous = NULL;
	unsigned int passed = 0;

	spin_lock(&sb->s_inode_list_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		bool is_file = S_ISREG(inode->i_mode);

		if (!is_file && ++passed % WALK_HOLD)
			continue;
		/* The reference keeps our place on the list while the lock is dropped. */
		if (!igrab(inode))
			continue;
		spin_unlock(&sb->s_inode_list_lock);
		iput(previous);
		previous = inode;
		if (is_file)
			take_stock_of(m, inode);
		cond_resched();
		spin_lock(&sb->s_inode_list_lock);
	}
	spin_unlock(&sb->s_inode_list_lock);
	iput(previous);
}

/**
 * ovlsync_watch_take_stock - find the overlay inodes that are open for write or mapped
 * @m: the mount object, watched, with a gap
 *
 * Puts them on the list, so that the gap needs no further walk.  While the upper is not known only
 * inodes open for write can be told, which make it known.
 *
 * Context: may sleep; the overlay can't go away meanwhile (s_umount or an active reference).
 */
void ovlsync_watch_take_stock(struct ovlsync_mount *m)
{
	u64 begun = ovlsync_gap_walk_begin(m);
	bool known = ovlsync_mount_upper(m);

	walk_inodes(m);
	if (!known && ovlsync_mount_upper(m)) {
		walk_inodes(m);
		known = true;
	}
	if (known)
		ovlsync_gap_walk_done(m, begun);
}

/**
 * ovlsync_watch_init - set up our fsnotify group
 *
 * Return: 0 or an error of fsnotify's.
 */
int ovlsync_watch_init(void)
{
	watch_group = fsnotify_alloc_group(&watch_ops, FSNOTIFY_GROUP_NOFS);
	return PTR_ERR_OR_ZERO(watch_group);
}

/* Who gives a mark back is inside of fsnotify's SRCU section: with the last mark they are gone. */
static void wait_for_marks(void)
{
	bool told = false;

	fsnotify_wait_marks_destroyed();
	while (atomic_read(&marks)) {
		if (!told)
			pr_info("waiting for a fanotify listener that has yet to answer for an opening\n");
		told = true;
		msleep(20);
		fsnotify_wait_marks_destroyed();
	}
}

/**
 * ovlsync_watch_exit - the mirror image of ovlsync_watch_init()
 *
 * Context: may sleep, for as long as a fanotify listener takes to answer.  No handler is at work
 * and all marks are freed when it returns.
 */
void ovlsync_watch_exit(void)
{
	wait_for_marks();
	fsnotify_put_group(watch_group);
	/* The work that freed the last mark may not have returned. */
	fsnotify_wait_marks_destroyed();
}
