/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_PROGRESS_H
#define OVLSYNC_PROGRESS_H

#include "mount.h"

void ovlsync_progress_begin(struct ovlsync_mount *m);
void ovlsync_progress_end(struct ovlsync_mount *m);
u64 ovlsync_progress_inodes(struct ovlsync_mount *m);
u64 ovlsync_progress_bytes(struct ovlsync_mount *m);

#endif
