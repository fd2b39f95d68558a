// SPDX-License-Identifier: GPL-2.0
/*
 * workload: works on an overlay and records what has to be durable.
 *
 *   workload --prepare-lower --seed=N DIR     make the lower directory
 *   workload --neighbour --seed=N DIR         write busily in DIR until killed
 *   workload --list                           name the operations
 *   workload [OPTION]... DIR                  work on DIR, an overlay
 *
 *   --seed=N            of all choices (1)
 *   --marks=N           make everything durable so many times (20): by syncfs, and one in six each
 *                       by the ioctl of "ovlctl sync" and by umount, if that is asked for
 *   --ops=N             so many operations before each (15)
 *   --only=NAME[,…]     these operations and no others
 *   --each              one mark for each operation, which bears its name, instead of --marks
 *   --states=DIR        record the state of each mark there, in a file of the name of the mark
 *   --log=DEVICE        put the marks into the log of this log-writes device
 *   --ioctl             there is a module for that
 *   --remount=OPTIONS   of the overlay, to mount it again after a umount
 *   --flush=DEVICE      before each mark empty the cache of the disk, by way of this device
 *   --tell=LINE         after the last mark print LINE, and then go on writing, only to what is not
 *                       part of the state, until killed
 *
 * Prints "mark NAME HOW" after each, and at the end for each operation how often it was done and
 * how often refused.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "mark.h"
#include "state.h"
#include "world.h"

#define MAX_OPS	  128
#define MAX_UPPER 48 /* the state is read after each mark: keep it small */

struct tally {
	const struct op *op;
	unsigned int done, refused;
};

static struct {
	unsigned long seed, marks, ops;
	const char *only, *tell;
	int each;
} options = { .seed = 1, .marks = 20, .ops = 15 };
static struct mark_options mark_options;

static struct tally tallies[MAX_OPS];
static unsigned int nr_tallies, weights;

/* ---- operations */

static bool listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = list; (p = strstr(p, name)); p += len) {
		if ((p == list || p[-1] == ',') && (!p[len] || p[len] == ','))
			return true;
	}
	return false;
}

static void add_ops(const struct op *ops)
{
	for (; ops->name; ops++) {
		if (options.only && !listed(options.only, ops->name))
			continue;
		if (nr_tallies == MAX_OPS)
			errx(EX_SOFTWARE, "too many operations");
		tallies[nr_tallies++].op = ops;
		weights += ops->weight;
	}
}

static bool op_refused(int err)
{
	switch (-err) {
	case EOPNOTSUPP:
	case EINVAL:
	case EXDEV:
	case ENOTTY:
	case ENOSYS:
	case EPERM:
		return true;
	default:
		return false;
	}
}

/* Returns false if there was nothing to do it on, or it was refused. */
static bool do_op(struct world *w, struct tally *t)
{
	int err = t->op->run(w);

	if (!err) {
		t->done++;
		return true;
	}
	if (op_refused(err))
		t->refused++;
	else if (err != -EAGAIN)
		errx(EX_OSERR, "%s: %s", t->op->name, strerror(-err));
	return false;
}

static struct tally *choose(struct world *w)
{
	unsigned int n = random_below(w, weights);
	struct tally *t = tallies;

	while (n >= t->op->weight)
		n -= t++->op->weight;
	return t;
}

static void keep_small(struct world *w)
{
	unsigned int upper = 0;

	for (unsigned int i = 0; i < w->nr_files; i++)
		upper += !w->files[i].lower;
	for (; upper > MAX_UPPER; upper--) {
		struct file *f = pick_upper(w);

		if (unlink(f->path))
			err(EX_OSERR, "%s", f->path);
		forget_file(w, f);
	}
}

/* ---- marks */

/* One in six by umount and one by the ioctl; which ones depends on the seed. */
static enum mark_how how(unsigned long k)
{
	switch ((k + options.seed) % 6) {
	case 0:
		return BY_UMOUNT;
	case 3:
		return BY_IOCTL;
	default:
		return BY_SYNCFS;
	}
}

static void mix(struct world *w)
{
	for (unsigned long k = 1; k <= options.marks; k++) {
		char name[32];

		for (unsigned long i = 0; i < options.ops; i++)
			do_op(w, choose(w));
		keep_small(w);
		snprintf(name, sizeof(name), "m%04lu", k);
		mark(w, name, how(k));
	}
	/* What nobody synced, so that the log does not end with the last mark. */
	for (unsigned long i = 0; !options.tell && i < options.ops; i++)
		do_op(w, choose(w));
}

/* Before and after a syncfs: the second time it meets files that are clean. */
static void one_by_one(struct world *w)
{
	for (unsigned int i = 0; i < nr_tallies; i++) {
		struct tally *t = &tallies[i];
		unsigned int tries;

		for (int k = 0; k < 4; k++) {
			char path[WORLD_PATH];

			new_path(w, path);
			if (make_file(w, path))
				err(EX_OSERR, "%s", path);
		}
		keep_small(w);
		do_op(w, t);
		mark_sync();
		for (tries = 0; tries < 40 && t->done < 4; tries++)
			do_op(w, t);
		if (t->done > 1)
			mark(w, t->op->name, BY_SYNCFS);
		else
			printf("refused %s\n", t->op->name);
	}
}

/* ---- other modes */

static int found(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	static struct world *w;

	if (!path) {
		w = (struct world *)st;
		return 0;
	}
	(void)ftw;
	if (type == FTW_F && S_ISREG(st->st_mode)) {
		struct file *f = add_file(w, path);

		if (!f)
			errx(EX_SOFTWARE, "too many files");
		f->lower = true;
	}
	if (type == FTW_D && !strncmp(path, "./gone", 6) && w->nr_lower_dirs < MAX_DIRS)
		snprintf(w->lower_dirs[w->nr_lower_dirs++], WORLD_PATH, "%s", path);
	return 0;
}

static int files_by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->random = options.seed;
	for (int i = 0; i < NR_HELD; i++)
		w->fds[i] = -1;
	snprintf(w->dirs[w->nr_dirs++], WORLD_PATH, ".");
}

/* The order of a directory depends on the filesystem; that of the choices must not. */
static void world_scan(struct world *w)
{
	if (mkdir(STATE_FREE_DIR, 0755) && errno != EEXIST)
		err(EX_CANTCREAT, STATE_FREE_DIR);
	found(NULL, (const struct stat *)w, 0, NULL);
	if (nftw(".", found, 16, FTW_PHYS))
		err(EX_IOERR, "nftw");
	qsort(w->files, w->nr_files, sizeof(*w->files), files_by_path);
	qsort(w->lower_dirs, w->nr_lower_dirs, WORLD_PATH,
	      (int (*)(const void *, const void *))strcmp);
}

static void lower_file(struct world *w, const char *path)
{
	unsigned char buf[12288];
	size_t len = random_below(w, sizeof(buf));
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600 | random_below(w, 0100));

	random_bytes(w, buf, len);
	if (fd < 0 || write(fd, buf, len) != (ssize_t)len)
		err(EX_CANTCREAT, "%s", path);
	if (!random_below(w, 4) && fsetxattr(fd, "user.lower", buf, 20, 0) && errno != EOPNOTSUPP)
		err(EX_CANTCREAT, "%s: setxattr", path);
	close(fd);
}

static void prepare_lower(struct world *w)
{
	char path[WORLD_PATH];

	for (unsigned int i = 0; i < 96; i++) {
		snprintf(path, sizeof(path), "./dir%u", i % 6);
		if (i < 6 && mkdir(path, 0755))
			err(EX_CANTCREAT, "%s", path);
		snprintf(path, sizeof(path), "./dir%u/lower%03u", i % 6, i);
		lower_file(w, path);
	}
	for (unsigned int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "./gone%u", i);
		if (mkdir(path, 0755))
			err(EX_CANTCREAT, "%s", path);
		snprintf(path, sizeof(path), "./gone%u/file", i);
		lower_file(w, path);
		snprintf(path, sizeof(path), "./link%u", i);
		if (symlink("dir0/lower000", path))
			err(EX_CANTCREAT, "%s", path);
	}
}

/* Dirty data of its own at all times, and now and then a journal commit that it alone asks for. */
static void write_busily(struct world *w, const char *dir, bool commits)
{
	struct timespec pause = { .tv_nsec = 2000000 };
	unsigned char buf[MAX_WRITE];
	char path[WORLD_PATH];

	for (unsigned int n = 0;; n++) {
		unsigned int number = random_below(w, 16);
		int fd;

		snprintf(path, sizeof(path), "%.200s/busy%u", dir, number);
		if (!random_below(w, 64)) {
			unlink(path);
			continue;
		}
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		random_bytes(w, buf, 64);
		if (fd < 0 || pwrite(fd, buf, sizeof(buf), random_below(w, 256 * 1024)) < 0)
			err(EX_IOERR, "%s", path);
		if (commits && !random_below(w, 100) && fsync(fd))
			err(EX_IOERR, "%s", path);
		close(fd);
		nanosleep(&pause, NULL);
	}
}

static void report(void)
{
	for (unsigned int i = 0; i < nr_tallies; i++)
		printf("op %s %u %u\n", tallies[i].op->name, tallies[i].done, tallies[i].refused);
}

static unsigned long number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!*text || *end)
		errx(EX_USAGE, "%s: not a number", text);
	return n;
}

enum task { WORK, PREPARE_LOWER, NEIGHBOUR, LIST };

static int task = WORK;

/* Options whose value is a number, and those whose value is text: the place for each. */
static unsigned long *const numbers[] = { &options.seed, &options.marks, &options.ops };
static const char **const texts[] = {
	&options.only,	   &options.tell,	&mark_options.states,
	&mark_options.log, &mark_options.flush, &mark_options.remount,
};

static void parse(int argc, char **argv)
{
	enum { NUMBER = 0x100, TEXT = 0x200 };
	static const struct option known[] = {
		{ "seed", required_argument, NULL, NUMBER + 0 },
		{ "marks", required_argument, NULL, NUMBER + 1 },
		{ "ops", required_argument, NULL, NUMBER + 2 },
		{ "only", required_argument, NULL, TEXT + 0 },
		{ "tell", required_argument, NULL, TEXT + 1 },
		{ "states", required_argument, NULL, TEXT + 2 },
		{ "log", required_argument, NULL, TEXT + 3 },
		{ "flush", required_argument, NULL, TEXT + 4 },
		{ "remount", required_argument, NULL, TEXT + 5 },
		{ "each", no_argument, &options.each, 1 },
		{ "ioctl", no_argument, &mark_options.ioctl, 1 },
		{ "prepare-lower", no_argument, &task, PREPARE_LOWER },
		{ "neighbour", no_argument, &task, NEIGHBOUR },
		{ "list", no_argument, &task, LIST },
		{},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c >= TEXT)
			*texts[c - TEXT] = optarg;
		else if (c >= NUMBER)
			*numbers[c - NUMBER] = number(optarg);
		else if (c)
			exit(EX_USAGE);
	}
	if (!mark_options.states)
		return;
	/* We are about to change to another directory. */
	mark_options.states = realpath(mark_options.states, NULL);
	if (!mark_options.states)
		err(EX_USAGE, "--states");
}

static void work(struct world *w)
{
	world_scan(w);
	if (options.each)
		one_by_one(w);
	else
		mix(w);
	report();
	if (options.tell)
		puts(options.tell);
	fflush(stdout);
	if (options.tell)
		write_busily(w, STATE_FREE_DIR, false);
}

int main(int argc, char **argv)
{
	static struct world w;

	parse(argc, argv);
	add_ops(write_ops);
	add_ops(size_ops);
	add_ops(name_ops);
	add_ops(attr_ops);
	if (!nr_tallies)
		errx(EX_USAGE, "no such operation");
	if (task == LIST) {
		for (unsigned int i = 0; i < nr_tallies; i++)
			puts(tallies[i].op->name);
		return 0;
	}
	if (optind != argc - 1)
		errx(EX_USAGE, "DIR is missing");
	mark_begin(&mark_options, argv[optind]);
	umask(0);
	world_init(&w);
	if (task == PREPARE_LOWER)
		prepare_lower(&w);
	else if (task == NEIGHBOUR)
		write_busily(&w, ".", true);
	else
		work(&w);
	return 0;
}
