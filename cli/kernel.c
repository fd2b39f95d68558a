// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/ovlsync.  Each call returns 0 or a negative errno; uapi/linux/ovlsync.h says which.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kernel.h"

/**
 * kernel_open - open the device
 *
 * Return: a descriptor to be closed, or a negative errno.
 */
int kernel_open(void)
{
	int fd = open(OVLSYNC_DEVICE, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return fd;
}

/**
 * kernel_is_missing - does an error of kernel_open() mean that there is no device?
 * @error: negative errno
 */
bool kernel_is_missing(int error)
{
	/* The last two: a device node that was left behind or made by hand. */
	return error == -ENOENT || error == -ENXIO || error == -ENODEV;
}

/**
 * kernel_is_loaded - is the module there, whatever became of its device?
 */
bool kernel_is_loaded(void)
{
	return !access(OVLSYNC_SYSFS, F_OK);
}

/**
 * kernel_open_failed - say on stderr why one of the module's files could not be opened
 * @path: OVLSYNC_DEVICE or OVLSYNC_SYSFS
 * @error: negative errno
 *
 * Return: the exit status.
 */
enum ovlctl_status kernel_open_failed(const char *path, int error)
{
	if (!kernel_is_missing(error)) {
		warnx("%s: %s", path, kernel_strerror(error));
		return STATUS_FAILED;
	}
	if (kernel_is_loaded()) {
		warnx("%s is missing, though ovlsync is loaded: see that /dev is a devtmpfs, or "
		      "that of the host, not of a container",
		      path);
		return STATUS_FAILED;
	}
	warnx("ovlsync is not loaded: %s: %s; try modprobe ovlsync", path, strerror(-error));
	return STATUS_MISSING;
}

/**
 * kernel_gc - reap now
 * @device: from kernel_open()
 * @fd: a descriptor on the overlay
 * @flags: OVLSYNC_GC_*
 * @gc: the figures
 */
int kernel_gc(int device, int fd, uint32_t flags, struct ovlsync_gc *gc)
{
	*gc = (struct ovlsync_gc){ .size = sizeof(*gc), .flags = flags, .fd = fd };
	return ioctl(device, OVLSYNC_IOC_GC, gc) < 0 ? -errno : 0;
}

/**
 * kernel_sync - syncfs(2) with figures
 * @device: from kernel_open()
 * @fd: a descriptor on the overlay
 * @sync: the figures
 */
int kernel_sync(int device, int fd, struct ovlsync_sync *sync)
{
	*sync = (struct ovlsync_sync){ .size = sizeof(*sync), .fd = fd };
	return ioctl(device, OVLSYNC_IOC_SYNC, sync) < 0 ? -errno : 0;
}

/**
 * kernel_mode_name - the name that a mode has in sysfs
 * @mode: enum ovlsync_mode
 */
const char *kernel_mode_name(uint32_t mode)
{
	static const char *const names[] = {
		[OVLSYNC_MODE_CONTAINERIZED] = "containerized",
		[OVLSYNC_MODE_LEARNING] = "learning",
		[OVLSYNC_MODE_FULL] = "full",
		[OVLSYNC_MODE_VOLATILE] = "volatile",
		[OVLSYNC_MODE_NOSYNC] = "nosync",
	};

	return mode < sizeof(names) / sizeof(names[0]) ? names[mode] : "unknown";
}

/**
 * kernel_strerror - say what an error of the functions above means, and what to do about it
 * @error: negative errno
 */
const char *kernel_strerror(int error)
{
	switch (error) {
	case -EACCES:
		return "permission denied: root is needed";
	case -EPERM:
		return "not permitted: root is needed, or CAP_SYS_ADMIN in the user namespace that "
		       "owns the overlay";
	case -ENODEV:
		return "ovlsync is not attached to this overlay";
	case -EOPNOTSUPP:
		return "not an overlay";
	case -E2BIG:
	case -ENOTTY:
		return "the ovlsync module that is loaded is too old for this ovlctl";
	default:
		return strerror(-error);
	}
}
