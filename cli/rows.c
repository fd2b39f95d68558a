// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "rows.h"
#include "xalloc.h"

/**
 * rows_init - begin with no rows
 * @rows: the rows
 * @columns: what their cells are
 */
void rows_init(struct rows *rows, const struct column *columns)
{
	*rows = (struct rows){
		.name = "mounts",
		.columns = columns,
		.width = columns_count(columns),
	};
}

/**
 * rows_add - append a row
 * @rows: the rows
 *
 * Return: its cells, all VALUE_NONE; valid until the next rows_add().
 */
struct value *rows_add(struct rows *rows)
{
	struct value *row;

	rows->cells = xreallocarray(rows->cells, rows->n + 1, rows->width * sizeof(*rows->cells));
	row = rows_get(rows, rows->n++);
	memset(row, 0, rows->width * sizeof(*row));
	return row;
}

/**
 * rows_get - the cells of a row
 * @rows: the rows
 * @row: which
 */
struct value *rows_get(const struct rows *rows, size_t row)
{
	return rows->cells + row * rows->width;
}

static void value_clear(struct value *value)
{
	if (value->kind == VALUE_STRING)
		free(value->string);
	value->kind = VALUE_NONE;
}

/**
 * rows_drop_last - take back the row that was added last
 * @rows: the rows
 */
void rows_drop_last(struct rows *rows)
{
	struct value *row = rows_get(rows, --rows->n);
	size_t i;

	for (i = 0; i < rows->width; i++)
		value_clear(&row[i]);
}

/**
 * rows_drop - take out a row
 * @rows: the rows
 * @row: which; those after it move up
 */
void rows_drop(struct rows *rows, size_t row)
{
	struct value *cells = rows_get(rows, row);
	size_t i;

	for (i = 0; i < rows->width; i++)
		value_clear(&cells[i]);
	memmove(cells, cells + rows->width, (--rows->n - row) * rows->width * sizeof(*cells));
}

static int value_compare(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	switch (a->kind) {
	case VALUE_NUMBER:
		return (a->number > b->number) - (a->number < b->number);
	case VALUE_STRING:
		return strcmp(a->string, b->string);
	default:
		return 0;
	}
}

/* Rows that are equal keep an order of their own: that of the first column. */
static int row_compare(const void *a, const void *b, void *column)
{
	const struct value *x = a, *y = b;
	size_t i = *(const size_t *)column;
	int order = value_compare(&x[i], &y[i]);

	return order ? order : value_compare(x, y);
}

/**
 * rows_sort - sort, smallest first, rows without a value before all others
 * @rows: the rows
 * @column: by which column
 */
void rows_sort(struct rows *rows, size_t column)
{
	if (rows->n)
		qsort_r(rows->cells, rows->n, rows->width * sizeof(*rows->cells), row_compare,
			&column);
}

/**
 * rows_reverse - turn the order round
 * @rows: the rows
 */
void rows_reverse(struct rows *rows)
{
	size_t i, j;

	for (i = 0; i < rows->n / 2; i++) {
		struct value *a = rows_get(rows, i), *b = rows_get(rows, rows->n - 1 - i);

		for (j = 0; j < rows->width; j++) {
			struct value value = a[j];

			a[j] = b[j];
			b[j] = value;
		}
	}
}

/**
 * rows_free - free the rows and their values
 * @rows: the rows
 */
void rows_free(struct rows *rows)
{
	while (rows->n)
		rows_drop_last(rows);
	free(rows->cells);
	rows->cells = NULL;
}

/**
 * value_set_number - put a number into an empty cell
 * @value: the cell
 * @number: the number, or a dev_t
 */
void value_set_number(struct value *value, uint64_t number)
{
	value->kind = VALUE_NUMBER;
	value->number = number;
}

/**
 * value_set_string - put a copy of a string into an empty cell
 * @value: the cell
 * @string: the string; NULL leaves the cell empty
 */
void value_set_string(struct value *value, const char *string)
{
	if (!string)
		return;
	value->kind = VALUE_STRING;
	value->string = xstrdup(string);
}
