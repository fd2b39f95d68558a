// SPDX-License-Identifier: GPL-2.0
/*
 * race OVERLAY DEVICE THREADS FILES SECONDS [PAUSE_US]: threads write, sync and unlink the same files
 * while suspects come and go.
 *
 * In each file every thread has a block of its own.  In each round a thread opens some files for
 * write, writes a block that is like no other, closes them, unlinks one of them, calls syncfs(2) on
 * the overlay, and then reads some of its blocks from DEVICE, past every cache.  If the file is
 * still the one it wrote to, which the block in it tells, the block on the disk must be the same.
 * Up to PAUSE_US go by between opening a file and writing to it.
 * SIGTERM ends it before its time.  Prints "rounds N checks N"; a check that found the file
 * unlinked is none.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

#include "extents.h"

#define WRITES 8
#define CHECKS 4
#define BLOCK  4096

static const char *overlay;
static unsigned long files, pause_us;
static volatile time_t deadline;
static int dev;
static atomic_ulong rounds, checks;

struct writer {
	unsigned long number;
	unsigned int seed;
	uint64_t sequence;
	unsigned long written[WRITES];
	char *blocks[WRITES];
	char *have;
};

static void file_name(char *name, size_t size, unsigned long file)
{
	snprintf(name, size, "%s/%lu", overlay, file);
}

static off_t block_offset(const struct writer *w)
{
	return w->number * BLOCK;
}

static void write_block(struct writer *w, unsigned long file, char *block)
{
	char name[4096];
	int fd;

	file_name(name, sizeof(name), file);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		err(1, "%s", name);
	if (pause_us)
		usleep(rand_r(&w->seed) % pause_us);
	memset(block, 'a' + w->sequence % 26, BLOCK);
	snprintf(block, BLOCK, "thread %lu sequence %" PRIu64, w->number, ++w->sequence);
	if (pwrite(fd, block, BLOCK, block_offset(w)) != BLOCK)
		err(1, "write %s", name);
	if (close(fd))
		err(1, "close %s", name);
}

static void unlink_file(unsigned long file)
{
	char name[4096];

	file_name(name, sizeof(name), file);
	if (unlink(name) && errno != ENOENT)
		err(1, "unlink %s", name);
}

/* Is our block on the disk?  The file can't lose its blocks as long as @fd is open. */
static bool block_on_disk(struct writer *w, int fd, const char *name, const char *block)
{
	struct fiemap *map = extents_of(fd, name);
	const struct fiemap_extent *e = extent_at(map, block_offset(w));
	bool same = false;

	if (e && !(e->fe_flags & NOT_ON_DISK)) {
		if (pread(dev, w->have, BLOCK, e->fe_physical + block_offset(w) - e->fe_logical) !=
		    BLOCK)
			err(1, "read of the device");
		same = !memcmp(w->have, block, BLOCK);
	}
	free(map);
	return same;
}

static void check_block(struct writer *w, unsigned long file, const char *block)
{
	char name[4096];
	struct stat st;
	int fd;

	file_name(name, sizeof(name), file);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return;
	if (fd < 0)
		err(1, "%s", name);
	/* Another thread may have unlinked ours, and somebody made it anew. */
	if (pread(fd, w->have, BLOCK, block_offset(w)) == BLOCK && !memcmp(w->have, block, BLOCK)) {
		bool lost = !block_on_disk(w, fd, name, block);

		if (fstat(fd, &st))
			err(1, "%s", name);
		if (lost && st.st_nlink)
			errx(1, "lost: %s: '%.40s' is not on the disk after syncfs", name, block);
		checks += st.st_nlink > 0;
	}
	close(fd);
}

static void *run(void *arg)
{
	struct writer *w = arg;
	int fd = open_or_die(overlay, O_RDONLY | O_DIRECTORY);

	while (time(NULL) < deadline) {
		int i;

		for (i = 0; i < WRITES; i++) {
			w->written[i] = rand_r(&w->seed) % files;
			write_block(w, w->written[i], w->blocks[i]);
		}
		unlink_file(rand_r(&w->seed) % files);
		if (syncfs(fd))
			err(1, "syncfs");
		/* The last ones: an earlier one may have been the same file. */
		for (i = WRITES - CHECKS; i < WRITES; i++)
			check_block(w, w->written[i], w->blocks[i]);
		rounds++;
	}
	close(fd);
	return NULL;
}

static void stop(int sig)
{
	(void)sig;
	deadline = 0;
}

static struct writer *new_writer(unsigned long number)
{
	struct writer *w = calloc(1, sizeof(*w));
	int i;

	if (!w)
		err(1, "no memory");
	w->number = number;
	w->seed = number + 1;
	w->have = aligned_alloc(ALIGN, BLOCK);
	for (i = 0; i < WRITES; i++)
		w->blocks[i] = aligned_alloc(ALIGN, BLOCK);
	return w;
}

int main(int argc, char **argv)
{
	pthread_t threads[64];
	unsigned long nr, i;

	if (argc != 6 && argc != 7)
		errx(64, "usage: race OVERLAY DEVICE THREADS FILES SECONDS [PAUSE_US]");
	overlay = argv[1];
	dev = open_or_die(argv[2], O_RDONLY | O_DIRECT);
	nr = strtoul(argv[3], NULL, 10);
	files = strtoul(argv[4], NULL, 10);
	pause_us = argc == 7 ? strtoul(argv[6], NULL, 10) : 0;
	deadline = time(NULL) + strtol(argv[5], NULL, 10);
	if (!nr || nr > 64 || !files)
		errx(64, "threads: 1 to 64; files: 1 or more");
	signal(SIGTERM, stop);
	for (i = 0; i < nr; i++) {
		if (pthread_create(&threads[i], NULL, run, new_writer(i)))
			errx(1, "no thread");
	}
	for (i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
	printf("rounds %lu checks %lu\n", rounds, checks);
	return checks ? 0 : 1;
}
