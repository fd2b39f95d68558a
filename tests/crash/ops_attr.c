// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on what is not content, most of which need no open for write, and copy-up by each kind
 * of first change.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <linux/ovlsync.h>

#include "world.h"

/* ---- one change of one path */

static int change_mode(struct world *w, const char *path)
{
	return result(chmod(path, 0600 | random_below(w, 0200)));
}

static int change_owner(struct world *w, const char *path)
{
	return result(lchown(path, random_below(w, 1000), random_below(w, 1000)));
}

static int change_times(struct world *w, const char *path)
{
	struct timespec times[2] = {
		{ .tv_sec = 1000000000 + random_below(w, 500000000) },
		{ .tv_sec = 1000000000 + random_below(w, 500000000), .tv_nsec = 123456789 },
	};

	return result(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW));
}

static int change_xattr(struct world *w, const char *path)
{
	unsigned char value[300];
	char name[32];
	size_t len = 1 + random_below(w, sizeof(value));

	random_bytes(w, value, len);
	snprintf(name, sizeof(name), random_below(w, 2) ? "user.u%u" : "trusted.t%u",
		 random_below(w, 4));
	return result(lsetxattr(path, name, value, len, 0));
}

static int change_acl(struct world *w, const char *path)
{
	struct {
		struct posix_acl_xattr_header header;
		struct posix_acl_xattr_entry entries[5];
	} acl = {
		.header.a_version = POSIX_ACL_XATTR_VERSION,
		.entries = {
			{ ACL_USER_OBJ, ACL_READ | ACL_WRITE, ACL_UNDEFINED_ID },
			{ ACL_USER, ACL_READ, 1 + random_below(w, 1000) },
			{ ACL_GROUP_OBJ, ACL_READ, ACL_UNDEFINED_ID },
			{ ACL_MASK, ACL_READ | random_below(w, 8), ACL_UNDEFINED_ID },
			{ ACL_OTHER, random_below(w, 8), ACL_UNDEFINED_ID },
		},
	};

	return result(lsetxattr(path, "system.posix_acl_access", &acl, sizeof(acl), 0));
}

/* Through a descriptor that is open for reading only. */
static int change_flags(struct world *w, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int flags, err;

	if (fd < 0)
		return -errno;
	err = result(ioctl(fd, FS_IOC_GETFLAGS, &flags));
	flags ^= random_below(w, 2) ? FS_NODUMP_FL : FS_NODUMP_FL | FS_NOATIME_FL;
	if (!err)
		err = result(ioctl(fd, FS_IOC_SETFLAGS, &flags));
	close(fd);
	return err;
}

static int change_size(struct world *w, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	return result(truncate(path, random_below(w, (unsigned int)st.st_size + 3000)));
}

static int change_data(struct world *w, const char *path)
{
	return write_somewhere(w, path, 0);
}

static int change_by_open(struct world *w, const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	(void)w;
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* ---- of a file that is in the upper, or a directory */

typedef int (*change_fn)(struct world *w, const char *path);

static int change_upper(struct world *w, change_fn change)
{
	struct file *f = pick_upper(w);

	if (!random_below(w, 4))
		return change(w, pick_dir(w));
	return f ? change(w, f->path) : -EAGAIN;
}

static int op_chmod(struct world *w)
{
	return change_upper(w, change_mode);
}

static int op_chown(struct world *w)
{
	return change_upper(w, change_owner);
}

static int op_utimes(struct world *w)
{
	return change_upper(w, change_times);
}

static int op_setxattr(struct world *w)
{
	return change_upper(w, change_xattr);
}

static int op_removexattr(struct world *w)
{
	struct file *f = pick_upper(w);
	char list[1024];
	ssize_t len;

	if (!f)
		return -EAGAIN;
	len = llistxattr(f->path, list, sizeof(list));
	for (char *name = list; len > 0 && name < list + len; name += strlen(name) + 1) {
		if (!strncmp(name, "user.", 5) || !strncmp(name, "trusted.", 8))
			return result(lremovexattr(f->path, name));
	}
	return len < 0 ? -errno : -EAGAIN;
}

static int op_acl(struct world *w)
{
	return change_upper(w, change_acl);
}

static int op_setflags_readonly_fd(struct world *w)
{
	return change_upper(w, change_flags);
}

/* Size and times of a file that is dirty and has no writer any more. */
static int op_write_chmod_truncate(struct world *w)
{
	struct file *f = pick_upper(w);
	int err;

	if (!f)
		return -EAGAIN;
	err = change_data(w, f->path);
	if (!err)
		err = change_mode(w, f->path);
	if (!err)
		err = change_size(w, f->path);
	return err;
}

/* ---- copy-up */

static int copy_up(struct world *w, change_fn change)
{
	struct file *f = pick_lower(w);
	int err;

	if (!f)
		return -EAGAIN;
	err = change(w, f->path);
	if (!err)
		f->lower = false;
	return err;
}

static int copyup_write(struct world *w)
{
	return copy_up(w, change_data);
}

static int copyup_open(struct world *w)
{
	return copy_up(w, change_by_open);
}

static int copyup_truncate(struct world *w)
{
	return copy_up(w, change_size);
}

static int copyup_chmod(struct world *w)
{
	return copy_up(w, change_mode);
}

static int copyup_chown(struct world *w)
{
	return copy_up(w, change_owner);
}

static int copyup_utimes(struct world *w)
{
	return copy_up(w, change_times);
}

static int copyup_xattr(struct world *w)
{
	return copy_up(w, change_xattr);
}

static int copyup_acl(struct world *w)
{
	return copy_up(w, change_acl);
}

static int copyup_setflags(struct world *w)
{
	return copy_up(w, change_flags);
}

static int copyup_rename(struct world *w)
{
	struct file *f = pick_lower(w);
	char path[WORLD_PATH];

	if (!f)
		return -EAGAIN;
	new_path(w, path);
	if (rename(f->path, path))
		return -errno;
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->lower = false;
	return 0;
}

static int copyup_link(struct world *w)
{
	struct file *f = pick_lower(w);
	char path[WORLD_PATH];

	if (!f)
		return -EAGAIN;
	new_path(w, path);
	if (link(f->path, path))
		return -errno;
	f->lower = false;
	return add_file(w, path) ? 0 : -ENOSPC;
}

/* ---- what makes suspects leave the list */

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = result(write(fd, text, strlen(text)));
	close(fd);
	return err;
}

static int drop_caches(struct world *w)
{
	return write_file("/proc/sys/vm/drop_caches", random_below(w, 2) ? "2" : "3");
}

static int force_gc(struct world *w)
{
	struct ovlsync_gc gc = { .size = sizeof(gc) };
	int dev = open(OVLSYNC_DEVICE, O_RDWR | O_CLOEXEC);
	int err;

	(void)w;
	if (dev < 0)
		return -EOPNOTSUPP;
	gc.fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = gc.fd < 0 ? -errno : result(ioctl(dev, OVLSYNC_IOC_GC, &gc));
	close(gc.fd);
	close(dev);
	return err;
}

/* Time for the reaper and the flusher. */
static int pause_a_while(struct world *w)
{
	struct timespec t = { .tv_nsec = 1000000L * (1 + random_below(w, 60)) };

	nanosleep(&t, NULL);
	return 0;
}

const struct op attr_ops[] = { { "chmod", 3, op_chmod },
			       { "chown", 3, op_chown },
			       { "utimes", 3, op_utimes },
			       { "setxattr", 3, op_setxattr },
			       { "removexattr", 2, op_removexattr },
			       { "acl", 2, op_acl },
			       { "setflags_readonly_fd", 3, op_setflags_readonly_fd },
			       { "write_chmod_truncate", 2, op_write_chmod_truncate },
			       { "copyup_write", 3, copyup_write },
			       { "copyup_open", 1, copyup_open },
			       { "copyup_truncate", 2, copyup_truncate },
			       { "copyup_chmod", 2, copyup_chmod },
			       { "copyup_chown", 1, copyup_chown },
			       { "copyup_utimes", 1, copyup_utimes },
			       { "copyup_xattr", 1, copyup_xattr },
			       { "copyup_acl", 1, copyup_acl },
			       { "copyup_setflags", 1, copyup_setflags },
			       { "copyup_rename", 2, copyup_rename },
			       { "copyup_link", 2, copyup_link },
			       { "drop_caches", 1, drop_caches },
			       { "force_gc", 2, force_gc },
			       { "pause", 3, pause_a_while },
			       {} };
