/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PROMETHEUS_H
#define PROMETHEUS_H

#include <stdbool.h>
#include <stdio.h>

#include "rows.h"

bool metric_name(const struct column *column, char *buf, size_t size);
void prometheus_print(const struct rows *rows, FILE *out);

#endif /* PROMETHEUS_H */
