// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl top: what goes on, mount by mount, now.
 *
 * A sample is a table of counters like that of ovlctl stats.  What is shown is another table of the
 * same shape, in which the counters of the rate columns are replaced by their increase per second.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "format.h"
#include "job.h"
#include "stats.h"
#include "sysfs.h"
#include "top.h"
#include "xalloc.h"

enum {
	TOP_SUSPECTS = STATS_UPPERDIR + 1,
	TOP_PINNED,
	/* Shown per second; the rest is shown as it is. */
	TOP_RATE_FIRST,
	TOP_ADDED = TOP_RATE_FIRST,
	TOP_SYNCS,
	TOP_FULL,
	TOP_INODES,
	TOP_WRITTEN,
	TOP_RATE_LAST = TOP_WRITTEN,
	TOP_LAST,
	TOP_INFLIGHT,
	TOP_OVERFLOW,
	TOP_MODE,
	TOP_UPPER,
	TOP_UPPERFS,
};

const struct column top_columns[] = {
	[STATS_DEVICE] = COLUMN_OF_DEVICE,
	[STATS_MOUNTPOINT] = COLUMN_OF_MOUNTPOINT,
	[STATS_CONTAINER] = COLUMN_OF_CONTAINER,
	[STATS_CONTAINER_ID] = COLUMN_OF_CONTAINER_ID,
	[STATS_RUNTIME] = COLUMN_OF_RUNTIME,
	[STATS_LAYER] = COLUMN_OF_LAYER,
	[STATS_UPPERDIR] = COLUMN_OF_UPPERDIR,
	[TOP_SUSPECTS] = COLUMN_OF_SUSPECTS,
	[TOP_PINNED] = COLUMN_OF_PINNED,
	[TOP_ADDED] = { "ADDED/S", "added_per_second", "suspects/added_total", COLUMN_NUMBER,
			"suspects put on the list, per second" },
	[TOP_SYNCS] = { "SYNCS/S", "syncs_per_second", "sync/containerized_total", COLUMN_NUMBER,
			"containerized syncs, per second" },
	[TOP_FULL] = { "FULL/S", "full_per_second", "sync/full_total", COLUMN_NUMBER,
		       "syncs handed to overlayfs itself, per second" },
	[TOP_INODES] = { "INODES/S", "inodes_per_second", "sync/inodes_total", COLUMN_NUMBER,
			 "inodes written by containerized syncs, per second" },
	[TOP_WRITTEN] = { "WRITTEN/S", "bytes_per_second", "sync/bytes_total", COLUMN_BYTES,
			  "bytes submitted by containerized syncs, per second" },
	[TOP_LAST] = COLUMN_OF_LAST,
	[TOP_INFLIGHT] = COLUMN_OF_INFLIGHT,
	[TOP_OVERFLOW] = COLUMN_OF_OVERFLOW,
	[TOP_MODE] = COLUMN_OF_MODE,
	[TOP_UPPER] = COLUMN_OF_UPPER,
	[TOP_UPPERFS] = COLUMN_OF_UPPERFS,
	{ NULL },
};

#define DEFAULT_COLUMNS                                                                            \
	"DEVICE,CONTAINER,MODE,SUSPECTS,PINNED,SYNCS/S,FULL/S,WRITTEN/S,LAST,INFLIGHT,MOUNTPOINT"

volatile sig_atomic_t top_stopped;

enum top_key {
	KEY_REVERSE = 0x200,
};

static const struct argp_option top_options[] = {
	{ NULL, 0, NULL, 0, "How long:", 2 },
	{ "delay", 'd', "SECONDS", 0, "time between two looks; 2 unless given", 2 },
	{ "iterations", 'n', "NUMBER", 0, "look so often, then exit", 2 },
	{ "batch", 'b', NULL, 0, "tables on standard output, one after the other, for scripts", 2 },
	{ "reverse", KEY_REVERSE, NULL, 0, "the other way round: smallest first", 3 },
	{ 0 },
};

static error_t top_parse(int key, char *arg, struct argp_state *state)
{
	struct top *top = state->input;
	char *end;

	switch (key) {
	case 'd':
		if (seconds_parse(arg, &top->delay_ns))
			argp_error(state, "'%s' is not a number of seconds above 0", arg);
		return 0;
	case 'n':
		top->iterations = strtoull(arg, &end, 10);
		if (*arg < '1' || *arg > '9' || *end)
			argp_error(state, "'%s' is not a number above 0", arg);
		return 0;
	case 'b':
		top->batch = true;
		return 0;
	case KEY_REVERSE:
		top->reversed = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &top->targets;
		state->child_inputs[1] = &top->output;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *top_help_filter(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_POST_DOC ? columns_help(top_columns) : (char *)text;
}

static const struct argp_child top_children[] = {
	{ &targets_argp, 0, "Which mounts (without any of these, all):", 1 },
	{ &columns_argp, 0, "Output:", 3 },
	{ 0 },
};

const struct argp top_argp = {
	.options = top_options,
	.parser = top_parse,
	.doc = "Show what goes on in overlays, again and again; largest first. Keys: q quits, < "
	       "and > "
	       "choose the column to sort by, r turns the order round, space looks at once.\v",
	.children = top_children,
	.help_filter = top_help_filter,
};

static const struct value *find_device(const struct rows *rows, uint64_t dev)
{
	size_t i;

	for (i = 0; i < rows->n; i++)
		if (rows_get(rows, i)[STATS_DEVICE].number == dev)
			return rows_get(rows, i);
	return NULL;
}

static bool is_rate(size_t index)
{
	return index >= TOP_RATE_FIRST && index <= TOP_RATE_LAST;
}

static void copy_value(struct value *to, const struct value *from)
{
	if (from->kind == VALUE_STRING)
		value_set_string(to, from->string);
	else
		*to = *from;
}

/* A mount that took the number of another one begins anew: its counters are lower. */
static void set_rate(struct value *rate, const struct value *now, const struct value *before,
		     uint64_t elapsed_ns)
{
	if (now->kind == VALUE_NUMBER && before->kind == VALUE_NUMBER &&
	    now->number >= before->number && elapsed_ns)
		value_set_number(rate, (uint64_t)((double)(now->number - before->number) * 1e9 /
							  (double)elapsed_ns +
						  0.5));
}

/**
 * top_rates - what to show of two samples
 * @before: the earlier one; with no rows there are no rates yet
 * @now: the later one
 * @elapsed_ns: time between them
 * @rates: rows of top_columns, to which those of @now are added
 */
void top_rates(const struct rows *before, const struct rows *now, uint64_t elapsed_ns,
	       struct rows *rates)
{
	size_t i, j;

	for (i = 0; i < now->n; i++) {
		const struct value *row = rows_get(now, i);
		const struct value *old = find_device(before, row[STATS_DEVICE].number);
		struct value *rate = rows_add(rates);

		for (j = 0; j < now->width; j++) {
			if (!is_rate(j))
				copy_value(&rate[j], &row[j]);
			else if (old)
				set_rate(&rate[j], &row[j], &old[j], elapsed_ns);
		}
	}
}

/**
 * top_sort - largest numbers first, names in order
 * @rows: rows of top_columns
 * @column: one of them
 * @reversed: the other way round
 */
void top_sort(struct rows *rows, const struct column *column, bool reversed)
{
	rows_sort(rows, (size_t)(column - top_columns));
	if (column_is_right_aligned(column) != reversed)
		rows_reverse(rows);
}

/**
 * top_summary - all mounts in a line
 * @rows: rows of top_columns
 *
 * Return: the text, to be freed.
 */
char *top_summary(const struct rows *rows)
{
	uint64_t suspects = 0, pinned = 0, written = 0;
	char pinned_text[FORMAT_SIZE], written_text[FORMAT_SIZE];
	size_t i;

	for (i = 0; i < rows->n; i++) {
		const struct value *row = rows_get(rows, i);

		suspects += row[TOP_SUSPECTS].number;
		pinned += row[TOP_PINNED].number;
		written += row[TOP_WRITTEN].number;
	}
	return xasprintf("%zu mount%s, %" PRIu64 " suspect%s, %s pinned, %s/s written by syncs",
			 rows->n, rows->n == 1 ? "" : "s", suspects, suspects == 1 ? "" : "s",
			 size_format(pinned, pinned_text), size_format(written, written_text));
}

struct sample {
	struct top *top;
	struct rows rows;
};

static enum ovlctl_status sample_target(const struct target *target, void *data)
{
	struct sample *sample = data;
	const struct session *session = &sample->top->session;
	int ret = stats_add_row(&sample->rows, session->sysfs, target, session->containers);

	if (!ret || (ret == -ENOENT && sample->top->targets.all))
		return STATUS_DONE;
	return stats_missing(target, ret);
}

/**
 * top_sample - look, and compare with what was before
 * @top: @top->rows become what is to be shown, sorted
 *
 * Return: STATUS_DONE, or another status after saying on stderr what is wrong.
 */
enum ovlctl_status top_sample(struct top *top)
{
	struct sample sample = { .top = top };
	enum ovlctl_status status = session_open(&top->session, &top->targets);
	uint64_t now = now_ns();

	if (status)
		return status;
	rows_init(&sample.rows, top_columns);
	status = session_run(&top->session, &top->targets, sample_target, &sample);
	session_close(&top->session);
	rows_free(&top->rows);
	rows_init(&top->rows, top_columns);
	top_rates(&top->before, &sample.rows, now - top->before_ns, &top->rows);
	rows_free(&top->before);
	top->before = sample.rows;
	top->before_ns = now;
	top_sort(&top->rows, top->output.sort, top->reversed);
	return status;
}

static void stop(int signal)
{
	(void)signal;
	top_stopped = 1;
}

static enum ovlctl_status top_batch(struct top *top)
{
	struct timespec delay = { .tv_sec = (time_t)(top->delay_ns / 1000000000),
				  .tv_nsec = (long)(top->delay_ns % 1000000000) };
	uint64_t i;

	top->output.style.colors = output_colors(&top->output);
	for (i = 0; !top_stopped && (!top->iterations || i < top->iterations); i++) {
		enum ovlctl_status status;
		char *summary;

		if (i)
			nanosleep(&delay, NULL);
		if (top_stopped)
			break;
		status = top_sample(top);
		if (status && status != STATUS_PARTIAL)
			return status;
		top->status = status;
		summary = top_summary(&top->rows);
		printf("%s%s\n", i ? "\n" : "", summary);
		free(summary);
		if (table_print(&top->rows, &top->output.list, &top->output.style, stdout) ||
		    fflush(stdout))
			return STATUS_FAILED;
	}
	return top->status;
}

int cmd_top(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = stop };
	struct top top = { .delay_ns = 2000000000 };
	enum ovlctl_status status;

	output_args_init(&top.output, top_columns, DEFAULT_COLUMNS);
	argp_parse(&top_argp, argc, argv, 0, NULL, &top);
	if (!top.targets.n)
		top.targets.all = true;
	if (!top.output.sort)
		top.output.sort = &top_columns[TOP_SUSPECTS];
	rows_init(&top.rows, top_columns);
	rows_init(&top.before, top_columns);
	if (!signal_is_ignored(SIGINT))
		sigaction(SIGINT, &action, NULL);
	if (!signal_is_ignored(SIGTERM))
		sigaction(SIGTERM, &action, NULL);
	status = top.batch ? top_batch(&top) : top_screen(&top);
	rows_free(&top.rows);
	rows_free(&top.before);
	output_args_free(&top.output);
	target_args_free(&top.targets);
	return status;
}
