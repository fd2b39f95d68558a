/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tasks of the stress test share: the overlays they fight over, numbers by chance, and how
 * often each thing was done.
 */
#ifndef OVLSYNC_STRESS_H
#define OVLSYNC_STRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define PATH_BYTES 512
#define MAX_SLOTS 16

/**
 * struct slot - one overlay that comes and goes
 * @upper_fs: where its upper filesystem is mounted
 * @at: its mount point
 * @options: for mount(2), always the same ones
 * @kept: never unmounted, so that there is always something to write to
 */
struct slot {
	char upper_fs[PATH_BYTES];
	char at[PATH_BYTES];
	char options[4 * PATH_BYTES];
	bool kept;
};

/**
 * struct world - all that there is
 * @module: file of ovlsync.ko; empty: it is left as it is
 * @slots: the overlays
 * @nr_slots: how many
 * @unloading: nobody is to hold the device open
 * @over: the time is up
 */
struct world {
	char module[PATH_BYTES];
	struct slot slots[MAX_SLOTS];
	int nr_slots;
	atomic_bool unloading;
	atomic_bool over;
};

/**
 * struct task - one thread
 * @random: state of its numbers by chance; the seed of the run and its place in the table make it
 * @name: what it does, as the summary says
 * @number: among those that do the same
 * @turn: does it once; one thing at a time, by chance
 * @done: turns taken
 * @refused: things that could not be done, for a reason that is to be expected
 */
struct task {
	uint64_t random;
	const char *name;
	int number;
	void (*turn)(struct task *task);
	atomic_ulong done;
	atomic_ulong refused;
};

extern struct world world;

uint32_t by_chance(struct task *task, uint32_t below);
struct slot *any_slot(struct task *task);
void nap(unsigned int ms);
void say_failed(const struct task *task, const char *what, const char *path);

/* Has @result failed?  Unless the reason is that an overlay is just gone, the test fails, too. */
bool failed(struct task *task, long result, const char *what, const char *path);

int mount_slot(const struct slot *slot);

void turn_write(struct task *task);
void turn_share(struct task *task);
void turn_mount(struct task *task);
void turn_sync(struct task *task);
void turn_ioctl(struct task *task);
void turn_read_sysfs(struct task *task);
void turn_tune(struct task *task);
void turn_shrink(struct task *task);
void turn_freeze(struct task *task);
void turn_load(struct task *task);
void turn_dump(struct task *task);
void turn_listen(struct task *task);

#endif
