/* SPDX-License-Identifier: GPL-2.0 */
/* The filesystems' own checkers.  Both functions end the program if they can't be run. */
#ifndef CRASH_FSCK_H
#define CRASH_FSCK_H

#include <stdbool.h>
#include <stdio.h>

/* Looks, and changes nothing.  What is wrong goes to @report. */
bool fsck_is_clean(const char *type, const char *device, FILE *report);

/* Of ext2 and ext4: does what a journal does elsewhere. */
bool fsck_repair(const char *device);

#endif
