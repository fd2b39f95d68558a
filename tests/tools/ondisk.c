// SPDX-License-Identifier: GPL-2.0
/*
 * ondisk FILE DEVICE: prints how many bytes of FILE differ from what DEVICE holds.
 * ondisk FILE: prints where it lies, "START LENGTH" in sectors of 512 bytes, a line an extent.
 *
 * FILE is on a filesystem that lies on DEVICE alone and whose FIEMAP tells places on it (ext4, xfs,
 * f2fs; not btrfs).  It is read through the filesystem, DEVICE past every cache.  What has no place
 * yet (delayed allocation), or one that is not valid yet (unwritten), is not on the disk, unless it
 * reads as zeroes either way.  Nothing is flushed.
 */
#include <sys/stat.h>

#include "extents.h"

#define CHUNK (1 << 20)

static void read_fully(int fd, char *buf, size_t size, uint64_t offset, const char *name)
{
	ssize_t got = pread(fd, buf, size, offset);

	if (got < 0)
		err(1, "%s", name);
	memset(buf + got, 0, size - got);
}

static uint64_t differing(const char *name, int fd, const char *device, int dev,
			  const struct fiemap *map, uint64_t size)
{
	char *want = aligned_alloc(ALIGN, CHUNK), *have = aligned_alloc(ALIGN, CHUNK);
	uint64_t offset = 0, differ = 0;

	if (!want || !have)
		err(1, "no memory");
	while (offset < size) {
		const struct fiemap_extent *e = extent_at(map, offset);
		size_t i, todo = ALIGN;

		if (e && !(e->fe_flags & NOT_ON_DISK)) {
			uint64_t left = e->fe_logical + e->fe_length - offset;

			todo = left < CHUNK ? left : CHUNK;
			read_fully(dev, have, (todo + ALIGN - 1) & ~(ALIGN - 1UL),
				   e->fe_physical + (offset - e->fe_logical), device);
		} else {
			memset(have, 0, todo);
		}
		if (todo > size - offset)
			todo = size - offset;
		read_fully(fd, want, todo, offset, name);
		for (i = 0; i < todo; i++)
			differ += want[i] != have[i];
		offset += todo;
	}
	return differ;
}

int main(int argc, char **argv)
{
	struct fiemap *map;
	struct stat st;
	unsigned int i;
	int fd, dev;

	if (argc != 2 && argc != 3)
		errx(64, "usage: ondisk FILE [DEVICE]");
	fd = open_or_die(argv[1], O_RDONLY);
	if (fstat(fd, &st))
		err(1, "%s", argv[1]);
	map = extents_of(fd, argv[1]);
	if (argc == 2) {
		for (i = 0; i < map->fm_mapped_extents; i++)
			printf("%llu %llu\n", map->fm_extents[i].fe_physical / 512,
			       map->fm_extents[i].fe_length / 512);
		return 0;
	}
	dev = open_or_die(argv[2], O_RDONLY | O_DIRECT);
	printf("%" PRIu64 "\n", differing(argv[1], fd, argv[2], dev, map, st.st_size));
	return 0;
}
