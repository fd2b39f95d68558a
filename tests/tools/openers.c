// SPDX-License-Identifier: GPL-2.0
/*
 * openers map|write|hold|create DIR FIRST NR: opens NR files for write, number FIRST and on.
 *
 * map     open, map shared and writable, close, touch, unmap: what the idea was criticised for
 * write   open, write a byte, close
 * hold    open, map shared and writable, close, keep the map until standard input ends
 * create  open for write and close, writing nothing
 *
 * Files lie in DIR/<number / 1000>/<number>.  Prints "done" on a line when all are opened.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include "tool.h"

#define PER_DIR 1000
#define FILE_BYTES 4096

static int open_number(const char *dir, unsigned long number)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%lu", dir, number / PER_DIR);
	if (number % PER_DIR == 0 && mkdir(path, 0755) && errno != EEXIST)
		err(1, "%s", path);
	snprintf(path, sizeof(path), "%s/%lu/%lu", dir, number / PER_DIR, number);
	fd = open(path, O_RDWR | O_CREAT, 0644);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void map_and_close(int fd, bool keep)
{
	volatile char *map;

	if (!keep && ftruncate(fd, FILE_BYTES))
		err(1, "ftruncate");
	map = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		err(1, "mmap");
	close(fd);
	if (keep)
		return;
	*map = 'x';
	munmap((void *)map, FILE_BYTES);
}

int main(int argc, char **argv)
{
	unsigned long first, nr, i;
	char byte;

	if (argc != 5)
		errx(64, "usage: openers map|write|hold|create DIR FIRST NR");
	first = strtoul(argv[3], NULL, 10);
	nr = strtoul(argv[4], NULL, 10);
	for (i = first; i < first + nr; i++) {
		int fd = open_number(argv[2], i);

		if (!strcmp(argv[1], "map") || !strcmp(argv[1], "hold")) {
			map_and_close(fd, argv[1][0] == 'h');
			continue;
		}
		if (!strcmp(argv[1], "write") && write(fd, "x", 1) != 1)
			err(1, "write");
		close(fd);
	}
	puts("done");
	fflush(stdout);
	if (!strcmp(argv[1], "hold")) {
		while (read(0, &byte, 1) > 0)
			continue;
	}
	return 0;
}
