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
 * @begin: suspects on its list at the begin
 * @width: length of the line that is there now
 */
struct progress {
	const char *name;
	int mount;
	uint64_t begin;
	size_t width;
};

bool progress_wanted(void);
void progress_begin(struct progress *progress, const char *name, int mount);
void progress_tick(void *progress, uint64_t elapsed_ns);
void progress_end(struct progress *progress);
char *progress_text(const struct progress *progress, uint64_t elapsed_ns, uint64_t dirty_bytes);
uint64_t progress_dirty_bytes(void);

#endif /* PROGRESS_H */
