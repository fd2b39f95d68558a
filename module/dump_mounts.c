// SPDX-License-Identifier: GPL-2.0
/*
 * The dump of mounts.  Between two calls nothing is held but the number of the next mount.
 */
#include <net/genetlink.h>

#include "dump.h"
#include "events.h"
#include "mount.h"

/**
 * struct mounts_dump - where a dump of mounts is; lies in cb->ctx
 * @checked: the request is all right
 * @minor: the next mount to look at
 * @last: the last one
 */
struct mounts_dump {
	bool checked;
	unsigned long minor;
	unsigned long last;
};

static int tell_mount(struct sk_buff *skb, struct netlink_callback *cb, struct ovlsync_mount *m)
{
	void *header = ovlsync_dump_begin(skb, cb, OVLSYNC_CMD_MOUNT_GET);

	if (!header)
		return -EMSGSIZE;
	return ovlsync_dump_end(skb, cb, header, ovlsync_put_mount(skb, m));
}

/**
 * ovlsync_dump_mounts - put as many mounts into a message buffer as fit
 * @skb: the buffer
 * @cb: the dump
 *
 * Context: any.
 * Return: 0 at the end, the length of @skb if there is more, or an error.
 */
int ovlsync_dump_mounts(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct mounts_dump *dump = (struct mounts_dump *)cb->ctx;
	struct ovlsync_mount *m;
	int err;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	if (!dump->checked) {
		err = ovlsync_dump_check(cb, &dump->minor, &dump->last);
		if (err)
			return err;
		dump->checked = true;
	}
	cb->seq = ovlsync_mounts_changes() ?: 1;
	while (dump->minor <= dump->last &&
	       (m = ovlsync_mount_use(&dump->minor, dump->last)) != NULL) {
		err = READ_ONCE(m->announced) ? tell_mount(skb, cb, m) : 0;
		ovlsync_mount_unuse(m);
		if (err)
			return skb->len ?: err;
		dump->minor++;
	}
	return 0;
}
