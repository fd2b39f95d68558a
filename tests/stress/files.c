// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks that change files.  "write" has files of its own, reads back what it wrote, and maps them;
 * the tasks of "share" do to the same few files whatever comes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stress.h"

#define OWN_FILES 40
#define SHARED_FILES 20
#define LOWER_FILES 20
#define MOST_BYTES 20000

static void own_path(struct task *task, const struct slot *slot, char *path)
{
	snprintf(path, 2 * PATH_BYTES, "%s/in/own-%d-%u", slot->at, task->number,
		 by_chance(task, OWN_FILES));
}

/* Every third is a file of the lower layer: changing it copies it up. */
static void shared_path(struct task *task, const struct slot *slot, char *path)
{
	if (by_chance(task, 3))
		snprintf(path, 2 * PATH_BYTES, "%s/in/shared-%u", slot->at,
			 by_chance(task, SHARED_FILES));
	else
		snprintf(path, 2 * PATH_BYTES, "%s/below/%u", slot->at,
			 by_chance(task, LOWER_FILES));
}

static void write_and_read(struct task *task, int fd, const char *path)
{
	char out[MOST_BYTES], in[MOST_BYTES];
	size_t bytes = 1 + by_chance(task, MOST_BYTES - 1);
	ssize_t got;

	memset(out, 'a' + by_chance(task, 26), bytes);
	if (failed(task, pwrite(fd, out, bytes, 0), "write", path))
		return;
	got = pread(fd, in, bytes, 0);
	if (got != (ssize_t)bytes || memcmp(in, out, bytes))
		say_failed(task, "reads back something else", path);
}

static void map_and_close(struct task *task, int fd, const char *path)
{
	char *map;

	if (failed(task, ftruncate(fd, MOST_BYTES), "ftruncate", path))
		return;
	map = mmap(NULL, MOST_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		say_failed(task, "mmap", path);
		return;
	}
	if (by_chance(task, 2))
		nap(by_chance(task, 20));
	memset(map, 'm', 1 + by_chance(task, MOST_BYTES - 1));
	munmap(map, MOST_BYTES);
}

static void link_tmpfile(struct task *task, const struct slot *slot, const char *path)
{
	char dir[2 * PATH_BYTES], self[64];
	int fd;

	snprintf(dir, sizeof(dir), "%s/in", slot->at);
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
	if (fd < 0 && errno == EOPNOTSUPP) /* before 6.2 */
		return;
	if (failed(task, fd, "open O_TMPFILE", dir))
		return;
	write_and_read(task, fd, path);
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	failed(task, linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW), "linkat", path);
	close(fd);
}

void turn_write(struct task *task)
{
	const struct slot *slot = any_slot(task);
	char path[2 * PATH_BYTES];
	int fd;

	own_path(task, slot, path);
	switch (by_chance(task, 6)) {
	case 0:
		failed(task, unlink(path), "unlink", path);
		return;
	case 1:
		link_tmpfile(task, slot, path);
		return;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	/* Opening never fails because of us. */
	if (failed(task, fd, "open", path))
		return;
	if (by_chance(task, 3))
		write_and_read(task, fd, path);
	else
		map_and_close(task, fd, path);
	if (!by_chance(task, 8))
		failed(task, fsync(fd), "fsync", path);
	close(fd);
}

void turn_share(struct task *task)
{
	const struct slot *slot = any_slot(task);
	char path[2 * PATH_BYTES], other[2 * PATH_BYTES];
	int fd;

	shared_path(task, slot, path);
	shared_path(task, slot, other);
	switch (by_chance(task, 8)) {
	case 0:
		failed(task, unlink(path), "unlink", path);
		return;
	case 1:
		failed(task, rename(path, other), "rename", path);
		return;
	case 2:
		failed(task, link(path, other), "link", path);
		return;
	case 3:
		failed(task, truncate(path, by_chance(task, MOST_BYTES)), "truncate", path);
		return;
	case 4:
		failed(task, chmod(path, 0600 | by_chance(task, 0200)), "chmod", path);
		return;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (failed(task, fd, "open", path))
		return;
	failed(task, pwrite(fd, path, 1 + by_chance(task, 100), by_chance(task, MOST_BYTES)),
	       "write", path);
	if (!by_chance(task, 4))
		nap(by_chance(task, 50));
	close(fd);
}
