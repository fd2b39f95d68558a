// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl sync: syncfs(2) of overlays, and what it took.
 *
 * Durability doesn't depend on the module: where it is missing, syncfs(2) does the same, slower.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "format.h"
#include "kernel.h"
#include "output.h"
#include "sync.h"
#include "sysfs.h"
#include "targets.h"
#include "xalloc.h"

enum {
	SYNC_DEVICE,
	SYNC_MOUNTPOINT,
	SYNC_METHOD,
	SYNC_MODE,
	SYNC_REASON,
	SYNC_INODES,
	SYNC_BYTES,
	SYNC_DURATION,
	SYNC_ERROR,
};

static const struct column sync_columns[] = {
	[SYNC_DEVICE] = { "DEVICE", "device", NULL, COLUMN_DEVICE, "device number of the overlay" },
	[SYNC_MOUNTPOINT] = { "MOUNTPOINT", "mount_point", NULL, COLUMN_STRING,
			      "where it is mounted in this mount namespace" },
	[SYNC_METHOD] = { "METHOD", "method", NULL, COLUMN_STRING,
			  "ovlsync, or syncfs where ovlsync is missing" },
	[SYNC_MODE] = { "MODE", "mode", NULL, COLUMN_STRING, "mode in which ovlsync did it" },
	[SYNC_REASON] = { "MODE-REASON", "mode_reason", NULL, COLUMN_STRING,
			  "why it is not containerized" },
	[SYNC_INODES] = { "INODES", "inodes", NULL, COLUMN_NUMBER,
			  "inodes written; null unless containerized" },
	[SYNC_BYTES] = { "WRITTEN", "bytes", NULL, COLUMN_BYTES,
			 "bytes submitted; null unless containerized" },
	[SYNC_DURATION] = { "DURATION", "duration_ns", NULL, COLUMN_NSEC, "how long it took" },
	[SYNC_ERROR] = { "ERROR", "error", NULL, COLUMN_STRING, "why it failed" },
	{ NULL },
};

/**
 * struct sync - one run of the subcommand
 * @targets: --mount, --device, --all
 * @quiet: --quiet
 * @json: --json
 * @device: OVLSYNC_DEVICE, open; negative: ovlsync is not loaded
 * @sysfs: OVLSYNC_SYSFS, open; negative likewise
 * @mounts: this mount namespace
 * @rows: what was done, for JSON
 */
struct sync {
	struct target_args targets;
	bool quiet;
	bool json;
	int device;
	int sysfs;
	struct libmnt_table *mounts;
	struct rows rows;
};

static const struct argp_option sync_options[] = {
	{ NULL, 0, NULL, 0, "Output:", 2 },
	{ "json", 'J', NULL, 0, "JSON, with raw numbers", 2 },
	{ "quiet", 'q', NULL, 0, "print nothing but errors and warnings", 2 },
	{ 0 },
};

static error_t sync_parse(int key, char *arg, struct argp_state *state)
{
	struct sync *sync = state->input;

	(void)arg;
	switch (key) {
	case 'J':
		sync->json = true;
		return 0;
	case 'q':
		sync->quiet = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &sync->targets;
		return 0;
	case ARGP_KEY_END:
		if (!sync->targets.all && !sync->targets.n)
			argp_error(state, "one of --mount, --device and --all is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *sync_help_filter(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_POST_DOC ? columns_help_json(sync_columns) : (char *)text;
}

static const struct argp_child sync_children[] = {
	{ &targets_argp, 0, "Which mounts:", 1 },
	{ 0 },
};

static const struct argp sync_argp = {
	.options = sync_options,
	.parser = sync_parse,
	.doc = "Write back what was written through an overlay, as syncfs(2) does, and say what it "
	       "took.\v",
	.children = sync_children,
	.help_filter = sync_help_filter,
};

/**
 * sync_describe - say what one sync did
 * @report: the figures
 *
 * Return: a line without newline, to be freed.
 */
char *sync_describe(const struct sync_report *report)
{
	bool has_reason = report->reason && *report->reason;
	const char *separator = has_reason ? ": " : "";
	const char *reason = has_reason ? report->reason : "";
	char duration[FORMAT_SIZE], size[FORMAT_SIZE];
	const char *mode;

	duration_format(report->duration_ns, duration);
	if (report->mode < 0)
		return xasprintf("synced in %s by syncfs(2), without ovlsync", duration);
	mode = kernel_mode_name((uint32_t)report->mode);
	switch (report->mode) {
	case OVLSYNC_MODE_CONTAINERIZED:
		return xasprintf("%" PRIu64 " inode%s, %s written in %s (%s)", report->inodes,
				 report->inodes == 1 ? "" : "s", size_format(report->bytes, size),
				 duration, mode);
	case OVLSYNC_MODE_VOLATILE:
	case OVLSYNC_MODE_NOSYNC:
		return xasprintf("nothing written (mode %s%s%s)", mode, separator, reason);
	default:
		return xasprintf("synced in %s by flushing the whole upper filesystem "
				 "(mode %s%s%s)",
				 duration, mode, separator, reason);
	}
}

static void sync_add_row(struct sync *sync, const struct target *target,
			 const struct sync_report *report)
{
	struct value *row = rows_add(&sync->rows);

	value_set_number(&row[SYNC_DEVICE], target->dev);
	value_set_string(&row[SYNC_MOUNTPOINT], target->mount_point);
	value_set_number(&row[SYNC_DURATION], report->duration_ns);
	value_set_string(&row[SYNC_METHOD], report->mode < 0 ? "syncfs" : "ovlsync");
	if (report->mode < 0)
		return;
	value_set_string(&row[SYNC_MODE], kernel_mode_name((uint32_t)report->mode));
	if (report->mode == OVLSYNC_MODE_CONTAINERIZED) {
		value_set_number(&row[SYNC_INODES], report->inodes);
		value_set_number(&row[SYNC_BYTES], report->bytes);
	} else if (*report->reason) {
		value_set_string(&row[SYNC_REASON], report->reason);
	}
}

static void sync_print(struct sync *sync, const struct target *target,
		       const struct sync_report *report)
{
	char *text;

	if (sync->json)
		sync_add_row(sync, target, report);
	if (sync->json || sync->quiet)
		return;
	text = sync_describe(report);
	printf("%s: %s\n", target->name, text);
	free(text);
	/* The next one may take a while. */
	fflush(stdout);
}

/* On stderr, and in JSON beside the mounts that are done. */
static enum ovlctl_status sync_fail(struct sync *sync, const struct target *target, int error,
				    const char *why)
{
	warnx("%s: cannot sync: %s", target->name, why);
	if (sync->json) {
		struct value *row = rows_add(&sync->rows);

		value_set_number(&row[SYNC_DEVICE], target->dev);
		value_set_string(&row[SYNC_MOUNTPOINT], target->mount_point);
		value_set_string(&row[SYNC_ERROR], why);
	}
	return status_of_error(error);
}

/*
 * Why is it in the mode that it is in?  To be read before a sync, because the first one may end the
 * mode "learning" and its reason with it.
 */
static void read_mode(const struct sync *sync, dev_t dev, char *mode, char *reason)
{
	int mount = sync->sysfs < 0 ? sync->sysfs : sysfs_open_mount(sync->sysfs, dev);

	*mode = '\0';
	*reason = '\0';
	if (mount < 0)
		return;
	sysfs_read_text(mount, "mode", mode);
	sysfs_read_text(mount, "mode_reason", reason);
	close(mount);
}

static int sync_by_ovlsync(struct sync *sync, dev_t dev, int fd, struct sync_report *report,
			   char *reason)
{
	char mode[SYSFS_TEXT_SIZE];
	struct ovlsync_sync result;
	int ret;

	read_mode(sync, dev, mode, reason);
	ret = kernel_sync(sync->device, fd, &result);
	if (ret)
		return ret;
	/* The mode changed in between: the reason is that of another one. */
	if (strcmp(mode, kernel_mode_name(result.mode)))
		*reason = '\0';
	*report = (struct sync_report){
		.mode = (int)result.mode,
		.reason = reason,
		.inodes = result.inodes,
		.bytes = result.bytes,
		.duration_ns = result.duration_ns,
	};
	return 0;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int sync_by_syncfs(int fd, struct sync_report *report)
{
	uint64_t begin = now_ns();

	if (syncfs(fd))
		return -errno;
	*report = (struct sync_report){ .mode = -1, .duration_ns = now_ns() - begin };
	return 0;
}

static enum ovlctl_status sync_target(const struct target *target, void *data)
{
	char reason[SYSFS_TEXT_SIZE];
	struct sync_report report = { 0 };
	struct sync *sync = data;
	int ret = -ENODEV;
	int fd;

	fd = target_open(target, sync->mounts);
	if (fd < 0)
		return sync_fail(sync, target, fd, target_open_strerror(fd));
	if (sync->device >= 0) {
		ret = sync_by_ovlsync(sync, target->dev, fd, &report, reason);
		if (ret == -ENODEV)
			warnx("%s: %s: falling back to syncfs(2)", target->name,
			      kernel_strerror(ret));
	}
	if (ret == -ENODEV)
		ret = sync_by_syncfs(fd, &report);
	close(fd);
	if (ret)
		return sync_fail(sync, target, ret, kernel_strerror(ret));
	sync_print(sync, target, &report);
	return STATUS_DONE;
}

/* Every overlay: those that ovlsync is attached to, and those that only syncfs(2) can sync. */
static enum ovlctl_status sync_all_devices(const struct sync *sync, dev_t **devices, size_t *n)
{
	int ret = sync->sysfs < 0 ? 0 : sysfs_devices(sync->sysfs, devices, n);

	if (ret) {
		warnx("%s: %s", OVLSYNC_SYSFS, strerror(-ret));
		return STATUS_FAILED;
	}
	mounts_add_overlays(sync->mounts, devices, n);
	return STATUS_DONE;
}

static enum ovlctl_status sync_targets(struct sync *sync)
{
	enum ovlctl_status status = STATUS_DONE;
	struct column_list list = { 0 };
	dev_t *devices = NULL;
	size_t n_devices = 0;

	if (sync->targets.all)
		status = sync_all_devices(sync, &devices, &n_devices);
	if (status)
		return status;
	status = targets_run(&sync->targets, sync->mounts, devices, n_devices, sync_target, sync);
	free(devices);
	if (!sync->json || sync->quiet)
		return status;
	columns_all(sync_columns, &list);
	if (json_print(&sync->rows, &list, stdout)) {
		warnx("cannot print the result");
		status = STATUS_FAILED;
	}
	columns_clear(&list);
	return status;
}

static enum ovlctl_status sync_run(struct sync *sync)
{
	enum ovlctl_status status = STATUS_FAILED;
	int ret;

	sync->device = kernel_open();
	if (kernel_is_missing(sync->device))
		warnx("ovlsync is not loaded: %s: %s: falling back to syncfs(2)", OVLSYNC_DEVICE,
		      strerror(-sync->device));
	else if (sync->device < 0)
		return kernel_open_failed(OVLSYNC_DEVICE, sync->device);
	sync->sysfs = sysfs_open(OVLSYNC_SYSFS);
	ret = mounts_load(MOUNTS_FILE, &sync->mounts);
	if (ret) {
		warnx("%s: %s", MOUNTS_FILE, strerror(-ret));
	} else {
		status = sync_targets(sync);
		mounts_free(sync->mounts);
	}
	if (sync->sysfs >= 0)
		close(sync->sysfs);
	if (sync->device >= 0)
		close(sync->device);
	return status;
}

int cmd_sync(int argc, char **argv)
{
	struct sync sync = { 0 };
	int status;

	rows_init(&sync.rows, sync_columns);
	argp_parse(&sync_argp, argc, argv, 0, NULL, &sync);
	status = sync_run(&sync);
	rows_free(&sync.rows);
	target_args_free(&sync.targets);
	return status;
}
