// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz-kernel [OPTION]... OWN OTHER: calls the module's interfaces with nonsense.
 *
 * OWN is the mount point of an overlay of the caller's, OTHER that of one of root's.
 *
 *   --container     the caller is root of a user namespace: the other overlay is none of its business
 *   --seconds N     how long (10)
 *   --seed N        of what is by chance
 *   --inputs FILE   keep the last inputs there, for --replay
 *   --replay FILE   these inputs, in their order, and no others
 *
 * Prints how many inputs there were and, with a test build that tells it (module/cover.c), how much
 * of the module they have reached.  Exits 1 and says so if something has happened that must not.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/ovlsync.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

/* Inputs kept in a file: the last one that a dead machine was given, and what led there. */
#define KEPT_INPUTS 512

struct world world;
static struct corpus corpus;

void broken(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void open_handles(void)
{
	char path[4096];
	int pipe_fds[2];

	snprintf(path, sizeof(path), "%s/open", world.own);
	world.handles[HANDLE_OWN_DIR] = open_or_die(world.own, O_RDONLY | O_DIRECTORY);
	world.handles[HANDLE_OWN_FILE] = open_or_die(path, O_RDWR | O_CREAT);
	world.handles[HANDLE_OTHER] = open_or_die(world.other, O_RDONLY | O_DIRECTORY);
	world.handles[HANDLE_PATH] = open_or_die(world.own, O_PATH);
	world.handles[HANDLE_PROC] = open_or_die("/proc/self/status", O_RDONLY);
	if (pipe2(pipe_fds, O_CLOEXEC))
		err(1, "pipe");
	world.handles[HANDLE_PIPE] = pipe_fds[0];
	world.handles[HANDLE_DEVICE] = open_or_die(OVLSYNC_DEVICE, O_RDWR);
}

/* So that there is something for all the others to find. */
static void fuzz_file(struct input *in)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%u", world.own, pick(in, 8));
	switch (pick(in, 4)) {
	case 0:
		unlink(path);
		return;
	case 1:
		if (truncate(path, take_byte(in)) && errno != ENOENT)
			broken("truncate: %s", strerrorname_np(errno));
		return;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		broken("open: %s", strerrorname_np(errno));
	if (write(fd, in->bytes, in->length) != (ssize_t)in->length)
		broken("write: %s", strerrorname_np(errno));
	close(fd);
}

static void execute(struct input *in)
{
	in->at = 0;
	/* Several calls, for one may prepare what another one finds. */
	do {
		switch (pick(in, 8)) {
		case 0:
			fuzz_file(in);
			break;
		case 1:
		case 2:
			fuzz_sysfs(in);
			break;
		case 3:
		case 4:
			fuzz_netlink(in);
			break;
		default:
			fuzz_ioctl(in);
		}
	} while (in->at < in->length);
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void keep(int fd, const struct input *in, unsigned long number)
{
	if (fd >= 0 && pwrite(fd, in, sizeof(*in), number % KEPT_INPUTS * sizeof(*in)) < 0)
		err(1, "inputs");
}

static unsigned long fuzz(double seconds, uint64_t seed, int inputs)
{
	uint64_t state = (seed + 1) * 0x9E3779B97F4A7C15ULL;
	double end = seconds_now() + seconds;
	unsigned long number = 0;
	struct input in;

	do {
		input_make(&in, &corpus, &state);
		keep(inputs, &in, number++);
		execute(&in);
		corpus_look(&corpus, &in);
		if (number % 64 == 0)
			check_books();
	} while (seconds_now() < end);
	check_books();
	return number;
}

static unsigned long replay(const char *path)
{
	int fd = open_or_die(path, O_RDONLY);
	unsigned long number = 0;
	struct input in;

	while (read(fd, &in, sizeof(in)) == sizeof(in)) {
		if (in.length > INPUT_BYTES)
			errx(64, "%s: no inputs of this program", path);
		execute(&in);
		number++;
	}
	check_books();
	return number;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "container", no_argument, NULL, 'c' },
		{ "seconds", required_argument, NULL, 's' },
		{ "seed", required_argument, NULL, 'r' },
		{ "inputs", required_argument, NULL, 'i' },
		{ "replay", required_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	const char *again = NULL;
	unsigned long number;
	double seconds = 10;
	uint64_t seed = 0;
	int option, inputs = -1;
	bool guided;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			world.container = true;
			break;
		case 's':
			seconds = atof(optarg);
			break;
		case 'r':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'i':
			inputs = open_or_die(optarg, O_RDWR | O_CREAT | O_TRUNC);
			break;
		case 'p':
			again = optarg;
			break;
		default:
			return 64;
		}
	}
	if (argc - optind != 2)
		errx(64, "usage: fuzz-kernel [OPTION]... OWN OTHER");
	world.own = argv[optind];
	world.other = argv[optind + 1];
	open_handles();
	find_sysfs_files();
	guided = cover_start();
	number = again ? replay(again) : fuzz(seconds, seed, inputs);
	printf("inputs=%lu\n", number);
	if (guided)
		printf("reached=%u\nkept=%u\n", corpus.reached, corpus.nr);
	return 0;
}
