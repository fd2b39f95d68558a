// SPDX-License-Identifier: GPL-2.0
/*
 * race OVERLAY UPPERDIR DEVICE THREADS FILES SECONDS: threads write, sync and unlink while suspects
 * come and go.
 *
 * Each thread has FILES files of its own.  In each round it opens some for write, writes a new
 * pattern, closes them, unlinks one that is open and makes it anew, calls syncfs(2), and then has
 * ondisk compare some of what it wrote with the blocks of DEVICE: nothing that was written before
 * the syncfs may be missing there.  Prints "rounds N checks N".
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "tool.h"

#define WRITES 8
#define CHECKS 2
#define BLOCK 8192

static const char *overlay, *upper, *device;
static unsigned long files;
static time_t deadline;
static atomic_ulong rounds, checks;
static char ondisk[4096];

static void file_name(char *name, size_t size, const char *dir, unsigned long thread,
		      unsigned long file)
{
	snprintf(name, size, "%s/t%lu-%lu", dir, thread, file);
}

static void write_file(unsigned long thread, unsigned long file, unsigned int *seed, bool unlinked)
{
	char name[4096], block[BLOCK];
	int fd;

	file_name(name, sizeof(name), overlay, thread, file);
	fd = open(name, O_RDWR | O_CREAT, 0644);
	if (fd < 0)
		err(1, "%s", name);
	memset(block, 'a' + rand_r(seed) % 26, sizeof(block));
	if (pwrite(fd, block, sizeof(block), 0) != sizeof(block))
		err(1, "write %s", name);
	if (unlinked && unlink(name))
		err(1, "unlink %s", name);
	close(fd);
}

static void check_file(unsigned long thread, unsigned long file)
{
	char name[4096], command[16384], answer[64] = "";
	FILE *pipe;

	file_name(name, sizeof(name), upper, thread, file);
	snprintf(command, sizeof(command), "%s %s %s", ondisk, name, device);
	pipe = popen(command, "r");
	if (!pipe || !fgets(answer, sizeof(answer), pipe) || pclose(pipe))
		errx(1, "%s says nothing", command);
	if (strcmp(answer, "0\n"))
		errx(1, "lost: %s: %s bytes differ on the disk after syncfs", name, answer);
	checks++;
}

static void *run(void *arg)
{
	unsigned long thread = (unsigned long)arg, written[WRITES];
	unsigned int seed = thread + 1;
	int fd = open_or_die(overlay, O_RDONLY | O_DIRECTORY);

	while (time(NULL) < deadline) {
		int i;

		for (i = 0; i < WRITES; i++) {
			written[i] = rand_r(&seed) % files;
			write_file(thread, written[i], &seed, false);
		}
		write_file(thread, written[0], &seed, true);
		write_file(thread, written[0], &seed, false);
		if (syncfs(fd))
			err(1, "syncfs");
		for (i = 0; i < CHECKS; i++)
			check_file(thread, written[i]);
		rounds++;
	}
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[64];
	unsigned long nr, i;

	if (argc != 7)
		errx(64, "usage: race OVERLAY UPPERDIR DEVICE THREADS FILES SECONDS");
	overlay = argv[1];
	upper = argv[2];
	device = argv[3];
	nr = strtoul(argv[4], NULL, 10);
	files = strtoul(argv[5], NULL, 10);
	deadline = time(NULL) + strtol(argv[6], NULL, 10);
	if (!nr || nr > 64 || !files)
		errx(64, "threads: 1 to 64; files: 1 or more");
	snprintf(ondisk, sizeof(ondisk), "%.*s/ondisk",
		 (int)(strrchr(argv[0], '/') ? strrchr(argv[0], '/') - argv[0] : 1),
		 strrchr(argv[0], '/') ? argv[0] : ".");
	for (i = 0; i < nr; i++) {
		if (pthread_create(&threads[i], NULL, run, (void *)i))
			errx(1, "no thread");
	}
	for (i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
	printf("rounds %lu checks %lu\n", rounds, checks);
	return 0;
}
