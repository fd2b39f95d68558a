// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/ovlsync: GC, SYNC and STATS.  The rules are in uapi/linux/ovlsync.h.
 *
 * LIFETIME.  The descriptor that names the mount keeps its superblock active for the time of the
 * call, and the open device keeps the module: so the mount object stays.
 */
#include <linux/capability.h>
#include <linux/errseq.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/ovlsync.h>

#include "attach.h"
#include "fstype.h"
#include "ioctl.h"
#include "reaper.h"
#include "suspect.h"
#include "sync.h"

/* All structures begin like this. */
struct ioctl_head {
	__u32 size;
	__u32 flags;
	__s32 fd;
};

union ioctl_arg {
	struct ioctl_head head;
	struct ovlsync_gc gc;
	struct ovlsync_sync sync;
	struct ovlsync_stats stats;
};

/**
 * struct ioctl_command - how one ioctl is taken in and carried out
 * @cmd: its number; only magic and command are compared
 * @size: of our structure
 * @size_ver0: of the first version
 * @flags: that are known
 * @run: does it
 */
struct ioctl_command {
	unsigned int cmd;
	size_t size;
	size_t size_ver0;
	u32 flags;
	int (*run)(struct ovlsync_mount *m, struct file *file, union ioctl_arg *arg);
};

static int sync_mount(struct ovlsync_mount *m, struct file *file,
		      struct ovlsync_sync_result *result)
{
	int err, seen;

	down_read(&m->sb->s_umount);
	err = ovlsync_sync_now(m, result);
	up_read(&m->sb->s_umount);
	/* As syncfs(2) does: once for each open file description. */
	seen = errseq_check_and_advance(&m->sb->s_wb_err, &file->f_sb_err);
	return err ?: seen;
}

static int run_gc(struct ovlsync_mount *m, struct file *file, union ioctl_arg *arg)
{
	struct ovlsync_gc *gc = &arg->gc;
	bool dry_run = gc->flags & OVLSYNC_GC_DRY_RUN;
	struct ovlsync_gc_result result;

	if (gc->reserved || (dry_run && (gc->flags & OVLSYNC_GC_SYNC_FIRST)))
		return -EINVAL;
	if (gc->flags & OVLSYNC_GC_SYNC_FIRST) {
		struct ovlsync_sync_result synced;
		int err = sync_mount(m, file, &synced);

		if (err)
			return err;
	}
	ovlsync_reaper_force(m, dry_run, &result);
	gc->scanned = result.scanned;
	gc->reaped = result.reaped;
	gc->dirty = result.dirty;
	gc->open = result.open;
	gc->freed_bytes = ovlsync_suspects_bytes(m, result.reaped);
	return 0;
}

static int run_sync(struct ovlsync_mount *m, struct file *file, union ioctl_arg *arg)
{
	struct ovlsync_sync *sync = &arg->sync;
	struct ovlsync_sync_result result;
	ktime_t begun = ktime_get();
	int err = sync_mount(m, file, &result);

	if (err)
		return err;
	sync->mode = result.mode;
	sync->inodes = result.inodes;
	sync->bytes = result.bytes;
	sync->duration_ns = ktime_to_ns(ktime_sub(ktime_get(), begun));
	return 0;
}

static int run_stats(struct ovlsync_mount *m, struct file *file, union ioctl_arg *arg)
{
	struct ovlsync_stats *stats = &arg->stats;
	const char *reason;

	stats->mode = ovlsync_mount_mode(m, &reason);
	spin_lock(&m->lock);
	stats->nr = m->nr;
	stats->nr_peak = m->nr_peak;
	stats->added_total = m->added_total;
	stats->reaped_total = m->exits[OVLSYNC_EXIT_REAPED];
	stats->shrunk_total = m->exits[OVLSYNC_EXIT_SHRUNK];
	stats->synced_total = m->exits[OVLSYNC_EXIT_SYNCED];
	stats->unlinked_total = m->exits[OVLSYNC_EXIT_UNLINKED];
	stats->forced_total = m->exits[OVLSYNC_EXIT_FORCED];
	stats->evicted_total = m->exits[OVLSYNC_EXIT_EVICTED];
	stats->overflow_total = m->overflow_total;
	stats->passes_total = m->passes_total;
	stats->checked_total = m->checked_total;
	spin_unlock(&m->lock);
	stats->pinned_bytes = ovlsync_suspects_bytes(m, stats->nr);
	stats->containerized_total = atomic64_read(&m->containerized_total);
	stats->full_total = atomic64_read(&m->full_total);
	stats->errors_total = atomic64_read(&m->errors_total);
	stats->inodes_total = atomic64_read(&m->inodes_total);
	stats->bytes_total = atomic64_read(&m->bytes_total);
	stats->duration_ns_total = atomic64_read(&m->duration_ns_total);
	return 0;
}

static const struct ioctl_command commands[] = {
	{ OVLSYNC_IOC_GC, sizeof(struct ovlsync_gc), OVLSYNC_GC_SIZE_VER0,
	  OVLSYNC_GC_DRY_RUN | OVLSYNC_GC_SYNC_FIRST, run_gc },
	{ OVLSYNC_IOC_SYNC, sizeof(struct ovlsync_sync), OVLSYNC_SYNC_SIZE_VER0, 0, run_sync },
	{ OVLSYNC_IOC_STATS, sizeof(struct ovlsync_stats), OVLSYNC_STATS_SIZE_VER0, 0, run_stats },
};

static const struct ioctl_command *find_command(unsigned int cmd)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (_IOC_TYPE(cmd) == _IOC_TYPE(commands[i].cmd) &&
		    _IOC_NR(cmd) == _IOC_NR(commands[i].cmd))
			return &commands[i];
	}
	return NULL;
}

static int run_on_file(const struct ioctl_command *command, struct file *file,
		       union ioctl_arg *arg)
{
	struct super_block *sb = file_inode(file)->i_sb;
	struct ovlsync_mount *m;

	if (!ovlsync_is_overlay(sb))
		return -EOPNOTSUPP;
	if (!ns_capable(sb->s_user_ns, CAP_SYS_ADMIN))
		return -EPERM;
	m = ovlsync_mount_find(sb);
	if (!m)
		return -ENODEV;
	return command->run(m, file, arg);
}

static long ovlsync_ioctl(struct file *device, unsigned int cmd, unsigned long address)
{
	const struct ioctl_command *command = find_command(cmd);
	void __user *user = (void __user *)address;
	union ioctl_arg arg = {};
	struct file *file;
	u32 size;
	int err;

	if (!command)
		return -ENOTTY;
	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < command->size_ver0)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(&arg, command->size, user, size);
	if (err)
		return err;
	if (arg.head.flags & ~command->flags)
		return -EINVAL;

	file = fget(arg.head.fd);
	if (!file)
		return -EBADF;
	err = run_on_file(command, file, &arg);
	fput(file);
	if (err)
		return err;

	arg.head.size = command->size;
	return copy_to_user(user, &arg, min_t(size_t, size, command->size)) ? -EFAULT : 0;
}

static const struct file_operations ovlsync_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = ovlsync_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice ovlsync_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ovlsync",
	.fops = &ovlsync_fops,
	.mode = 0600,
};

/**
 * ovlsync_ioctl_init - make /dev/ovlsync
 *
 * Return: 0 or an error.
 */
int ovlsync_ioctl_init(void)
{
	return misc_register(&ovlsync_device);
}

/**
 * ovlsync_ioctl_exit - the mirror image of ovlsync_ioctl_init()
 */
void ovlsync_ioctl_exit(void)
{
	misc_deregister(&ovlsync_device);
}
