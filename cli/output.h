/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "rows.h"

/* Raised when a key goes or changes its meaning; new keys don't count. */
#define JSON_SCHEMA_VERSION 1

/**
 * struct table_style - how a table is printed
 * @noheadings: without the line of headings
 * @raw: one blank between columns, blanks in values escaped
 * @exact: bytes and nanoseconds, not sizes and durations for people
 * @colors: with colours
 */
struct table_style {
	bool noheadings;
	bool raw;
	bool exact;
	bool colors;
};

bool column_is_right_aligned(const struct column *column);
const char *cell_text(const struct column *column, const struct value *value, bool exact,
		      char *buf);

int table_print(const struct rows *rows, const struct column_list *list,
		const struct table_style *style, FILE *out);
int json_print(const struct rows *rows, const struct column_list *list, FILE *out);
int json_print_lines(const struct rows *rows, const struct column_list *list, FILE *out);

#endif /* OUTPUT_H */
