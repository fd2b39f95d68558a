// SPDX-License-Identifier: GPL-2.0
/* Operations on names: create, rename, link, remove. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world.h"

static int create(struct world *w)
{
	char path[WORLD_PATH];

	new_path(w, path);
	return make_file(w, path);
}

static int create_empty(struct world *w)
{
	char path[WORLD_PATH];
	int fd;

	new_path(w, path);
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	return add_file(w, path) ? 0 : -ENOSPC;
}

/* Written before it has a name, after it has one, or both. */
static int tmpfile_link(struct world *w)
{
	char path[WORLD_PATH], proc[64];
	unsigned char buf[8192];
	unsigned int when = 1 + random_below(w, 3);
	int fd = open(pick_dir(w), O_TMPFILE | O_RDWR | O_CLOEXEC, 0640);
	int err = 0;

	if (fd < 0)
		return -errno;
	random_bytes(w, buf, sizeof(buf));
	if (when & 1)
		err = result(pwrite(fd, buf, sizeof(buf), 0));
	new_path(w, path);
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	if (!err)
		err = result(linkat(AT_FDCWD, proc, AT_FDCWD, path, AT_SYMLINK_FOLLOW));
	if (!err && (when & 2))
		err = result(pwrite(fd, buf, 5000, 6000));
	close(fd);
	if (err)
		return err;
	return add_file(w, path) ? 0 : -ENOSPC;
}

static int rename_file(struct world *w)
{
	struct file *f = pick_upper(w);
	char path[WORLD_PATH];
	int err;

	if (!f)
		return -EAGAIN;
	new_path(w, path);
	err = result(rename(f->path, path));
	if (!err)
		snprintf(f->path, sizeof(f->path), "%s", path);
	return err;
}

static int rename_over(struct world *w, bool fresh)
{
	struct file *from, *to = pick_file(w);
	char path[WORLD_PATH];
	int err = 0;

	if (!to)
		return -EAGAIN;
	snprintf(path, sizeof(path), "%s", to->path);
	if (fresh) {
		char new[WORLD_PATH];

		/* What is renamed over is dirty, too. */
		err = write_somewhere(w, path, 0);
		new_path(w, new);
		if (!err)
			err = make_file(w, new);
		from = &w->files[w->nr_files - 1];
	} else {
		from = pick_upper(w);
	}
	if (err)
		return err;
	if (!from || from == to || !strcmp(from->path, path))
		return -EAGAIN;
	err = result(rename(from->path, path));
	if (err)
		return err;
	/* Two names of one file: rename does nothing. */
	if (!access(from->path, F_OK))
		return 0;
	snprintf(from->path, sizeof(from->path), "%s", path);
	forget_file(w, to);
	return 0;
}

static int rename_over_dirty(struct world *w)
{
	return rename_over(w, true);
}

static int rename_over_any(struct world *w)
{
	return rename_over(w, false);
}

static int exchange(struct world *w)
{
	struct file *a = pick_upper(w), *b = pick_file(w);
	bool lower;
	int err;

	if (!a || !b || a == b)
		return -EAGAIN;
	if (random_below(w, 2)) {
		err = write_somewhere(w, a->path, 0);
		if (err)
			return err;
	}
	err = result(renameat2(AT_FDCWD, a->path, AT_FDCWD, b->path, RENAME_EXCHANGE));
	if (err)
		return err;
	/* Both have been copied up, or moved, by it. */
	lower = false;
	a->lower = lower;
	b->lower = lower;
	return 0;
}

static int rename_noreplace(struct world *w)
{
	struct file *f = pick_file(w);
	char path[WORLD_PATH];
	int err;

	if (!f)
		return -EAGAIN;
	new_path(w, path);
	err = result(renameat2(AT_FDCWD, f->path, AT_FDCWD, path, RENAME_NOREPLACE));
	if (err)
		return err;
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->lower = false;
	return 0;
}

static int hard_link(struct world *w)
{
	struct file *f = pick_upper(w);
	char path[WORLD_PATH];
	int err;

	if (!f)
		return -EAGAIN;
	new_path(w, path);
	err = result(link(f->path, path));
	if (err)
		return err;
	return add_file(w, path) ? 0 : -ENOSPC;
}

/* The other name goes while the data is dirty. */
static int link_write_unlink(struct world *w)
{
	struct file *f = pick_upper(w);
	char path[WORLD_PATH];
	int err;

	if (!f)
		return -EAGAIN;
	new_path(w, path);
	err = result(link(f->path, path));
	if (!err)
		err = write_somewhere(w, path, 0);
	if (!err)
		err = result(unlink(f->path));
	if (!err)
		snprintf(f->path, sizeof(f->path), "%s", path);
	return err;
}

static int unlink_file(struct world *w)
{
	struct file *f = pick_upper(w);
	int err;

	if (!f)
		return -EAGAIN;
	err = result(unlink(f->path));
	if (!err)
		forget_file(w, f);
	return err;
}

static int unlink_recreate(struct world *w)
{
	struct file *f = pick_file(w);
	int err;

	if (!f)
		return -EAGAIN;
	err = result(unlink(f->path));
	if (!err)
		err = write_somewhere(w, f->path, O_CREAT | O_EXCL);
	f->lower = false;
	return err;
}

static int whiteout_file(struct world *w)
{
	struct file *f = pick_lower(w);
	int err;

	if (!f)
		return -EAGAIN;
	err = result(unlink(f->path));
	if (!err)
		forget_file(w, f);
	return err;
}

/* A directory of the lower goes with its files; sometimes an opaque one takes its place. */
static int whiteout_dir(struct world *w)
{
	char dir[WORLD_PATH];
	unsigned int i = 0;
	size_t len;
	int err;

	if (!w->nr_lower_dirs)
		return -EAGAIN;
	snprintf(dir, sizeof(dir), "%s", w->lower_dirs[--w->nr_lower_dirs]);
	len = strlen(dir);
	while (i < w->nr_files) {
		struct file *f = &w->files[i];

		if (strncmp(f->path, dir, len) || f->path[len] != '/') {
			i++;
			continue;
		}
		if (unlink(f->path))
			return -errno;
		forget_file(w, f);
	}
	err = result(rmdir(dir));
	if (err || random_below(w, 2))
		return err;
	err = result(mkdir(dir, 0751));
	if (!err && w->nr_dirs < MAX_DIRS)
		memcpy(w->dirs[w->nr_dirs++], dir, sizeof(dir));
	return err;
}

static int mkdir_tree(struct world *w)
{
	char path[WORLD_PATH];
	int err = 0;

	new_path(w, path);
	for (int depth = 0; !err && depth < 3; depth++) {
		if (strlen(path) > 120 || w->nr_dirs == MAX_DIRS)
			return depth ? 0 : -EAGAIN;
		err = result(mkdir(path, 0700 | random_below(w, 0100)));
		if (err)
			break;
		memcpy(w->dirs[w->nr_dirs++], path, sizeof(path));
		if (random_below(w, 2)) {
			char file[WORLD_PATH];

			snprintf(file, sizeof(file), "%.200s/n%05u", path, w->names++);
			err = make_file(w, file);
		}
		snprintf(path + strlen(path), sizeof(path) - strlen(path), "/d%u", w->names++);
	}
	return err;
}

static int remove_dir(struct world *w)
{
	unsigned int i;

	if (w->nr_dirs < 2)
		return -EAGAIN;
	i = 1 + random_below(w, w->nr_dirs - 1);
	if (rmdir(w->dirs[i]))
		return errno == ENOTEMPTY ? -EAGAIN : -errno;
	memcpy(w->dirs[i], w->dirs[--w->nr_dirs], WORLD_PATH);
	return 0;
}

static void moved(char path[WORLD_PATH], const char *from, const char *to)
{
	size_t len = strlen(from);
	char rest[WORLD_PATH];

	if (strncmp(path, from, len) || (path[len] && path[len] != '/'))
		return;
	snprintf(rest, sizeof(rest), "%s", path + len);
	snprintf(path, WORLD_PATH, "%.120s%.119s", to, rest);
}

static int rename_dir(struct world *w)
{
	char from[WORLD_PATH], to[WORLD_PATH];

	if (w->nr_dirs < 2)
		return -EAGAIN;
	memcpy(from, w->dirs[1 + random_below(w, w->nr_dirs - 1)], sizeof(from));
	snprintf(to, sizeof(to), "./n%05u", w->names++);
	if (rename(from, to))
		return -errno;
	for (unsigned int i = 0; i < w->nr_files; i++)
		moved(w->files[i].path, from, to);
	for (unsigned int i = 0; i < w->nr_dirs; i++)
		moved(w->dirs[i], from, to);
	for (unsigned int i = 0; i < w->nr_symlinks; i++)
		moved(w->symlinks[i], from, to);
	return 0;
}

static int make_symlink(struct world *w, size_t len)
{
	char path[WORLD_PATH], target[2048];

	if (w->nr_symlinks == MAX_LINKS)
		return -EAGAIN;
	for (size_t i = 0; i < len; i++)
		target[i] = (char)('a' + random_below(w, 26));
	target[len] = '\0';
	new_path(w, path);
	if (symlink(target, path))
		return -errno;
	memcpy(w->symlinks[w->nr_symlinks++], path, sizeof(path));
	return 0;
}

static int symlink_short(struct world *w)
{
	return make_symlink(w, 1 + random_below(w, 40));
}

static int symlink_long(struct world *w)
{
	return make_symlink(w, 500 + random_below(w, 400));
}

static int unlink_symlink(struct world *w)
{
	char *path;

	if (!w->nr_symlinks)
		return -EAGAIN;
	path = w->symlinks[random_below(w, w->nr_symlinks)];
	if (unlink(path))
		return -errno;
	memmove(path, w->symlinks[--w->nr_symlinks], WORLD_PATH);
	return 0;
}

static int make_fifo(struct world *w)
{
	char path[WORLD_PATH];

	if (w->nr_symlinks == MAX_LINKS)
		return -EAGAIN;
	new_path(w, path);
	if (mkfifo(path, 0600))
		return -errno;
	/* Removed like a symlink. */
	memcpy(w->symlinks[w->nr_symlinks++], path, sizeof(path));
	return 0;
}

const struct op name_ops[] = { { "create", 8, create },
			       { "create_empty", 2, create_empty },
			       { "tmpfile_link", 4, tmpfile_link },
			       { "rename", 4, rename_file },
			       { "rename_over_dirty", 5, rename_over_dirty },
			       { "rename_over", 2, rename_over_any },
			       { "rename_noreplace", 2, rename_noreplace },
			       { "rename_exchange", 3, exchange },
			       { "link", 3, hard_link },
			       { "link_write_unlink", 2, link_write_unlink },
			       { "unlink", 6, unlink_file },
			       { "unlink_recreate", 4, unlink_recreate },
			       { "whiteout_file", 3, whiteout_file },
			       { "whiteout_dir", 1, whiteout_dir },
			       { "mkdir_tree", 3, mkdir_tree },
			       { "rmdir", 2, remove_dir },
			       { "rename_dir", 2, rename_dir },
			       { "symlink_short", 2, symlink_short },
			       { "symlink_long", 2, symlink_long },
			       { "unlink_symlink", 3, unlink_symlink },
			       { "mkfifo", 1, make_fifo },
			       {} };
