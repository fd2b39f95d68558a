/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of values, one for each mount, with a cell for each column of a table of columns.
 */
#ifndef ROWS_H
#define ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "columns.h"

enum value_kind {
	VALUE_NONE,
	VALUE_NUMBER,
	VALUE_STRING,
};

/**
 * struct value - one cell
 * @kind: which of the members holds; VALUE_NONE is "-" in a table and null in JSON
 * @number: a number, or a dev_t
 * @string: owned by the cell
 */
struct value {
	enum value_kind kind;
	union {
		uint64_t number;
		char *string;
	};
};

/**
 * struct rows - the rows
 * @name: what the rows are; the key of their array in JSON
 * @columns: the table that says what the cells are
 * @width: cells in a row: as many as @columns has
 * @n: rows
 * @cells: @n times @width of them
 */
struct rows {
	const char *name;
	const struct column *columns;
	size_t width;
	size_t n;
	struct value *cells;
};

void rows_init(struct rows *rows, const struct column *columns);
struct value *rows_add(struct rows *rows);
struct value *rows_get(const struct rows *rows, size_t row);
void rows_drop_last(struct rows *rows);
void rows_drop(struct rows *rows, size_t row);
void rows_sort(struct rows *rows, size_t column);
void rows_reverse(struct rows *rows);
void rows_free(struct rows *rows);
void value_set_number(struct value *value, uint64_t number);
void value_set_string(struct value *value, const char *string);

#endif /* ROWS_H */
