/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of a directory tree as text, one line for each path: what has to be there after a
 * crash.
 */
#ifndef CRASH_STATE_H
#define CRASH_STATE_H

#include <stdio.h>

/* At the top of the tree: not part of the state. */
#define STATE_FREE_DIR "free"

/* Writes the state of the tree below @dir.  Ends the program if it can't be read. */
void state_dump(const char *dir, FILE *out);

/* Prints how @found differs from @expected, both as state_dump() wrote them: number of differences.
 */
unsigned int state_compare(FILE *expected, FILE *found, FILE *report);

#endif
