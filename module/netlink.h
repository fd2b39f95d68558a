/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_NETLINK_H
#define OVLSYNC_NETLINK_H

int ovlsync_netlink_init(void);
void ovlsync_netlink_exit(void);

#endif
