// SPDX-License-Identifier: GPL-2.0
/*
 * replay: lists and replays the log of the device-mapper target log-writes.
 *
 *   replay list LOG                        one line for each mark: entry number, tab, mark
 *   replay info LOG                        one line for each entry
 *   replay to LOG TARGET FROM mark=NAME    write entries FROM… up to the mark onto TARGET
 *   replay to LOG TARGET FROM entry=N      write entries FROM… up to, and without, number N
 *
 * "to" prints where to go on: two numbers, of the next entry and of its byte in the log.  Given as
 * FROM in the form ENTRY:BYTE they make the next replay begin there without reading what is before;
 * FROM 0 is the beginning.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "log.h"

static int list(const char *path, bool marks_only)
{
	struct entry entry;
	struct log log;

	log_open(&log, path);
	while (log_next(&log, &entry)) {
		if (marks_only && (entry.flags & ENTRY_MARK))
			printf("%" PRIu64 "\t%s\n", log.next, entry.mark);
		if (!marks_only)
			printf("%" PRIu64 "\tsector=%" PRIu64 "\tsectors=%" PRIu64
			       "\t%s%s%s%s%s%s\n",
			       log.next, entry.sector, entry.nr_sectors,
			       entry.flags & ENTRY_FLUSH ? "flush " : "",
			       entry.flags & ENTRY_FUA ? "fua " : "",
			       entry.flags & ENTRY_DISCARD ? "discard " : "",
			       entry.flags & ENTRY_METADATA ? "metadata " : "",
			       entry.flags & ENTRY_MARK ? "mark " : "", entry.mark);
		log_skip(&log, &entry);
	}
	close(log.fd);
	return 0;
}

static uint64_t number(const char *text, char stop, char **end)
{
	uint64_t n;

	errno = 0;
	n = strtoull(text, end, 10);
	if (errno || *end == text || (**end && **end != stop))
		errx(EX_USAGE, "%s: not a number", text);
	return n;
}

static void go_to(struct log *log, const char *from)
{
	uint64_t first;
	char *end;

	first = number(from, ':', &end);
	if (*end == ':') {
		log->next = first;
		log->byte = number(end + 1, '\0', &end);
	} else {
		struct entry entry;

		while (log->next < first && log_next(log, &entry))
			log_skip(log, &entry);
	}
}

static int replay(const char *path, const char *target, const char *from, const char *until)
{
	const char *mark = NULL;
	uint64_t last = 0;
	struct log log;
	char *end;

	if (!strncmp(until, "mark=", 5))
		mark = until + 5;
	else if (!strncmp(until, "entry=", 6))
		last = number(until + 6, '\0', &end);
	else
		errx(EX_USAGE, "%s: neither mark=NAME nor entry=N", until);

	log_open(&log, path);
	go_to(&log, from);
	log_replay(&log, target, mark, last);
	printf("%" PRIu64 ":%" PRIu64 "\n", log.next, log.byte);
	return 0;
}

int main(int argc, char **argv)
{
	int status = EX_USAGE;

	if (argc == 3 && !strcmp(argv[1], "list"))
		status = list(argv[2], true);
	else if (argc == 3 && !strcmp(argv[1], "info"))
		status = list(argv[2], false);
	else if (argc == 6 && !strcmp(argv[1], "to"))
		status = replay(argv[2], argv[3], argv[4], argv[5]);
	else
		fprintf(stderr, "usage: replay list LOG | replay info LOG |\n"
				"       replay to LOG TARGET ENTRY[:BYTE] mark=NAME|entry=N\n");
	if (fflush(stdout) || ferror(stdout))
		err(EX_IOERR, "stdout");
	return status;
}
