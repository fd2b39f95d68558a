// SPDX-License-Identifier: GPL-2.0
/*
 * Marks: everything is made durable, the log gets a mark, and the state of the tree is recorded.
 * The process alone changes the tree, so the state after the call is exactly the one that it had to
 * save.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sysexits.h>
#include <unistd.h>

#include <linux/ovlsync.h>

#include "dm.h"
#include "mark.h"
#include "state.h"

static const char *const how_names[] = {
	[BY_SYNCFS] = "syncfs",
	[BY_IOCTL] = "ioctl",
	[BY_UMOUNT] = "umount",
};

static struct mark_options options;
static char *overlay_dir;
static int overlay = -1;

static void enter(void)
{
	if (chdir(overlay_dir))
		err(EX_NOINPUT, "%s", overlay_dir);
	overlay = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (overlay < 0)
		err(EX_NOINPUT, "%s", overlay_dir);
}

void mark_begin(const struct mark_options *given, const char *dir)
{
	options = *given;
	overlay_dir = realpath(dir, NULL);
	if (!overlay_dir)
		err(EX_NOINPUT, "%s", dir);
	enter();
}

void mark_sync(void)
{
	if (syncfs(overlay))
		err(EX_IOERR, "syncfs");
}

/* The call of "ovlctl sync", which itself would take its time to end: the flusher could come by. */
static void by_ioctl(void)
{
	struct ovlsync_sync sync = { .size = sizeof(sync), .fd = overlay };
	static int device = -1;

	if (device < 0)
		device = open(OVLSYNC_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || ioctl(device, OVLSYNC_IOC_SYNC, &sync))
		err(EX_IOERR, "%s: sync", OVLSYNC_DEVICE);
}

static void by_umount(struct world *w)
{
	world_let_go(w);
	close(overlay);
	if (chdir("/") || umount(overlay_dir))
		err(EX_OSERR, "umount %s", overlay_dir);
}

static void mount_again(void)
{
	if (mount("overlay-a", overlay_dir, "overlay", 0, options.remount))
		err(EX_OSERR, "mount %s", overlay_dir);
	enter();
}

static void flush_disk_cache(void)
{
	int fd = open(options.flush, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		err(EX_IOERR, "%s", options.flush);
	close(fd);
}

static void record(const char *name)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", options.states, name);
	out = fopen(path, "we");
	if (!out)
		err(EX_CANTCREAT, "%s", path);
	state_dump(".", out);
	if (fsync(fileno(out)) || fclose(out))
		err(EX_IOERR, "%s", path);
}

void mark(struct world *w, const char *name, enum mark_how how)
{
	if ((how == BY_UMOUNT && !options.remount) || (how == BY_IOCTL && !options.ioctl))
		how = BY_SYNCFS;
	switch (how) {
	case BY_SYNCFS:
		mark_sync();
		break;
	case BY_IOCTL:
		by_ioctl();
		break;
	case BY_UMOUNT:
		by_umount(w);
		break;
	}
	if (options.flush)
		flush_disk_cache();
	if (options.log)
		dm_mark(options.log, name);
	if (how == BY_UMOUNT)
		mount_again();
	if (options.states)
		record(name);
	printf("mark %s %s\n", name, how_names[how]);
	fflush(stdout);
}
