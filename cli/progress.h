/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct progress - the line on a terminal that says how far a sync is
 * @name: of the mount
 * @mount: its directory in sysfs, open; or negative
 * @containerized: @most_bytes is of a containerized sync, not of a full one
 * @most_bytes: the most that was left so far
 * @most_ns: when, since the begin
 * @next_ns: when to look again, since the begin
 * @width: length of the line that is there now
 */
struct progress {
	const char *name;
	int mount;
	bool containerized;
	uint64_t most_bytes;
	uint64_t most_ns;
	uint64_t next_ns;
	size_t width;
};

bool progress_wanted(void);
void progress_begin(struct progress *progress, const char *name, int mount);
void progress_tick(void *progress, uint64_t elapsed_ns);
void progress_end(struct progress *progress);
char *progress_text(struct progress *progress, uint64_t elapsed_ns, uint64_t dirty_bytes);
uint64_t progress_dirty_bytes(void);

#endif /* PROGRESS_H */
