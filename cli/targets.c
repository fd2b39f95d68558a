// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "format.h"
#include "sysfs.h"
#include "targets.h"
#include "xalloc.h"

enum target_key {
	KEY_MOUNT = 0x100,
	KEY_DEVICE,
	KEY_ALL,
	KEY_PID,
};

static const struct argp_option targets_options[] = {
	{ "mount", KEY_MOUNT, "PATH", 0, "the overlay that PATH is on, any file or directory in it; may be given several times",
	  0 },
	{ "device", KEY_DEVICE, "MAJ:MIN", 0,
	  "the overlay with this device number, as in /proc/self/mountinfo; likewise", 0 },
	{ "pid", KEY_PID, "PID", 0,
	  "take PATH, and the mount points, as the process PID sees them: for mounts of another "
	  "mount namespace",
	  0 },
	{ "all", KEY_ALL, NULL, 0, "every overlay", 0 },
	{ 0 },
};

static void request_add(struct target_args *args, const char *path, dev_t dev)
{
	args->requests = xreallocarray(args->requests, args->n + 1, sizeof(*args->requests));
	args->requests[args->n++] = (struct target_request){ .path = path, .dev = dev };
}

static pid_t pid_parse(const char *text)
{
	char *end;
	long pid;

	if (*text < '0' || *text > '9')
		return 0;
	errno = 0;
	pid = strtol(text, &end, 10);
	return errno || *end || pid > INT_MAX ? 0 : (pid_t)pid;
}

static error_t targets_parse(int key, char *arg, struct argp_state *state)
{
	struct target_args *args = state->input;
	dev_t dev;

	switch (key) {
	case KEY_MOUNT:
		request_add(args, arg, 0);
		return 0;
	case KEY_DEVICE:
		if (device_parse(arg, &dev))
			argp_error(state, "'%s' is not a device number MAJ:MIN", arg);
		request_add(args, NULL, dev);
		return 0;
	case KEY_ALL:
		args->all = true;
		return 0;
	case KEY_PID:
		args->pid = pid_parse(arg);
		if (!args->pid)
			argp_error(state, "'%s' is not the number of a process", arg);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'; mounts are named with --mount", arg);
		return 0;
	case ARGP_KEY_END:
		if (args->all && args->n)
			argp_error(state, "--all excludes --mount and --device");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Child parser of every subcommand that is for mounts; its input is a struct target_args. */
const struct argp targets_argp = { .options = targets_options, .parser = targets_parse };

/**
 * target_args_free - free what targets_argp has collected
 * @args: its input
 */
void target_args_free(struct target_args *args)
{
	if (args->pid && args->root > 0)
		close(args->root);
	free(args->requests);
	*args = (struct target_args){ 0 };
}

/**
 * targets_root - where the paths of mount points begin
 * @args: after targets_load()
 *
 * Return: for root_open().
 */
int targets_root(const struct target_args *args)
{
	return args->pid ? args->root : AT_FDCWD;
}

static char *mounts_file(const struct target_args *args)
{
	return args->pid ? xasprintf("/proc/%d/mountinfo", args->pid) : xstrdup(MOUNTS_FILE);
}

static int load_mounts(const struct target_args *args, struct libmnt_table **mounts, char **file)
{
	*file = mounts_file(args);
	return mounts_load(*file, mounts);
}

/**
 * targets_open_mounts - open what targets_load() reads, to poll(2) it for changes
 * @args: what the command line says
 *
 * Return: a descriptor, or -1.
 */
int targets_open_mounts(const struct target_args *args)
{
	char *file = mounts_file(args);
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	free(file);
	return fd;
}

/**
 * targets_load - read the mounts that the command line is about
 * @args: what it says
 * @mounts: the table, to be freed with mounts_free()
 *
 * Return: STATUS_DONE, or another status after saying on stderr what is wrong.
 */
enum ovlctl_status targets_load(struct target_args *args, struct libmnt_table **mounts)
{
	char *file;
	int ret = load_mounts(args, mounts, &file);

	if (ret)
		warnx("%s: %s", file, strerror(-ret));
	free(file);
	if (ret || !args->pid)
		return ret ? status_of_error(ret) : STATUS_DONE;
	/* It may be read again and again. */
	if (args->root)
		close(args->root);
	file = xasprintf("/proc/%d/root", args->pid);
	args->root = open(file, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (args->root < 0) {
		ret = -errno;
		warnx("%s: %s", file, strerror(errno));
		mounts_free(*mounts);
		args->root = 0;
	}
	free(file);
	return ret ? status_of_error(ret) : STATUS_DONE;
}

/**
 * status_of_error - is what was asked for missing, or did it fail?
 * @error: negative errno of target_reach() or of an ioctl
 *
 * Return: STATUS_MISSING or STATUS_FAILED.
 */
enum ovlctl_status status_of_error(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENOTDIR:
	case -EBUSY:
	case -ENODEV:
	case -EOPNOTSUPP:
	case -ESRCH:
		return STATUS_MISSING;
	default:
		return STATUS_FAILED;
	}
}

/* @point is NULL if it is not visible. */
static void target_set(struct target *target, dev_t dev, int path_fd,
		       const struct mount_point *point)
{
	const char *mount_point = point ? point->path : NULL;
	char buf[FORMAT_SIZE];

	*target = (struct target){
		.dev = dev,
		.path_fd = path_fd,
		.root = AT_FDCWD,
		.upper_dir = point ? mount_option(point->options, "upperdir") : NULL,
		.options = point ? point->options : NULL,
		.mount_point = mount_point ? xstrdup(mount_point) : NULL,
		.name = printable(mount_point ? mount_point : device_format(dev, buf)),
	};
}

static void target_free(struct target *target)
{
	if (target->path_fd >= 0)
		close(target->path_fd);
	free(target->mount_point);
	free(target->upper_dir);
	free(target->name);
}

static enum ovlctl_status target_of_path(int root, const char *path, struct libmnt_table *mounts,
					 struct target *target)
{
	enum ovlctl_status status = STATUS_DONE;
	char *name = printable(path);
	struct mount_point point;
	int fd, ret;

	fd = root_open(root, path, O_PATH);
	ret = fd < 0 ? fd : mounts_of_fd(mounts, fd, &point);
	if (fd < 0) {
		warnx("%s: %s", name, strerror(-ret));
		status = status_of_error(ret);
	} else if (ret) {
		warnx("%s: cannot tell which mount it is on: %s", name,
		      ret == -ENOENT ? "not in mountinfo" : strerror(-ret));
		status = status_of_error(ret);
	} else if (!mount_point_is_overlay(&point)) {
		warnx("%s: on %s, not on an overlay", name, point.fstype);
		status = STATUS_MISSING;
	}
	free(name);
	if (status) {
		if (fd >= 0)
			close(fd);
		return status;
	}
	target_set(target, point.dev, fd, &point);
	return STATUS_DONE;
}

static enum ovlctl_status target_of_device(dev_t dev, struct libmnt_table *mounts,
					   struct target *target)
{
	struct mount_point point;

	if (mounts_of_device(mounts, dev, &point)) {
		target_set(target, dev, -1, NULL);
		return STATUS_DONE;
	}
	if (!mount_point_is_overlay(&point)) {
		char buf[FORMAT_SIZE];

		warnx("%s: %s, not an overlay", device_format(dev, buf), point.fstype);
		return STATUS_MISSING;
	}
	target_set(target, dev, -1, &point);
	return STATUS_DONE;
}

/* How many targets are done, how many failed, and what the latter would exit with. */
struct tally {
	size_t done;
	size_t failed;
	enum ovlctl_status status;
};

static void tally_add(struct tally *tally, enum ovlctl_status status)
{
	if (status == STATUS_DONE) {
		tally->done++;
		return;
	}
	if (!tally->failed++)
		tally->status = status;
	else if (tally->status != status)
		tally->status = STATUS_FAILED;
}

/* One overlay may have been named by several paths, and by its number, too. */
static bool is_done(const dev_t *done, size_t n, dev_t dev)
{
	size_t i;

	for (i = 0; i < n && done[i] != dev; i++)
		;
	return i < n;
}

static enum ovlctl_status tally_status(const struct tally *tally)
{
	if (!tally->failed)
		return STATUS_DONE;
	return tally->done ? STATUS_PARTIAL : tally->status;
}

/**
 * targets_run - do something with each target
 * @args: what the command line asked for
 * @mounts: this mount namespace
 * @all: devices that --all stands for
 * @n_all: how many
 * @fn: what to do
 * @data: passed to @fn
 *
 * A target that can't be found is reported on stderr; the others are done nevertheless. One that was
 * named twice is done once.
 *
 * Return: the exit status.
 */
enum ovlctl_status targets_run(const struct target_args *args, struct libmnt_table *mounts,
			       const dev_t *all, size_t n_all, target_fn fn, void *data)
{
	size_t n = args->all ? n_all : args->n, n_done = 0, i;
	dev_t *done = args->all ? NULL : xreallocarray(NULL, n + 1, sizeof(*done));
	struct tally tally = { 0 };

	for (i = 0; i < n; i++) {
		const struct target_request *request = args->all ? NULL : &args->requests[i];
		enum ovlctl_status status;
		struct target target;

		if (request && request->path)
			status = target_of_path(targets_root(args), request->path, mounts, &target);
		else
			status = target_of_device(request ? request->dev : all[i], mounts, &target);
		if (status == STATUS_DONE) {
			bool again = is_done(done, n_done, target.dev);

			target.root = targets_root(args);
			if (!again)
				status = fn(&target, data);
			if (!args->all)
				done[n_done++] = target.dev;
			target_free(&target);
			if (again)
				continue;
		}
		tally_add(&tally, status);
	}
	free(done);
	return tally_status(&tally);
}

/* Opening a device node or a FIFO would do more than was asked for. */
static bool is_harmless_to_open(int path_fd)
{
	struct stat st;

	return !fstat(path_fd, &st) && (S_ISDIR(st.st_mode) || S_ISREG(st.st_mode));
}

static int target_open(const struct target *target, struct libmnt_table *mounts)
{
	char path[FORMAT_SIZE];
	int fd;

	if (target->path_fd < 0 || !is_harmless_to_open(target->path_fd))
		return mounts_open_device(mounts, target->root, target->dev);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", target->path_fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return fd;
}

/* Its number may be that of another mount by now, which was not there when the table was read. */
static int target_open_now(const struct target_args *args, const struct target *target)
{
	struct libmnt_table *mounts;
	char *file;
	int fd;

	fd = load_mounts(args, &mounts, &file);
	free(file);
	if (fd)
		return fd;
	fd = mounts_open_device(mounts, target->root, target->dev);
	mounts_free(mounts);
	return fd;
}

/* An unmount takes a mount out of the namespace first, and out of sysfs only when it is through. */
#define GONE_STEP_MS 20
#define GONE_WAIT_MS 1000

/**
 * target_reach - open something on a target, for ioctls and syncfs(2)
 * @args: what the command line asked for
 * @sysfs: OVLSYNC_SYSFS, open; negative: the module is not loaded
 * @target: the target
 * @mounts: of targets_load()
 *
 * A mount that --all found and that was unmounted since needs nothing any more: containers come and
 * go. One that was asked for by name is missed, and one that can't be reached, as under another mount
 * or in another mount namespace, was not done. To know it from one that is being unmounted this waits
 * for up to a second, once for all targets.
 *
 * Return: a descriptor to be closed, or a negative errno for target_open_strerror(); -ESTALE: it was
 * unmounted, and there is no harm in that.
 */
int target_reach(const struct target_args *args, int sysfs, const struct target *target,
		 struct libmnt_table *mounts)
{
	const struct timespec step = { .tv_nsec = GONE_STEP_MS * 1000000L };
	int fd = target_open(target, mounts), mount;
	static int waited_ms;

	if (fd >= 0 || !args->all)
		return fd;
	mount = sysfs < 0 ? -ENOENT : sysfs_open_mount(sysfs, target->dev);
	for (;;) {
		fd = target_open_now(args, target);
		/* The latter may be a mount that went after the table was read. */
		if (fd != -ENOENT && fd != -EBUSY)
			break;
		if (fd == -ENOENT && (mount == -ENOENT || (mount >= 0 && sysfs_is_gone(mount)))) {
			fd = -ESTALE;
			break;
		}
		if (waited_ms >= GONE_WAIT_MS)
			break;
		nanosleep(&step, NULL);
		waited_ms += GONE_STEP_MS;
	}
	if (mount >= 0)
		close(mount);
	return fd;
}

/**
 * target_open_strerror - say what an error of target_reach() means
 * @error: negative errno
 */
const char *target_open_strerror(int error)
{
	switch (error) {
	case -ENOENT:
		return "not mounted in this mount namespace";
	case -EBUSY:
		return "hidden by another mount on top of it";
	case -EACCES:
		return "permission denied: root is needed";
	default:
		return strerror(-error);
	}
}
