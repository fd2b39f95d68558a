// SPDX-License-Identifier: GPL-2.0
/*
 * timing syncfs|umount|fsync PATH: does it and prints how many microseconds it took.
 * timing --cpu syncfs|umount|fsync PATH: prints how many nanoseconds of a CPU it took, without what
 * it waited for.
 *
 * Only the system call is measured: a shell's fork and exec take longer than what is to be seen.
 */
#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <time.h>

#include "tool.h"

static clockid_t clock_id = CLOCK_MONOTONIC;

static bool all_tasks;

/* What all tasks together have run; a task of more than one thread does not matter here. */
static uint64_t all_tasks_ns(void)
{
	unsigned long long ns, sum = 0;
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char path[300];
	FILE *file;

	if (!proc)
		err(1, "/proc");
	/* Or else what this task has run since the last tick is not counted yet. */
	sched_yield();
	while ((entry = readdir(proc))) {
		if (*entry->d_name < '0' || *entry->d_name > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/schedstat", entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%llu", &ns) == 1)
			sum += ns;
		fclose(file);
	}
	closedir(proc);
	return sum;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	if (all_tasks)
		return all_tasks_ns();

	clock_gettime(clock_id, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* The second look finds caches warm, as the one after the call does. */
static uint64_t cost_of_looking(void)
{
	uint64_t begun;

	now_ns();
	begun = now_ns();
	return now_ns() - begun;
}

int main(int argc, char **argv)
{
	uint64_t begun, ended, overhead;
	int fd, failed;

	if (argc > 1 && !strncmp(argv[1], "--cpu", 5)) {
		all_tasks = !strcmp(argv[1], "--cpus");
		clock_id = CLOCK_PROCESS_CPUTIME_ID;
		argc--;
		argv++;
	}
	if (argc != 3)
		errx(64, "usage: timing [--cpu|--cpus] syncfs|umount|fsync PATH");
	overhead = cost_of_looking();
	if (!strcmp(argv[1], "syncfs")) {
		fd = open_or_die(argv[2], O_RDONLY | O_DIRECTORY);
		begun = now_ns();
		failed = syncfs(fd);
	} else if (!strcmp(argv[1], "umount")) {
		begun = now_ns();
		failed = umount2(argv[2], 0);
	} else if (!strcmp(argv[1], "fsync")) {
		fd = open_or_die(argv[2], O_RDONLY);
		begun = now_ns();
		failed = fsync(fd);
	} else {
		errx(64, "%s: not syncfs, umount or fsync", argv[1]);
	}
	ended = now_ns();
	if (failed)
		err(1, "%s %s", argv[1], argv[2]);
	printf("%" PRIu64 "\n",
	       (ended - begun - overhead) / (clock_id == CLOCK_MONOTONIC ? 1000 : 1));
	return 0;
}
