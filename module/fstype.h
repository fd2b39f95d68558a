/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_FSTYPE_H
#define OVLSYNC_FSTYPE_H

#include <linux/types.h>

struct super_block;

int ovlsync_fstype_get(void);
void ovlsync_fstype_put(void);
void ovlsync_fstype_wrap(void);
bool ovlsync_fstype_unwrap(void);
void ovlsync_fstype_each(void (*fn)(struct super_block *sb, void *arg), void *arg);
bool ovlsync_is_overlay(const struct super_block *sb);

void ovlsync_wrapper_enter(void);
void ovlsync_wrapper_leave(void);
void ovlsync_wrappers_wait(void);

#endif
