/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STATS_H
#define STATS_H

#include "columns.h"
#include "container.h"
#include "rows.h"
#include "stats_columns.h"
#include "targets.h"

/* Columns that are no files; the others follow. */
enum {
	STATS_DEVICE,
	STATS_MOUNTPOINT,
	STATS_CONTAINER,
	STATS_CONTAINER_ID,
	STATS_RUNTIME,
	STATS_LAYER,
	STATS_UPPERDIR,
};

extern const struct column stats_columns[];

int stats_add_row(struct rows *rows, int sysfs, const struct target *target,
		  struct containers *containers);
enum ovlctl_status stats_missing(const struct target *target, int error);

#endif /* STATS_H */
