/* SPDX-License-Identifier: GPL-2.0 */
/* What every tool needs: errors by name, as the tests expect them. */
#ifndef OVLSYNC_TESTS_TOOL_H
#define OVLSYNC_TESTS_TOOL_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "ok" or the name of what errno says. */
static inline const char *outcome(long result)
{
	return result < 0 ? strerrorname_np(errno) : "ok";
}

static inline int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

/*
 * The @nth allocation from now on fails that this thread makes, 0: none does; which ones count is up
 * to the filters of failslab and fail_page_alloc.  Returns what was left of the number before: 0 if
 * that allocation has failed.
 */
static inline unsigned int fail_nth(unsigned int nth)
{
	static int fd = -1;
	char text[16] = "";

	if (fd < 0)
		fd = open_or_die("/proc/thread-self/fail-nth", O_RDWR);
	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		err(1, "fail-nth");
	/* The kernel takes it from the beginning, wherever that is. */
	if (dprintf(fd, "%u", nth) < 0)
		err(1, "fail-nth");
	return strtoul(text, NULL, 10);
}

#endif
