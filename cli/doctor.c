// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl doctor: why is my mount not containerized, and what is to be done about it?
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/ovlsync.h>

#include "doctor.h"
#include "format.h"
#include "output_args.h"
#include "sysfs.h"
#include "xalloc.h"

static const char *level_color(const struct value *value)
{
	if (value->kind != VALUE_STRING)
		return NULL;
	if (!strcmp(value->string, doctor_level_name(DOCTOR_PROBLEM)))
		return "red";
	return strcmp(value->string, doctor_level_name(DOCTOR_OK)) ? "yellow" : "green";
}

const struct column doctor_columns[] = {
	[DOCTOR_LEVEL] = { "LEVEL", "level", NULL, COLUMN_STRING,
			   "ok; note: worth knowing; problem: something is to be done", NULL,
			   level_color },
	[DOCTOR_SUBJECT] = { "SUBJECT", "subject", NULL, COLUMN_STRING,
			     "host, or the mount point or device of an overlay" },
	[DOCTOR_FINDING] = { "FINDING", "finding", NULL, COLUMN_STRING, "what was found" },
	[DOCTOR_ADVICE] = { "ADVICE", "advice", NULL, COLUMN_STRING, "what to do about it" },
	[DOCTOR_DEVICE] = { "DEVICE", "device", NULL, COLUMN_DEVICE,
			    "device number of the overlay; none for the host" },
	{ NULL },
};

#define DEFAULT_COLUMNS "LEVEL,SUBJECT,FINDING,ADVICE"

/**
 * struct doctor - one run of the subcommand
 * @targets: --mount, --device, --all
 * @output: how to print
 * @quiet: --quiet
 * @host: the host
 * @sysfs: OVLSYNC_SYSFS, open, or negative
 * @rows: what was found
 */
struct doctor {
	struct target_args targets;
	struct output_args output;
	bool quiet;
	struct doctor_host host;
	int sysfs;
	struct rows rows;
};

static const struct argp_option doctor_options[] = {
	{ NULL, 0, NULL, 0, "What to print:", 2 },
	{ "quiet", 'q', NULL, 0, "print problems only", 2 },
	{ 0 },
};

static error_t doctor_parse(int key, char *arg, struct argp_state *state)
{
	struct doctor *doctor = state->input;

	(void)arg;
	switch (key) {
	case 'q':
		doctor->quiet = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &doctor->targets;
		state->child_inputs[1] = &doctor->output;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child doctor_children[] = {
	{ &targets_argp, 0, "Which mounts (without any of these, all):", 1 },
	{ &output_argp, 0, "Output:", 3 },
	{ 0 },
};

const struct argp doctor_argp = {
	.options = doctor_options,
	.parser = doctor_parse,
	.doc = "Look at this host and at overlays, and say why one is not containerized and what "
	       "to do about it.\vExit status: 0 no problem; 1 problems; 2 no such mount or no "
	       "module; 3 some of several mounts were not found.",
	.children = doctor_children,
};

/**
 * doctor_level_name - a level's name
 * @level: the level
 */
const char *doctor_level_name(enum doctor_level level)
{
	static const char *const names[] = {
		[DOCTOR_OK] = "ok",
		[DOCTOR_NOTE] = "note",
		[DOCTOR_PROBLEM] = "problem",
	};

	return names[level];
}

/**
 * doctor_add - add a finding
 * @rows: rows of doctor_columns
 * @level: how bad it is
 * @subject: what it is about
 * @dev: the overlay's device, or 0
 * @finding: what was found; is freed
 * @advice: what to do about it, or NULL; is freed
 */
void doctor_add(struct rows *rows, enum doctor_level level, const char *subject, dev_t dev,
		char *finding, char *advice)
{
	struct value *row = rows_add(rows);

	value_set_string(&row[DOCTOR_LEVEL], doctor_level_name(level));
	value_set_string(&row[DOCTOR_SUBJECT], subject);
	value_set_string(&row[DOCTOR_FINDING], finding);
	value_set_string(&row[DOCTOR_ADVICE], advice);
	if (dev)
		value_set_number(&row[DOCTOR_DEVICE], dev);
	free(finding);
	free(advice);
}

static enum ovlctl_status doctor_target(const struct target *target, void *data)
{
	struct doctor *doctor = data;
	int mount = doctor->sysfs < 0 ? -ENOENT : sysfs_open_mount(doctor->sysfs, target->dev);

	if (mount < 0 && !target->mount_point && !doctor->targets.all) {
		warnx("%s: there is no overlay with this device number", target->name);
		return STATUS_MISSING;
	}
	/* Without the module the same would be said of every overlay. */
	if (doctor->host.loaded || !doctor->targets.all)
		doctor_look_at_mount(&doctor->rows, target, mount);
	if (mount >= 0)
		close(mount);
	return STATUS_DONE;
}

static bool row_is_problem(const struct value *row)
{
	return !strcmp(row[DOCTOR_LEVEL].string, doctor_level_name(DOCTOR_PROBLEM));
}

/* For people a paragraph reads better than a row. */
static void print_findings(const struct doctor *doctor)
{
	bool colors = output_colors(&doctor->output);
	size_t i;

	for (i = 0; i < doctor->rows.n; i++) {
		const struct value *row = rows_get(&doctor->rows, i);
		const char *level = row[DOCTOR_LEVEL].string;
		const char *color = row_is_problem(row)	  ? "\033[31m"
				    : strcmp(level, "ok") ? "\033[33m"
							  : "\033[32m";
		char *subject;

		subject = printable(row[DOCTOR_SUBJECT].string);
		printf("%s%-7s%s  %s: %s\n", colors ? color : "", level, colors ? "\033[0m" : "",
		       subject, row[DOCTOR_FINDING].string);
		free(subject);
		if (row[DOCTOR_ADVICE].kind == VALUE_STRING)
			printf("         -> %s\n", row[DOCTOR_ADVICE].string);
	}
}

static enum ovlctl_status doctor_print(struct doctor *doctor)
{
	size_t i;

	for (i = doctor->rows.n; doctor->quiet && i-- > 0;)
		if (!row_is_problem(rows_get(&doctor->rows, i)))
			rows_drop(&doctor->rows, i);
	if (!doctor->output.json && !output_wants_table(&doctor->output)) {
		print_findings(doctor);
	} else if (output_print(&doctor->output, &doctor->rows)) {
		warnx("cannot print the result");
		return STATUS_FAILED;
	}
	if (!doctor->host.loaded)
		return STATUS_MISSING;
	for (i = 0; i < doctor->rows.n; i++)
		if (row_is_problem(rows_get(&doctor->rows, i)))
			return STATUS_FAILED;
	return STATUS_DONE;
}

static enum ovlctl_status doctor_run(struct doctor *doctor)
{
	enum ovlctl_status status, printed;
	struct libmnt_table *mounts;
	dev_t *devices = NULL;
	size_t n_devices = 0;
	struct utsname uts;

	uname(&uts);
	doctor->host = (struct doctor_host){ .root = AT_FDCWD, .release = uts.release };
	doctor_look_at_host(&doctor->rows, &doctor->host);
	status = targets_load(&doctor->targets, &mounts);
	if (status)
		return status;
	doctor->sysfs = sysfs_open(OVLSYNC_SYSFS);
	/* Attached or not: those that are not are what one wants to know of. */
	if (doctor->sysfs >= 0)
		status = sysfs_all_devices(doctor->sysfs, &devices, &n_devices);
	mounts_add_overlays(mounts, &devices, &n_devices);
	if (!status)
		status = targets_run(&doctor->targets, mounts, devices, n_devices, doctor_target,
				     doctor);
	printed = doctor_print(doctor);
	free(devices);
	if (doctor->sysfs >= 0)
		close(doctor->sysfs);
	mounts_free(mounts);
	return status ? status : printed;
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor doctor = { 0 };
	int status;

	rows_init(&doctor.rows, doctor_columns);
	doctor.rows.name = "findings";
	output_args_init(&doctor.output, doctor_columns, DEFAULT_COLUMNS);
	argp_parse(&doctor_argp, argc, argv, 0, NULL, &doctor);
	if (!doctor.targets.n)
		doctor.targets.all = true;
	status = doctor_run(&doctor);
	rows_free(&doctor.rows);
	output_args_free(&doctor.output);
	target_args_free(&doctor.targets);
	return status;
}
