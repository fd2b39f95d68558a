/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_SYNC_H
#define OVLSYNC_SYNC_H

#include "mount.h"

/**
 * struct ovlsync_sync_result - what one sync did
 * @mode: in which it was done
 * @inodes: written
 * @bytes: submitted
 */
struct ovlsync_sync_result {
	enum ovlsync_mode mode;
	u64 inodes;
	u64 bytes;
};

typedef int (*ovlsync_sync_fs_t)(struct super_block *sb, int wait);

int ovlsync_sync(struct ovlsync_mount *m, int wait, ovlsync_sync_fs_t stock,
		 struct ovlsync_sync_result *result);

#endif
