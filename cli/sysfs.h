/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SYSFS_H
#define SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ovlctl.h"

/* One sysfs file is at most a page. */
#define SYSFS_TEXT_SIZE 4096

int sysfs_open(const char *root);
int sysfs_devices(int root, dev_t **devices, size_t *n);
enum ovlctl_status sysfs_all_devices(int root, dev_t **devices, size_t *n);
int sysfs_open_mount(int root, dev_t dev);
bool sysfs_is_gone(int mount);
int sysfs_read_text(int mount, const char *file, char *text);
int sysfs_read_number(int mount, const char *file, uint64_t *number);
int sysfs_write_text(int mount, const char *file, const char *text);

#endif /* SYSFS_H */
