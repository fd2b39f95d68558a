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

#endif
