// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl gc: takes everything off the lists that may go, now.
 */
#include <argp.h>
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "format.h"
#include "kernel.h"
#include "output_args.h"
#include "stats_columns.h"
#include "sysfs.h"
#include "targets.h"
#include "xalloc.h"

enum {
	GC_DEVICE,
	GC_SCANNED,
	GC_REAPED,
	GC_DIRTY,
	GC_OPEN,
	GC_FREED,
	GC_MOUNTPOINT,
	GC_ERROR,
};

const struct column gc_columns[] = {
	[GC_DEVICE] = COLUMN_OF_DEVICE,
	[GC_SCANNED] = { "SCANNED", "scanned", NULL, COLUMN_NUMBER, "suspects looked at" },
	[GC_REAPED] = { "REAPED", "reaped", NULL, COLUMN_NUMBER,
			"taken off the list (with --dry-run: that would be)" },
	[GC_DIRTY] = { "DIRTY", "dirty", NULL, COLUMN_NUMBER,
		       "left, because dirty or under writeback" },
	[GC_OPEN] = { "OPEN", "open", NULL, COLUMN_NUMBER,
		      "left, because open for write or mapped shared and writable" },
	[GC_FREED] = { "FREED", "freed_bytes", NULL, COLUMN_BYTES,
		       "memory that the reaped ones pinned" },
	[GC_MOUNTPOINT] = COLUMN_OF_MOUNTPOINT,
	[GC_ERROR] = { "ERROR", "error", NULL, COLUMN_STRING, "why it failed" },
	{ NULL },
};

#define TABLE_COLUMNS "DEVICE,SCANNED,REAPED,DIRTY,OPEN,FREED,MOUNTPOINT"

/**
 * struct gc - one run of the subcommand
 * @targets: --mount, --device, --all
 * @flags: OVLSYNC_GC_*
 * @quiet: --quiet
 * @output: how to print
 * @device: OVLSYNC_DEVICE, open
 * @sysfs: OVLSYNC_SYSFS, open; or a negative errno
 * @mounts: this mount namespace
 * @rows: what was done
 */
struct gc {
	struct target_args targets;
	uint32_t flags;
	bool quiet;
	struct output_args output;
	int device;
	int sysfs;
	struct libmnt_table *mounts;
	struct rows rows;
};

enum gc_key {
	KEY_SYNC_FIRST = 0x200,
	KEY_DRY_RUN,
};

static const struct argp_option gc_options[] = {
	{ NULL, 0, NULL, 0, "What to do:", 2 },
	{ "sync-first", KEY_SYNC_FIRST, NULL, 0, "sync the mount first, so that more may go", 2 },
	{ "dry-run", KEY_DRY_RUN, NULL, 0, "take nothing off, only say what could go", 2 },
	{ "quiet", 'q', NULL, 0, "print nothing but errors", 2 },
	{ 0 },
};

static void gc_check_usage(const struct gc *gc, struct argp_state *state)
{
	if (!gc->targets.all && !gc->targets.n)
		argp_error(state, "one of --mount, --device and --all is needed");
	if ((gc->flags & OVLSYNC_GC_DRY_RUN) && (gc->flags & OVLSYNC_GC_SYNC_FIRST))
		argp_error(state, "--dry-run excludes --sync-first, which would change things");
}

static error_t gc_parse(int key, char *arg, struct argp_state *state)
{
	struct gc *gc = state->input;

	(void)arg;
	switch (key) {
	case KEY_SYNC_FIRST:
		gc->flags |= OVLSYNC_GC_SYNC_FIRST;
		return 0;
	case KEY_DRY_RUN:
		gc->flags |= OVLSYNC_GC_DRY_RUN;
		return 0;
	case 'q':
		gc->quiet = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &gc->targets;
		state->child_inputs[1] = &gc->output;
		return 0;
	case ARGP_KEY_END:
		gc_check_usage(gc, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *gc_help_filter(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_POST_DOC ? columns_help(gc_columns) : (char *)text;
}

static const struct argp_child gc_children[] = {
	{ &targets_argp, 0, "Which mounts:", 1 },
	{ &output_argp, 0, "Output:", 3 },
	{ 0 },
};

const struct argp gc_argp = {
	.options = gc_options,
	.parser = gc_parse,
	.doc = "Take off the list of suspects all that may go: not open for write, nothing left to "
	       "write back.\v",
	.children = gc_children,
	.help_filter = gc_help_filter,
};

static void gc_add_row(struct gc *gc, const struct target *target, const struct ovlsync_gc *result)
{
	struct value *row = rows_add(&gc->rows);

	value_set_number(&row[GC_DEVICE], target->dev);
	value_set_string(&row[GC_MOUNTPOINT], target->mount_point);
	value_set_number(&row[GC_SCANNED], result->scanned);
	value_set_number(&row[GC_REAPED], result->reaped);
	value_set_number(&row[GC_DIRTY], result->dirty);
	value_set_number(&row[GC_OPEN], result->open);
	value_set_number(&row[GC_FREED], result->freed_bytes);
}

/* On stderr, and where columns are asked for as a row among the mounts that are done. */
static enum ovlctl_status gc_fail(struct gc *gc, const struct target *target, int error,
				  const char *why)
{
	warnx("%s: cannot collect: %s", target->name, why);
	if (gc->output.json || output_wants_table(&gc->output)) {
		struct value *row = rows_add(&gc->rows);

		value_set_number(&row[GC_DEVICE], target->dev);
		value_set_string(&row[GC_MOUNTPOINT], target->mount_point);
		value_set_string(&row[GC_ERROR], why);
	}
	return status_of_error(error);
}

/* One mount that was asked for by name needs no table. */
static bool gc_wants_line(const struct gc *gc)
{
	return !gc->output.json && !output_wants_table(&gc->output) && !gc->targets.all &&
	       gc->targets.n == 1;
}

static void gc_print_line(const struct gc *gc, const struct target *target,
			  const struct ovlsync_gc *result)
{
	bool dry_run = gc->flags & OVLSYNC_GC_DRY_RUN;
	char freed[FORMAT_SIZE];

	if (gc->output.style.exact)
		snprintf(freed, sizeof(freed), "%" PRIu64 " bytes", (uint64_t)result->freed_bytes);
	else
		size_format(result->freed_bytes, freed);
	printf("%s: scanned %" PRIu64 ", %s %" PRIu64 ", dirty %" PRIu64 ", open %" PRIu64
	       ", %s %s\n",
	       target->name, (uint64_t)result->scanned, dry_run ? "would reap" : "reaped",
	       (uint64_t)result->reaped, (uint64_t)result->dirty, (uint64_t)result->open,
	       dry_run ? "would free" : "freed", freed);
}

static enum ovlctl_status gc_target(const struct target *target, void *data)
{
	struct ovlsync_gc result;
	struct gc *gc = data;
	int fd, ret;

	fd = target_reach(&gc->targets, gc->sysfs, target, gc->mounts);
	if (fd == -ESTALE)
		return STATUS_DONE;
	if (fd < 0)
		return gc_fail(gc, target, fd, target_open_strerror(fd));
	ret = kernel_gc(gc->device, fd, gc->flags, &result);
	close(fd);
	if (ret)
		return gc_fail(gc, target, ret, kernel_strerror(ret));
	if (!gc_wants_line(gc))
		gc_add_row(gc, target, &result);
	else if (!gc->quiet)
		gc_print_line(gc, target, &result);
	return STATUS_DONE;
}

static enum ovlctl_status gc_all_devices(struct gc *gc, dev_t **devices, size_t *n)
{
	if (!gc->targets.all)
		return STATUS_DONE;
	if (gc->sysfs < 0)
		return kernel_open_failed(OVLSYNC_SYSFS, gc->sysfs);
	return sysfs_all_devices(gc->sysfs, devices, n);
}

static enum ovlctl_status gc_run(struct gc *gc)
{
	enum ovlctl_status status;
	dev_t *devices = NULL;
	size_t n_devices = 0;
	int ret;

	gc->device = kernel_open();
	if (gc->device < 0)
		return kernel_open_failed(OVLSYNC_DEVICE, gc->device);
	gc->sysfs = sysfs_open(OVLSYNC_SYSFS);
	status = gc_all_devices(gc, &devices, &n_devices);
	if (status)
		goto out_close;
	status = targets_load(&gc->targets, &gc->mounts);
	if (status)
		goto out_free;
	status = targets_run(&gc->targets, gc->mounts, devices, n_devices, gc_target, gc);
	ret = gc->quiet || gc_wants_line(gc) ? 0 : output_print(&gc->output, &gc->rows);
	if (ret) {
		warnx("cannot print the result: %s", strerror(-ret));
		status = STATUS_FAILED;
	}
	mounts_free(gc->mounts);
out_free:
	free(devices);
out_close:
	if (gc->sysfs >= 0)
		close(gc->sysfs);
	close(gc->device);
	return status;
}

int cmd_gc(int argc, char **argv)
{
	struct gc gc = { 0 };
	int status;

	rows_init(&gc.rows, gc_columns);
	output_args_init(&gc.output, gc_columns, TABLE_COLUMNS);
	argp_parse(&gc_argp, argc, argv, 0, NULL, &gc);
	status = gc_run(&gc);
	rows_free(&gc.rows);
	output_args_free(&gc.output);
	target_args_free(&gc.targets);
	return status;
}
