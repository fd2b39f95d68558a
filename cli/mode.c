// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl mode: shows the mode of mounts, and makes their syncs full ones or no longer so.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "output_args.h"
#include "session.h"
#include "stats.h"
#include "sysfs.h"
#include "xalloc.h"

enum {
	MODE_DEVICE,
	MODE_OLD,
	MODE_NEW,
	MODE_REASON,
	MODE_MOUNTPOINT,
};

const struct column mode_columns[] = {
	[MODE_DEVICE] = COLUMN_OF_DEVICE,
	[MODE_OLD] = { "MODE", "mode", NULL, COLUMN_STRING,
		       "what syncfs(2) and umount(2) do, or did before", NULL, mode_color },
	[MODE_NEW] = { "NEW", "new_mode", NULL, COLUMN_STRING, "what they do now", NULL,
		       mode_color },
	[MODE_REASON] = { "MODE-REASON", "mode_reason", NULL, COLUMN_STRING,
			  "why it is in this mode, the new one if there is one" },
	[MODE_MOUNTPOINT] = COLUMN_OF_MOUNTPOINT,
	{ NULL },
};

#define SHOW_COLUMNS "DEVICE,MODE,MODE-REASON,MOUNTPOINT"

/**
 * struct mode - one run of the subcommand
 * @targets: --mount, --device, --all
 * @output: how to print
 * @wanted: "full", "auto" or NULL
 * @quiet: --quiet
 * @session: what is open
 * @rows: what was shown or done
 */
struct mode {
	struct target_args targets;
	struct output_args output;
	const char *wanted;
	bool quiet;
	struct session session;
	struct rows rows;
};

static const struct argp_option mode_options[] = {
	{ NULL, 0, NULL, 0, "What to print:", 2 },
	{ "quiet", 'q', NULL, 0, "print nothing but errors", 2 },
	{ 0 },
};

static void mode_check_usage(struct mode *mode, struct argp_state *state)
{
	bool has_targets = mode->targets.all || mode->targets.n;

	if (mode->wanted && !has_targets)
		argp_error(state, "to set a mode, one of --mount, --device and --all is needed");
	if (!has_targets)
		mode->targets.all = true;
}

static error_t mode_parse(int key, char *arg, struct argp_state *state)
{
	struct mode *mode = state->input;

	switch (key) {
	case 'q':
		mode->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (mode->wanted)
			argp_error(state, "more than one mode");
		if (strcmp(arg, "full") && strcmp(arg, "auto"))
			argp_error(state, "'%s' is neither full nor auto", arg);
		mode->wanted = arg;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &mode->targets;
		state->child_inputs[1] = &mode->output;
		return 0;
	case ARGP_KEY_END:
		mode_check_usage(mode, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child mode_children[] = {
	{ &targets_argp, 0, "Which mounts (to show the mode, without any of these all):", 1 },
	{ &output_argp, 0, "Output:", 3 },
	{ 0 },
};

const struct argp mode_argp = {
	.options = mode_options,
	.parser = mode_parse,
	.args_doc = "[full|auto]",
	.doc = "Show what syncfs(2) and umount(2) of overlays do, and why; or have them flush the "
	       "whole upper filesystem, as they do without ovlsync (full), or again what is best "
	       "(auto).",
	.children = mode_children,
};

static bool wants_rows(const struct mode *mode)
{
	return !mode->wanted || mode->output.json || output_wants_table(&mode->output);
}

static void mode_report(struct mode *mode, const struct target *target, const char *old,
			const char *now, const char *reason)
{
	struct value *row;

	if (!wants_rows(mode)) {
		if (!mode->quiet)
			printf("%s: %s -> %s (%s)\n", target->name, old, now, reason);
		return;
	}
	row = rows_add(&mode->rows);
	value_set_number(&row[MODE_DEVICE], target->dev);
	value_set_string(&row[MODE_OLD], old);
	if (mode->wanted)
		value_set_string(&row[MODE_NEW], now);
	value_set_string(&row[MODE_REASON], reason);
	value_set_string(&row[MODE_MOUNTPOINT], target->mount_point);
}

static enum ovlctl_status mode_target(const struct target *target, void *data)
{
	char old[SYSFS_TEXT_SIZE], now[SYSFS_TEXT_SIZE] = "", reason[SYSFS_TEXT_SIZE];
	struct mode *mode = data;
	int mount = sysfs_open_mount(mode->session.sysfs, target->dev);
	bool gone;
	int ret;

	if (mount == -ENOENT && mode->targets.all)
		return STATUS_DONE;
	if (mount < 0)
		return stats_missing(target, mount);
	ret = sysfs_read_text(mount, "mode", old);
	if (!ret && mode->wanted)
		ret = sysfs_write_text(mount, "mode", mode->wanted);
	if (!ret && mode->wanted)
		ret = sysfs_read_text(mount, "mode", now);
	if (!ret)
		ret = sysfs_read_text(mount, "mode_reason", reason);
	gone = ret && mode->targets.all && sysfs_is_gone(mount);
	close(mount);
	if (gone)
		return STATUS_DONE;
	if (ret)
		return stats_missing(target, ret);
	mode_report(mode, target, old, now, reason);
	return STATUS_DONE;
}

static enum ovlctl_status mode_run(struct mode *mode)
{
	enum ovlctl_status status = session_open(&mode->session, &mode->targets);

	if (status)
		return status;
	status = session_run(&mode->session, &mode->targets, mode_target, mode);
	session_close(&mode->session);
	if (mode->wanted && !mode->output.given)
		columns_all(mode_columns, &mode->output.list);
	if (wants_rows(mode) && !mode->quiet && (mode->output.json || mode->rows.n || !status) &&
	    output_print(&mode->output, &mode->rows)) {
		warnx("cannot print the result");
		status = STATUS_FAILED;
	}
	return status;
}

int cmd_mode(int argc, char **argv)
{
	struct mode mode = { 0 };
	int status;

	rows_init(&mode.rows, mode_columns);
	output_args_init(&mode.output, mode_columns, SHOW_COLUMNS);
	argp_parse(&mode_argp, argc, argv, 0, NULL, &mode);
	status = mode_run(&mode);
	rows_free(&mode.rows);
	output_args_free(&mode.output);
	target_args_free(&mode.targets);
	return status;
}
