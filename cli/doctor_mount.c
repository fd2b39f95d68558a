// SPDX-License-Identifier: GPL-2.0
/*
 * Findings about one overlay: its mode and the reason, its upper, its options, its counters.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "format.h"
#include "kernel.h"
#include "sysfs.h"
#include "xalloc.h"

/* What may be done about a reason, by words that the module's text for it has. */
static const struct {
	const char *words;
	const char *advice;
} advices[] = {
	{ "the operator", "ovlctl mode auto --device DEV" },
	{ "first sync is a full one",
	  "ovlctl sync --device DEV: it is containerized from then on" },
	{ "max_suspects", "ovlctl tune max_suspects=NUMBER --device DEV, with more than PEAK in "
			  "ovlctl stats -o +PEAK; the next sync ends it" },
	{ "want of memory", "ovlctl sync --device DEV once there is memory again" },
	{ "until a regular file",
	  "write a file in it, then ovlctl sync --device DEV: it is containerized from then on" },
	{ "no journal", "unmount the upper filesystem and give it a journal: tune2fs -O "
			"has_journal, then e2fsck" },
	{ "without its journal", "mount the upper filesystem without norecovery" },
	{ "data_err=abort", "mount the upper filesystem without data_err=abort" },
	{ "f2fs of this kernel", "boot kernel 6.12.112 or a later 6.12, or put upper and work "
				 "directory on ext4 with a journal, xfs or btrfs" },
	{ "not proven", "put upper and work directory on ext4 with a journal, xfs, btrfs, or f2fs "
			"of kernel 6.12.112 or a later 6.12" },
	{ "nfs_export", "mount it without nfs_export=on, or boot kernel 6.5 or later" },
	{ "upper directory on this one", "put the other overlay's upper directory elsewhere" },
};

/* Replaces DEV in an advice. */
static char *advice_fill(const char *advice, const char *device)
{
	const char *at = strstr(advice, "DEV"), *rest;

	if (!at)
		return xstrdup(advice);
	rest = at + strlen("DEV");
	return xasprintf("%.*s%s%s", (int)(at - advice), advice, device, rest);
}

static char *advice_for(const char *reason, dev_t dev)
{
	char device[FORMAT_SIZE];
	size_t i;

	device_format(dev, device);
	for (i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		if (strstr(reason, advices[i].words))
			return advice_fill(advices[i].advice, device);
	return xstrdup("dmesg | grep ovlsync: the kernel's log may say more");
}

struct subject {
	struct rows *rows;
	const struct target *target;
	int mount;
};

static void add(const struct subject *s, enum doctor_level level, char *finding, char *advice)
{
	const struct target *target = s->target;

	doctor_add(s->rows, level, target->mount_point ?: target->name, target->dev, finding,
		   advice);
}

static void look_at_mode(const struct subject *s)
{
	char mode[SYSFS_TEXT_SIZE], reason[SYSFS_TEXT_SIZE], fstype[SYSFS_TEXT_SIZE];
	char upper[SYSFS_TEXT_SIZE];
	char *finding;

	sysfs_read_text(s->mount, "upper_fstype", fstype);
	sysfs_read_text(s->mount, "upper_device", upper);
	if (sysfs_read_text(s->mount, "mode", mode) ||
	    sysfs_read_text(s->mount, "mode_reason", reason)) {
		add(s, DOCTOR_NOTE, xstrdup("unmounted in between"), NULL);
		return;
	}
	finding = xasprintf("%s: %s (upper: %s on %s)", mode, reason, fstype, upper);
	if (!strcmp(mode, "containerized") || !strcmp(mode, "nosync"))
		add(s, DOCTOR_OK, finding, NULL);
	else if (!strcmp(mode, "volatile"))
		add(s, DOCTOR_NOTE, finding, NULL);
	else
		add(s, strcmp(mode, "learning") ? DOCTOR_PROBLEM : DOCTOR_NOTE, finding,
		    advice_for(reason, s->target->dev));
}

/* What the operator may have forgotten that it was mounted with. */
static void look_at_options(const struct subject *s)
{
	char *export = mount_option(s->target->options, "nfs_export");
	bool is_volatile = false;
	size_t i;
	static const char *const names[] = { "volatile", "fsync" };

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *value = mount_option(s->target->options, names[i]);

		if (value && (!*value || !strcmp(value, "volatile")))
			is_volatile = true;
		free(value);
	}
	if (is_volatile)
		add(s, DOCTOR_NOTE, xstrdup("mounted volatile: no sync writes anything"),
		    xstrdup("mount it without volatile if its data is to survive a crash"));
	if (export && !strcmp(export, "on") && s->mount == -ENOENT)
		add(s, DOCTOR_NOTE,
		    xstrdup("mounted with nfs_export=on: never containerized before kernel 6.5"),
		    xstrdup("mount it without nfs_export=on, or boot kernel 6.5 or later"));
	free(export);
}

static uint64_t counter(const struct subject *s, const char *file)
{
	uint64_t number;

	return sysfs_read_number(s->mount, file, &number) ? 0 : number;
}

static void look_at_counters(const struct subject *s)
{
	uint64_t overflows = counter(s, "suspects/overflow_total");
	uint64_t errors = counter(s, "sync/errors_total");
	char umount_sync[SYSFS_TEXT_SIZE], device[FORMAT_SIZE];

	device_format(s->target->dev, device);
	if (overflows)
		add(s, DOCTOR_NOTE,
		    xasprintf("%" PRIu64
			      " opening(s) could not be tracked, with max_suspects %" PRIu64
			      " and a peak of %" PRIu64 ": each time the next sync was a full one",
			      overflows, counter(s, "reaper/max_suspects"),
			      counter(s, "suspects/nr_peak")),
		    xasprintf("ovlctl tune max_suspects=NUMBER --device %s", device));
	if (errors)
		add(s, DOCTOR_PROBLEM,
		    xasprintf("%" PRIu64
			      " sync(s) failed or found a writeback error: data was lost",
			      errors),
		    xstrdup("look for errors of the disk in dmesg; restore what was being "
			    "written"));
	if (!sysfs_read_text(s->mount, "umount_sync", umount_sync) && !strcmp(umount_sync, "none"))
		add(s, DOCTOR_NOTE, xstrdup("umount writes nothing: umount_sync is none"),
		    xasprintf("ovlctl tune umount_sync=own --device %s", device));
}

/**
 * doctor_look_at_mount - find out about an overlay
 * @rows: rows of doctor_columns, to which findings are added
 * @target: the overlay
 * @mount: its directory in sysfs, or a negative errno
 */
void doctor_look_at_mount(struct rows *rows, const struct target *target, int mount)
{
	const struct subject s = { rows, target, mount };

	if (mount == -ENOENT) {
		add(&s, DOCTOR_PROBLEM, xstrdup("ovlsync is not attached: syncs are full ones"),
		    xstrdup("load the module; if it is loaded, dmesg | grep ovlsync says why"));
	} else if (mount < 0) {
		add(&s, DOCTOR_PROBLEM, xstrdup(kernel_strerror(mount)), NULL);
	} else {
		look_at_mode(&s);
		look_at_counters(&s);
	}
	look_at_options(&s);
}
