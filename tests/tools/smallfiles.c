// SPDX-License-Identifier: GPL-2.0
/*
 * smallfiles make DIR NR BYTES: makes NR files of BYTES each, new or over what is there.
 * smallfiles fsync DIR NR: opens and fsyncs each, and prints how many microseconds all took.
 * smallfiles check DIR NR BYTES: prints how many of them have all that "make" wrote.
 *
 * Files lie in DIR/<number / 1000>/<number>; their content tells their number, so that blocks of
 * another file are no match.
 */
#include <sys/stat.h>
#include <time.h>

#include "tool.h"

#define PER_DIR	   1000
#define MOST_BYTES (1 << 20)

static char wanted[MOST_BYTES], found[MOST_BYTES];

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ULL + ts.tv_nsec / 1000;
}

static void name_of(char *path, size_t size, const char *dir, unsigned long number)
{
	snprintf(path, size, "%s/%lu/%lu", dir, number / PER_DIR, number);
}

static void fill(size_t bytes, unsigned long number)
{
	uint64_t word = number * 0x9e3779b97f4a7c15ULL + 1;
	size_t at;

	for (at = 0; at < bytes; at++)
		wanted[at] = (char)(word >> (at % 8 * 8));
}

/* A file larger than the buffer has it several times over. */
static void write_all(int fd, size_t bytes, const char *path)
{
	size_t chunk;

	for (; bytes; bytes -= chunk) {
		chunk = bytes < MOST_BYTES ? bytes : MOST_BYTES;
		if (write(fd, wanted, chunk) != (ssize_t)chunk)
			err(1, "%s", path);
	}
}

static void make(const char *dir, unsigned long number, size_t bytes)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%lu", dir, number / PER_DIR);
	if (number % PER_DIR == 0 && mkdir(path, 0755) && errno != EEXIST)
		err(1, "%s", path);
	name_of(path, sizeof(path), dir, number);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		err(1, "%s", path);
	fill(bytes < MOST_BYTES ? bytes : MOST_BYTES, number);
	write_all(fd, bytes, path);
	close(fd);
}

static void sync_one(const char *dir, unsigned long number)
{
	char path[4096];
	int fd;

	name_of(path, sizeof(path), dir, number);
	fd = open_or_die(path, O_RDONLY);
	if (fsync(fd))
		err(1, "%s", path);
	close(fd);
}

static bool is_whole(const char *dir, unsigned long number, size_t bytes)
{
	char path[4096];
	ssize_t length;
	int fd;

	name_of(path, sizeof(path), dir, number);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, found, sizeof(found));
	close(fd);
	fill(bytes, number);
	return length == (ssize_t)bytes && !memcmp(found, wanted, bytes);
}

int main(int argc, char **argv)
{
	unsigned long nr, i, whole = 0;
	size_t bytes = 0;
	uint64_t begun;

	if (argc < 4 || (argc < 5 && strcmp(argv[1], "fsync")))
		errx(64, "usage: smallfiles make|check DIR NR BYTES | fsync DIR NR");
	nr = strtoul(argv[3], NULL, 10);
	if (argc > 4)
		bytes = strtoul(argv[4], NULL, 10);
	begun = now_us();
	for (i = 0; i < nr; i++) {
		if (!strcmp(argv[1], "make"))
			make(argv[2], i, bytes);
		else if (!strcmp(argv[1], "fsync"))
			sync_one(argv[2], i);
		else
			whole += is_whole(argv[2], i, bytes);
	}
	if (!strcmp(argv[1], "fsync"))
		printf("%" PRIu64 "\n", now_us() - begun);
	else if (!strcmp(argv[1], "check"))
		printf("%lu\n", whole);
	return 0;
}
