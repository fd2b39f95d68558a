/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_WATCH_H
#define OVLSYNC_WATCH_H

#include "mount.h"

int ovlsync_watch_init(void);
void ovlsync_watch_exit(void);

int ovlsync_watch_attach(struct ovlsync_mount *m);
void ovlsync_watch_detach(struct ovlsync_mount *m);
void ovlsync_watch_take_stock(struct ovlsync_mount *m);

#endif
