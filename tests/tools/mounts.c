// SPDX-License-Identifier: GPL-2.0
/*
 * mounts mount DIR UPPER NR FILES: mounts NR overlays at DIR/<n>, with uppers in UPPER, and opens FILES
 * files for write in each, new ones if they are not there.
 * mounts prepare UPPER NR FILES: only makes the uppers and their files, outside of any overlay.
 * mounts umount DIR NR: takes them down again, in the same order.
 *
 * Prints the milliseconds that each quarter of them took, in one line.
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>

#include "tool.h"

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

static void make_dir(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		err(1, "%s", path);
}

static void make_upper(const char *upper, unsigned long number)
{
	static const char *const names[] = { "", "/upper", "/work" };
	char path[256];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/m%lu%s", upper, number, names[i]);
		make_dir(path);
	}
}

static void mount_one(const char *dir, const char *upper, unsigned long number)
{
	char path[3][256], options[1024];

	make_upper(upper, number);
	snprintf(path[0], sizeof(path[0]), "%s/m%lu/upper", upper, number);
	snprintf(path[1], sizeof(path[1]), "%s/m%lu/work", upper, number);
	snprintf(path[2], sizeof(path[2]), "%s/%lu", dir, number);
	make_dir(path[2]);
	snprintf(options, sizeof(options), "lowerdir=%s/lower,upperdir=%s,workdir=%s", upper,
		 path[0], path[1]);
	if (mount("many", path[2], "overlay", 0, options))
		err(1, "mount %s", path[2]);
}

static void open_files(const char *dir, unsigned long files)
{
	char path[512];
	unsigned long i;
	int fd;

	for (i = 0; i < files; i++) {
		snprintf(path, sizeof(path), "%s/%lu", dir, i);
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0)
			err(1, "%s", path);
		close(fd);
	}
}

static void umount_one(const char *dir, unsigned long number)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%lu", dir, number);
	if (umount2(path, 0))
		err(1, "umount %s", path);
}

static void prepare(const char *upper, unsigned long nr, unsigned long files)
{
	char path[256];
	unsigned long i;

	for (i = 0; i < nr; i++) {
		make_upper(upper, i);
		snprintf(path, sizeof(path), "%s/m%lu/upper", upper, i);
		open_files(path, files);
	}
}

static void mount_and_open(const char *dir, const char *upper, unsigned long number,
			   unsigned long files)
{
	char path[256];

	mount_one(dir, upper, number);
	snprintf(path, sizeof(path), "%s/%lu", dir, number);
	open_files(path, files);
}

int main(int argc, char **argv)
{
	bool mounts = argc == 6 && !strcmp(argv[1], "mount");
	unsigned long i, nr, quarter, files;
	uint64_t begun = now_ms();

	if (argc == 5 && !strcmp(argv[1], "prepare")) {
		prepare(argv[2], strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
		return 0;
	}
	if (!mounts && (argc != 4 || strcmp(argv[1], "umount")))
		errx(64, "usage: mounts mount DIR UPPER NR FILES | prepare UPPER NR FILES | umount DIR NR");
	nr = strtoul(argv[mounts ? 4 : 3], NULL, 10);
	files = mounts ? strtoul(argv[5], NULL, 10) : 0;
	quarter = nr / 4;
	if (!quarter)
		errx(64, "%lu mounts have no quarters", nr);
	for (i = 0; i < 4 * quarter; i++) {
		if (mounts)
			mount_and_open(argv[2], argv[3], i, files);
		else
			umount_one(argv[2], i);
		if ((i + 1) % quarter)
			continue;
		printf("%" PRIu64 "%s", now_ms() - begun, i + 1 < 4 * quarter ? " " : "\n");
		fflush(stdout);
		begun = now_ms();
	}
	return 0;
}
