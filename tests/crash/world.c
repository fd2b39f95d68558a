// SPDX-License-Identifier: GPL-2.0
/* Choosing: random numbers, files, names. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world.h"

uint64_t random_word(struct world *w)
{
	uint64_t z = (w->random += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

unsigned int random_below(struct world *w, unsigned int n)
{
	return (unsigned int)((random_word(w) >> 33) % n);
}

void random_bytes(struct world *w, void *buf, size_t len)
{
	unsigned char *p = buf;

	while (len) {
		uint64_t word = random_word(w);
		size_t n = len < sizeof(word) ? len : sizeof(word);

		memcpy(p, &word, n);
		p += n;
		len -= n;
	}
}

static struct file *pick(struct world *w, bool upper, bool lower)
{
	unsigned int start;

	if (!w->nr_files)
		return NULL;
	start = random_below(w, w->nr_files);
	for (unsigned int i = 0; i < w->nr_files; i++) {
		struct file *f = &w->files[(start + i) % w->nr_files];

		if (f->lower ? lower : upper)
			return f;
	}
	return NULL;
}

struct file *pick_upper(struct world *w)
{
	return pick(w, true, false);
}

struct file *pick_lower(struct world *w)
{
	return pick(w, false, true);
}

/* Mostly a file that is in the upper already. */
struct file *pick_file(struct world *w)
{
	struct file *f = random_below(w, 8) ? pick_upper(w) : pick_lower(w);

	return f ? f : pick(w, true, true);
}

const char *pick_dir(struct world *w)
{
	return w->dirs[random_below(w, w->nr_dirs)];
}

void new_path(struct world *w, char path[WORLD_PATH])
{
	snprintf(path, WORLD_PATH, "%.200s/n%05u", pick_dir(w), w->names++);
}

struct file *add_file(struct world *w, const char *path)
{
	struct file *f;

	if (w->nr_files == MAX_FILES)
		return NULL;
	f = &w->files[w->nr_files++];
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->lower = false;
	return f;
}

void forget_file(struct world *w, struct file *f)
{
	*f = w->files[--w->nr_files];
}

void world_let_go(struct world *w)
{
	for (int i = 0; i < NR_HELD; i++) {
		if (w->fds[i] >= 0)
			close(w->fds[i]);
		w->fds[i] = -1;
		if (w->maps[i].addr)
			munmap(w->maps[i].addr, w->maps[i].len);
		w->maps[i].addr = NULL;
	}
}

int write_somewhere(struct world *w, const char *path, int flags)
{
	unsigned char buf[MAX_WRITE];
	size_t len = 1 + random_below(w, sizeof(buf));
	off_t at =
		random_below(w, 4) ? random_below(w, 65536) : random_below(w, MAX_SIZE - MAX_WRITE);
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
	ssize_t n;

	if (fd < 0)
		return -errno;
	random_bytes(w, buf, len);
	n = flags & O_APPEND ? write(fd, buf, len / 8 + 1) : pwrite(fd, buf, len, at);
	if (n < 0)
		n = -errno;
	close(fd);
	return n < 0 ? (int)n : 0;
}

int make_file(struct world *w, const char *path)
{
	int err = write_somewhere(w, path, O_CREAT | O_EXCL);

	return err ? err : add_file(w, path) ? 0 : -ENOSPC;
}

int result(long rc)
{
	return rc < 0 ? -errno : 0;
}

int open_file(struct world *w, int flags, struct stat *st)
{
	struct file *f = pick_file(w);
	int fd;

	if (!f)
		return -EAGAIN;
	fd = open(f->path, flags | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	f->lower = false;
	if (st && fstat(fd, st)) {
		close(fd);
		return -errno;
	}
	return fd;
}
