// SPDX-License-Identifier: GPL-2.0
/*
 * openloop DIR THREADS SECONDS own|same: opens for write and closes, over and over.
 *
 * Each thread does so with a file of its own, or all with the same one.  Prints how many times a second
 * all together did it.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "tool.h"

static const char *dir;
static bool same_file;
static atomic_bool stop;
static atomic_ulong total;

static void *run(void *arg)
{
	unsigned long opens = 0;
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/loop%lu", dir, same_file ? 0 : (unsigned long)arg);
	while (!stop) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0)
			err(1, "%s", path);
		close(fd);
		opens++;
	}
	total += opens;
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned long nr, seconds, i;
	pthread_t threads[64];

	if (argc != 5 || (strcmp(argv[4], "own") && strcmp(argv[4], "same")))
		errx(64, "usage: openloop DIR THREADS SECONDS own|same");
	dir = argv[1];
	nr = strtoul(argv[2], NULL, 10);
	seconds = strtoul(argv[3], NULL, 10);
	same_file = !strcmp(argv[4], "same");
	if (!nr || nr > 64 || !seconds)
		errx(64, "threads: 1 to 64; seconds: 1 or more");
	for (i = 0; i < nr; i++) {
		if (pthread_create(&threads[i], NULL, run, (void *)i))
			errx(1, "no thread");
	}
	sleep(seconds);
	stop = true;
	for (i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
	printf("%lu\n", total / seconds);
	return 0;
}
