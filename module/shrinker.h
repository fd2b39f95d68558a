/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_SHRINKER_H
#define OVLSYNC_SHRINKER_H

int ovlsync_shrinker_init(void);
void ovlsync_shrinker_exit(void);

#endif
