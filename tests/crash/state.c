// SPDX-License-Identifier: GPL-2.0
/*
 * The state of a tree.  A line has the fields of enum field, with a tab between them.  Left out is
 * what no filesystem promises: inode numbers, sizes of directories, access and change times.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <unistd.h>

#include "state.h"

#define BLOCK 4096

enum field { PATH, TYPE, MODE, UID, GID, LINKS, SIZE, MTIME, SAME, FLAGS, XATTRS, DATA, NR_FIELDS };

static const char *const field_names[NR_FIELDS] = {
	"path", "type",	 "mode",	 "uid",		"gid",	  "links",
	"size", "mtime", "same file as", "inode flags", "xattrs", "data",
};

/* ---- writing it */

struct seen {
	ino_t ino;
	char *path;
};

struct dump {
	FILE *out;
	struct seen *seen; /* files with several names, under the first of them */
	size_t nr_seen;
};

/* Eight bytes at a time: the guest is emulated, and there are megabytes to go through. */
static uint32_t hash(const unsigned char *p, size_t len)
{
	uint64_t h = 0xcbf29ce484222325ULL ^ len, word;

	while (len) {
		size_t n = len < sizeof(word) ? len : sizeof(word);

		word = 0;
		memcpy(&word, p, n);
		h = (h ^ word) * 0x100000001b3ULL;
		h ^= h >> 32;
		p += n;
		len -= n;
	}
	return (uint32_t)h;
}

static bool all_zero(const unsigned char *p, size_t len)
{
	return !len || (!*p && !memcmp(p, p + 1, len - 1));
}

/* A hash for each block, so that a difference shows where it is. */
static void dump_data(struct dump *d, const char *path, int fd)
{
	unsigned char buf[16 * BLOCK];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i += BLOCK) {
			size_t len = n - i < BLOCK ? (size_t)(n - i) : BLOCK;

			if (all_zero(buf + i, len))
				fputs("0,", d->out);
			else
				fprintf(d->out, "%08" PRIx32 ",", hash(buf + i, len));
		}
	}
	if (n < 0)
		err(EX_IOERR, "%s", path);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void dump_xattrs(struct dump *d, const char *path)
{
	char list[4096], *names[64];
	unsigned char value[8192];
	ssize_t len = llistxattr(path, list, sizeof(list));
	size_t nr = 0;

	if (len < 0 && errno != EOPNOTSUPP)
		err(EX_IOERR, "%s: listxattr", path);
	for (char *p = list; len > 0 && p < list + len && nr < 64; p += strlen(p) + 1)
		names[nr++] = p;
	qsort(names, nr, sizeof(*names), by_name);
	for (size_t i = 0; i < nr; i++) {
		len = lgetxattr(path, names[i], value, sizeof(value));
		if (len < 0)
			err(EX_IOERR, "%s: getxattr %s", path, names[i]);
		fprintf(d->out, "%s=%zd:%08" PRIx32 ",", names[i], len, hash(value, (size_t)len));
	}
}

static void dump_same(struct dump *d, const char *path, const struct stat *st)
{
	if (S_ISDIR(st->st_mode) || st->st_nlink < 2)
		return;
	for (size_t i = 0; i < d->nr_seen; i++) {
		if (d->seen[i].ino == st->st_ino) {
			fputs(d->seen[i].path, d->out);
			return;
		}
	}
	d->seen = reallocarray(d->seen, d->nr_seen + 1, sizeof(*d->seen));
	if (!d->seen)
		err(EX_OSERR, NULL);
	d->seen[d->nr_seen].ino = st->st_ino;
	d->seen[d->nr_seen].path = strdup(path);
	if (!d->seen[d->nr_seen++].path)
		err(EX_OSERR, NULL);
}

static void dump_one(struct dump *d, const char *path, const struct stat *st)
{
	bool reg = S_ISREG(st->st_mode), dir = S_ISDIR(st->st_mode);
	char target[4097] = "";
	int fd = -1, flags = 0;

	fprintf(d->out, "%s\t%c\t%04o\t%u\t%u\t%ju\t%jd\t%jd.%09ld\t", path,
		reg			? 'f'
		: dir			? 'd'
		: S_ISLNK(st->st_mode)	? 'l'
		: S_ISFIFO(st->st_mode) ? 'p'
					: 'o',
		st->st_mode & 07777, st->st_uid, st->st_gid, (uintmax_t)st->st_nlink,
		dir ? (intmax_t)0 : (intmax_t)st->st_size, (intmax_t)st->st_mtim.tv_sec,
		st->st_mtim.tv_nsec);
	dump_same(d, path, st);

	if (reg || dir) {
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			err(EX_IOERR, "%s", path);
		if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
			flags = 0;
	}
	/* Of the others some say how the filesystem stores the file, which may change. */
	fprintf(d->out, "\t%x\t",
		flags & (FS_NODUMP_FL | FS_NOATIME_FL | FS_APPEND_FL | FS_IMMUTABLE_FL));
	dump_xattrs(d, path);
	fputc('\t', d->out);
	if (reg)
		dump_data(d, path, fd);
	else if (S_ISLNK(st->st_mode) && readlink(path, target, sizeof(target) - 1) < 0)
		err(EX_IOERR, "%s", path);
	fprintf(d->out, "%s\n", target);
	if (fd >= 0)
		close(fd);
}

static void dump_dir(struct dump *d, const char *dir)
{
	struct dirent **names;
	int nr = scandir(dir, &names, NULL, alphasort);

	if (nr < 0)
		err(EX_IOERR, "%s", dir);
	for (int i = 0; i < nr; i++) {
		const char *name = names[i]->d_name;
		struct stat st;
		char *path;

		if (!strcmp(name, ".") || !strcmp(name, "..") ||
		    (!strcmp(dir, ".") && !strcmp(name, STATE_FREE_DIR)))
			continue;
		if (asprintf(&path, "%s/%s", dir, name) < 0)
			err(EX_OSERR, NULL);
		if (lstat(path, &st))
			err(EX_IOERR, "%s", path);
		dump_one(d, path, &st);
		if (S_ISDIR(st.st_mode))
			dump_dir(d, path);
		free(path);
	}
	for (int i = 0; i < nr; i++)
		free(names[i]);
	free(names);
}

void state_dump(const char *dir, FILE *out)
{
	struct dump d = { .out = out };
	int was = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (was < 0 || chdir(dir))
		err(EX_NOINPUT, "%s", dir);
	dump_dir(&d, ".");
	if (fchdir(was))
		err(EX_OSERR, NULL);
	close(was);
	while (d.nr_seen)
		free(d.seen[--d.nr_seen].path);
	free(d.seen);
	if (fflush(out) || ferror(out))
		err(EX_IOERR, "state");
}

/* ---- comparing */

struct line {
	char *text;
	char *fields[NR_FIELDS];
};

struct lines {
	struct line *lines;
	size_t nr;
};

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->fields[PATH],
		      ((const struct line *)b)->fields[PATH]);
}

static void load(struct lines *all, FILE *in)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&text, &size, in)) > 0) {
		struct line line = { .text = text };
		char *rest = text;

		if (text[len - 1] == '\n')
			text[len - 1] = '\0';
		for (int i = 0; i < NR_FIELDS; i++) {
			line.fields[i] = i < NR_FIELDS - 1 ? strsep(&rest, "\t") : rest;
			if (!line.fields[i])
				errx(EX_DATAERR, "a line of the state has too few fields: %s",
				     text);
		}
		all->lines = reallocarray(all->lines, all->nr + 1, sizeof(line));
		if (!all->lines)
			err(EX_OSERR, NULL);
		all->lines[all->nr++] = line;
		text = NULL;
		size = 0;
	}
	free(text);
	qsort(all->lines, all->nr, sizeof(*all->lines), by_path);
}

static void unload(struct lines *all)
{
	while (all->nr)
		free(all->lines[--all->nr].text);
	free(all->lines);
}

static void report_blocks(const char *expected, const char *found, FILE *report)
{
	unsigned int block = 0;

	for (; *expected && *found; block++) {
		size_t e = strcspn(expected, ","), f = strcspn(found, ",");

		if (e != f || strncmp(expected, found, e))
			fprintf(report, " block %u: %.*s, found %.*s;", block, (int)e, expected,
				(int)f, found);
		expected += e + (expected[e] == ',');
		found += f + (found[f] == ',');
	}
}

static unsigned int compare_line(const struct line *expected, const struct line *found,
				 FILE *report)
{
	unsigned int differences = 0;

	for (int i = TYPE; i < NR_FIELDS; i++) {
		const char *e = expected->fields[i], *f = found->fields[i];

		if (!strcmp(e, f))
			continue;
		differences++;
		fprintf(report, "%s: %s:", expected->fields[PATH], field_names[i]);
		if (i == DATA && *expected->fields[TYPE] == 'f')
			report_blocks(e, f, report);
		else
			fprintf(report, " %s, found %s", *e ? e : "none", *f ? f : "none");
		fputc('\n', report);
	}
	return differences;
}

unsigned int state_compare(FILE *expected, FILE *found, FILE *report)
{
	struct lines e = {}, f = {};
	unsigned int differences = 0;
	size_t i = 0, j = 0;

	load(&e, expected);
	load(&f, found);
	while (i < e.nr || j < f.nr) {
		int order = i == e.nr ? 1 : j == f.nr ? -1 : by_path(&e.lines[i], &f.lines[j]);

		if (order < 0)
			fprintf(report, "%s: lost\n", e.lines[i++].fields[PATH]);
		else if (order > 0)
			fprintf(report, "%s: is back or was never there\n",
				f.lines[j++].fields[PATH]);
		else
			differences += compare_line(&e.lines[i++], &f.lines[j++], report);
		differences += order != 0;
	}
	unload(&e);
	unload(&f);
	return differences;
}
