// SPDX-License-Identifier: GPL-2.0
/*
 * Rows as a table for people (libsmartcols) and as JSON for programs (json-c).
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <libsmartcols/libsmartcols.h>

#include "format.h"
#include "output.h"
#include "xalloc.h"

static const char *number_format(const struct column *column, uint64_t number, bool exact,
				 char *buf)
{
	if (column->type == COLUMN_DEVICE)
		return device_format((dev_t)number, buf);
	if (column->type == COLUMN_BYTES && !exact)
		return size_format(number, buf);
	if (column->type == COLUMN_NSEC && !exact)
		return duration_format(number, buf);
	snprintf(buf, FORMAT_SIZE, "%" PRIu64, number);
	return buf;
}

/**
 * cell_text - a cell as a table has it
 * @column: its column
 * @value: its value
 * @exact: bytes and nanoseconds, not sizes and durations for people
 * @buf: FORMAT_SIZE bytes
 *
 * Return: @buf or a string of @value's, which may hold anything.
 */
const char *cell_text(const struct column *column, const struct value *value, bool exact, char *buf)
{
	if (value->kind == VALUE_NUMBER)
		return number_format(column, value->number, exact, buf);
	if (value->kind == VALUE_STRING && *value->string)
		return value->string;
	return "-";
}

/**
 * column_is_right_aligned - numbers are
 * @column: the column
 */
bool column_is_right_aligned(const struct column *column)
{
	return column->type != COLUMN_STRING && column->type != COLUMN_DEVICE;
}

static int cell_fill(struct libscols_line *line, size_t i, const struct column *column,
		     const struct value *value, bool exact)
{
	const char *color = column->color ? column->color(value) : NULL;
	char buf[FORMAT_SIZE];
	int ret;

	ret = scols_line_set_data(line, i, cell_text(column, value, exact, buf));
	if (!ret && color)
		ret = scols_cell_set_color(scols_line_get_cell(line, i), color);
	return ret;
}

static int column_flags(const struct column *column)
{
	return (column_is_right_aligned(column) ? SCOLS_FL_RIGHT : 0) |
	       (column->cut ? SCOLS_FL_TRUNC : 0);
}

static int table_fill(struct libscols_table *table, const struct rows *rows,
		      const struct column_list *list, bool exact)
{
	size_t row, i;

	for (i = 0; i < list->n; i++) {
		const struct column *column = &rows->columns[list->index[i]];

		if (!scols_table_new_column(table, column->name, 0, column_flags(column)))
			return -ENOMEM;
	}
	for (row = 0; row < rows->n; row++) {
		const struct value *cells = rows_get(rows, row);
		struct libscols_line *line = scols_table_new_line(table, NULL);

		if (!line)
			return -ENOMEM;
		for (i = 0; i < list->n; i++) {
			size_t index = list->index[i];

			if (cell_fill(line, i, &rows->columns[index], &cells[index], exact))
				return -ENOMEM;
		}
	}
	return 0;
}

/**
 * table_print - print rows as a table
 * @rows: the rows; none prints nothing
 * @list: the columns
 * @style: headings, units
 * @out: where to
 *
 * Return: 0, or a negative errno.
 */
int table_print(const struct rows *rows, const struct column_list *list,
		const struct table_style *style, FILE *out)
{
	struct libscols_table *table = scols_new_table();
	int ret = -ENOMEM;

	if (!table)
		return ret;
	if (scols_table_enable_noheadings(table, style->noheadings) ||
	    scols_table_enable_raw(table, style->raw) ||
	    scols_table_enable_colors(table, style->colors) || scols_table_set_stream(table, out))
		goto out_unref;
	ret = table_fill(table, rows, list, style->exact);
	if (!ret)
		ret = scols_print_table(table);
out_unref:
	scols_unref_table(table);
	return ret;
}

static struct json_object *string_json(const char *string)
{
	char *valid = utf8_valid(string);
	struct json_object *json = json_object_new_string(valid);

	free(valid);
	return json;
}

static struct json_object *cell_json(const struct column *column, const struct value *value)
{
	char buf[FORMAT_SIZE];

	if (value->kind == VALUE_STRING)
		return string_json(value->string);
	if (value->kind == VALUE_NUMBER && column->type == COLUMN_DEVICE)
		return json_object_new_string(device_format((dev_t)value->number, buf));
	if (value->kind == VALUE_NUMBER)
		return json_object_new_uint64(value->number);
	return NULL;
}

static void json_put(struct json_object *object, const char *key, struct json_object *value)
{
	if (!object || json_object_object_add(object, key, value))
		errx(STATUS_FAILED, "cannot allocate a JSON object");
}

static void row_json(const struct rows *rows, size_t row, const struct column_list *list,
		     struct json_object *object)
{
	const struct value *cells = rows_get(rows, row);
	size_t i;

	for (i = 0; i < list->n; i++) {
		const struct column *column = &rows->columns[list->index[i]];

		json_put(object, column->key, cell_json(column, &cells[list->index[i]]));
	}
}

static struct json_object *rows_json(const struct rows *rows, const struct column_list *list)
{
	struct json_object *array = json_object_new_array_ext((int)rows->n);
	size_t row;

	for (row = 0; row < rows->n; row++) {
		struct json_object *object = json_object_new_object();

		row_json(rows, row, list, object);
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *json_top(void)
{
	struct json_object *top = json_object_new_object();

	json_put(top, "schema_version", json_object_new_int(JSON_SCHEMA_VERSION));
	return top;
}

static int json_write(struct json_object *top, int flags, FILE *out)
{
	const char *text =
		json_object_to_json_string_ext(top, flags | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (text)
		fprintf(out, "%s\n", text);
	json_object_put(top);
	return text ? 0 : -ENOMEM;
}

/**
 * json_print - print rows as {"schema_version": ..., NAME: [...]}
 * @rows: the rows
 * @list: the columns
 * @out: where to
 *
 * Return: 0, or -ENOMEM; errors of @out are found when it is closed.
 */
int json_print(const struct rows *rows, const struct column_list *list, FILE *out)
{
	struct json_object *top = json_top();

	json_put(top, rows->name, rows_json(rows, list));
	return json_write(top, JSON_C_TO_STRING_PRETTY, out);
}

/**
 * json_print_lines - print each row as one object on a line of its own
 * @rows: the rows
 * @list: the columns
 * @out: where to
 *
 * Return: 0, or -ENOMEM; errors of @out are found when it is closed.
 */
int json_print_lines(const struct rows *rows, const struct column_list *list, FILE *out)
{
	int ret = 0;
	size_t row;

	for (row = 0; !ret && row < rows->n; row++) {
		struct json_object *top = json_top();

		row_json(rows, row, list, top);
		ret = json_write(top, JSON_C_TO_STRING_PLAIN, out);
	}
	return ret;
}
