// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: whatever is in mountinfo is searched, its options are taken apart, and its
 * paths are taken for those of containers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "container.h"
#include "format.h"
#include "mounts.h"

static const char *const option_names[] = { "upperdir", "workdir", "volatile", "" };

static void look_at_mount(const struct mount_point *point)
{
	char *upper_dir = mount_option(point->options, "upperdir"), *value;
	struct container_path path;
	size_t i;

	for (i = 0; i < sizeof(option_names) / sizeof(option_names[0]); i++) {
		value = mount_option(point->options, option_names[i]);
		free(value);
	}
	container_path_parse(upper_dir, point->path, &path);
	/* What names a file must not lead out of the store's directory. */
	if (path.layer && (strchr(path.layer, '/') || *path.layer == '.'))
		abort();
	if (path.id && (strchr(path.id, '/') || *path.id == '.'))
		abort();
	container_path_clear(&path);
	if (point->path) {
		value = printable(point->path);
		free(value);
		value = utf8_valid(point->path);
		free(value);
	}
	free(upper_dir);
}

static void look_at_table(struct libmnt_table *mounts)
{
	struct mount_point point;
	dev_t *devices = NULL;
	size_t n = 0, i;

	mounts_add_overlays(mounts, &devices, &n);
	for (i = 0; i < n; i++)
		if (!mounts_of_device(mounts, devices[i], &point))
			look_at_mount(&point);
	free(devices);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
	struct libmnt_table *mounts;
	char path[64];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("mountinfo", 0);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, input, len, 0) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!mounts_load(path, &mounts)) {
		look_at_table(mounts);
		mounts_free(mounts);
	}
	return 0;
}
