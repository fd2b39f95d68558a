// SPDX-License-Identifier: GPL-2.0
/*
 * The tunables: their limits, their text, and the module parameters that are the defaults of mounts
 * to come.  sysfs.c shows them for each mount.
 */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "tunables.h"

/* Times of up to a day: longer than anyone wants to wait. */
#define TUNABLE(field, NAME)                                                                      \
	const struct ovlsync_tunable ovlsync_tunable_##field = {                                  \
		.name = #field,                                                                   \
		.offset = offsetof(struct ovlsync_tunables, field),                               \
		.min = OVLSYNC_##NAME##_MIN,                                                      \
		.max = OVLSYNC_##NAME##_MAX,                                                      \
	}

TUNABLE(interval_ms, INTERVAL_MS);
TUNABLE(min_age_ms, MIN_AGE_MS);
TUNABLE(batch, BATCH);
TUNABLE(max_suspects, MAX_SUSPECTS);

struct ovlsync_tunables ovlsync_defaults = {
	.interval_ms = OVLSYNC_INTERVAL_MS_DEFAULT,
	.min_age_ms = OVLSYNC_MIN_AGE_MS_DEFAULT,
	.batch = OVLSYNC_BATCH_DEFAULT,
	.max_suspects = OVLSYNC_MAX_SUSPECTS_DEFAULT,
	.umount_syncs = true,
};

static unsigned int *field(const struct ovlsync_tunable *t, const struct ovlsync_tunables *values)
{
	return (unsigned int *)((char *)values + t->offset);
}

/**
 * ovlsync_tunable_get - read one tunable
 * @t: which
 * @values: of a mount, or the defaults
 *
 * Return: its value.
 */
unsigned int ovlsync_tunable_get(const struct ovlsync_tunable *t,
				 const struct ovlsync_tunables *values)
{
	return READ_ONCE(*field(t, values));
}

/**
 * ovlsync_tunable_set - set one tunable from text
 * @t: which
 * @values: of a mount, or the defaults
 * @text: a decimal number
 *
 * Return: 0, or -EINVAL for anything but a number within the limits; nothing is changed then.
 */
int ovlsync_tunable_set(const struct ovlsync_tunable *t, struct ovlsync_tunables *values,
			const char *text)
{
	unsigned int value;

	if (kstrtouint(text, 10, &value) || value < t->min || value > t->max)
		return -EINVAL;
	WRITE_ONCE(*field(t, values), value);
	return 0;
}

/**
 * ovlsync_umount_sync_name - what umount does, as text
 * @values: of a mount, or the defaults
 *
 * Return: "own" or "none".
 */
const char *ovlsync_umount_sync_name(const struct ovlsync_tunables *values)
{
	return READ_ONCE(values->umount_syncs) ? "own" : "none";
}

/**
 * ovlsync_umount_sync_set - set what umount does from text
 * @values: of a mount, or the defaults
 * @text: "own" or "none"
 *
 * Return: 0 or -EINVAL; nothing is changed then.
 */
int ovlsync_umount_sync_set(struct ovlsync_tunables *values, const char *text)
{
	if (sysfs_streq(text, "own"))
		WRITE_ONCE(values->umount_syncs, true);
	else if (sysfs_streq(text, "none"))
		WRITE_ONCE(values->umount_syncs, false);
	else
		return -EINVAL;
	return 0;
}

static int param_set(const char *text, const struct kernel_param *param)
{
	return text ? ovlsync_tunable_set(param->arg, &ovlsync_defaults, text) : -EINVAL;
}

static int param_get(char *page, const struct kernel_param *param)
{
	return sysfs_emit(page, "%u\n", ovlsync_tunable_get(param->arg, &ovlsync_defaults));
}

static const struct kernel_param_ops param_ops = { .set = param_set, .get = param_get };

#define TUNABLE_PARAM(field, text)                                                                \
	module_param_cb(field, &param_ops, (void *)&ovlsync_tunable_##field, 0644);               \
	MODULE_PARM_DESC(field, text)

TUNABLE_PARAM(interval_ms, "milliseconds between passes of the reaper, for new mounts");
TUNABLE_PARAM(min_age_ms, "milliseconds that a new suspect is left alone, for new mounts");
TUNABLE_PARAM(batch, "suspects looked at under one hold of the lock, for new mounts");
TUNABLE_PARAM(max_suspects, "the suspect list's limit, for new mounts");

static int umount_sync_param_set(const char *text, const struct kernel_param *param)
{
	return text ? ovlsync_umount_sync_set(&ovlsync_defaults, text) : -EINVAL;
}

static int umount_sync_param_get(char *page, const struct kernel_param *param)
{
	return sysfs_emit(page, "%s\n", ovlsync_umount_sync_name(&ovlsync_defaults));
}

static const struct kernel_param_ops umount_sync_param_ops = {
	.set = umount_sync_param_set,
	.get = umount_sync_param_get,
};

module_param_cb(umount_sync, &umount_sync_param_ops, NULL, 0644);
MODULE_PARM_DESC(umount_sync, "own: umount syncs the overlay's own data; none: nothing; for new mounts");
