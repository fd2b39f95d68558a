// SPDX-License-Identifier: GPL-2.0
/*
 * costs DIR [NR]: what calls on files in DIR cost, as nanoseconds: instructions, in a guest whose
 * clock counts them. costs [--watch] --opens DIR NR: what opening files of DIR for write costs, with
 * --watch while DIR's filesystem has a mark for openings that is told of none. costs --cpu COMMAND
 * [ARG...]: what COMMAND and its children cost.
 *
 * Each call is made NR times (300) in each of several batches, and the median batch is told.
 */
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "tool.h"

#define BATCHES	    15
#define BLOCK_BYTES 4096
#define MAP_BLOCKS  16

static int file_fd;
static char file_path[4096], new_path[4096];
static char block[BLOCK_BYTES];

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void must(long result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
}

static void open_and_close(int flags)
{
	int fd = open(file_path, flags | O_CLOEXEC, 0644);

	must(fd, "open");
	close(fd);
}

static void open_ro(void)
{
	open_and_close(O_RDONLY);
}

static void open_rw(void)
{
	open_and_close(O_RDWR);
}

static void create_unlink(void)
{
	int fd = open(new_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	must(fd, "create");
	close(fd);
	must(unlink(new_path), "unlink");
}

static void pread_block(void)
{
	must(pread(file_fd, block, BLOCK_BYTES, 0), "pread");
}

static void pwrite_block(void)
{
	must(pwrite(file_fd, block, BLOCK_BYTES, 0), "pwrite");
}

static void map_touch_unmap(void)
{
	volatile char *map = mmap(NULL, MAP_BLOCKS * BLOCK_BYTES, PROT_READ | PROT_WRITE,
				  MAP_SHARED, file_fd, 0);
	int i;

	if (map == MAP_FAILED)
		err(1, "mmap");
	for (i = 0; i < MAP_BLOCKS; i++)
		map[i * BLOCK_BYTES] = 'x';
	munmap((void *)map, MAP_BLOCKS * BLOCK_BYTES);
}

static void stat_file(void)
{
	struct stat st;

	must(stat(file_path, &st), "stat");
}

/* Changes nothing, as what an archive says of a new file mostly does. */
static void chmod_file(void)
{
	must(chmod(file_path, 0644), "chmod");
}

static const struct {
	const char *name;
	void (*call)(void);
} calls[] = {
	{ "open_ro", open_ro },	  { "open_rw", open_rw },     { "create_unlink", create_unlink },
	{ "pread", pread_block }, { "pwrite", pwrite_block }, { "mmap", map_touch_unmap },
	{ "stat", stat_file },	  { "chmod", chmod_file },
};

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void measure(size_t which, unsigned long nr)
{
	uint64_t batches[BATCHES + 1], begun;
	unsigned long i;
	int b;

	/* The first batch finds caches cold. */
	for (b = 0; b <= BATCHES; b++) {
		begun = now_ns();
		for (i = 0; i < nr; i++)
			calls[which].call();
		batches[b] = now_ns() - begun;
	}
	qsort(batches + 1, BATCHES, sizeof(batches[0]), by_value);
	printf("%s\t%.1f\n", calls[which].name, (double)batches[1 + BATCHES / 2] / nr);
	fflush(stdout);
}

/* All of the events are ignored: fsnotify goes as far as to find that nobody is to be called. */
static void watch(const char *dir)
{
	const unsigned int add = FAN_MARK_ADD | FAN_MARK_FILESYSTEM;
	const unsigned int ignore = add | FAN_MARK_IGNORED_MASK | FAN_MARK_IGNORED_SURV_MODIFY;
	int group;

	group = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY);
	must(group, "fanotify_init");
	must(fanotify_mark(group, ignore, FAN_OPEN, AT_FDCWD, dir), "fanotify_mark");
	must(fanotify_mark(group, add, FAN_OPEN, AT_FDCWD, dir), "fanotify_mark");
}

/* What is read and written stays open for write; what is opened and closed is another file. */
static void prepare(const char *dir)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/data", dir);
	snprintf(file_path, sizeof(file_path), "%s/file", dir);
	snprintf(new_path, sizeof(new_path), "%s/new", dir);
	file_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	must(file_fd, path);
	must(ftruncate(file_fd, MAP_BLOCKS * BLOCK_BYTES), "ftruncate");
	pwrite_block();
	open_and_close(O_RDWR | O_CREAT);
}

static int opens(const char *dir, unsigned long nr)
{
	struct timespec begun, ended;
	unsigned long i;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
	for (i = 0; i < nr; i++) {
		snprintf(file_path, sizeof(file_path), "%s/%lu/%lu", dir, i / 1000, i);
		open_and_close(O_RDWR);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
	printf("%.1f\n",
	       ((ended.tv_sec - begun.tv_sec) * 1e9 + (ended.tv_nsec - begun.tv_nsec)) / nr);
	return 0;
}

static int cpu(char **command)
{
	uint64_t seconds, useconds;
	struct rusage usage;
	pid_t pid = fork();
	int status;

	must(pid, "fork");
	if (!pid) {
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	must(wait4(pid, &status, 0, &usage), "wait4");
	seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
	useconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
	printf("%" PRIu64 "\n", (seconds * 1000000 + useconds) * 1000);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	unsigned long nr = 300;
	bool watched;
	size_t i;

	if (argc > 2 && !strcmp(argv[1], "--cpu"))
		return cpu(argv + 2);
	watched = argc > 1 && !strcmp(argv[1], "--watch");
	argc -= watched;
	argv += watched;
	if (argc == 4 && !strcmp(argv[1], "--opens")) {
		if (watched)
			watch(argv[2]);
		return opens(argv[2], strtoul(argv[3], NULL, 10));
	}
	if (watched || argc < 2 || argc > 3)
		errx(64, "usage: costs DIR [NR] | [--watch] --opens DIR NR | --cpu COMMAND [ARG...]");
	if (argc == 3)
		nr = strtoul(argv[2], NULL, 10);
	prepare(argv[1]);
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		measure(i, nr);
	return 0;
}
