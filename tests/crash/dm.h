/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device-mapper without dmsetup, which takes an emulated machine up to a second to start: what the
 * disk gets between the return of syncfs and the mark is not owed, and would hide a loss.
 *
 * All functions end the program if they fail.
 */
#ifndef CRASH_DM_H
#define CRASH_DM_H

#include <stddef.h>

/* Puts a mark into the log of the log-writes device @name. */
void dm_mark(const char *name, const char *mark);

/* Makes a device @name of one target; puts its path, which is not /dev/mapper/…, into @path. */
void dm_create(const char *name, const char *target, unsigned long long sectors, const char *params,
	       char *path, size_t path_size);
void dm_remove(const char *name);

#endif
