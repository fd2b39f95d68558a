/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_SYSFS_H
#define OVLSYNC_SYSFS_H

#include "mount.h"

int ovlsync_sysfs_init(void);
void ovlsync_sysfs_exit(void);
int ovlsync_sysfs_attach(struct ovlsync_mount *m);
void ovlsync_sysfs_detach(struct ovlsync_mount *m);

#endif
