// SPDX-License-Identifier: GPL-2.0
/*
 * What may be tuned, and within which limits.  What each one means is said in stats_columns.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <linux/ovlsync.h>

#include "stats.h"
#include "tunables.h"
#include "xalloc.h"

static const char *const umount_sync_words[] = { "own", "none", NULL };

const struct tunable tunables[] = {
	{ "reaper/interval_ms", OVLSYNC_INTERVAL_MS_MIN, OVLSYNC_INTERVAL_MS_MAX,
	  OVLSYNC_INTERVAL_MS_DEFAULT, NULL },
	{ "reaper/min_age_ms", OVLSYNC_MIN_AGE_MS_MIN, OVLSYNC_MIN_AGE_MS_MAX,
	  OVLSYNC_MIN_AGE_MS_DEFAULT, NULL },
	{ "reaper/batch", OVLSYNC_BATCH_MIN, OVLSYNC_BATCH_MAX, OVLSYNC_BATCH_DEFAULT, NULL },
	{ "reaper/max_suspects", OVLSYNC_MAX_SUSPECTS_MIN, OVLSYNC_MAX_SUSPECTS_MAX,
	  OVLSYNC_MAX_SUSPECTS_DEFAULT, NULL },
	{ "umount_sync", 0, 0, 0, umount_sync_words },
	{ NULL, 0, 0, 0, NULL },
};

/**
 * tunable_name - what the user calls it; the module parameter for new mounts has the same name
 * @tunable: the tunable
 */
const char *tunable_name(const struct tunable *tunable)
{
	const char *slash = strrchr(tunable->file, '/');

	return slash ? slash + 1 : tunable->file;
}

/**
 * tunable_column - where it is described
 * @tunable: the tunable
 *
 * Return: one of stats_columns.
 */
const struct column *tunable_column(const struct tunable *tunable)
{
	const struct column *column = stats_columns;

	while (!column->file || strcmp(column->file, tunable->file))
		column++;
	return column;
}

/**
 * tunable_find - look one up
 * @name: its name, or that of its file
 * @len: length of @name
 *
 * Return: the tunable, or NULL.
 */
const struct tunable *tunable_find(const char *name, size_t len)
{
	const struct tunable *tunable;

	for (tunable = tunables; tunable->file; tunable++) {
		const char *own = tunable_name(tunable);

		if (strlen(own) == len && !strncmp(own, name, len))
			return tunable;
		if (strlen(tunable->file) == len && !strncmp(tunable->file, name, len))
			return tunable;
	}
	return NULL;
}

/**
 * tunable_takes - may it have this value?
 * @tunable: the tunable
 * @value: the value
 */
bool tunable_takes(const struct tunable *tunable, const char *value)
{
	const char *const *word;
	uint64_t number;
	char *end;

	for (word = tunable->words; word && *word; word++)
		if (!strcmp(*word, value))
			return true;
	if (tunable->words || *value < '0' || *value > '9')
		return false;
	errno = 0;
	number = strtoull(value, &end, 10);
	return !errno && !*end && number >= tunable->min && number <= tunable->max;
}

/**
 * tunable_range - what it takes, in words
 * @tunable: the tunable
 *
 * Return: the text, to be freed.
 */
char *tunable_range(const struct tunable *tunable)
{
	if (tunable->words)
		return xasprintf("%s or %s", tunable->words[0], tunable->words[1]);
	return xasprintf("%" PRIu64 " to %" PRIu64, tunable->min, tunable->max);
}

/**
 * tunable_default - what it is where nobody has set it
 * @tunable: the tunable
 *
 * Return: the text, to be freed.
 */
char *tunable_default(const struct tunable *tunable)
{
	if (tunable->words)
		return xstrdup(tunable->words[0]);
	return xasprintf("%" PRIu64, tunable->preset);
}
