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
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "format.h"
#include "job.h"
#include "kernel.h"
#include "output_args.h"
#include "stats_columns.h"
#include "progress.h"
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

const struct column sync_columns[] = {
	[SYNC_DEVICE] = COLUMN_OF_DEVICE,
	[SYNC_MOUNTPOINT] = COLUMN_OF_MOUNTPOINT,
	[SYNC_METHOD] = { "METHOD", "method", NULL, COLUMN_STRING,
			  "ovlsync, or syncfs where ovlsync is missing" },
	[SYNC_MODE] = { "MODE", "mode", NULL, COLUMN_STRING, "mode in which ovlsync did it" },
	[SYNC_REASON] = { "MODE-REASON", "mode_reason", NULL, COLUMN_STRING,
			  "why it is not containerized, or why syncfs(2) wrote nothing" },
	[SYNC_INODES] = { "INODES", "inodes", NULL, COLUMN_NUMBER,
			  "inodes written; null unless containerized" },
	[SYNC_BYTES] = { "WRITTEN", "bytes", NULL, COLUMN_BYTES,
			 "bytes submitted; null unless containerized" },
	[SYNC_DURATION] = { "DURATION", "duration_ns", NULL, COLUMN_NSEC, "how long it took" },
	[SYNC_ERROR] = { "ERROR", "error", NULL, COLUMN_STRING, "why it failed" },
	{ NULL },
};

#define TABLE_COLUMNS "DEVICE,MODE,INODES,WRITTEN,DURATION,MOUNTPOINT"

/**
 * struct sync - one run of the subcommand
 * @targets: --mount, --device, --all
 * @quiet: --quiet
 * @timeout_ns: --timeout; 0: none
 * @output: how to print
 * @device: OVLSYNC_DEVICE, open; negative: ovlsync is not loaded
 * @sysfs: OVLSYNC_SYSFS, open; negative likewise
 * @mounts: this mount namespace
 * @rows: what was done, for JSON and tables
 */
struct sync {
	struct target_args targets;
	bool quiet;
	uint64_t timeout_ns;
	struct output_args output;
	int device;
	int sysfs;
	struct libmnt_table *mounts;
	struct rows rows;
};

enum sync_key {
	KEY_TIMEOUT = 0x200,
};

static const struct argp_option sync_options[] = {
	{ NULL, 0, NULL, 0, "What to do:", 2 },
	{ "timeout", KEY_TIMEOUT, "SECONDS", 0,
	  "wait no longer than this for each mount; the kernel goes on, and the mount counts as "
	  "failed",
	  2 },
	{ "quiet", 'q', NULL, 0, "print nothing but errors and warnings: no progress, no result",
	  2 },
	{ 0 },
};

static error_t sync_parse(int key, char *arg, struct argp_state *state)
{
	struct sync *sync = state->input;

	switch (key) {
	case KEY_TIMEOUT:
		if (seconds_parse(arg, &sync->timeout_ns))
			argp_error(state, "'%s' is not a number of seconds above 0", arg);
		return 0;
	case 'q':
		sync->quiet = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &sync->targets;
		state->child_inputs[1] = &sync->output;
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
	return key == ARGP_KEY_HELP_POST_DOC ? columns_help(sync_columns) : (char *)text;
}

static const struct argp_child sync_children[] = {
	{ &targets_argp, 0, "Which mounts:", 1 },
	{ &output_argp, 0, "Output:", 3 },
	{ 0 },
};

const struct argp sync_argp = {
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
 * @exact: bytes and nanoseconds, not sizes and durations for people
 *
 * Return: a line without newline, to be freed.
 */
char *sync_describe(const struct sync_report *report, bool exact)
{
	bool has_reason = report->reason && *report->reason;
	const char *separator = has_reason ? ": " : "";
	const char *reason = has_reason ? report->reason : "";
	char duration[FORMAT_SIZE], size[FORMAT_SIZE];
	const char *mode;

	duration_format(report->duration_ns, duration);
	size_format(report->bytes, size);
	if (exact) {
		snprintf(duration, sizeof(duration), "%" PRIu64 " ns", report->duration_ns);
		snprintf(size, sizeof(size), "%" PRIu64 " bytes", report->bytes);
	}
	if (report->mode < 0)
		return has_reason ? xasprintf("nothing written (by syncfs(2): %s)", reason)
				  : xasprintf("synced in %s by syncfs(2)", duration);
	mode = kernel_mode_name((uint32_t)report->mode);
	switch (report->mode) {
	case OVLSYNC_MODE_CONTAINERIZED:
		return xasprintf("%" PRIu64 " inode%s, %s written in %s (%s)", report->inodes,
				 report->inodes == 1 ? "" : "s", size, duration, mode);
	case OVLSYNC_MODE_VOLATILE:
	case OVLSYNC_MODE_NOSYNC:
		return xasprintf("nothing written (mode %s%s%s)", mode, separator, reason);
	default:
		return xasprintf("synced in %s by flushing the whole upper filesystem "
				 "(mode %s%s%s)",
				 duration, mode, separator, reason);
	}
}

static bool wants_rows(const struct sync *sync)
{
	return sync->output.json || output_wants_table(&sync->output);
}

static void sync_add_row(struct sync *sync, const struct target *target,
			 const struct sync_report *report)
{
	struct value *row = rows_add(&sync->rows);

	value_set_number(&row[SYNC_DEVICE], target->dev);
	value_set_string(&row[SYNC_MOUNTPOINT], target->mount_point);
	value_set_number(&row[SYNC_DURATION], report->duration_ns);
	value_set_string(&row[SYNC_METHOD], report->mode < 0 ? "syncfs" : "ovlsync");
	if (report->mode < 0) {
		if (*report->reason)
			value_set_string(&row[SYNC_REASON], report->reason);
		return;
	}
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

	if (wants_rows(sync))
		sync_add_row(sync, target, report);
	if (wants_rows(sync) || sync->quiet)
		return;
	text = sync_describe(report, sync->output.style.exact);
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
	if (wants_rows(sync)) {
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
static void read_mode(int mount, char *mode, char *reason)
{
	if (mount < 0)
		return;
	sysfs_read_text(mount, "mode", mode);
	sysfs_read_text(mount, "mode_reason", reason);
}

/**
 * struct work - what the process that syncs is told, and leaves
 * @device: OVLSYNC_DEVICE, or negative
 * @fd: on the overlay
 * @ret: 0 or a negative errno
 * @by_syncfs: syncfs(2) did it, ovlsync being missing
 * @result: of the ioctl, or only @result.duration_ns
 */
struct work {
	int device;
	int fd;
	int ret;
	bool by_syncfs;
	struct ovlsync_sync result;
};

static void work_run(void *data, void *result)
{
	struct work *work = result;
	uint64_t begin;

	(void)data;
	work->ret = work->device < 0 ? -ENODEV : kernel_sync(work->device, work->fd, &work->result);
	if (work->ret != -ENODEV)
		return;
	begin = now_ns();
	work->by_syncfs = true;
	work->ret = syncfs(work->fd) ? -errno : 0;
	work->result.duration_ns = now_ns() - begin;
}

/* Leaves, as the signal would have it. */
static void leave(const struct target *target, int signal_number)
{
	warnx("%s: interrupted; the kernel goes on with the sync", target->name);
	fflush(stdout);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static int work_wait(const struct sync *sync, const struct target *target, int mount,
		     struct work *work)
{
	bool show = !sync->quiet && progress_wanted();
	struct progress progress;
	struct job job = {
		.run = work_run,
		.result = work,
		.size = sizeof(*work),
		.timeout_ns = sync->timeout_ns,
		.tick = show ? progress_tick : NULL,
		.tick_data = &progress,
	};
	int signal_number = 0, ret;

	progress_begin(&progress, target->name, mount);
	ret = job_run(&job, &signal_number);
	progress_end(&progress);
	if (ret == -EINTR)
		leave(target, signal_number);
	return ret;
}

/* There syncfs(2) returns at once, and has written nothing. */
static bool is_volatile(const struct target *target)
{
	char *plain = mount_option(target->options, "volatile");
	char *fsync = mount_option(target->options, "fsync");
	bool found = plain || (fsync && !strcmp(fsync, "volatile"));

	free(plain);
	free(fsync);
	return found;
}

static enum ovlctl_status sync_target(const struct target *target, void *data)
{
	char mode[SYSFS_TEXT_SIZE] = "", reason[SYSFS_TEXT_SIZE] = "";
	struct sync *sync = data;
	struct work work = { .device = sync->device };
	struct sync_report report;
	int mount, ret;

	work.fd = target_reach(&sync->targets, sync->sysfs, target, sync->mounts);
	if (work.fd == -ESTALE)
		return STATUS_DONE;
	if (work.fd < 0)
		return sync_fail(sync, target, work.fd, target_open_strerror(work.fd));
	mount = sync->sysfs < 0 ? -1 : sysfs_open_mount(sync->sysfs, target->dev);
	read_mode(mount, mode, reason);
	ret = work_wait(sync, target, mount, &work);
	close(work.fd);
	if (mount >= 0)
		close(mount);
	if (ret == -ETIMEDOUT)
		return sync_fail(sync, target, ret, "not done in time; the kernel goes on with it");
	if (sync->device >= 0 && work.by_syncfs)
		warnx("%s: %s: fell back to syncfs(2)", target->name, kernel_strerror(-ENODEV));
	if (ret || work.ret)
		return sync_fail(sync, target, ret ?: work.ret, kernel_strerror(ret ?: work.ret));
	/* The mode changed in between: the reason is that of another one. */
	if (work.by_syncfs || strcmp(mode, kernel_mode_name(work.result.mode)))
		*reason = '\0';
	report = (struct sync_report){
		.mode = work.by_syncfs ? -1 : (int)work.result.mode,
		.reason = work.by_syncfs && is_volatile(target) ? "the mount is volatile" : reason,
		.inodes = work.result.inodes,
		.bytes = work.result.bytes,
		.duration_ns = work.result.duration_ns,
	};
	sync_print(sync, target, &report);
	return STATUS_DONE;
}

/* Every overlay: those that ovlsync is attached to, and those that only syncfs(2) can sync. */
static enum ovlctl_status sync_all_devices(const struct sync *sync, dev_t **devices, size_t *n)
{
	enum ovlctl_status status = STATUS_DONE;

	if (sync->sysfs >= 0)
		status = sysfs_all_devices(sync->sysfs, devices, n);
	if (!status)
		mounts_add_overlays(sync->mounts, devices, n);
	return status;
}

static enum ovlctl_status sync_targets(struct sync *sync)
{
	enum ovlctl_status status = STATUS_DONE;
	dev_t *devices = NULL;
	size_t n_devices = 0;

	if (sync->targets.all)
		status = sync_all_devices(sync, &devices, &n_devices);
	if (status)
		return status;
	status = targets_run(&sync->targets, sync->mounts, devices, n_devices, sync_target, sync);
	free(devices);
	if (!wants_rows(sync) || sync->quiet)
		return status;
	if (output_print(&sync->output, &sync->rows)) {
		warnx("cannot print the result");
		status = STATUS_FAILED;
	}
	return status;
}

static enum ovlctl_status sync_run(struct sync *sync)
{
	enum ovlctl_status status;

	sync->device = kernel_open();
	if (kernel_is_missing(sync->device))
		warnx("%s%s: %s: falling back to syncfs(2)",
		      kernel_is_loaded() ? "" : "ovlsync is not loaded: ", OVLSYNC_DEVICE,
		      strerror(-sync->device));
	else if (sync->device < 0)
		return kernel_open_failed(OVLSYNC_DEVICE, sync->device);
	sync->sysfs = sysfs_open(OVLSYNC_SYSFS);
	status = targets_load(&sync->targets, &sync->mounts);
	if (!status) {
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
	output_args_init(&sync.output, sync_columns, TABLE_COLUMNS);
	argp_parse(&sync_argp, argc, argv, 0, NULL, &sync);
	status = sync_run(&sync);
	rows_free(&sync.rows);
	output_args_free(&sync.output);
	target_args_free(&sync.targets);
	return status;
}
