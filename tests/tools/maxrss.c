// SPDX-License-Identifier: GPL-2.0
/*
 * maxrss FILE COMMAND [ARG...]: runs COMMAND, and writes the most memory that it had, in kB, to FILE.
 * Exits as COMMAND does.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include "tool.h"

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	FILE *out;
	pid_t pid;

	if (argc < 3)
		errx(64, "usage: maxrss FILE COMMAND [ARG...]");
	out = fopen(argv[1], "we");
	if (!out)
		err(1, "%s", argv[1]);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (wait4(pid, &status, 0, &usage) < 0)
		err(1, "wait4");
	fprintf(out, "%ld\n", usage.ru_maxrss);
	fclose(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
