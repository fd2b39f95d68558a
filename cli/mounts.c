// SPDX-License-Identifier: GPL-2.0
/*
 * Mount points and devices of this mount namespace, through libmount.
 *
 * The device of an overlay can't be had from a file on it: with xino or files that were not copied
 * up, stat(2) gives numbers of other devices.  So a path leads by way of its mount's id to a line
 * of mountinfo, and that has the device.  Directories are the exception: their st_dev is always the
 * overlay's own, which is how a descriptor is checked after opening a mount point.
 */
#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mounts.h"
#include "xalloc.h"

/**
 * mounts_load - read a table of mounts
 * @file: MOUNTS_FILE, or a file like it
 * @mounts: the table, to be freed with mounts_free()
 *
 * Return: 0, or a negative errno.
 */
int mounts_load(const char *file, struct libmnt_table **mounts)
{
	struct libmnt_table *table = mnt_new_table();
	int ret;

	if (!table)
		return -ENOMEM;
	ret = mnt_table_parse_file(table, file);
	if (ret) {
		mnt_unref_table(table);
		return ret < 0 ? ret : -EINVAL;
	}
	*mounts = table;
	return 0;
}

/**
 * mounts_free - free a table
 * @mounts: the table, or NULL
 */
void mounts_free(struct libmnt_table *mounts)
{
	mnt_unref_table(mounts);
}

/* The strings stay the table's. */
static void mount_point_set(struct mount_point *point, struct libmnt_fs *fs)
{
	point->dev = mnt_fs_get_devno(fs);
	point->path = mnt_fs_get_target(fs);
	point->fstype = mnt_fs_get_fstype(fs);
	point->options = mnt_fs_get_fs_options(fs);
}

/* Calls @match for each mount until one says that it is the one. */
static struct libmnt_fs *mounts_search(struct libmnt_table *mounts,
				       bool (*match)(struct libmnt_fs *fs, void *data), void *data)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs, *found = NULL;

	if (!iter)
		err(STATUS_FAILED, "cannot allocate an iterator");
	while (!found && !mnt_table_next_fs(mounts, iter, &fs))
		if (match(fs, data))
			found = fs;
	mnt_free_iter(iter);
	return found;
}

static bool match_id(struct libmnt_fs *fs, void *data)
{
	return mnt_fs_get_id(fs) == *(const int *)data;
}

/**
 * mounts_of_fd - find the mount that a descriptor is on
 * @mounts: the table
 * @fd: the descriptor; O_PATH will do
 * @found: the mount
 *
 * Return: 0, or a negative errno; -ENOENT: it is not in the table.
 */
int mounts_of_fd(struct libmnt_table *mounts, int fd, struct mount_point *found)
{
	struct libmnt_fs *fs;
	struct statx stx;
	int id;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx))
		return -errno;
	if (!(stx.stx_mask & STATX_MNT_ID))
		return -EOPNOTSUPP;
	id = (int)stx.stx_mnt_id;
	fs = mounts_search(mounts, match_id, &id);
	if (!fs)
		return -ENOENT;
	mount_point_set(found, fs);
	return 0;
}

static bool match_device(struct libmnt_fs *fs, void *data)
{
	return mnt_fs_get_devno(fs) == *(const dev_t *)data;
}

static bool match_device_whole(struct libmnt_fs *fs, void *data)
{
	const char *root = mnt_fs_get_root(fs);

	return match_device(fs, data) && root && !strcmp(root, "/");
}

/**
 * mounts_of_device - find where a filesystem is mounted
 * @mounts: the table
 * @dev: its device
 * @found: the first mount of all of it, or else the first bind mount of a part of it
 *
 * Return: 0, or -ENOENT: nowhere in this mount namespace.
 */
int mounts_of_device(struct libmnt_table *mounts, dev_t dev, struct mount_point *found)
{
	struct libmnt_fs *fs = mounts_search(mounts, match_device_whole, &dev);

	if (!fs)
		fs = mounts_search(mounts, match_device, &dev);
	if (!fs)
		return -ENOENT;
	mount_point_set(found, fs);
	return 0;
}

/**
 * root_open - open a path as a process sees it
 * @root: descriptor of that process's root directory; AT_FDCWD: this process
 * @path: the path
 * @flags: of open(2)
 *
 * Symbolic links are followed within @root, so that a container can't lead out of itself.
 *
 * Return: a descriptor to be closed, or a negative errno.
 */
int root_open(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	if (root == AT_FDCWD)
		fd = open(path, flags | O_CLOEXEC);
	else
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	return fd < 0 ? -errno : (int)fd;
}

struct open_device {
	dev_t dev;
	int root;
	int fd;
	int error;
};

static bool match_open(struct libmnt_fs *fs, void *data)
{
	struct open_device *open_device = data;
	struct stat st;
	int fd;

	if (mnt_fs_get_devno(fs) != open_device->dev)
		return false;
	fd = root_open(open_device->root, mnt_fs_get_target(fs), O_RDONLY | O_DIRECTORY);
	if (fd < 0) {
		open_device->error = fd;
		return false;
	}
	if (fstat(fd, &st) || st.st_dev != open_device->dev) {
		close(fd);
		open_device->error = -EBUSY;
		return false;
	}
	open_device->fd = fd;
	return true;
}

/**
 * mounts_open_device - open a directory on a filesystem
 * @mounts: the table
 * @root: as for root_open(): of the process that the table is of
 * @dev: device of an overlay; each of its mounts is tried
 *
 * Return: a descriptor to be closed, or a negative errno; -ENOENT: it is not mounted in this mount
 * namespace, -EBUSY: it is, but hidden by another mount on top.
 */
int mounts_open_device(struct libmnt_table *mounts, int root, dev_t dev)
{
	struct open_device open_device = {
		.dev = dev,
		.root = root,
		.fd = -1,
		.error = -ENOENT,
	};

	return mounts_search(mounts, match_open, &open_device) ? open_device.fd : open_device.error;
}

struct device_list {
	dev_t *devices;
	size_t n;
};

/* Adds and never matches, so that the search visits every mount. */
static bool match_add_overlay(struct libmnt_fs *fs, void *data)
{
	struct device_list *list = data;
	struct mount_point point;
	size_t i;

	mount_point_set(&point, fs);
	if (!mount_point_is_overlay(&point))
		return false;
	for (i = 0; i < list->n; i++)
		if (list->devices[i] == point.dev)
			return false;
	list->devices = xreallocarray(list->devices, list->n + 1, sizeof(*list->devices));
	list->devices[list->n++] = point.dev;
	return false;
}

/**
 * mounts_add_overlays - put every overlay of this mount namespace on a list of devices
 * @mounts: the table
 * @devices: the list, to be freed; those that are on it already are not added again
 * @n: how many
 */
void mounts_add_overlays(struct libmnt_table *mounts, dev_t **devices, size_t *n)
{
	struct device_list list = { .devices = *devices, .n = *n };

	mounts_search(mounts, match_add_overlay, &list);
	*devices = list.devices;
	*n = list.n;
}

/**
 * mount_point_is_overlay - is it one of overlayfs?
 * @point: the mount
 */
bool mount_point_is_overlay(const struct mount_point *point)
{
	return point->fstype && !strcmp(point->fstype, "overlay");
}

/**
 * mount_option - the value of an option of an overlay
 * @options: of a struct mount_point, or NULL
 * @name: the option's name
 *
 * A comma that belongs to a value has a backslash before it, as overlayfs wants it.
 *
 * Return: the value, to be freed; empty for an option without one; NULL: it is not among them.
 */
char *mount_option(const char *options, const char *name)
{
	size_t name_len = strlen(name);

	while (options && *options) {
		bool match = !strncmp(options, name, name_len) &&
			     (!options[name_len] || strchr(",=", options[name_len]));
		const char *in = options + (match ? name_len : 0);
		char *value = xreallocarray(NULL, strlen(in) + 1, 1);
		char *out = value;

		if (match && *in == '=')
			in++;
		for (; *in && *in != ','; in++) {
			if (*in == '\\' && in[1])
				in++;
			*out++ = *in;
		}
		*out = '\0';
		if (match)
			return value;
		free(value);
		options = *in ? in + 1 : NULL;
	}
	return NULL;
}
