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
#include "output_args.h"
#include "prometheus.h"
#include "session.h"
#include "stats.h"
#include "sysfs.h"
#include "xalloc.h"

#define DEFAULT_COLUMNS "DEVICE,MODE,SUSPECTS,PINNED,SYNCS,FULL,OVERFLOW,CONTAINER,MOUNTPOINT"

/**
 * struct stats - one run of the subcommand
 * @targets: --mount, --device, --all
 * @output: how to print
 * @explain: --explain
 * @prometheus: --prometheus
 * @session: what is open
 * @rows: what was read
 */
struct stats {
	struct target_args targets;
	struct output_args output;
	bool explain;
	bool prometheus;
	struct session session;
	struct rows rows;
};

enum stats_key {
	KEY_EXPLAIN = 0x200,
	KEY_PROMETHEUS,
};

static const struct argp_option stats_options[] = {
	{ NULL, 0, NULL, 0, "What to print:", 2 },
	{ "explain", KEY_EXPLAIN, NULL, 0,
	  "say what each column means, and exit; with -o, of these columns", 2 },
	{ "prometheus", KEY_PROMETHEUS, NULL, 0,
	  "metrics in Prometheus' text format, for node_exporter's textfile collector", 2 },
	{ 0 },
};

static error_t stats_parse(int key, char *arg, struct argp_state *state)
{
	struct stats *stats = state->input;

	(void)arg;
	switch (key) {
	case KEY_EXPLAIN:
		stats->explain = true;
		return 0;
	case KEY_PROMETHEUS:
		stats->prometheus = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &stats->targets;
		state->child_inputs[1] = &stats->output;
		return 0;
	case ARGP_KEY_END:
		if (stats->prometheus &&
		    (stats->output.json || stats->explain || output_wants_table(&stats->output)))
			argp_error(state, "--prometheus excludes --json, --explain and what is "
					  "for tables");
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
	{ &output_argp, 0, "Output:", 3 },
	{ 0 },
};

const struct argp stats_argp = {
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

static void container_fill(struct value *row, const struct target *target,
			   struct containers *containers)
{
	struct container container;
	char *label;

	containers_find(containers, target->upper_dir, target->mount_point, &container);
	label = container_label(&container);
	value_set_string(&row[STATS_CONTAINER], label);
	value_set_string(&row[STATS_CONTAINER_ID], container.id);
	value_set_string(&row[STATS_RUNTIME], container.runtime);
	value_set_string(&row[STATS_LAYER], container.layer);
	free(label);
	container_clear(&container);
}

/**
 * stats_add_row - read everything about one overlay
 * @rows: rows of stats_columns, or of a table that begins like it, to which one is added
 * @sysfs: from sysfs_open()
 * @target: the overlay
 * @containers: from containers_new()
 *
 * A file that this version of the module doesn't have leaves its cell empty.
 *
 * Return: 0, or a negative errno; -ENOENT: ovlsync is not, or no longer, attached to it.
 */
int stats_add_row(struct rows *rows, int sysfs, const struct target *target,
		  struct containers *containers)
{
	int mount = sysfs_open_mount(sysfs, target->dev);
	struct value *row;
	size_t n_read = 0;
	size_t i;

	if (mount < 0)
		return mount;
	row = rows_add(rows);
	value_set_number(&row[STATS_DEVICE], target->dev);
	value_set_string(&row[STATS_MOUNTPOINT], target->mount_point);
	value_set_string(&row[STATS_UPPERDIR], target->upper_dir);
	container_fill(row, target, containers);
	for (i = 0; i < rows->width; i++)
		if (rows->columns[i].file && !cell_read(&rows->columns[i], mount, &row[i]))
			n_read++;
	close(mount);
	/* Unmounted after its directory was opened: all the files are gone. */
	if (!n_read) {
		rows_drop_last(rows);
		return -ENOENT;
	}
	return 0;
}

/**
 * stats_missing - say that an overlay's directory in sysfs can't be read
 * @target: the overlay
 * @error: negative errno
 *
 * Return: the exit status.
 */
enum ovlctl_status stats_missing(const struct target *target, int error)
{
	if (error == -ENOENT)
		warnx("%s: %s", target->name,
		      target->mount_point ? kernel_strerror(-ENODEV)
					  : "there is no overlay with this device number");
	else
		warnx("%s: %s", target->name, kernel_strerror(error));
	return status_of_error(error);
}

static enum ovlctl_status stats_target(const struct target *target, void *data)
{
	struct stats *stats = data;
	int ret = stats_add_row(&stats->rows, stats->session.sysfs, target,
				stats->session.containers);

	if (!ret)
		return STATUS_DONE;
	/* Unmounted since it was listed. */
	if (ret == -ENOENT && stats->targets.all)
		return STATUS_DONE;
	return stats_missing(target, ret);
}

static enum ovlctl_status stats_print(struct stats *stats)
{
	int ret = 0;

	if (stats->prometheus)
		prometheus_print(&stats->rows, stdout);
	else
		ret = output_print(&stats->output, &stats->rows);
	if (!ret)
		return STATUS_DONE;
	warnx("cannot print the table: %s", strerror(-ret));
	return STATUS_FAILED;
}

static enum ovlctl_status stats_explain(struct stats *stats)
{
	char *text;

	if (!stats->output.given)
		columns_all(stats_columns, &stats->output.list);
	text = columns_explain(stats_columns, &stats->output.list);
	fputs(text, stdout);
	free(text);
	return STATUS_DONE;
}

static enum ovlctl_status stats_run(struct stats *stats)
{
	enum ovlctl_status status = session_open(&stats->session, &stats->targets);

	if (status)
		return status;
	status = session_run(&stats->session, &stats->targets, stats_target, stats);
	/* When nothing was found, the message says it all; who reads JSON reads an object. */
	if (stats->output.json || stats->rows.n || status == STATUS_DONE) {
		enum ovlctl_status printed = stats_print(stats);

		if (printed)
			status = printed;
	}
	session_close(&stats->session);
	return status;
}

int cmd_stats(int argc, char **argv)
{
	struct stats stats = { 0 };
	enum ovlctl_status status;

	rows_init(&stats.rows, stats_columns);
	output_args_init(&stats.output, stats_columns, DEFAULT_COLUMNS);
	argp_parse(&stats_argp, argc, argv, 0, NULL, &stats);
	if (!stats.targets.n)
		stats.targets.all = true;
	status = stats.explain ? stats_explain(&stats) : stats_run(&stats);
	rows_free(&stats.rows);
	output_args_free(&stats.output);
	target_args_free(&stats.targets);
	return status;
}
