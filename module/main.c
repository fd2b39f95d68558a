// SPDX-License-Identifier: GPL-2.0
/*
 * ovlsync: containerized syncfs for stock overlayfs.  Here is only the order of setting up and of
 * taking down, one the mirror image of the other.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/ovlsync.h>

#include "attach.h"
#include "fstype.h"
#include "ioctl.h"
#include "netlink.h"
#include "reaper.h"
#include "shrinker.h"
#include "sysfs.h"
#include "watch.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static int __init ovlsync_init(void)
{
	int err;

	err = ovlsync_fstype_get();
	if (err)
		return err;
	/* With the table of suspects, of which it is one half. */
	err = ovlsync_shrinker_init();
	if (err)
		goto err_fstype;
	err = ovlsync_reaper_init();
	if (err)
		goto err_shrinker;
	err = ovlsync_watch_init();
	if (err)
		goto err_reaper;
	err = ovlsync_sysfs_init();
	if (err)
		goto err_watch;
	err = ovlsync_ioctl_init();
	if (err)
		goto err_sysfs;
	/* The last that may fail: the family is everybody's, what is open before is root's. */
	err = ovlsync_netlink_init();
	if (err)
		goto err_ioctl;
	ovlsync_attach_init();
	return 0;

err_ioctl:
	ovlsync_ioctl_exit();
err_sysfs:
	ovlsync_sysfs_exit();
err_watch:
	ovlsync_watch_exit();
err_reaper:
	ovlsync_reaper_exit();
err_shrinker:
	ovlsync_shrinker_exit();
err_fstype:
	ovlsync_fstype_put();
	return err;
}

static void __exit ovlsync_exit(void)
{
	/* Before the mounts go: listeners are told that the family does, and not of every mount. */
	ovlsync_netlink_exit();
	ovlsync_attach_exit();
	ovlsync_ioctl_exit();
	ovlsync_sysfs_exit();
	ovlsync_watch_exit();
	ovlsync_reaper_exit();
	ovlsync_shrinker_exit();
	ovlsync_fstype_put();
}

module_init(ovlsync_init);
module_exit(ovlsync_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The ovlsync authors");
MODULE_DESCRIPTION("Containerized syncfs for stock overlayfs");
MODULE_VERSION(OVLSYNC_VERSION);
MODULE_SOFTDEP("pre: overlay");
