// SPDX-License-Identifier: GPL-2.0
/*
 * What the dumps have in common: who may have them, and how a message begins.
 */
#include <linux/capability.h>
#include <net/genetlink.h>

#include "compat.h"
#include "dump.h"
#include "mount.h"

/**
 * ovlsync_dump_check - who may, and for which mounts
 * @cb: the dump
 * @minor: set to the first mount to look at
 * @last: set to the last one
 *
 * In the first .dumpit and not in .start, which can't give a reason before 6.7.
 *
 * Context: any.
 * Return: 0, or an error that ends the dump; the reason is in the extended ACK.
 */
int ovlsync_dump_check(struct netlink_callback *cb, unsigned long *minor, unsigned long *last)
{
	struct nlattr **attrs = ovlsync_dump_attrs(cb);
	struct ovlsync_mount *m;

	if (!netlink_capable(cb->skb, CAP_SYS_ADMIN)) {
		NL_SET_ERR_MSG(cb->extack,
			       "CAP_SYS_ADMIN is needed in the initial user namespace");
		return -EPERM;
	}
	*minor = 0;
	*last = ULONG_MAX;
	if (!attrs[OVLSYNC_A_MAJOR] && !attrs[OVLSYNC_A_MINOR])
		return 0;
	if (!attrs[OVLSYNC_A_MAJOR] || !attrs[OVLSYNC_A_MINOR]) {
		NL_SET_ERR_MSG(cb->extack, "a device is named by major and minor together");
		return -EINVAL;
	}
	*minor = nla_get_u32(attrs[OVLSYNC_A_MINOR]);
	*last = *minor;
	/* Overlays have anonymous devices. */
	m = nla_get_u32(attrs[OVLSYNC_A_MAJOR]) ? NULL : ovlsync_mount_use(minor, *last);
	if (!m) {
		NL_SET_ERR_MSG(cb->extack,
			       "ovlsync is not attached to an overlay with this device number");
		return -ENODEV;
	}
	ovlsync_mount_unuse(m);
	return 0;
}

/**
 * ovlsync_dump_begin - begin a message of a dump
 * @skb: where to
 * @cb: the dump
 * @cmd: enum ovlsync_cmd
 *
 * Context: any.
 * Return: for ovlsync_dump_end(), or NULL if there is no room.
 */
void *ovlsync_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   ovlsync_dump_family(cb), NLM_F_MULTI, cmd);
}

/**
 * ovlsync_dump_end - end a message of a dump
 * @skb: where to
 * @cb: the dump
 * @header: from ovlsync_dump_begin()
 * @err: of what was put into it
 *
 * Context: any.
 * Return: @err, with which the message is taken back.
 */
int ovlsync_dump_end(struct sk_buff *skb, struct netlink_callback *cb, void *header, int err)
{
	if (err) {
		genlmsg_cancel(skb, header);
		return err;
	}
	/* Only now: it is told once, and must not be told in a message that is taken back. */
	genl_dump_check_consistent(cb, header);
	genlmsg_end(skb, header);
	return 0;
}
