// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/fs/ovlsync/<major>:<minor>/: counters and tunables of one overlay, one value a file
 * (docs/ABI/sysfs-fs-ovlsync).
 *
 * LIFETIME.  The directory is a kobject inside of the mount object.  Taking it away waits for
 * readers and writers that are inside of it, and for the last reference to the kobject.  It is
 * taken away with s_umount of the overlay held, which therefore nothing here may take.
 */
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "progress.h"
#include "reaper.h"
#include "suspect.h"
#include "sysfs.h"
#include "tunables.h"

static struct kset *ovlsync_kset;
static struct kobject defaults_kobj;
static struct completion defaults_gone;

struct mount_attribute {
	struct attribute attr;
	ssize_t (*show)(struct ovlsync_mount *m, const struct mount_attribute *a, char *page);
	ssize_t (*store)(struct ovlsync_mount *m, const struct mount_attribute *a,
			 const char *text, size_t count);
	const void *arg;
	size_t offset;
};

static struct ovlsync_mount *to_mount(struct kobject *kobj)
{
	return container_of(kobj, struct ovlsync_mount, kobj);
}

/* Files that are read only, by what they show. */

static ssize_t show_u64(struct ovlsync_mount *m, const struct mount_attribute *a, char *page)
{
	u64 value;

	spin_lock(&m->lock);
	value = *(u64 *)((char *)m + a->offset);
	spin_unlock(&m->lock);
	return sysfs_emit(page, "%llu\n", value);
}

static ssize_t show_atomic64(struct ovlsync_mount *m, const struct mount_attribute *a, char *page)
{
	return sysfs_emit(page, "%lld\n", atomic64_read((atomic64_t *)((char *)m + a->offset)));
}

static ssize_t show_pinned_bytes(struct ovlsync_mount *m, const struct mount_attribute *a,
				 char *page)
{
	return sysfs_emit(page, "%zu\n", ovlsync_suspects_bytes(m, READ_ONCE(m->nr)));
}

static ssize_t show_inflight_inodes(struct ovlsync_mount *m, const struct mount_attribute *a,
				    char *page)
{
	return sysfs_emit(page, "%llu\n", ovlsync_progress_inodes(m));
}

static ssize_t show_inflight_bytes(struct ovlsync_mount *m, const struct mount_attribute *a,
				   char *page)
{
	return sysfs_emit(page, "%llu\n", ovlsync_progress_bytes(m));
}

static ssize_t show_mode_reason(struct ovlsync_mount *m, const struct mount_attribute *a,
				char *page)
{
	const char *reason;

	ovlsync_mount_mode(m, &reason);
	return sysfs_emit(page, "%s\n", reason);
}

static ssize_t show_upper_device(struct ovlsync_mount *m, const struct mount_attribute *a,
				 char *page)
{
	const struct super_block *upper_sb = ovlsync_mount_upper(m);

	if (!upper_sb)
		return sysfs_emit(page, "unknown\n");
	return sysfs_emit(page, "%u:%u\n", MAJOR(upper_sb->s_dev), MINOR(upper_sb->s_dev));
}

static ssize_t show_upper_fstype(struct ovlsync_mount *m, const struct mount_attribute *a,
				 char *page)
{
	const struct super_block *upper_sb = ovlsync_mount_upper(m);

	return sysfs_emit(page, "%s\n", upper_sb ? upper_sb->s_type->name : "unknown");
}

/* Files that can be written. */

static ssize_t show_mode(struct ovlsync_mount *m, const struct mount_attribute *a, char *page)
{
	const char *reason;

	return sysfs_emit(page, "%s\n", ovlsync_mode_name(ovlsync_mount_mode(m, &reason)));
}

static ssize_t store_mode(struct ovlsync_mount *m, const struct mount_attribute *a,
			  const char *text, size_t count)
{
	if (sysfs_streq(text, "full"))
		ovlsync_mount_force_full(m, true);
	else if (sysfs_streq(text, "auto"))
		ovlsync_mount_force_full(m, false);
	else
		return -EINVAL;
	return count;
}

static ssize_t show_tunable(struct ovlsync_mount *m, const struct mount_attribute *a, char *page)
{
	return sysfs_emit(page, "%u\n", ovlsync_tunable_get(a->arg, &m->tunables));
}

static ssize_t store_tunable(struct ovlsync_mount *m, const struct mount_attribute *a,
			     const char *text, size_t count)
{
	int err = ovlsync_tunable_set(a->arg, &m->tunables, text);

	if (err)
		return err;
	ovlsync_reaper_retime(m);
	return count;
}

static ssize_t show_umount_sync(struct ovlsync_mount *m, const struct mount_attribute *a,
				char *page)
{
	return sysfs_emit(page, "%s\n", ovlsync_umount_sync_name(&m->tunables));
}

static ssize_t store_umount_sync(struct ovlsync_mount *m, const struct mount_attribute *a,
				 const char *text, size_t count)
{
	return ovlsync_umount_sync_set(&m->tunables, text) ?: count;
}

static ssize_t store_gc(struct ovlsync_mount *m, const struct mount_attribute *a,
			const char *text, size_t count)
{
	struct ovlsync_gc_result result;

	if (!sysfs_streq(text, "1"))
		return -EINVAL;
	ovlsync_reaper_force(m, false, &result);
	return count;
}

#define MOUNT_ATTR(ident, file, access, ...)                                                      \
	static const struct mount_attribute attr_##ident = {                                      \
		.attr = { .name = file, .mode = access }, __VA_ARGS__                             \
	}
#define ATTR_U64(file, field)                                                                     \
	MOUNT_ATTR(file, #file, 0444, .show = show_u64,                                           \
		   .offset = offsetof(struct ovlsync_mount, field))
#define ATTR_ATOMIC64(file)                                                                       \
	MOUNT_ATTR(file, #file, 0444, .show = show_atomic64,                                      \
		   .offset = offsetof(struct ovlsync_mount, file))
#define ATTR_TUNABLE(file)                                                                        \
	MOUNT_ATTR(file, #file, 0644, .show = show_tunable, .store = store_tunable,               \
		   .arg = &ovlsync_tunable_##file)

MOUNT_ATTR(mode, "mode", 0644, .show = show_mode, .store = store_mode);
MOUNT_ATTR(mode_reason, "mode_reason", 0444, .show = show_mode_reason);
MOUNT_ATTR(upper_device, "upper_device", 0444, .show = show_upper_device);
MOUNT_ATTR(upper_fstype, "upper_fstype", 0444, .show = show_upper_fstype);
MOUNT_ATTR(umount_sync, "umount_sync", 0644, .show = show_umount_sync,
	   .store = store_umount_sync);

ATTR_U64(nr, nr);
ATTR_U64(nr_peak, nr_peak);
MOUNT_ATTR(pinned_bytes, "pinned_bytes", 0444, .show = show_pinned_bytes);
ATTR_U64(added_total, added_total);
ATTR_U64(reaped_total, exits[OVLSYNC_EXIT_REAPED]);
ATTR_U64(shrunk_total, exits[OVLSYNC_EXIT_SHRUNK]);
ATTR_U64(synced_total, exits[OVLSYNC_EXIT_SYNCED]);
ATTR_U64(unlinked_total, exits[OVLSYNC_EXIT_UNLINKED]);
ATTR_U64(forced_total, exits[OVLSYNC_EXIT_FORCED]);
ATTR_U64(evicted_total, exits[OVLSYNC_EXIT_EVICTED]);
ATTR_U64(overflow_total, overflow_total);

ATTR_TUNABLE(interval_ms);
ATTR_TUNABLE(min_age_ms);
ATTR_TUNABLE(batch);
ATTR_TUNABLE(max_suspects);
ATTR_U64(passes_total, passes_total);
ATTR_U64(checked_total, checked_total);
MOUNT_ATTR(pass_duration_ns_total, "duration_ns_total", 0444, .show = show_u64,
	   .offset = offsetof(struct ovlsync_mount, pass_ns_total));
MOUNT_ATTR(lock_ns_max, "lock_ns_max", 0444, .show = show_u64,
	   .offset = offsetof(struct ovlsync_mount, hold_ns_max));

MOUNT_ATTR(gc, "gc", 0200, .store = store_gc);

ATTR_ATOMIC64(containerized_total);
ATTR_ATOMIC64(full_total);
ATTR_ATOMIC64(errors_total);
ATTR_ATOMIC64(inodes_total);
ATTR_ATOMIC64(bytes_total);
ATTR_ATOMIC64(duration_ns_total);
ATTR_ATOMIC64(last_duration_ns);
MOUNT_ATTR(inflight_inodes, "inflight_inodes", 0444, .show = show_inflight_inodes);
/* For root: it takes a while, and nobody else is to keep the lock of the list busy. */
MOUNT_ATTR(inflight_bytes, "inflight_bytes", 0400, .show = show_inflight_bytes);

/* The kernel takes the arrays without const, and does not write to them. */
#define ATTR(ident) ((struct attribute *)&attr_##ident.attr)

static struct attribute *mount_attrs[] = {
	ATTR(mode),	    ATTR(mode_reason), ATTR(upper_device),
	ATTR(upper_fstype), ATTR(umount_sync), NULL,
};

static struct attribute *suspects_attrs[] = {
	ATTR(nr),	      ATTR(nr_peak),	    ATTR(pinned_bytes),	  ATTR(added_total),
	ATTR(reaped_total),   ATTR(shrunk_total),   ATTR(synced_total),	  ATTR(unlinked_total),
	ATTR(forced_total),   ATTR(evicted_total),  ATTR(overflow_total), NULL,
};

static struct attribute *reaper_attrs[] = {
	ATTR(interval_ms),  ATTR(min_age_ms),	 ATTR(batch), ATTR(max_suspects),
	ATTR(passes_total), ATTR(checked_total), ATTR(pass_duration_ns_total),
	ATTR(lock_ns_max),  ATTR(gc),		 NULL,
};

static struct attribute *sync_attrs[] = {
	ATTR(containerized_total), ATTR(full_total),	  ATTR(errors_total),
	ATTR(inodes_total),	   ATTR(bytes_total),	  ATTR(duration_ns_total),
	ATTR(last_duration_ns),	   ATTR(inflight_inodes), ATTR(inflight_bytes),
	NULL,
};

static const struct attribute_group mount_group = { .attrs = mount_attrs };
static const struct attribute_group suspects_group = {
	.name = "suspects",
	.attrs = suspects_attrs,
};

static const struct attribute_group reaper_group = { .name = "reaper", .attrs = reaper_attrs };
static const struct attribute_group sync_group = { .name = "sync", .attrs = sync_attrs };

static const struct attribute_group *mount_groups[] = {
	&mount_group, &suspects_group, &reaper_group, &sync_group, NULL,
};

static ssize_t mount_attr_show(struct kobject *kobj, struct attribute *attr, char *page)
{
	const struct mount_attribute *a = container_of(attr, struct mount_attribute, attr);

	return a->show ? a->show(to_mount(kobj), a, page) : -EIO;
}

static ssize_t mount_attr_store(struct kobject *kobj, struct attribute *attr, const char *text,
				size_t count)
{
	const struct mount_attribute *a = container_of(attr, struct mount_attribute, attr);

	return a->store ? a->store(to_mount(kobj), a, text, count) : -EIO;
}

static void mount_kobj_release(struct kobject *kobj)
{
	complete(&to_mount(kobj)->kobj_gone);
}

static const struct sysfs_ops mount_sysfs_ops = {
	.show = mount_attr_show,
	.store = mount_attr_store,
};

static const struct kobj_type mount_ktype = {
	.release = mount_kobj_release,
	.sysfs_ops = &mount_sysfs_ops,
	.default_groups = mount_groups,
};

/**
 * ovlsync_sysfs_attach - make a mount's directory
 * @m: the mount object
 *
 * Context: may sleep.
 * Return: 0 or an error, with nothing left.
 */
int ovlsync_sysfs_attach(struct ovlsync_mount *m)
{
	int err;

	m->kobj.kset = ovlsync_kset;
	err = kobject_init_and_add(&m->kobj, &mount_ktype, NULL, "%u:%u", MAJOR(m->sb->s_dev),
				   MINOR(m->sb->s_dev));
	if (err) {
		kobject_put(&m->kobj);
		wait_for_completion(&m->kobj_gone);
	}
	return err;
}

/**
 * ovlsync_sysfs_detach - take a mount's directory away, and wait for those inside of it
 * @m: the mount object
 *
 * Context: may sleep.
 */
void ovlsync_sysfs_detach(struct ovlsync_mount *m)
{
	kobject_del(&m->kobj);
	kobject_put(&m->kobj);
	wait_for_completion(&m->kobj_gone);
}

/* defaults/: the tunables of mounts to come, in the same places. */

static ssize_t defaults_show(struct kobject *kobj, struct attribute *attr, char *page)
{
	const struct mount_attribute *a = container_of(attr, struct mount_attribute, attr);

	if (!a->arg)
		return sysfs_emit(page, "%s\n", ovlsync_umount_sync_name(&ovlsync_defaults));
	return sysfs_emit(page, "%u\n", ovlsync_tunable_get(a->arg, &ovlsync_defaults));
}

static ssize_t defaults_store(struct kobject *kobj, struct attribute *attr, const char *text,
			      size_t count)
{
	const struct mount_attribute *a = container_of(attr, struct mount_attribute, attr);

	if (!a->arg)
		return ovlsync_umount_sync_set(&ovlsync_defaults, text) ?: count;
	return ovlsync_tunable_set(a->arg, &ovlsync_defaults, text) ?: count;
}

static void defaults_release(struct kobject *kobj)
{
	complete(&defaults_gone);
}

static struct attribute *defaults_attrs[] = { ATTR(umount_sync), NULL };

static struct attribute *defaults_reaper_attrs[] = {
	ATTR(interval_ms), ATTR(min_age_ms), ATTR(batch), ATTR(max_suspects), NULL,
};

static const struct attribute_group defaults_group = { .attrs = defaults_attrs };
static const struct attribute_group defaults_reaper_group = {
	.name = "reaper",
	.attrs = defaults_reaper_attrs,
};

static const struct attribute_group *defaults_groups[] = {
	&defaults_group, &defaults_reaper_group, NULL,
};

static const struct sysfs_ops defaults_sysfs_ops = {
	.show = defaults_show,
	.store = defaults_store,
};

static const struct kobj_type defaults_ktype = {
	.release = defaults_release,
	.sysfs_ops = &defaults_sysfs_ops,
	.default_groups = defaults_groups,
};

static void defaults_remove(void)
{
	kobject_put(&defaults_kobj);
	wait_for_completion(&defaults_gone);
}

/**
 * ovlsync_sysfs_init - make /sys/fs/ovlsync and its defaults
 *
 * Return: 0 or an error, with nothing left.
 */
int ovlsync_sysfs_init(void)
{
	int err;

	ovlsync_kset = kset_create_and_add("ovlsync", NULL, fs_kobj);
	if (!ovlsync_kset)
		return -ENOMEM;
	init_completion(&defaults_gone);
	defaults_kobj.kset = ovlsync_kset;
	err = kobject_init_and_add(&defaults_kobj, &defaults_ktype, NULL, "defaults");
	if (err) {
		defaults_remove();
		kset_unregister(ovlsync_kset);
	}
	return err;
}

/**
 * ovlsync_sysfs_exit - the mirror image of ovlsync_sysfs_init()
 */
void ovlsync_sysfs_exit(void)
{
	defaults_remove();
	kset_unregister(ovlsync_kset);
}
