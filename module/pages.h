/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_PAGES_H
#define OVLSYNC_PAGES_H

#include <linux/fs.h>

u64 ovlsync_dirty_bytes(struct address_space *mapping);
u64 ovlsync_unwritten_bytes(struct address_space *mapping);

#endif
