/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_IOCTL_H
#define OVLSYNC_IOCTL_H

int ovlsync_ioctl_init(void);
void ovlsync_ioctl_exit(void);

#endif
