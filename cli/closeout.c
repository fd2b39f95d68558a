// SPDX-License-Identifier: GPL-2.0
/*
 * Output that didn't arrive is a failure: a full disk or a closed pipe shows only when the last
 * buffer is written, and that is at exit.
 */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <unistd.h>

#include "closeout.h"
#include "ovlctl.h"

static void close_stdout(void)
{
	bool pending = __fpending(stdout) > 0;
	bool failed = ferror(stdout);

	errno = 0;
	if (fclose(stdout)) {
		/* Started with stdout closed, and nothing to say: no loss. */
		if (pending || errno != EBADF)
			failed = true;
	}
	if (!failed)
		return;
	if (errno)
		warn("standard output");
	else
		warnx("standard output: write error");
	_exit(STATUS_FAILED);
}

/**
 * close_stdout_atexit - at exit, close stdout and turn an error of that into STATUS_FAILED
 */
void close_stdout_atexit(void)
{
	if (atexit(close_stdout))
		err(STATUS_FAILED, "atexit");
}
