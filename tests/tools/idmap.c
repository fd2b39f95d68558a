// SPDX-License-Identifier: GPL-2.0
/*
 * idmap FROM TO OWNER: mounts the directory FROM at TO as well, where what belongs to the users from
 * OWNER on belongs to those from 0 on.
 */
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "tool.h"

static void write_map(pid_t pid, const char *name, const char *owner)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open_or_die(path, O_WRONLY);
	if (dprintf(fd, "%s 0 65536", owner) < 0)
		err(1, "%s", path);
	close(fd);
}

/* A user namespace lives as long as its descriptor. */
static int make_namespace(const char *owner)
{
	char path[64], ready;
	int ends[2], fd;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		if (unshare(CLONE_NEWUSER) || write(ends[1], "", 1) != 1)
			err(1, "unshare");
		pause();
		_exit(0);
	}
	close(ends[1]);
	if (read(ends[0], &ready, 1) != 1)
		errx(1, "no user namespace");
	write_map(pid, "uid_map", owner);
	write_map(pid, "gid_map", owner);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = open_or_die(path, O_RDONLY);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return fd;
}

int main(int argc, char **argv)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP };
	int tree;

	if (argc != 4)
		errx(64, "usage: idmap FROM TO OWNER");
	attr.userns_fd = make_namespace(argv[3]);
	tree = syscall(SYS_open_tree, AT_FDCWD, argv[1], OPEN_TREE_CLONE | O_CLOEXEC);
	if (tree < 0)
		err(1, "open_tree %s", argv[1]);
	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)))
		err(1, "mount_setattr");
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, argv[2], MOVE_MOUNT_F_EMPTY_PATH))
		err(1, "move_mount %s", argv[2]);
	return 0;
}
