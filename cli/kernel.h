/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/ovlsync.h>

#include "ovlctl.h"

int kernel_open(void);
enum ovlctl_status kernel_open_failed(const char *path, int error);
bool kernel_is_missing(int error);
bool kernel_is_loaded(void);
int kernel_gc(int device, int fd, uint32_t flags, struct ovlsync_gc *gc);
int kernel_sync(int device, int fd, struct ovlsync_sync *sync);
const char *kernel_mode_name(uint32_t mode);
const char *kernel_strerror(int error);

#endif /* KERNEL_H */
