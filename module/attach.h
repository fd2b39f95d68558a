/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_ATTACH_H
#define OVLSYNC_ATTACH_H

#include <linux/types.h>

struct super_block;
struct ovlsync_mount;
struct ovlsync_sync_result;

void ovlsync_attach_init(void);
void ovlsync_attach_exit(void);

void ovlsync_attach_new(struct super_block *sb);
int ovlsync_sync_now(struct ovlsync_mount *m, struct ovlsync_sync_result *result);

#endif
