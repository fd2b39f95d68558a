// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl stats: a row for each overlay, from sysfs, so that it needs no privilege.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <linux/ovlsync.h>

#include "format.h"
#include "kernel.h"
#include "output.h"
#include "stats.h"
#include "sysfs.h"
#include "targets.h"
#include "xalloc.h"

enum {
	STATS_DEVICE,
	STATS_MOUNTPOINT,
};

/* Key and file of a column: in JSON a file of the mount's directory has '_' where sysfs has '/'. */
#define SYSFS(file) file, file
#define SYSFS_IN(dir, file) dir "_" file, dir "/" file

const struct column stats_columns[] = {
	[STATS_DEVICE] = { "DEVICE", "device", NULL, COLUMN_DEVICE,
			   "device number of the overlay, as in /proc/self/mountinfo" },
	[STATS_MOUNTPOINT] = { "MOUNTPOINT", "mount_point", NULL, COLUMN_STRING,
			       "where it is mounted in this mount namespace" },
	{ "MODE", SYSFS("mode"), COLUMN_STRING,
	  "containerized, learning, full, volatile or nosync" },
	{ "MODE-REASON", SYSFS("mode_reason"), COLUMN_STRING, "why it is not containerized" },
	{ "UPPER", SYSFS("upper_device"), COLUMN_DEVICE, "device of the upper filesystem" },
	{ "UPPERFS", SYSFS("upper_fstype"), COLUMN_STRING, "type of the upper filesystem" },
	{ "UMOUNT-SYNC", SYSFS("umount_sync"), COLUMN_STRING, "what umount writes: own or none" },
	{ "SUSPECTS", SYSFS_IN("suspects", "nr"), COLUMN_NUMBER,
	  "inodes on the list that may be dirty" },
	{ "PEAK", SYSFS_IN("suspects", "nr_peak"), COLUMN_NUMBER, "the most there have been" },
	{ "PINNED", SYSFS_IN("suspects", "pinned_bytes"), COLUMN_BYTES,
	  "memory that would come back if all were reaped" },
	{ "ADDED", SYSFS_IN("suspects", "added_total"), COLUMN_NUMBER,
	  "suspects ever put on the list" },
	{ "REAPED", SYSFS_IN("suspects", "reaped_total"), COLUMN_NUMBER,
	  "taken off by the periodic reaper" },
	{ "SHRUNK", SYSFS_IN("suspects", "shrunk_total"), COLUMN_NUMBER,
	  "taken off under memory pressure" },
	{ "SYNCED", SYSFS_IN("suspects", "synced_total"), COLUMN_NUMBER,
	  "taken off in passing by a sync" },
	{ "UNLINKED", SYSFS_IN("suspects", "unlinked_total"), COLUMN_NUMBER,
	  "taken off because their last link went" },
	{ "FORCED", SYSFS_IN("suspects", "forced_total"), COLUMN_NUMBER, "taken off by ovlctl gc" },
	{ "EVICTED", SYSFS_IN("suspects", "evicted_total"), COLUMN_NUMBER,
	  "taken off by an opener at the limit" },
	{ "OVERFLOW", SYSFS_IN("suspects", "overflow_total"), COLUMN_NUMBER,
	  "openings that could not be tracked" },
	{ "INTERVAL-MS", SYSFS_IN("reaper", "interval_ms"), COLUMN_NUMBER,
	  "milliseconds between passes of the reaper" },
	{ "MIN-AGE-MS", SYSFS_IN("reaper", "min_age_ms"), COLUMN_NUMBER,
	  "age in milliseconds before a suspect may be reaped" },
	{ "BATCH", SYSFS_IN("reaper", "batch"), COLUMN_NUMBER, "suspects looked at in one pass" },
	{ "MAX-SUSPECTS", SYSFS_IN("reaper", "max_suspects"), COLUMN_NUMBER, "limit of the list" },
	{ "PASSES", SYSFS_IN("reaper", "passes_total"), COLUMN_NUMBER, "passes of the reaper" },
	{ "CHECKED", SYSFS_IN("reaper", "checked_total"), COLUMN_NUMBER,
	  "suspects that it looked at" },
	{ "SYNCS", SYSFS_IN("sync", "containerized_total"), COLUMN_NUMBER, "containerized syncs" },
	{ "FULL", SYSFS_IN("sync", "full_total"), COLUMN_NUMBER,
	  "syncs handed to overlayfs itself" },
	{ "ERRORS", SYSFS_IN("sync", "errors_total"), COLUMN_NUMBER,
	  "syncs that failed or found a writeback error" },
	{ "INODES", SYSFS_IN("sync", "inodes_total"), COLUMN_NUMBER,
	  "inodes written by containerized syncs" },
	{ "WRITTEN", SYSFS_IN("sync", "bytes_total"), COLUMN_BYTES,
	  "bytes submitted by containerized syncs" },
	{ "TIME", SYSFS_IN("sync", "duration_ns_total"), COLUMN_NSEC,
	  "time spent in syncs of either kind" },
	{ "LAST", SYSFS_IN("sync", "last_duration_ns"), COLUMN_NSEC,
	  "how long the last sync took" },
	{ "INFLIGHT", SYSFS_IN("sync", "inflight_inodes"), COLUMN_NUMBER,
	  "inodes left to wait for in the sync now running" },
	{ NULL },
};

#define DEFAULT_COLUMNS \
	"DEVICE,MODE,SUSPECTS,PINNED,ADDED,REAPED,SYNCS,FULL,OVERFLOW,UPPER,UPPERFS,MOUNTPOINT"

/**
 * struct stats - one run of the subcommand
 * @targets: --mount, --device, --all
 * @columns: what to print
 * @style: how
 * @sort: column to sort by, or NULL
 * @columns_given: the command line says which columns
 * @list_columns: --list-columns
 * @json: --json
 * @sysfs: OVLSYNC_SYSFS, open
 * @rows: what was read
 */
struct stats {
	struct target_args targets;
	struct column_list columns;
	struct table_style style;
	const struct column *sort;
	bool columns_given;
	bool list_columns;
	bool json;
	int sysfs;
	struct rows rows;
};

enum stats_key {
	KEY_OUTPUT_ALL = 0x200,
	KEY_LIST_COLUMNS,
	KEY_SORT,
};

static const struct argp_option stats_options[] = {
	{ NULL, 0, NULL, 0, "Output:", 2 },
	{ "json", 'J', NULL, 0, "JSON: raw numbers, every column unless -o is given", 2 },
	{ "output", 'o', "COL,...", 0, "columns to show; +COL,... adds to those by default", 2 },
	{ "output-all", KEY_OUTPUT_ALL, NULL, 0, "all columns", 2 },
	{ "list-columns", KEY_LIST_COLUMNS, NULL, 0, "say what the columns are, and exit", 2 },
	{ "sort", KEY_SORT, "COL", 0, "sort by a column, smallest first", 2 },
	{ "bytes", 'b', NULL, 0, "sizes in bytes and durations in nanoseconds", 2 },
	{ "noheadings", 'n', NULL, 0, "no line of headings", 2 },
	{ "raw", 'r', NULL, 0, "one blank between columns, nothing aligned", 2 },
	{ 0 },
};

static void output_parse(struct stats *stats, const char *spec, struct argp_state *state)
{
	char *unknown;

	if (columns_parse(stats_columns, spec, &stats->columns, &unknown))
		argp_error(state, "'%s' is not a column; --list-columns says what there is",
			   unknown);
	stats->columns_given = true;
}

static error_t stats_parse(int key, char *arg, struct argp_state *state)
{
	struct stats *stats = state->input;
	size_t index;

	switch (key) {
	case 'J':
		stats->json = true;
		return 0;
	case 'o':
		output_parse(stats, arg, state);
		return 0;
	case KEY_OUTPUT_ALL:
		columns_all(stats_columns, &stats->columns);
		stats->columns_given = true;
		return 0;
	case KEY_LIST_COLUMNS:
		stats->list_columns = true;
		return 0;
	case KEY_SORT:
		if (columns_find(stats_columns, arg, strlen(arg), &index))
			argp_error(state, "'%s' is not a column; --list-columns says what there is",
				   arg);
		stats->sort = &stats_columns[index];
		return 0;
	case 'b':
		stats->style.exact = true;
		return 0;
	case 'n':
		stats->style.noheadings = true;
		return 0;
	case 'r':
		stats->style.raw = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &stats->targets;
		output_parse(stats, DEFAULT_COLUMNS, state);
		stats->columns_given = false;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *stats_help_filter(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_POST_DOC ? columns_help(stats_columns) : (char *)text;
}

static const struct argp_child stats_children[] = {
	{ &targets_argp, 0, "Which mounts (without any of these, all):", 1 },
	{ 0 },
};

static const struct argp stats_argp = {
	.options = stats_options,
	.parser = stats_parse,
	.doc = "Show mode, suspects and counters of each overlay that ovlsync is attached to.\v",
	.children = stats_children,
	.help_filter = stats_help_filter,
};

static int cell_read(const struct column *column, int mount, struct value *cell)
{
	char text[SYSFS_TEXT_SIZE];
	uint64_t number;
	dev_t dev;
	int ret;

	if (column->type == COLUMN_STRING || column->type == COLUMN_DEVICE) {
		ret = sysfs_read_text(mount, column->file, text);
		if (ret)
			return ret;
		if (column->type == COLUMN_STRING)
			value_set_string(cell, text);
		else if (!device_parse(text, &dev))
			value_set_number(cell, dev);
		return 0;
	}
	ret = sysfs_read_number(mount, column->file, &number);
	if (!ret)
		value_set_number(cell, number);
	return ret;
}

/**
 * stats_add_row - read everything about one overlay
 * @rows: rows of stats_columns, to which one is added
 * @sysfs: from sysfs_open()
 * @dev: the overlay
 * @mount_point: where it is mounted, or NULL
 *
 * A file that this version of the module doesn't have leaves its cell empty.
 *
 * Return: 0, or a negative errno; -ENOENT: ovlsync is not, or no longer, attached to it.
 */
int stats_add_row(struct rows *rows, int sysfs, dev_t dev, const char *mount_point)
{
	int mount = sysfs_open_mount(sysfs, dev);
	struct value *row;
	size_t n_read = 0;
	size_t i;

	if (mount < 0)
		return mount;
	row = rows_add(rows);
	value_set_number(&row[STATS_DEVICE], dev);
	value_set_string(&row[STATS_MOUNTPOINT], mount_point);
	for (i = 0; i < rows->width; i++)
		if (stats_columns[i].file && !cell_read(&stats_columns[i], mount, &row[i]))
			n_read++;
	close(mount);
	/* Unmounted after its directory was opened: all the files are gone. */
	if (!n_read) {
		rows_drop_last(rows);
		return -ENOENT;
	}
	return 0;
}

static enum ovlctl_status stats_target(const struct target *target, void *data)
{
	struct stats *stats = data;
	int ret;

	ret = stats_add_row(&stats->rows, stats->sysfs, target->dev, target->mount_point);
	if (!ret)
		return STATUS_DONE;
	/* Unmounted since it was listed. */
	if (ret == -ENOENT && stats->targets.all)
		return STATUS_DONE;
	if (ret == -ENOENT)
		warnx("%s: %s", target->name,
		      target->mount_point ? kernel_strerror(-ENODEV) :
					    "there is no overlay with this device number");
	else
		warnx("%s: %s", target->name, strerror(-ret));
	return status_of_error(ret);
}

static enum ovlctl_status stats_print(struct stats *stats)
{
	int ret;

	if (stats->sort)
		rows_sort(&stats->rows, (size_t)(stats->sort - stats_columns));
	if (stats->json && !stats->columns_given)
		columns_all(stats_columns, &stats->columns);
	ret = stats->json ? json_print(&stats->rows, &stats->columns, stdout) :
			    table_print(&stats->rows, &stats->columns, &stats->style, stdout);
	if (!ret)
		return STATUS_DONE;
	warnx("cannot print the table: %s", strerror(-ret));
	return STATUS_FAILED;
}

static enum ovlctl_status stats_run(struct stats *stats)
{
	struct libmnt_table *mounts = NULL;
	enum ovlctl_status status = STATUS_FAILED;
	dev_t *devices = NULL;
	size_t n_devices = 0;
	int ret;

	stats->sysfs = sysfs_open(OVLSYNC_SYSFS);
	if (stats->sysfs < 0)
		return kernel_open_failed(OVLSYNC_SYSFS, stats->sysfs);
	ret = sysfs_devices(stats->sysfs, &devices, &n_devices);
	if (ret) {
		warnx("%s: %s", OVLSYNC_SYSFS, strerror(-ret));
		goto out_close;
	}
	ret = mounts_load(MOUNTS_FILE, &mounts);
	if (ret) {
		warnx("%s: %s", MOUNTS_FILE, strerror(-ret));
		goto out_free;
	}
	status = targets_run(&stats->targets, mounts, devices, n_devices, stats_target, stats);
	/* When nothing was found, the message says it all. */
	if (stats->rows.n || status == STATUS_DONE) {
		enum ovlctl_status printed = stats_print(stats);

		if (printed)
			status = printed;
	}
	mounts_free(mounts);
out_free:
	free(devices);
out_close:
	close(stats->sysfs);
	return status;
}

int cmd_stats(int argc, char **argv)
{
	struct stats stats = { 0 };
	int status = STATUS_DONE;

	rows_init(&stats.rows, stats_columns);
	argp_parse(&stats_argp, argc, argv, 0, NULL, &stats);
	if (!stats.targets.n)
		stats.targets.all = true;
	if (stats.list_columns) {
		char *text = columns_describe(stats_columns);

		fputs(text, stdout);
		free(text);
	} else {
		status = stats_run(&stats);
	}
	rows_free(&stats.rows);
	columns_clear(&stats.columns);
	target_args_free(&stats.targets);
	return status;
}
