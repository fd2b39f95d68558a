// SPDX-License-Identifier: GPL-2.0
/* The filesystems' own checkers. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "fsck.h"

/* Runs it with its output in @text; returns its exit status. */
static int run(char *const *argv, FILE *text)
{
	int status;
	pid_t pid;

	fflush(text);
	pid = fork();
	if (pid < 0)
		err(EX_OSERR, "fork");
	if (!pid) {
		dup2(fileno(text), STDOUT_FILENO);
		dup2(fileno(text), STDERR_FILENO);
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			err(EX_OSERR, "wait");
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool says_damaged(FILE *text)
{
	static const char *const words[] = { "[Fail]", "[ASSERT]", "[FIX]" };
	char line[1024];
	bool found = false;

	rewind(text);
	while (fgets(line, sizeof(line), text)) {
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
			found |= strstr(line, words[i]) != NULL;
	}
	return found;
}

static void copy_tail(FILE *from, FILE *to)
{
	char text[1501];
	long size;
	size_t n;

	fseek(from, 0, SEEK_END);
	size = ftell(from);
	fseek(from, size > 1500 ? size - 1500 : 0, SEEK_SET);
	n = fread(text, 1, sizeof(text) - 1, from);
	text[n] = '\0';
	fprintf(to, "%s\n", text);
}

bool fsck_is_clean(const char *type, const char *device, FILE *report)
{
	char *dev = strdup(device);
	char *ext[] = { "e2fsck", "-fn", dev, NULL };
	char *xfs[] = { "xfs_repair", "-n", dev, NULL };
	char *btrfs[] = { "btrfs", "check", "--readonly", dev, NULL };
	char *f2fs[] = { "fsck.f2fs", "-f", "--dry-run", dev, NULL };
	FILE *text = tmpfile();
	char **argv = ext;
	bool clean;

	if (!dev || !text)
		err(EX_OSERR, NULL);
	if (!strcmp(type, "xfs"))
		argv = xfs;
	else if (!strcmp(type, "btrfs"))
		argv = btrfs;
	else if (!strcmp(type, "f2fs"))
		argv = f2fs;
	/* That of f2fs tells in words only. */
	clean = !run(argv, text) && !(argv == f2fs && says_damaged(text));
	if (!clean)
		copy_tail(text, report);
	fclose(text);
	free(dev);
	return clean;
}

bool fsck_repair(const char *device)
{
	char *dev = strdup(device);
	char *argv[] = { "e2fsck", "-fy", dev, NULL };
	FILE *text = tmpfile();
	bool repaired;

	if (!dev || !text)
		err(EX_OSERR, NULL);
	/* 1 and 2: there were errors, and they have been corrected. */
	repaired = run(argv, text) <= 2;
	fclose(text);
	free(dev);
	return repaired;
}
