/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TUNABLES_H
#define TUNABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct column;

/**
 * struct tunable - a file of a mount's directory, or of the defaults, that an operator may write
 * @file: its name there; the tunable's own name is what is after the last '/'
 * @min: least value
 * @max: largest value; 0: it takes @words
 * @preset: the default
 * @words: what it takes, the default first; or NULL
 */
struct tunable {
	const char *file;
	uint64_t min;
	uint64_t max;
	uint64_t preset;
	const char *const *words;
};

/* Ends with one that has no file. */
extern const struct tunable tunables[];

const char *tunable_name(const struct tunable *tunable);
const struct column *tunable_column(const struct tunable *tunable);
const struct tunable *tunable_find(const char *name, size_t len);
bool tunable_takes(const struct tunable *tunable, const char *value);
char *tunable_range(const struct tunable *tunable);
char *tunable_default(const struct tunable *tunable);

#endif /* TUNABLES_H */
