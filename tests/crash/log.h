/* SPDX-License-Identifier: GPL-2.0 */
/* Reading and replaying the log of the device-mapper target log-writes. */
#ifndef CRASH_LOG_H
#define CRASH_LOG_H

#include <stdbool.h>
#include <stdint.h>

#define ENTRY_FLUSH    (1U << 0)
#define ENTRY_FUA      (1U << 1)
#define ENTRY_DISCARD  (1U << 2)
#define ENTRY_MARK     (1U << 3)
#define ENTRY_METADATA (1U << 4)

#define MAX_SECTOR 4096

struct entry {
	uint64_t sector;
	uint64_t nr_sectors;
	uint64_t flags;
	char mark[MAX_SECTOR];
};

struct log {
	const char *path;
	int fd;
	uint64_t nr_entries;
	uint32_t sector_size;
	uint64_t next; /* number of the next entry */
	uint64_t byte; /* where it is */
};

/* All of them end the program if the log can't be read. */
void log_open(struct log *log, const char *path);

/* Returns false at the end.  The data, if any, is at log->byte; log_skip() goes past it. */
bool log_next(struct log *log, struct entry *entry);
void log_skip(struct log *log, const struct entry *entry);

/* Up to and with the mark @mark, or, if that is NULL, up to and without the entry @last. */
void log_replay(struct log *log, const char *target, const char *mark, uint64_t last);

#endif
