// SPDX-License-Identifier: GPL-2.0
/*
 * timing syncfs|umount|fsync PATH: does it and prints how many microseconds it took.
 * timing --cpu syncfs|umount|fsync PATH: prints how many nanoseconds of a CPU it took, without what
 * it waited for.
 *
 * Only the system call is measured: a shell's fork and exec take longer than what is to be seen.
 */
#include <sys/mount.h>
#include <time.h>

#include "tool.h"

static clockid_t clock_id = CLOCK_MONOTONIC;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(clock_id, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	uint64_t begun, ended;
	int fd, failed;

	if (argc > 1 && !strcmp(argv[1], "--cpu")) {
		clock_id = CLOCK_PROCESS_CPUTIME_ID;
		argc--;
		argv++;
	}
	if (argc != 3)
		errx(64, "usage: timing [--cpu] syncfs|umount|fsync PATH");
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
	printf("%" PRIu64 "\n", (ended - begun) / (clock_id == CLOCK_MONOTONIC ? 1000 : 1));
	return 0;
}
