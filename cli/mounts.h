/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MOUNTS_H
#define MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MOUNTS_FILE "/proc/self/mountinfo"

struct libmnt_table;

/**
 * struct mount_point - where a filesystem is seen in this mount namespace
 * @dev: its device
 * @path: the mount point; belongs to the table
 * @fstype: its type; belongs to the table
 * @options: of the filesystem, not of the mount; belongs to the table
 */
struct mount_point {
	dev_t dev;
	const char *path;
	const char *fstype;
	const char *options;
};

int mounts_load(const char *file, struct libmnt_table **mounts);
void mounts_free(struct libmnt_table *mounts);
int mounts_of_fd(struct libmnt_table *mounts, int fd, struct mount_point *found);
int mounts_of_device(struct libmnt_table *mounts, dev_t dev, struct mount_point *found);
int mounts_open_device(struct libmnt_table *mounts, int root, dev_t dev);
void mounts_add_overlays(struct libmnt_table *mounts, dev_t **devices, size_t *n);
bool mount_point_is_overlay(const struct mount_point *point);
char *mount_option(const char *options, const char *name);
int root_open(int root, const char *path, int flags);

#endif /* MOUNTS_H */
