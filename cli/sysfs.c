// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/fs/ovlsync: which overlays ovlsync is attached to, and one value a file about each.
 *
 * A mount may go at any moment.  Files of a mount that is gone give -ENOENT or -ENODEV.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/ovlsync.h>

#include "format.h"
#include "sysfs.h"
#include "xalloc.h"

/**
 * sysfs_open - open the tree
 * @root: OVLSYNC_SYSFS, or a copy of such a tree
 *
 * Return: a descriptor to be closed, or a negative errno; -ENOENT: the module is not loaded.
 */
int sysfs_open(const char *root)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return fd;
}

static int device_compare(const void *a, const void *b)
{
	dev_t x = *(const dev_t *)a, y = *(const dev_t *)b;

	return (x > y) - (x < y);
}

/**
 * sysfs_devices - list the overlays that ovlsync is attached to
 * @root: from sysfs_open()
 * @devices: in order of their numbers, to be freed; NULL if there are none
 * @n: how many
 *
 * Return: 0, or a negative errno.
 */
int sysfs_devices(int root, dev_t **devices, size_t *n)
{
	struct dirent *entry;
	dev_t dev;
	DIR *dir;
	int fd;

	fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	*devices = NULL;
	*n = 0;
	/* Other names, such as "defaults", are no mounts. */
	while ((entry = readdir(dir))) {
		if (device_parse(entry->d_name, &dev))
			continue;
		*devices = xreallocarray(*devices, *n + 1, sizeof(**devices));
		(*devices)[(*n)++] = dev;
	}
	closedir(dir);
	if (*n)
		qsort(*devices, *n, sizeof(**devices), device_compare);
	return 0;
}

/**
 * sysfs_all_devices - sysfs_devices(), which says on stderr if it fails
 * @root: from sysfs_open()
 * @devices: as there
 * @n: as there
 *
 * Return: the exit status.
 */
enum ovlctl_status sysfs_all_devices(int root, dev_t **devices, size_t *n)
{
	int ret = sysfs_devices(root, devices, n);

	if (!ret)
		return STATUS_DONE;
	warnx("%s: %s", OVLSYNC_SYSFS, strerror(-ret));
	return STATUS_FAILED;
}

/**
 * sysfs_open_mount - open the directory of one overlay
 * @root: from sysfs_open()
 * @dev: the device of the overlay
 *
 * Return: a descriptor to be closed, or a negative errno; -ENOENT: ovlsync is not attached to it.
 */
int sysfs_open_mount(int root, dev_t dev)
{
	char name[FORMAT_SIZE];
	int fd;

	fd = openat(root, device_format(dev, name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return fd;
}

/**
 * sysfs_read_text - read a file, without the newline at its end
 * @mount: from sysfs_open_mount()
 * @file: its name below that directory
 * @text: SYSFS_TEXT_SIZE bytes
 *
 * Return: 0, or a negative errno; @text is then the empty string.
 */
int sysfs_read_text(int mount, const char *file, char *text)
{
	int fd = openat(mount, file, O_RDONLY | O_CLOEXEC);
	ssize_t len = -1;
	int error;

	if (fd >= 0)
		len = read(fd, text, SYSFS_TEXT_SIZE - 1);
	error = errno;
	if (fd >= 0)
		close(fd);
	text[len < 0 ? 0 : len] = '\0';
	if (len < 0)
		return -error;
	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	return 0;
}

/**
 * sysfs_is_gone - tell whether a mount was unmounted since its directory was opened
 * @mount: from sysfs_open_mount()
 *
 * Its number may be that of another mount by now: looking it up again says nothing.
 */
bool sysfs_is_gone(int mount)
{
	char text[SYSFS_TEXT_SIZE];
	int ret = sysfs_read_text(mount, "mode", text);

	return ret == -ENOENT || ret == -ENODEV;
}

/**
 * sysfs_read_number - read a file that holds one decimal number
 * @mount: from sysfs_open_mount()
 * @file: its name below that directory
 * @number: the number
 *
 * Return: 0, or a negative errno; -EINVAL: something else is in it.
 */
int sysfs_read_number(int mount, const char *file, uint64_t *number)
{
	char text[SYSFS_TEXT_SIZE];
	char *end;
	int ret;

	ret = sysfs_read_text(mount, file, text);
	if (ret)
		return ret;
	/* strtoull() would take blanks and a minus sign. */
	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return errno || *end ? -EINVAL : 0;
}

/**
 * sysfs_write_text - write a file
 * @mount: from sysfs_open_mount(), or the directory of the defaults
 * @file: its name below that directory
 * @text: what to write
 *
 * Return: 0, or a negative errno; -EINVAL: the kernel takes no such value.
 */
int sysfs_write_text(int mount, const char *file, const char *text)
{
	int fd = openat(mount, file, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);
	ssize_t written;
	int error;

	if (fd < 0)
		return -errno;
	written = write(fd, text, len);
	error = written < 0 ? errno : EIO;
	close(fd);
	return written == (ssize_t)len ? 0 : -error;
}
