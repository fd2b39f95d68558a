/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STATS_H
#define STATS_H

#include <sys/types.h>

#include "columns.h"
#include "rows.h"

extern const struct column stats_columns[];

int stats_add_row(struct rows *rows, int sysfs, dev_t dev, const char *mount_point);

#endif /* STATS_H */
