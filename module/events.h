/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_EVENTS_H
#define OVLSYNC_EVENTS_H

#include "mount.h"

struct genl_family;
struct ovlsync_gc_result;
struct sk_buff;

/**
 * struct ovlsync_sync_event - a sync, both halves together
 * @mode: in which it was done
 * @err: 0 or a negative errno
 * @inodes: written
 * @bytes: submitted
 * @duration_ns: of both halves
 */
struct ovlsync_sync_event {
	enum ovlsync_mode mode;
	int err;
	u64 inodes;
	u64 bytes;
	u64 duration_ns;
};

void ovlsync_events_open(const struct genl_family *family);
void ovlsync_events_close(void);

int ovlsync_put_device(struct sk_buff *skb, const struct ovlsync_mount *m);
int ovlsync_put_u64(struct sk_buff *skb, int attr, u64 value);
int ovlsync_put_mount(struct sk_buff *skb, struct ovlsync_mount *m);

void ovlsync_events_attach(struct ovlsync_mount *m);
void ovlsync_event_attached(struct ovlsync_mount *m);
void ovlsync_event_detached(struct ovlsync_mount *m);
void ovlsync_event_sync_done(struct ovlsync_mount *m, const struct ovlsync_sync_event *event);
void ovlsync_event_gc_done(struct ovlsync_mount *m, const struct ovlsync_gc_result *result);

#endif
