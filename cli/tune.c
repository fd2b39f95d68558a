// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl tune: shows and sets tunables of mounts, and the defaults of mounts to come.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <linux/ovlsync.h>

#include "format.h"
#include "kernel.h"
#include "output_args.h"
#include "session.h"
#include "stats.h"
#include "sysfs.h"
#include "tunables.h"
#include "xalloc.h"

enum {
	TUNE_DEVICE,
	TUNE_NAME,
	TUNE_VALUE,
	TUNE_NEW,
	TUNE_MOUNTPOINT,
};

const struct column tune_columns[] = {
	[TUNE_DEVICE] = { "DEVICE", "device", NULL, COLUMN_DEVICE,
			  "device number of the overlay; none for the defaults of new mounts" },
	[TUNE_NAME] = { "NAME", "name", NULL, COLUMN_STRING, "the tunable" },
	[TUNE_VALUE] = { "VALUE", "value", NULL, COLUMN_NUMBER, "what it is, or was before" },
	[TUNE_NEW] = { "NEW", "new_value", NULL, COLUMN_NUMBER, "what it was set to" },
	[TUNE_MOUNTPOINT] = COLUMN_OF_MOUNTPOINT,
	{ NULL },
};

#define SHOW_COLUMNS "DEVICE,NAME,VALUE,MOUNTPOINT"

#define DEFAULTS_DIRECTORY OVLSYNC_SYSFS "/defaults"

/* One name=value; @value is NULL when it is to be shown only. */
struct assignment {
	const struct tunable *tunable;
	const char *value;
};

/**
 * struct tune - one run of the subcommand
 * @targets: --mount, --device, --all
 * @output: how to print
 * @n: number of @assignments
 * @assignments: what to set, or to show
 * @sets: something is to be set
 * @defaults: --defaults
 * @explain: --explain
 * @quiet: --quiet
 * @session: what is open
 * @rows: what was shown or done
 */
struct tune {
	struct target_args targets;
	struct output_args output;
	size_t n;
	struct assignment *assignments;
	bool sets;
	bool defaults;
	bool explain;
	bool quiet;
	struct session session;
	struct rows rows;
};

enum tune_key {
	KEY_DEFAULTS = 0x200,
	KEY_EXPLAIN,
};

static const struct argp_option tune_options[] = {
	{ "defaults", KEY_DEFAULTS, NULL, 0,
	  "not of mounts that there are, but of those to come, until the module is unloaded", 1 },
	{ NULL, 0, NULL, 0, "What to print:", 2 },
	{ "explain", KEY_EXPLAIN, NULL, 0, "say what each tunable means, and exit", 2 },
	{ "quiet", 'q', NULL, 0, "print nothing but errors", 2 },
	{ 0 },
};

static void assignment_add(struct tune *tune, const struct tunable *tunable, const char *value)
{
	tune->assignments =
		xreallocarray(tune->assignments, tune->n + 1, sizeof(*tune->assignments));
	tune->assignments[tune->n++] = (struct assignment){ tunable, value };
	if (value)
		tune->sets = true;
}

static void assignment_parse(struct tune *tune, const char *text, struct argp_state *state)
{
	size_t len = strcspn(text, "=");
	const struct tunable *tunable = tunable_find(text, len);
	char *range;

	if (!tunable) {
		argp_error(state, "'%.*s' is not a tunable; --explain says what there is", (int)len,
			   text);
		return;
	}
	if (text[len] && !tunable_takes(tunable, text + len + 1)) {
		range = tunable_range(tunable);
		argp_error(state, "%s takes %s, not '%s'", tunable_name(tunable), range,
			   text + len + 1);
		free(range);
	}
	assignment_add(tune, tunable, text[len] ? text + len + 1 : NULL);
}

static void tune_check_usage(struct tune *tune, struct argp_state *state)
{
	bool has_targets = tune->targets.all || tune->targets.n;
	const struct tunable *tunable;

	if (tune->defaults && (has_targets || tune->targets.pid))
		argp_error(state, "--defaults excludes --mount, --device, --all and --pid");
	if (tune->sets && !tune->defaults && !has_targets)
		argp_error(state, "to set something, one of --mount, --device, --all and "
				  "--defaults is needed");
	if (!has_targets)
		tune->targets.all = true;
	if (!tune->n)
		for (tunable = tunables; tunable->file; tunable++)
			assignment_add(tune, tunable, NULL);
}

static error_t tune_parse(int key, char *arg, struct argp_state *state)
{
	struct tune *tune = state->input;

	switch (key) {
	case KEY_DEFAULTS:
		tune->defaults = true;
		return 0;
	case KEY_EXPLAIN:
		tune->explain = true;
		return 0;
	case 'q':
		tune->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		assignment_parse(tune, arg, state);
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &tune->targets;
		state->child_inputs[1] = &tune->output;
		return 0;
	case ARGP_KEY_END:
		tune_check_usage(tune, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *tunables_help(void)
{
	const struct tunable *tunable;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(STATUS_FAILED, "cannot allocate a string");
	fputs("Tunables:\n", out);
	for (tunable = tunables; tunable->file; tunable++) {
		char *range = tunable_range(tunable);

		fprintf(out, "  %-14s %s; %s\n", tunable_name(tunable),
			tunable_column(tunable)->help, range);
		free(range);
	}
	if (fclose(out))
		err(STATUS_FAILED, "cannot allocate a string");
	return text;
}

static char *tune_help_filter(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_POST_DOC ? tunables_help() : (char *)text;
}

static const struct argp_child tune_children[] = {
	{ &targets_argp, 0, "Which mounts (to show something, without any of these all):", 1 },
	{ &output_argp, 0, "Output:", 3 },
	{ 0 },
};

const struct argp tune_argp = {
	.options = tune_options,
	.parser = tune_parse,
	.args_doc = "[NAME[=VALUE]...]",
	.doc = "Show tunables, or set them: all that were named, or none if a value is nonsense. "
	       "A change acts at once.\v",
	.children = tune_children,
	.help_filter = tune_help_filter,
};

static void value_set(struct value *cell, const struct tunable *tunable, const char *text)
{
	if (tunable->words)
		value_set_string(cell, text);
	else
		value_set_number(cell, strtoull(text, NULL, 10));
}

static void tune_add_row(struct tune *tune, const struct target *target,
			 const struct assignment *assignment, const char *old)
{
	struct value *row = rows_add(&tune->rows);

	if (target)
		value_set_number(&row[TUNE_DEVICE], target->dev);
	value_set_string(&row[TUNE_MOUNTPOINT], target ? target->mount_point : NULL);
	value_set_string(&row[TUNE_NAME], tunable_name(assignment->tunable));
	value_set(&row[TUNE_VALUE], assignment->tunable, old);
	if (assignment->value)
		value_set(&row[TUNE_NEW], assignment->tunable, assignment->value);
}

static enum ovlctl_status tune_fail(const char *name, const struct assignment *assignment,
				    int error)
{
	const char *tunable = tunable_name(assignment->tunable);

	if (error == -EINVAL)
		warnx("%s: %s: the kernel refuses '%s': EINVAL (%s)", name, tunable,
		      assignment->value, strerror(EINVAL));
	else if (error == -ENOENT || error == -ENODEV)
		warnx("%s: %s: the mount is gone, or the module that is loaded has no such tunable",
		      name, tunable);
	else
		warnx("%s: %s: %s", name, tunable, kernel_strerror(error));
	return status_of_error(error);
}

static bool wants_rows(const struct tune *tune)
{
	return !tune->sets || tune->output.json || output_wants_table(&tune->output);
}

static enum ovlctl_status tune_one(struct tune *tune, const struct target *target, int directory,
				   const struct assignment *assignment)
{
	const char *name = target ? target->name : "defaults";
	char old[SYSFS_TEXT_SIZE];
	int ret;

	ret = sysfs_read_text(directory, assignment->tunable->file, old);
	if (!ret && assignment->value)
		ret = sysfs_write_text(directory, assignment->tunable->file, assignment->value);
	if (ret && target && tune->targets.all && sysfs_is_gone(directory))
		return STATUS_DONE;
	if (ret)
		return tune_fail(name, assignment, ret);
	if (wants_rows(tune))
		tune_add_row(tune, target, assignment, old);
	else if (!tune->quiet)
		printf("%s: %s: %s%s%s\n", name, tunable_name(assignment->tunable), old,
		       assignment->value ? " -> " : "", assignment->value ?: "");
	return STATUS_DONE;
}

/* All that was named, on one mount; @target is NULL for the defaults. */
static enum ovlctl_status tune_directory(struct tune *tune, const struct target *target,
					 int directory)
{
	enum ovlctl_status status = STATUS_DONE;
	size_t i;

	for (i = 0; i < tune->n && !status; i++)
		status = tune_one(tune, target, directory, &tune->assignments[i]);
	return status;
}

static enum ovlctl_status tune_target(const struct target *target, void *data)
{
	struct tune *tune = data;
	int directory = sysfs_open_mount(tune->session.sysfs, target->dev);
	enum ovlctl_status status;

	if (directory == -ENOENT && tune->targets.all)
		return STATUS_DONE;
	if (directory < 0)
		return stats_missing(target, directory);
	status = tune_directory(tune, target, directory);
	close(directory);
	return status;
}

static enum ovlctl_status tune_defaults(struct tune *tune)
{
	int directory = sysfs_open(DEFAULTS_DIRECTORY);
	enum ovlctl_status status;

	if (directory < 0)
		return kernel_open_failed(DEFAULTS_DIRECTORY, directory);
	status = tune_directory(tune, NULL, directory);
	close(directory);
	return status;
}

static enum ovlctl_status tune_run(struct tune *tune)
{
	enum ovlctl_status status;

	if (tune->defaults) {
		status = tune_defaults(tune);
	} else {
		status = session_open(&tune->session, &tune->targets);
		if (status)
			return status;
		status = session_run(&tune->session, &tune->targets, tune_target, tune);
		session_close(&tune->session);
	}
	if (tune->sets && !tune->output.given)
		columns_all(tune_columns, &tune->output.list);
	if (wants_rows(tune) && !tune->quiet && (tune->output.json || tune->rows.n || !status) &&
	    output_print(&tune->output, &tune->rows)) {
		warnx("cannot print the result");
		status = STATUS_FAILED;
	}
	return status;
}

static enum ovlctl_status tune_explain(void)
{
	struct column_list list = { 0 };
	const struct tunable *tunable;
	char *text;

	for (tunable = tunables; tunable->file; tunable++) {
		size_t index = (size_t)(tunable_column(tunable) - stats_columns);

		list.index = xreallocarray(list.index, list.n + 1, sizeof(*list.index));
		list.index[list.n++] = index;
	}
	text = columns_explain(stats_columns, &list);
	fputs(text, stdout);
	free(text);
	columns_clear(&list);
	return STATUS_DONE;
}

int cmd_tune(int argc, char **argv)
{
	struct tune tune = { 0 };
	enum ovlctl_status status;

	rows_init(&tune.rows, tune_columns);
	tune.rows.name = "tunables";
	output_args_init(&tune.output, tune_columns, SHOW_COLUMNS);
	argp_parse(&tune_argp, argc, argv, 0, NULL, &tune);
	status = tune.explain ? tune_explain() : tune_run(&tune);
	free(tune.assignments);
	rows_free(&tune.rows);
	output_args_free(&tune.output);
	target_args_free(&tune.targets);
	return status;
}
