// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: whatever the files of a mount's directory in sysfs hold is read, sorted and
 * printed in every form.  The input's parts, apart by a NUL, are the contents of a few files, of
 * which each name in the directory is one.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "doctor.h"
#include "output_args.h"
#include "ovlctl.h"
#include "progress.h"
#include "prometheus.h"
#include "stats.h"
#include "sysfs.h"

#define PARTS 8

/* In memory: the input is written to files each time. */
#define DIRECTORY "/dev/shm/ovlctl-fuzz"

static int tree = -1, contents[PARTS];

static void tree_remove(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf " DIRECTORY ".%d", getpid());
	if (system(command))
		warnx("%s: failed", command);
}

static void tree_make(void)
{
	const struct column *column;
	char path[64], file[128];
	int i = 0, directory;

	snprintf(path, sizeof(path), DIRECTORY ".%d", getpid());
	mkdir(path, 0700);
	atexit(tree_remove);
	tree = open(path, O_RDONLY | O_DIRECTORY);
	for (i = 0; i < PARTS; i++) {
		snprintf(file, sizeof(file), "part%d", i);
		contents[i] = openat(tree, file, O_RDWR | O_CREAT, 0600);
	}
	mkdirat(tree, "0:7", 0700);
	directory = openat(tree, "0:7", O_RDONLY | O_DIRECTORY);
	mkdirat(directory, "suspects", 0700);
	mkdirat(directory, "reaper", 0700);
	mkdirat(directory, "sync", 0700);
	for (column = stats_columns; column->name; column++) {
		if (!column->file)
			continue;
		snprintf(file, sizeof(file), "%s/part%d", path, i++ % PARTS);
		if (symlinkat(file, directory, column->file))
			err(1, "%s", column->file);
	}
	close(directory);
}

static void tree_fill(const uint8_t *input, size_t len)
{
	int i;

	for (i = 0; i < PARTS; i++) {
		const uint8_t *end = memchr(input, 0, len);
		size_t part = end && i < PARTS - 1 ? (size_t)(end - input) : len;

		if (ftruncate(contents[i], 0) ||
		    pwrite(contents[i], input, part, 0) != (ssize_t)part)
			err(1, "part %d", i);
		input += part;
		len -= part;
		if (len) {
			input++;
			len--;
		}
	}
}

static void print_all(struct rows *rows, FILE *out)
{
	const struct table_style styles[] = { { 0 }, { .raw = true, .exact = true } };
	struct column_list list = { 0 };
	size_t i;

	columns_all(stats_columns, &list);
	for (i = 0; i < rows->width; i++)
		rows_sort(rows, i);
	for (i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
		if (table_print(rows, &list, &styles[i], out))
			abort();
	if (json_print(rows, &list, out))
		abort();
	prometheus_print(rows, out);
	columns_clear(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
	const struct target target = { .dev = makedev(0, 7), .mount_point = "/m", .name = "/m" };
	struct containers *containers = containers_new(AT_FDCWD);
	struct progress progress;
	struct rows rows;
	static FILE *null;
	int mount;

	if (tree < 0) {
		tree_make();
		null = fopen("/dev/null", "we");
	}
	tree_fill(input, len);
	rows_init(&rows, stats_columns);
	if (stats_add_row(&rows, tree, &target, containers) ||
	    stats_add_row(&rows, tree, &target, containers))
		abort();
	print_all(&rows, null);
	rows_free(&rows);

	mount = sysfs_open_mount(tree, target.dev);
	rows_init(&rows, doctor_columns);
	doctor_look_at_mount(&rows, &target, mount);
	rows_free(&rows);
	progress_begin(&progress, "/m", mount);
	free(progress_text(&progress, len, len));
	close(mount);
	containers_free(containers);
	return 0;
}
