// SPDX-License-Identifier: GPL-2.0
/* Operations on sizes and allocation, and from file to file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world.h"

/* ---- sizes */

static int truncate_path(struct world *w, struct file *f, bool down, bool up)
{
	struct stat st;
	off_t size;
	int err = 0;

	if (!f || stat(f->path, &st) || (down && !st.st_size))
		return -EAGAIN;
	size = st.st_size;
	f->lower = false;
	if (down) {
		/* Mostly within the last block, where the old tail would be left. */
		off_t by = 1 + random_below(w, random_below(w, 3) ? 3000 : (unsigned int)size);

		size -= by < size ? by : size;
		err = result(truncate(f->path, size));
	}
	if (!err && up)
		err = result(truncate(f->path, size + 1 + random_below(w, 6000)));
	return err;
}

static int truncate_path_shrink(struct world *w)
{
	return truncate_path(w, pick_file(w), true, false);
}

static int truncate_path_grow(struct world *w)
{
	return truncate_path(w, pick_file(w), false, true);
}

static int truncate_path_shrink_grow(struct world *w)
{
	return truncate_path(w, pick_file(w), true, true);
}

static int truncate_path_zero(struct world *w)
{
	struct file *f = pick_file(w);

	if (!f)
		return -EAGAIN;
	f->lower = false;
	return result(truncate(f->path, 0));
}

static int truncate_fd(struct world *w)
{
	int fd = open_file(w, O_WRONLY, NULL);
	int err;

	if (fd < 0)
		return fd;
	err = result(ftruncate(fd, random_below(w, 65536)));
	close(fd);
	return err;
}

static int fallocate_mode(struct world *w, int mode, bool blocks)
{
	unsigned int unit = blocks ? PAGE : 1;
	int fd = open_file(w, O_RDWR, NULL);
	off_t at, len;
	int err;

	if (fd < 0)
		return fd;
	at = unit * random_below(w, 65536 / unit);
	len = unit * (1 + random_below(w, 16384 / unit));
	err = result(fallocate(fd, mode, at, len));
	close(fd);
	return err;
}

static int fallocate_plain(struct world *w)
{
	return fallocate_mode(w, 0, false);
}

static int fallocate_keep_size(struct world *w)
{
	return fallocate_mode(w, FALLOC_FL_KEEP_SIZE, false);
}

static int punch_hole(struct world *w)
{
	return fallocate_mode(w, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, false);
}

static int zero_range(struct world *w)
{
	return fallocate_mode(w, FALLOC_FL_ZERO_RANGE, false);
}

static int move_range(struct world *w, int mode)
{
	struct stat st;
	int fd = open_file(w, O_RDWR, &st);
	int err = -EAGAIN;

	if (fd < 0)
		return fd;
	if (st.st_size > 2 * PAGE)
		err = result(fallocate(fd, mode,
				       PAGE * random_below(w, (unsigned int)st.st_size / PAGE - 1),
				       PAGE));
	close(fd);
	return err;
}

static int collapse_range(struct world *w)
{
	return move_range(w, FALLOC_FL_COLLAPSE_RANGE);
}

static int insert_range(struct world *w)
{
	return move_range(w, FALLOC_FL_INSERT_RANGE);
}

/* ---- from file to file */

static int open_two(struct world *w, int *from, int *to)
{
	struct file *f = pick_file(w);

	if (!f)
		return -EAGAIN;
	*from = open(f->path, O_RDONLY | O_CLOEXEC);
	if (*from < 0)
		return -errno;
	*to = open_file(w, O_RDWR, NULL);
	if (*to >= 0)
		return 0;
	close(*from);
	return *to;
}

static int copy_range(struct world *w)
{
	off_t in = random_below(w, 8192), out = random_below(w, 65536);
	int from, to, err = open_two(w, &from, &to);

	if (err)
		return err;
	/* EINVAL if it is one file, and the ranges overlap. */
	err = result(copy_file_range(from, &in, to, &out, 1 + random_below(w, MAX_WRITE), 0));
	close(from);
	close(to);
	return err;
}

static int sendfile_copy(struct world *w)
{
	off_t in = 0;
	int from, to, err = open_two(w, &from, &to);

	if (err)
		return err;
	err = result(sendfile(to, from, &in, 1 + random_below(w, MAX_WRITE)));
	close(from);
	close(to);
	return err;
}

static int clone_file(struct world *w)
{
	int from, to, err = open_two(w, &from, &to);

	if (err)
		return err;
	err = result(ioctl(to, FICLONE, from));
	close(from);
	close(to);
	return err;
}

/* The source is dirty, too: a clone must not outlive what it was cloned from. */
static int clone_dirty_range(struct world *w)
{
	struct file_clone_range range = { .src_length = PAGE };
	unsigned char buf[PAGE];
	int from, to, err = open_two(w, &from, &to);

	if (err)
		return err;
	random_bytes(w, buf, sizeof(buf));
	err = result(pwrite(to, buf, sizeof(buf), 0));
	range.src_fd = to;
	range.dest_offset = PAGE * (1 + random_below(w, 8));
	if (!err)
		err = result(ioctl(to, FICLONERANGE, &range));
	close(from);
	close(to);
	return err;
}

const struct op size_ops[] = { { "truncate_path_shrink", 3, truncate_path_shrink },
			       { "truncate_path_grow", 3, truncate_path_grow },
			       { "truncate_path_shrink_grow", 4, truncate_path_shrink_grow },
			       { "truncate_path_zero", 1, truncate_path_zero },
			       { "ftruncate", 3, truncate_fd },
			       { "fallocate", 2, fallocate_plain },
			       { "fallocate_keep_size", 2, fallocate_keep_size },
			       { "punch_hole", 3, punch_hole },
			       { "zero_range", 2, zero_range },
			       { "collapse_range", 2, collapse_range },
			       { "insert_range", 2, insert_range },
			       { "copy_file_range", 3, copy_range },
			       { "sendfile", 1, sendfile_copy },
			       { "ficlone", 2, clone_file },
			       { "ficlonerange_dirty", 2, clone_dirty_range },
			       {} };
