/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the workload knows of the overlay that it works on (its current directory), and its
 * operations.
 */
#ifndef CRASH_WORLD_H
#define CRASH_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define WORLD_PATH 240
#define MAX_FILES  512
#define MAX_DIRS   64
#define MAX_LINKS  16
#define NR_HELD	   4
#define PAGE	   4096U
#define MAX_WRITE  (32 * 1024)
#define MAX_SIZE   (192 * 1024)

struct file {
	char path[WORLD_PATH];
	bool lower; /* not changed yet by us: the first change copies it up */
};

struct held_map {
	unsigned char *addr;
	size_t len;
};

struct world {
	uint64_t random;
	struct file files[MAX_FILES];
	unsigned int nr_files;
	char dirs[MAX_DIRS][WORLD_PATH]; /* made by us; the first is "." */
	unsigned int nr_dirs;
	char lower_dirs[MAX_DIRS][WORLD_PATH]; /* for removal: hold files and nothing else */
	unsigned int nr_lower_dirs;
	char symlinks[MAX_LINKS][WORLD_PATH];
	unsigned int nr_symlinks;
	int fds[NR_HELD];	       /* open for write, across marks */
	struct held_map maps[NR_HELD]; /* shared and writable, their files closed */
	unsigned int names;
};

/*
 * Returns 0, or a negative errno: -EAGAIN if there is nothing to do it on, one that op_refused()
 * knows if the filesystem or the kernel can't do it, any other is a failure.
 */
struct op {
	const char *name;
	unsigned int weight;
	int (*run)(struct world *w);
};

extern const struct op write_ops[], size_ops[], name_ops[], attr_ops[]; /* end with an empty one */

uint64_t random_word(struct world *w);
unsigned int random_below(struct world *w, unsigned int n);
void random_bytes(struct world *w, void *buf, size_t len);

struct file *pick_upper(struct world *w);
struct file *pick_lower(struct world *w);
struct file *pick_file(struct world *w);
const char *pick_dir(struct world *w);
void new_path(struct world *w, char path[WORLD_PATH]);
struct file *add_file(struct world *w, const char *path);
void forget_file(struct world *w, struct file *f);

/* Closes and unmaps what is held across marks. */
void world_let_go(struct world *w);

/* One file, opened, written somewhere and closed. */
int write_somewhere(struct world *w, const char *path, int flags);
int make_file(struct world *w, const char *path);

/* A file to work on, which is copied up by it; @st may be NULL.  A descriptor or a negative errno.
 */
int open_file(struct world *w, int flags, struct stat *st);

/* What a system call returned, as 0 or a negative errno. */
int result(long rc);

#endif
