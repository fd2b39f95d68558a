/* SPDX-License-Identifier: GPL-2.0 */
/* Where a file lies on its disk, as FIEMAP tells. */
#ifndef OVLSYNC_TESTS_EXTENTS_H
#define OVLSYNC_TESTS_EXTENTS_H

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "tool.h"

/* What O_DIRECT wants of addresses and sizes. */
#define ALIGN	4096
#define EXTENTS 256

/* An extent with one of these has no valid bytes at its place on the disk. */
#define NOT_ON_DISK                                                                               \
	(FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_ENCODED |                 \
	 FIEMAP_EXTENT_NOT_ALIGNED | FIEMAP_EXTENT_UNWRITTEN)

static inline struct fiemap *extents_of(int fd, const char *name)
{
	struct fiemap *map = calloc(1, sizeof(*map) + EXTENTS * sizeof(map->fm_extents[0]));

	if (!map)
		err(1, "no memory");
	map->fm_length = FIEMAP_MAX_OFFSET;
	map->fm_extent_count = EXTENTS;
	if (ioctl(fd, FS_IOC_FIEMAP, map))
		err(1, "%s: FIEMAP", name);
	if (map->fm_mapped_extents == EXTENTS)
		errx(1, "%s: too many extents", name);
	return map;
}

static inline const struct fiemap_extent *extent_at(const struct fiemap *map, uint64_t offset)
{
	unsigned int i;

	for (i = 0; i < map->fm_mapped_extents; i++) {
		const struct fiemap_extent *e = &map->fm_extents[i];

		if (offset >= e->fe_logical && offset < e->fe_logical + e->fe_length)
			return e;
	}
	return NULL;
}

#endif
