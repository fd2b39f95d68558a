// SPDX-License-Identifier: GPL-2.0
/*
 * stress SECONDS SEED MODULE MOUNTPOINTS LOWER UPPER_FS...: does everything to ovlsync, all at once.
 *
 * On each UPPER_FS, a mounted filesystem, three overlays are mounted below the directory
 * MOUNTPOINTS, one of which stays.  MODULE is loaded and unloaded all the time; if it is empty, not.
 *
 * What each task does in turn follows from SEED.  Prints how often each thing was done.  Exits 1 if
 * anything failed for another reason than that its overlay was gone just then.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "stress.h"

#define PER_UPPER 3

struct world world;
static atomic_int failures;

static struct task tasks[] = {
	{ .name = "write", .number = 0, .turn = turn_write },
	{ .name = "write", .number = 1, .turn = turn_write },
	{ .name = "write", .number = 2, .turn = turn_write },
	{ .name = "share", .number = 0, .turn = turn_share },
	{ .name = "share", .number = 1, .turn = turn_share },
	{ .name = "share", .number = 2, .turn = turn_share },
	{ .name = "mount", .number = 0, .turn = turn_mount },
	{ .name = "mount", .number = 1, .turn = turn_mount },
	{ .name = "sync", .number = 0, .turn = turn_sync },
	{ .name = "sync", .number = 1, .turn = turn_sync },
	{ .name = "ioctl", .number = 0, .turn = turn_ioctl },
	{ .name = "dump", .number = 0, .turn = turn_dump },
	{ .name = "dump", .number = 1, .turn = turn_dump },
	{ .name = "listen", .number = 0, .turn = turn_listen },
	{ .name = "listen", .number = 1, .turn = turn_listen },
	{ .name = "sysfs", .number = 0, .turn = turn_read_sysfs },
	{ .name = "tune", .number = 0, .turn = turn_tune },
	{ .name = "shrink", .number = 0, .turn = turn_shrink },
	{ .name = "freeze", .number = 0, .turn = turn_freeze },
	{ .name = "load", .number = 0, .turn = turn_load },
};

#define NR_TASKS (sizeof(tasks) / sizeof(tasks[0]))

/* xorshift64*: good enough, and the same everywhere. */
uint32_t by_chance(struct task *task, uint32_t below)
{
	task->random ^= task->random >> 12;
	task->random ^= task->random << 25;
	task->random ^= task->random >> 27;
	return (uint32_t)((task->random * 0x2545F4914F6CDD1DULL) >> 32) % below;
}

struct slot *any_slot(struct task *task)
{
	return &world.slots[by_chance(task, world.nr_slots)];
}

void nap(unsigned int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

void say_failed(const struct task *task, const char *what, const char *path)
{
	fprintf(stderr, "%s %d: %s %s: %s\n", task->name, task->number, what, path,
		strerrorname_np(errno));
	atomic_fetch_add(&failures, 1);
}

bool failed(struct task *task, long result, const char *what, const char *path)
{
	if (result >= 0)
		return false;
	switch (errno) {
	case ENOENT:
	case EEXIST:
	case EBUSY:
	case ESTALE:
		atomic_fetch_add(&task->refused, 1);
		break;
	default:
		say_failed(task, what, path);
	}
	return true;
}

int mount_slot(const struct slot *slot)
{
	return mount("stress", slot->at, "overlay", 0, slot->options);
}

static void make_dir(const char *format, const char *a, const char *b)
{
	char path[2 * PATH_BYTES];

	snprintf(path, sizeof(path), format, a, b);
	if (mkdir(path, 0755) && errno != EEXIST)
		err(1, "%s", path);
}

static void make_slot(const char *upper_fs, const char *mount_points, const char *lower, int nr)
{
	/*
	 * Options that leave marks on the disk have to be the same at each mount.  With index=on an
	 * upper can't be mounted again before the last file of a lazy umount is closed.
	 */
	static const char *const more[PER_UPPER] = {
		"", ",metacopy=on,redirect_dir=on", ",userxattr,xino=auto",
	};
	struct slot *slot = &world.slots[world.nr_slots];
	char name[PATH_BYTES];

	snprintf(name, sizeof(name), "%d", world.nr_slots);
	make_dir("%s/%s", upper_fs, name);
	snprintf(name, sizeof(name), "%s/%d", upper_fs, world.nr_slots);
	make_dir("%s/upper", name, "");
	make_dir("%s/work", name, "");
	/* Only there while the overlay is: nothing is written to what lies below. */
	make_dir("%s/upper/in", name, "");

	snprintf(slot->upper_fs, sizeof(slot->upper_fs), "%s", upper_fs);
	snprintf(slot->at, sizeof(slot->at), "%s/%d", mount_points, world.nr_slots);
	snprintf(slot->options, sizeof(slot->options), "lowerdir=%s,upperdir=%s/upper,workdir=%s/work,index=on%s",
		 lower, name, name, more[nr]);
	slot->kept = nr == 0;
	make_dir("%s", slot->at, "");
	if (mount_slot(slot))
		err(1, "mount %s", slot->at);
	world.nr_slots++;
}

static void *run_task(void *arg)
{
	struct task *task = arg;

	while (!atomic_load(&world.over)) {
		task->turn(task);
		atomic_fetch_add(&task->done, 1);
	}
	return NULL;
}

static void run_all(unsigned int seconds, uint64_t seed)
{
	pthread_t threads[NR_TASKS];
	size_t i;

	for (i = 0; i < NR_TASKS; i++) {
		tasks[i].random = (seed + 1) * 0x9E3779B97F4A7C15ULL + i * 0xBF58476D1CE4E5B9ULL;
		if (!tasks[i].random)
			tasks[i].random = 1;
		errno = pthread_create(&threads[i], NULL, run_task, &tasks[i]);
		if (errno)
			err(1, "pthread_create");
	}
	nap(seconds * 1000);
	atomic_store(&world.over, true);
	for (i = 0; i < NR_TASKS; i++)
		pthread_join(threads[i], NULL);
}

static void print_summary(void)
{
	size_t i;

	for (i = 0; i < NR_TASKS; i++) {
		printf("%s%s %lu", i ? ", " : "", tasks[i].name, atomic_load(&tasks[i].done));
		if (atomic_load(&tasks[i].refused))
			printf(" (%lu refused)", atomic_load(&tasks[i].refused));
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	int i, nr;

	if (argc < 7 || (argc - 6) * PER_UPPER > MAX_SLOTS)
		errx(64, "usage: stress SECONDS SEED MODULE MOUNTPOINTS LOWER UPPER_FS...");
	snprintf(world.module, sizeof(world.module), "%s", argv[3]);
	for (i = 6; i < argc; i++) {
		for (nr = 0; nr < PER_UPPER; nr++)
			make_slot(argv[i], argv[4], argv[5], nr);
	}
	signal(SIGPIPE, SIG_IGN);
	run_all(strtoul(argv[1], NULL, 0), strtoull(argv[2], NULL, 0));
	print_summary();
	return atomic_load(&failures) != 0;
}
