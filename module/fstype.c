// SPDX-License-Identifier: GPL-2.0
/*
 * Overlayfs' filesystem type: hold it, and wrap the way it mounts.
 *
 * NEW MOUNTS are seen by wrapping the type's ->mount, or ->init_fs_context and, in each context,
 * ->get_tree.  Both run in the mounting task, with s_umount held exclusively, before anyone else
 * can see the mount.
 *
 * LEAVING.  Wrappers, and the shims of attach.c that sleep, may still be executed by tasks that
 * loaded the pointer before it was set back: they are counted, and two RCU-tasks grace periods
 * cover the instructions before and after the count.  A context from fsopen(2) has our operations
 * for as long as its descriptor is open, and holds a module reference; so does a mount(2) where
 * there are no such contexts.
 *
 * What somebody else has wrapped after us is not ours to restore: the unload waits, and says so.
 *
 * REFERENCES.  One to overlay.ko, from ovlsync_fstype_get() to ovlsync_fstype_put().
 */
#define pr_fmt(fmt) "ovlsync: " fmt

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "attach.h"
#include "compat.h"
#include "fstype.h"

static struct file_system_type *overlay_type;

/* Tasks inside of wrappers. */
static atomic_t wrapper_users = ATOMIC_INIT(0);

/**
 * ovlsync_wrapper_enter - a task may sleep in code of ours that nobody else waits for
 *
 * Context: any; until ovlsync_wrapper_leave().
 */
void ovlsync_wrapper_enter(void)
{
	atomic_inc(&wrapper_users);
}

/**
 * ovlsync_wrapper_leave - it has returned, but for a few instructions
 *
 * Context: any.
 */
void ovlsync_wrapper_leave(void)
{
	atomic_dec(&wrapper_users);
}

#ifdef OVLSYNC_HAVE_FSTYPE_MOUNT
typedef struct dentry *(*mount_t)(struct file_system_type *type, int flags, const char *dev_name,
				  void *data);
static mount_t stock_mount;

static struct dentry *wrap_mount(struct file_system_type *type, int flags, const char *dev_name,
				 void *data)
{
	struct dentry *root;
	bool held;

	ovlsync_wrapper_enter();
	/* Where a layer does not answer, rmmod is to say EBUSY, and not to wait with it. */
	held = try_module_get(THIS_MODULE);
	root = stock_mount(type, flags, dev_name, data);
	if (held && !IS_ERR_OR_NULL(root))
		ovlsync_attach_new(root->d_sb);
	if (held)
		module_put(THIS_MODULE);
	ovlsync_wrapper_leave();
	return root;
}

static bool has_type_mount(void)
{
	return overlay_type->mount;
}

static void wrap_type_mount(void)
{
	stock_mount = overlay_type->mount;
	WRITE_ONCE(overlay_type->mount, wrap_mount);
}

static bool unwrap_type_mount(void)
{
	if (!stock_mount)
		return true;
	cmpxchg(&overlay_type->mount, wrap_mount, stock_mount);
	return READ_ONCE(overlay_type->mount) == stock_mount;
}
#else
static bool has_type_mount(void)
{
	return false;
}

static void wrap_type_mount(void)
{
}

static bool unwrap_type_mount(void)
{
	return true;
}
#endif

/**
 * struct wrapped_context - operations of one fs_context
 * @ops: a copy of overlayfs' with get_tree and free replaced; fc->ops points here
 * @stock: overlayfs' own
 *
 * Freed in ->free, together with the context, along with the module reference that it stands for.
 */
struct wrapped_context {
	struct fs_context_operations ops;
	const struct fs_context_operations *stock;
};

static int (*stock_init_fs_context)(struct fs_context *fc);

static int wrap_get_tree(struct fs_context *fc)
{
	struct wrapped_context *wrapped = container_of(fc->ops, struct wrapped_context, ops);
	int err;

	ovlsync_wrapper_enter();
	err = wrapped->stock->get_tree(fc);
	if (!err && fc->root)
		ovlsync_attach_new(fc->root->d_sb);
	ovlsync_wrapper_leave();
	return err;
}

static void wrap_free(struct fs_context *fc)
{
	struct wrapped_context *wrapped = container_of(fc->ops, struct wrapped_context, ops);

	ovlsync_wrapper_enter();
	fc->ops = wrapped->stock;
	if (fc->ops->free)
		fc->ops->free(fc);
	kfree(wrapped);
	module_put(THIS_MODULE);
	ovlsync_wrapper_leave();
}

/* Without memory, or while we are being unloaded, the context stays as overlayfs made it. */
static void wrap_context(struct fs_context *fc)
{
	struct wrapped_context *wrapped;

	if (!try_module_get(THIS_MODULE))
		return;
	wrapped = kmalloc(sizeof(*wrapped), GFP_KERNEL_ACCOUNT);
	if (!wrapped) {
		module_put(THIS_MODULE);
		return;
	}
	wrapped->stock = fc->ops;
	wrapped->ops = *fc->ops;
	wrapped->ops.get_tree = wrap_get_tree;
	wrapped->ops.free = wrap_free;
	fc->ops = &wrapped->ops;
}

static int wrap_init_fs_context(struct fs_context *fc)
{
	int err;

	ovlsync_wrapper_enter();
	err = stock_init_fs_context(fc);
	/* A context made for reconfiguration has its superblock already. */
	if (!err && fc->purpose != FS_CONTEXT_FOR_RECONFIGURE)
		wrap_context(fc);
	ovlsync_wrapper_leave();
	return err;
}

/**
 * ovlsync_fstype_wrap - be told of overlays from now on
 *
 * Context: any.  Once, after ovlsync_fstype_get().
 */
void ovlsync_fstype_wrap(void)
{
	if (!overlay_type->init_fs_context) {
		wrap_type_mount();
		return;
	}
	stock_init_fs_context = overlay_type->init_fs_context;
	WRITE_ONCE(overlay_type->init_fs_context, wrap_init_fs_context);
}

/**
 * ovlsync_fstype_unwrap - be told no more
 *
 * Context: any; ovlsync_wrappers_wait() after it.
 * Return: false if somebody else has wrapped the type after us: to be tried again.
 */
bool ovlsync_fstype_unwrap(void)
{
	if (!stock_init_fs_context)
		return unwrap_type_mount();
	cmpxchg(&overlay_type->init_fs_context, wrap_init_fs_context, stock_init_fs_context);
	return READ_ONCE(overlay_type->init_fs_context) == stock_init_fs_context;
}

/**
 * ovlsync_wrappers_wait - no task may be inside of a wrapper when the module's text goes
 *
 * Context: may sleep.
 */
void ovlsync_wrappers_wait(void)
{
	synchronize_rcu_tasks();
	while (atomic_read(&wrapper_users))
		msleep(20);
	synchronize_rcu_tasks();
}

/**
 * ovlsync_fstype_each - look at every overlay
 * @fn: called with s_umount held shared
 * @arg: for it
 *
 * Context: may sleep.
 */
void ovlsync_fstype_each(void (*fn)(struct super_block *sb, void *arg), void *arg)
{
	iterate_supers_type(overlay_type, fn, arg);
}

/**
 * ovlsync_is_overlay - is this superblock an overlay?
 * @sb: any superblock
 *
 * Return: true if it is.
 */
bool ovlsync_is_overlay(const struct super_block *sb)
{
	return sb->s_type == overlay_type;
}

/**
 * ovlsync_fstype_put - the mirror image of ovlsync_fstype_get()
 *
 * Context: any.
 */
void ovlsync_fstype_put(void)
{
	module_put(overlay_type->owner);
}

/**
 * ovlsync_fstype_get - find overlayfs, and hold it
 *
 * It may be loaded for this, which takes a while or fails: before anybody can open what is ours,
 * for where loading a module fails nobody is waited for (do_init_module() in kernel/module/main.c).
 *
 * Context: may sleep.
 * Return: 0; -ENODEV: there is none; -EOPNOTSUPP: it is mounted in a way that is not known.
 */
int ovlsync_fstype_get(void)
{
	overlay_type = get_fs_type("overlay");
	if (!overlay_type) {
		pr_err("this kernel has no overlayfs\n");
		return -ENODEV;
	}
	if (!overlay_type->init_fs_context && !has_type_mount()) {
		pr_err("overlayfs of this kernel is mounted in a way that is not known\n");
		ovlsync_fstype_put();
		return -EOPNOTSUPP;
	}
	return 0;
}
