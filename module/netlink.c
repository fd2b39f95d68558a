// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family.  The rules are in uapi/linux/ovlsync.h; the dumps are in
 * dump_mounts.c and dump_suspects.c, and events.c tells the events.
 *
 * LIFETIME.  Each dump that has begun holds a module reference, which netlink takes for .done.
 * Unregistering the family comes first when the module goes, before the mounts are let go.
 */
#include <linux/module.h>
#include <net/genetlink.h>
#include <linux/ovlsync.h>

#include "compat.h"
#include "dump.h"
#include "events.h"
#include "netlink.h"

static int not_a_dump(struct sk_buff *skb, struct genl_info *info)
{
	GENL_SET_ERR_MSG(info, "this command is a dump: NLM_F_DUMP is needed");
	return -EOPNOTSUPP;
}

static const struct nla_policy request_policy[] = {
	[OVLSYNC_A_MAJOR] = { .type = NLA_U32 },
	[OVLSYNC_A_MINOR] = { .type = NLA_U32 },
};

static const struct genl_ops ovlsync_genl_ops[] = {
	{
		.cmd = OVLSYNC_CMD_MOUNT_GET,
		.doit = not_a_dump,
		.dumpit = ovlsync_dump_mounts,
	},
	{
		.cmd = OVLSYNC_CMD_SUSPECT_GET,
		.doit = not_a_dump,
		.start = ovlsync_dump_suspects_start,
		.dumpit = ovlsync_dump_suspects,
		.done = ovlsync_dump_suspects_done,
	},
};

static const struct genl_multicast_group ovlsync_genl_groups[] = {
	{ .name = OVLSYNC_GENL_EVENTS, .flags = OVLSYNC_MCAST_FLAGS },
};

/* Not for other network namespaces: containers have these, and must not see each other. */
static struct genl_family ovlsync_family __ro_after_init = {
	.name = OVLSYNC_GENL_NAME,
	.version = OVLSYNC_GENL_VERSION,
	.module = THIS_MODULE,
	.policy = request_policy,
	.maxattr = ARRAY_SIZE(request_policy) - 1,
	.ops = ovlsync_genl_ops,
	.n_ops = ARRAY_SIZE(ovlsync_genl_ops),
	.mcgrps = ovlsync_genl_groups,
	.n_mcgrps = ARRAY_SIZE(ovlsync_genl_groups),
	/* Or else a dump would hold the lock that all other families wait for. */
	.parallel_ops = true,
};

/**
 * ovlsync_netlink_init - register the family
 *
 * Context: may sleep.
 * Return: 0 or an error of generic netlink's.
 */
int __init ovlsync_netlink_init(void)
{
	int err = genl_register_family(&ovlsync_family);

	if (!err)
		ovlsync_events_open(&ovlsync_family);
	return err;
}

/**
 * ovlsync_netlink_exit - the mirror image of ovlsync_netlink_init()
 *
 * Context: may sleep.  No dump is open: each has a module reference.
 */
void ovlsync_netlink_exit(void)
{
	ovlsync_events_close();
	genl_unregister_family(&ovlsync_family);
}
