// SPDX-License-Identifier: GPL-2.0
/*
 * hog FILE VALUE LIMIT_MIB: takes memory until the number in FILE is VALUE or less, or fails at LIMIT_MIB.
 *
 * Memory that nobody can take away again: there is no swap.  Prints how many MiB it took.
 */
#include <sys/mman.h>

#include "tool.h"

#define STEP_MIB 4

static uint64_t number_in(const char *path)
{
	char text[32] = "";
	int fd = open_or_die(path, O_RDONLY);

	if (read(fd, text, sizeof(text) - 1) <= 0)
		err(1, "read %s", path);
	close(fd);
	return strtoull(text, NULL, 10);
}

static void take(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap");
}

int main(int argc, char **argv)
{
	uint64_t wanted, limit_mib, mib = 0;

	if (argc != 4)
		errx(64, "usage: hog FILE VALUE LIMIT_MIB");
	wanted = strtoull(argv[2], NULL, 10);
	limit_mib = strtoull(argv[3], NULL, 10);
	while (number_in(argv[1]) > wanted) {
		if (mib >= limit_mib)
			errx(1, "%" PRIu64 " MiB taken, and %s is %" PRIu64, mib, argv[1],
			     number_in(argv[1]));
		take((size_t)STEP_MIB << 20);
		mib += STEP_MIB;
	}
	printf("%" PRIu64 "\n", mib);
	return 0;
}
