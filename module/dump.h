/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_DUMP_H
#define OVLSYNC_DUMP_H

#include <linux/netlink.h>

struct ovlsync_mount;

int ovlsync_dump_check(struct netlink_callback *cb, unsigned long *minor, unsigned long *last);
void *ovlsync_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);
int ovlsync_dump_end(struct sk_buff *skb, struct netlink_callback *cb, void *header, int err);

int ovlsync_dump_mounts(struct sk_buff *skb, struct netlink_callback *cb);

int ovlsync_dump_suspects_start(struct netlink_callback *cb);
int ovlsync_dump_suspects(struct sk_buff *skb, struct netlink_callback *cb);
int ovlsync_dump_suspects_done(struct netlink_callback *cb);
void ovlsync_dump_detach(struct ovlsync_mount *m);

#endif
