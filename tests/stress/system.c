// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks that act on overlays, on the module's interfaces and on the module itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/fs.h>
#include <linux/ovlsync.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stress.h"

void turn_mount(struct task *task)
{
	struct slot *slot = any_slot(task);

	if (slot->kept)
		return;
	if (by_chance(task, 2)) {
		if (umount2(slot->at, by_chance(task, 3) ? 0 : MNT_DETACH)) {
			if (errno == EINVAL) /* it is not mounted */
				atomic_fetch_add(&task->refused, 1);
			else
				failed(task, -1, "umount", slot->at);
		}
		nap(by_chance(task, 50));
		return;
	}
	failed(task, mount_slot(slot), "mount", slot->at);
}

void turn_sync(struct task *task)
{
	const struct slot *slot = any_slot(task);
	int fd = open(slot->at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (failed(task, fd, "open", slot->at))
		return;
	failed(task, syncfs(fd), "syncfs", slot->at);
	close(fd);
	nap(by_chance(task, 50));
}

/* Half of them right, half of them nonsense. */
void turn_ioctl(struct task *task)
{
	static const unsigned long commands[] = {
		OVLSYNC_IOC_GC, OVLSYNC_IOC_SYNC, OVLSYNC_IOC_STATS,
	};
	static const __u32 sizes[] = {
		OVLSYNC_GC_SIZE_VER0, OVLSYNC_SYNC_SIZE_VER0, OVLSYNC_STATS_SIZE_VER0,
	};
	const struct slot *slot = any_slot(task);
	union {
		struct ovlsync_gc gc;
		unsigned char bytes[1024];
	} arg = { 0 };
	int device = atomic_load(&world.unloading) ? -1 : open(OVLSYNC_DEVICE, O_RDWR | O_CLOEXEC);
	int fd = open(by_chance(task, 8) ? slot->at : slot->upper_fs, O_RDONLY | O_CLOEXEC);
	unsigned int which = by_chance(task, 3), i;
	unsigned long command = commands[which];

	arg.gc.size = sizes[which];
	if (which == 0)
		arg.gc.flags = by_chance(task, 3);
	if (by_chance(task, 2)) {
		for (i = by_chance(task, 16); i; i--)
			arg.bytes[by_chance(task, 64)] = by_chance(task, 256);
		if (by_chance(task, 4) == 0)
			command = _IOC(by_chance(task, 4), OVLSYNC_IOC_MAGIC, by_chance(task, 8),
				       by_chance(task, 4096));
	}
	arg.gc.fd = fd;
	if (device >= 0 && ioctl(device, command, &arg) < 0)
		atomic_fetch_add(&task->refused, 1);
	if (device >= 0)
		close(device);
	if (fd >= 0)
		close(fd);
	nap(by_chance(task, 20));
}

static void read_all(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	while (read(fd, text, sizeof(text)) > 0)
		continue;
	close(fd);
}

void turn_read_sysfs(struct task *task)
{
	glob_t found;
	size_t i;

	if (!glob("/sys/fs/ovlsync/*/*", GLOB_NOSORT, NULL, &found)) {
		glob("/sys/fs/ovlsync/*/*/*", GLOB_NOSORT | GLOB_APPEND, NULL, &found);
		for (i = 0; i < found.gl_pathc; i++)
			read_all(found.gl_pathv[i]);
		globfree(&found);
	}
	nap(100 + by_chance(task, 100));
}

void turn_tune(struct task *task)
{
	static const struct {
		const char *file;
		const char *values[5];
	} tunables[] = {
		{ "reaper/interval_ms", { "1", "5", "50", "1000", "0" } },
		{ "reaper/min_age_ms", { "0", "1", "10", "100", "-1" } },
		{ "reaper/batch", { "1", "2", "256", "100000", "x" } },
		{ "reaper/max_suspects", { "1", "3", "10", "100000", "" } },
		{ "mode", { "auto", "full", "auto", "auto", "containerized" } },
		{ "umount_sync", { "own", "none", "own", "own", "all" } },
	};
	char pattern[PATH_BYTES];
	glob_t found;
	unsigned int which = by_chance(task, sizeof(tunables) / sizeof(tunables[0]));
	const char *value = tunables[which].values[by_chance(task, 5)];
	int fd;

	snprintf(pattern, sizeof(pattern), "/sys/fs/ovlsync/*/%s", tunables[which].file);
	if (!glob(pattern, 0, NULL, &found)) {
		fd = open(found.gl_pathv[by_chance(task, found.gl_pathc)], O_WRONLY | O_CLOEXEC);
		if (fd >= 0) {
			if (write(fd, value, strlen(value)) < 0)
				atomic_fetch_add(&task->refused, 1);
			close(fd);
		}
		globfree(&found);
	}
	nap(by_chance(task, 50));
}

void turn_shrink(struct task *task)
{
	int fd;

	nap(200 + by_chance(task, 500));
	fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
	if (failed(task, fd, "open", "drop_caches"))
		return;
	failed(task, write(fd, by_chance(task, 2) ? "2" : "3", 1), "write", "drop_caches");
	close(fd);
}

void turn_freeze(struct task *task)
{
	const struct slot *slot = any_slot(task);
	long result;
	int fd;

	nap(300 + by_chance(task, 1000));
	fd = open(slot->upper_fs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (failed(task, fd, "open", slot->upper_fs))
		return;
	result = ioctl(fd, FIFREEZE, 0);
	/* f2fs_freeze() wants what was synced just before to be clean still. */
	if (result < 0 && errno == EINVAL)
		errno = EBUSY;
	if (!failed(task, result, "FIFREEZE", slot->upper_fs)) {
		nap(by_chance(task, 100));
		failed(task, ioctl(fd, FITHAW, 0), "FITHAW", slot->upper_fs);
	}
	close(fd);
}

/* Mounts in progress and the open device keep it busy. */
static bool unload(struct task *task)
{
	int tries;

	for (tries = 0; tries < 100; tries++) {
		if (!syscall(SYS_delete_module, "ovlsync", O_NONBLOCK))
			return true;
		if (errno != EAGAIN) {
			say_failed(task, "unload", "ovlsync");
			return false;
		}
		nap(20);
	}
	atomic_fetch_add(&task->refused, 1);
	return false;
}

void turn_load(struct task *task)
{
	bool gone;
	int fd;

	nap(500 + by_chance(task, 2000));
	if (!world.module[0])
		return;
	atomic_store(&world.unloading, true);
	gone = unload(task);
	atomic_store(&world.unloading, false);
	if (!gone)
		return;
	nap(by_chance(task, 200));
	fd = open(world.module, O_RDONLY | O_CLOEXEC);
	if (failed(task, fd, "open", world.module))
		return;
	failed(task, syscall(SYS_finit_module, fd, "", 0), "load", world.module);
	close(fd);
}
