/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which mounts a subcommand is for: the options --mount, --device and --all, what they lead to, and
 * the exit status when some of them fail.
 */
#ifndef TARGETS_H
#define TARGETS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "mounts.h"
#include "ovlctl.h"

/**
 * struct target_request - one --mount or --device
 * @path: any path inside the mount; NULL: it is by @dev
 * @dev: device of the overlay
 */
struct target_request {
	const char *path;
	dev_t dev;
};

/**
 * struct target_args - what the command line says; input of targets_argp
 * @all: --all
 * @pid: --pid; 0: mounts and paths are those of this process
 * @root: root directory of @pid, open
 * @n: number of @requests
 * @requests: each --mount and --device
 */
struct target_args {
	bool all;
	pid_t pid;
	int root;
	size_t n;
	struct target_request *requests;
};

/**
 * struct target - one overlay to do something with
 * @dev: its device
 * @path_fd: O_PATH descriptor of what --mount named, or -1
 * @root: as for root_open(): what @mount_point begins at
 * @mount_point: where it is mounted, as it is; NULL: not visible in this mount namespace
 * @upper_dir: its option upperdir, or NULL
 * @options: its options, or NULL; belongs to the table of mounts
 * @name: what to call it in messages: mount point or device, safe to print
 */
struct target {
	dev_t dev;
	int path_fd;
	int root;
	char *mount_point;
	char *upper_dir;
	const char *options;
	char *name;
};

/**
 * typedef target_fn - what a subcommand does with one target
 * @target: the target
 * @data: from targets_run()
 *
 * Return: STATUS_DONE, or another status after it has said on stderr what is wrong.
 */
typedef enum ovlctl_status (*target_fn)(const struct target *target, void *data);

extern const struct argp targets_argp;

void target_args_free(struct target_args *args);
enum ovlctl_status targets_load(struct target_args *args, struct libmnt_table **mounts);
int targets_open_mounts(const struct target_args *args);
int targets_root(const struct target_args *args);
enum ovlctl_status targets_run(const struct target_args *args, struct libmnt_table *mounts,
			       const dev_t *all, size_t n_all, target_fn fn, void *data);
int target_reach(const struct target_args *args, int sysfs, const struct target *target,
		 struct libmnt_table *mounts);
const char *target_open_strerror(int error);
enum ovlctl_status status_of_error(int error);

#endif /* TARGETS_H */
