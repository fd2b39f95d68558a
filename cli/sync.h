/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SYNC_H
#define SYNC_H

#include <stdint.h>

/**
 * struct sync_report - what one sync did
 * @mode: its mode, one of enum ovlsync_mode; -1: syncfs(2) did it, without ovlsync
 * @reason: why the mode is not containerized, or why syncfs(2) writes nothing; empty if that
 *	isn't known
 * @inodes: inodes written
 * @bytes: bytes submitted
 * @duration_ns: how long it took
 */
struct sync_report {
	int mode;
	const char *reason;
	uint64_t inodes;
	uint64_t bytes;
	uint64_t duration_ns;
};

char *sync_describe(const struct sync_report *report, bool exact);

#endif /* SYNC_H */
