/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_REAPER_H
#define OVLSYNC_REAPER_H

#include "mount.h"

/**
 * struct ovlsync_gc_result - what a forced collection saw and did
 * @scanned: suspects looked at
 * @reaped: taken off the list, or that would have been
 * @dirty: left, because dirty or under writeback
 * @open: left, because open for write or mapped shared and writable
 */
struct ovlsync_gc_result {
	u64 scanned;
	u64 reaped;
	u64 dirty;
	u64 open;
};

int ovlsync_reaper_init(void);
void ovlsync_reaper_exit(void);

void ovlsync_reaper_attach(struct ovlsync_mount *m);
void ovlsync_reaper_detach(struct ovlsync_mount *m);
void ovlsync_reaper_wake(struct ovlsync_mount *m);
void ovlsync_reaper_hurry(struct ovlsync_mount *m);
void ovlsync_reaper_retime(struct ovlsync_mount *m);
void ovlsync_reaper_force(struct ovlsync_mount *m, bool dry_run, struct ovlsync_gc_result *result);

#endif
