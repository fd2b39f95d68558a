// SPDX-License-Identifier: GPL-2.0
/*
 * Find overlay superblocks, shim their operations, let go of them again.
 *
 * NEW MOUNTS are told of by fstype.c, before anyone else can see them.  MOUNTS THAT EXIST are
 * walked when the module is loaded.
 *
 * THE SHIM is one copy of overlayfs' table of superblock operations, for all mounts, with sync_fs
 * and put_super replaced.  It is allocated once a load and never freed, for the VFS keeps pointers
 * to a superblock's operations across sleeps (destroy_inode(), generic_shutdown_super()).  When the
 * module is unloaded the two entries are set back, so that the table left behind is overlayfs' own
 * again.
 *
 * LEAVING.  Restoring s_op needs s_umount exclusively, and so an active reference; a mount without
 * one is dying, and is waited for.  Our operations may still be executed by tasks that loaded the
 * pointer before it was set back: those that sleep in ways the VFS doesn't wait for are counted
 * with the wrappers of fstype.c.
 *
 * LOCKING.  s_umount of the overlay is held exclusively from before attaching or detaching until
 * after it: by the VFS, or taken here together with an active reference.  shim_mutex is inside of
 * it, and inside of shim_mutex there is nothing.
 */
#define pr_fmt(fmt) "ovlsync: " fmt

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kmemleak.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "attach.h"
#include "compat.h"
#include "dump.h"
#include "events.h"
#include "fstype.h"
#include "gap.h"
#include "reaper.h"
#include "suspect.h"
#include "sync.h"
#include "sysfs.h"
#include "watch.h"

/* Overlayfs' own table, the same for every mount; known from the first mount that is seen. */
static const struct super_operations *stock_ops;
static struct super_operations *shim_ops;
static DEFINE_MUTEX(shim_mutex);

static int sync_at_umount(struct ovlsync_mount *m, int wait)
{
	struct ovlsync_sync_result result = {};
	const char *reason;
	int err;

	/* Where anything is unknown, stock's flush is not ours to leave out. */
	if (!READ_ONCE(m->tunables.umount_syncs) &&
	    ovlsync_mount_mode(m, &reason) == OVLSYNC_MODE_CONTAINERIZED)
		return 0;
	err = ovlsync_sync(m, wait, stock_ops->sync_fs, &result);
	/* Stock's sync of a volatile overlay does nothing, and says that all is well. */
	m->umount_synced = wait && !err && !m->is_volatile;
	return err;
}

static int shim_sync_fs(struct super_block *sb, int wait)
{
	/* s_umount is held: the object can't go away. */
	struct ovlsync_mount *m = ovlsync_mount_find(sb);
	struct ovlsync_sync_result result = {};

	if (!m)
		return stock_ops->sync_fs(sb, wait);
	/* Only a superblock that is being unmounted has no active reference. */
	if (!atomic_read(&sb->s_active))
		return sync_at_umount(m, wait);
	return ovlsync_sync(m, wait, stock_ops->sync_fs, &result);
}

/**
 * ovlsync_sync_now - sync an overlay as syncfs(2) does, with figures
 * @m: its mount object
 * @result: what was done
 *
 * Context: may sleep; s_umount of the overlay held shared.
 * Return: 0 or an error, see ovlsync_sync().
 */
int ovlsync_sync_now(struct ovlsync_mount *m, struct ovlsync_sync_result *result)
{
	const char *reason;
	int err;

	memset(result, 0, sizeof(*result));
	if (sb_rdonly(m->sb)) {
		result->mode = ovlsync_mount_mode(m, &reason);
		return 0;
	}
	err = ovlsync_sync(m, 0, stock_ops->sync_fs, result);
	return err ?: ovlsync_sync(m, 1, stock_ops->sync_fs, result);
}

/* Takes a mount object apart; nothing of ours is left on the superblock but its s_op. */
static void detach(struct ovlsync_mount *m)
{
	bool unsynced;

	ovlsync_sysfs_detach(m);
	ovlsync_reaper_detach(m);
	/* The list is closed: no dump begins on it any more. */
	ovlsync_dump_detach(m);
	ovlsync_watch_detach(m);
	unsynced = ovlsync_suspects_purge(m) || m->gap || m->is_volatile;
	/* At umount; if the module is being unloaded, later syncs are stock's. */
	if (unsynced && !m->umount_synced && !atomic_read(&m->sb->s_active))
		ovlsync_left_note(m);
	ovlsync_mount_withdraw(m);
	ovlsync_event_detached(m);
	ovlsync_mount_put(m);
}

static void shim_put_super(struct super_block *sb)
{
	struct ovlsync_mount *m = ovlsync_mount_find(sb);

	ovlsync_wrapper_enter();
	/* Before overlayfs lets go of the upper, to which the suspects belong. */
	if (m)
		detach(m);
	stock_ops->put_super(sb);
	ovlsync_wrapper_leave();
}

/* Makes the shim table at the first mount.  Returns false if @sb has operations unknown to us. */
static bool shim_prepare(struct super_block *sb)
{
	bool ok = true;

	mutex_lock(&shim_mutex);
	if (!shim_ops) {
		shim_ops = kmemdup(sb->s_op, sizeof(*shim_ops), GFP_KERNEL);
		if (shim_ops) {
			kmemleak_not_leak(shim_ops);
			stock_ops = sb->s_op;
			shim_ops->sync_fs = shim_sync_fs;
			shim_ops->put_super = shim_put_super;
		}
	}
	if (!shim_ops || sb->s_op != stock_ops || !stock_ops->sync_fs || !stock_ops->put_super)
		ok = false;
	mutex_unlock(&shim_mutex);
	return ok;
}

static void find_upper(struct ovlsync_mount *m, const struct ovlsync_options *opts)
{
	struct ovlsync_upperdir dir;

	if (!ovlsync_upper_resolve(m->sb, opts, &dir))
		return;
	m->upperdir_ino = dir.ino;
	m->upperdir_generation = dir.generation;
	ovlsync_mount_set_upper(m, dir.sb);
}

/* What is written from the first moment on is on the list; what may be dirty that is not? */
static enum ovlsync_gap first_gap(struct ovlsync_mount *m, bool live)
{
	if (live)
		return OVLSYNC_GAP_ATTACHED;
	/* Until it is known, truncate(2) by path can't be told from a change of a lower file. */
	if (!ovlsync_mount_upper(m))
		return OVLSYNC_GAP_UPPER;
	return ovlsync_left_anything(m) ? OVLSYNC_GAP_LEFT : OVLSYNC_GAP_NONE;
}

static int begin_watching(struct ovlsync_mount *m, bool live)
{
	enum ovlsync_gap gap = first_gap(m, live);

	if (gap) {
		spin_lock(&m->lock);
		/* No flush may close it that passed a file before its truncation could be seen. */
		ovlsync_gap_open(m, gap, live || gap == OVLSYNC_GAP_UPPER);
		spin_unlock(&m->lock);
	}
	return ovlsync_watch_attach(m);
}

/* Reads the options and says whether there is anything to watch for. */
static int examine(struct ovlsync_mount *m, bool *watch)
{
	struct ovlsync_options opts;
	int err = ovlsync_options_read(m->sb, &opts);

	*watch = false;
	if (err)
		goto out;
	m->has_upper = opts.upperdir;
	m->is_volatile = opts.is_volatile;
	if (!m->has_upper)
		goto out;
	find_upper(m, &opts);
	/* nfsd opens files without an event there (docs/design.md, Limits). */
	if (!OVLSYNC_OPEN_EVENT_IN_VFS && m->sb->s_export_op)
		m->refusal = "nfs_export=on: nfsd opens files without an event on this kernel";
	*watch = !m->is_volatile && !m->refusal &&
		 !(m->upper.sb && (m->upper.refusal || m->upper.in_memory));
out:
	ovlsync_options_free(&opts);
	return err;
}

static int attach_locked(struct super_block *sb, bool live)
{
	struct ovlsync_mount *m;
	bool watch;
	int err;

	if (ovlsync_mount_find(sb))
		return 0;
	if (!shim_prepare(sb))
		return -EBUSY;
	m = ovlsync_mount_create(sb);
	if (!m)
		return -ENOMEM;
	ovlsync_reaper_attach(m);
	ovlsync_events_attach(m);
	err = examine(m, &watch);
	if (err)
		goto err_put;
	if (watch) {
		err = begin_watching(m, live);
		if (err)
			goto err_put;
	}
	err = ovlsync_sysfs_attach(m);
	if (err)
		goto err_watch;
	/* Last: who finds it in the table may use it until the overlay or the module goes. */
	err = ovlsync_mount_publish(m, live);
	if (err)
		goto err_sysfs;
	WRITE_ONCE(sb->s_op, shim_ops);
	if (live && watch)
		ovlsync_watch_take_stock(m);
	ovlsync_event_attached(m);
	ovlsync_mount_announce(m);
	return 0;

err_sysfs:
	ovlsync_sysfs_detach(m);
err_watch:
	ovlsync_reaper_detach(m);
	ovlsync_watch_detach(m);
	ovlsync_suspects_purge(m);
err_put:
	ovlsync_mount_put(m);
	return err;
}

/* s_umount is held exclusively.  A mount that we can't attach to stays as overlayfs made it. */
static void attach(struct super_block *sb, bool live)
{
	int err = attach_locked(sb, live);

	if (!err)
		return;
	pr_warn_ratelimited("overlay %u:%u: not attached (error %d): it syncs as without ovlsync\n",
			    MAJOR(sb->s_dev), MINOR(sb->s_dev), err);
}

/**
 * ovlsync_attach_new - attach to an overlay that is being mounted
 * @sb: it; nobody else can see it yet
 *
 * Where that is not possible it stays as overlayfs made it, and says so in the log.
 *
 * Context: may sleep; s_umount held exclusively.
 */
void ovlsync_attach_new(struct super_block *sb)
{
	attach(sb, false);
}

static void restore_and_detach(struct super_block *sb)
{
	struct ovlsync_mount *m;

	down_write(&sb->s_umount);
	m = ovlsync_mount_find(sb);
	if (m && sb->s_op == shim_ops) {
		WRITE_ONCE(sb->s_op, stock_ops);
		detach(m);
	}
	up_write(&sb->s_umount);
}

/**
 * struct found - superblocks that we are not attached to, found by a walk
 * @sbs: with an active reference each; NULL: only count them
 * @nr: how many
 * @room: for how many
 * @more: there was no room for one
 */
struct found {
	struct super_block **sbs;
	unsigned int nr;
	unsigned int room;
	bool more;
};

static void find_one(struct super_block *sb, void *arg)
{
	struct found *found = arg;

	if (!sb->s_root || ovlsync_mount_find(sb))
		return;
	if (!found->sbs)
		found->room++;
	else if (found->nr == found->room)
		found->more = true;
	else if (atomic_inc_not_zero(&sb->s_active))
		found->sbs[found->nr++] = sb;
}

/* Returns true if there are more than were counted: others have been mounted meanwhile. */
static bool attach_some(void)
{
	struct found found = {};
	unsigned int i;

	ovlsync_fstype_each(find_one, &found);
	if (!found.room)
		return false;
	found.sbs = kvcalloc(found.room, sizeof(*found.sbs), GFP_KERNEL);
	if (!found.sbs) {
		pr_warn("no memory to attach to the overlays that are mounted already\n");
		return false;
	}
	ovlsync_fstype_each(find_one, &found);
	for (i = 0; i < found.nr; i++) {
		struct super_block *sb = found.sbs[i];

		down_write(&sb->s_umount);
		attach(sb, true);
		up_write(&sb->s_umount);
		deactivate_super(sb);
	}
	kvfree(found.sbs);
	return found.more;
}

/* Attaches to mounts that exist.  Without memory they stay as overlayfs made them. */
static void attach_existing(void)
{
	while (attach_some())
		cond_resched();
}

static void detach_all(void)
{
	bool told = false;

	while (!ovlsync_mounts_empty()) {
		struct super_block *sb;
		unsigned long index = 0;

		while ((sb = ovlsync_mount_next_active(&index)) != NULL) {
			restore_and_detach(sb);
			deactivate_super(sb);
		}
		if (ovlsync_mounts_empty())
			break;
		if (!told)
			pr_info("waiting for overlays that are being unmounted, or whose operations somebody else has replaced\n");
		told = true;
		msleep(100);
	}
}

/**
 * ovlsync_attach_init - attach to all overlays, now and from now on
 *
 * Nothing of it may fail: contexts made meanwhile have our operations.
 *
 * Context: may sleep.
 */
void ovlsync_attach_init(void)
{
	ovlsync_fstype_wrap();
	attach_existing();
}

/**
 * ovlsync_attach_exit - let go of everything
 *
 * Context: may sleep, for as long as somebody else's wrapper is in the way.
 */
void ovlsync_attach_exit(void)
{
	while (!ovlsync_fstype_unwrap()) {
		pr_warn_ratelimited("somebody else has replaced overlayfs' mount operation after us: waiting for it to be restored\n");
		msleep(1000);
	}
	ovlsync_wrappers_wait();
	detach_all();
	if (shim_ops) {
		WRITE_ONCE(shim_ops->sync_fs, stock_ops->sync_fs);
		WRITE_ONCE(shim_ops->put_super, stock_ops->put_super);
	}
	/* An overlay that was waited for may still be in put_super. */
	ovlsync_wrappers_wait();
}
