// SPDX-License-Identifier: GPL-2.0
/*
 * dirty FILE...: prints how many bytes of the files' page cache are dirty or under writeback.
 *
 * A page is mapped and its flags are read from /proc/kpageflags, so this works on every filesystem
 * and neither reads nor writes the disk for a page that is cached.
 */
#include <linux/kernel-page-flags.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "tool.h"

#define CHUNK_PAGES  4096
#define PFN_MASK     ((1ULL << 55) - 1)
#define PRESENT	     (1ULL << 63)
#define BIT_OF(flag) (1ULL << (flag))

static int pagemap, kpageflags;

static uint64_t read_u64(int fd, uint64_t index)
{
	uint64_t value;

	if (pread(fd, &value, sizeof(value), index * sizeof(value)) != sizeof(value))
		err(1, "can't read page flags");
	return value;
}

/*
 * The flags of a compound page are those of its head.  The pages of a file come in order, so that the
 * head has most often been seen just before.
 */
static bool pfn_is_dirty(uint64_t pfn)
{
	static uint64_t last_pfn, last_flags;
	uint64_t flags = read_u64(kpageflags, pfn), at = pfn;

	if ((flags & BIT_OF(KPF_COMPOUND_TAIL)) && pfn == last_pfn + 1) {
		flags = last_flags;
	} else {
		while (flags & BIT_OF(KPF_COMPOUND_TAIL))
			flags = read_u64(kpageflags, --at);
	}
	last_pfn = pfn;
	last_flags = flags;
	return flags & (BIT_OF(KPF_DIRTY) | BIT_OF(KPF_WRITEBACK));
}

static uint64_t dirty_pages(int fd, off_t offset, size_t pages, size_t page)
{
	uint64_t entries[CHUNK_PAGES], dirty = 0;
	unsigned char cached[CHUNK_PAGES];
	volatile char *map;
	size_t i;

	map = mmap(NULL, pages * page, PROT_READ, MAP_SHARED, fd, offset);
	if (map == MAP_FAILED || mincore((void *)map, pages * page, cached))
		err(1, "can't map the file");
	/* What is not cached is not dirty, and stays out of the cache. */
	for (i = 0; i < pages; i++) {
		if (cached[i] & 1)
			(void)map[i * page];
	}
	if (pread(pagemap, entries, pages * sizeof(*entries),
		  (uintptr_t)map / page * sizeof(*entries)) != (ssize_t)(pages * sizeof(*entries)))
		err(1, "can't read the page map");
	for (i = 0; i < pages; i++) {
		if ((cached[i] & 1) && (entries[i] & PRESENT))
			dirty += pfn_is_dirty(entries[i] & PFN_MASK);
	}
	munmap((void *)map, pages * page);
	return dirty;
}

int main(int argc, char **argv)
{
	size_t page = sysconf(_SC_PAGESIZE);
	uint64_t dirty = 0;
	int i;

	pagemap = open_or_die("/proc/self/pagemap", O_RDONLY);
	kpageflags = open_or_die("/proc/kpageflags", O_RDONLY);
	for (i = 1; i < argc; i++) {
		int fd = open_or_die(argv[i], O_RDONLY);
		struct stat st;
		size_t left, done = 0;

		if (fstat(fd, &st))
			err(1, "%s", argv[i]);
		for (left = (st.st_size + page - 1) / page; left;) {
			size_t pages = left < CHUNK_PAGES ? left : CHUNK_PAGES;

			dirty += dirty_pages(fd, done * page, pages, page);
			done += pages;
			left -= pages;
		}
		close(fd);
	}
	printf("%" PRIu64 "\n", dirty * page);
	return 0;
}
