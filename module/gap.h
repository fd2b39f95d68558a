/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_GAP_H
#define OVLSYNC_GAP_H

#include "mount.h"

void ovlsync_gap_open(struct ovlsync_mount *m, enum ovlsync_gap gap, bool unwalked);
u64 ovlsync_gap_walk_begin(struct ovlsync_mount *m);
void ovlsync_gap_walk_done(struct ovlsync_mount *m, u64 begun);

u64 ovlsync_flush_begin(void);
void ovlsync_flush_done(struct ovlsync_mount *m, u64 begun);

void ovlsync_left_note(struct ovlsync_mount *m);
bool ovlsync_left_anything(struct ovlsync_mount *m);

#endif
