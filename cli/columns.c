// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "columns.h"
#include "xalloc.h"

/**
 * columns_count - number of columns in a table
 * @columns: the table
 */
size_t columns_count(const struct column *columns)
{
	size_t n = 0;

	while (columns[n].name)
		n++;
	return n;
}

/**
 * columns_find - look a column up by name
 * @columns: the table
 * @name: the name, in any case
 * @len: length of @name
 * @index: its place in the table
 *
 * Return: 0, or -ENOENT.
 */
int columns_find(const struct column *columns, const char *name, size_t len, size_t *index)
{
	size_t i;

	for (i = 0; columns[i].name; i++) {
		if (strlen(columns[i].name) == len && !strncasecmp(columns[i].name, name, len)) {
			*index = i;
			return 0;
		}
	}
	return -ENOENT;
}

static void list_append(struct column_list *list, size_t index)
{
	list->index = xreallocarray(list->index, list->n + 1, sizeof(*list->index));
	list->index[list->n++] = index;
}

/**
 * columns_parse - read the argument of -o
 * @columns: the table
 * @spec: "COL,COL" replaces what is on the list, "+COL,COL" is appended to it
 * @list: the list, left as it was on error
 * @unknown: on error, the name that is no column, to be freed
 *
 * Return: 0, or -EINVAL.
 */
int columns_parse(const struct column *columns, const char *spec, struct column_list *list,
		  char **unknown)
{
	struct column_list parsed = { 0 };
	size_t index, i;

	if (*spec == '+') {
		spec++;
		for (i = 0; i < list->n; i++)
			list_append(&parsed, list->index[i]);
	}
	for (;;) {
		size_t len = strcspn(spec, ",");

		if (columns_find(columns, spec, len, &index)) {
			*unknown = xasprintf("%.*s", (int)len, spec);
			columns_clear(&parsed);
			return -EINVAL;
		}
		list_append(&parsed, index);
		if (!spec[len])
			break;
		spec += len + 1;
	}
	columns_clear(list);
	*list = parsed;
	return 0;
}

/**
 * columns_all - put every column on a list, in the order of the table
 * @columns: the table
 * @list: the list; what was on it goes
 */
void columns_all(const struct column *columns, struct column_list *list)
{
	size_t i;

	columns_clear(list);
	list->n = columns_count(columns);
	list->index = xreallocarray(NULL, list->n, sizeof(*list->index));
	for (i = 0; i < list->n; i++)
		list->index[i] = i;
}

/**
 * columns_clear - empty a list and free its memory
 * @list: the list
 */
void columns_clear(struct column_list *list)
{
	free(list->index);
	*list = (struct column_list){ 0 };
}

static FILE *text_begin(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		err(STATUS_FAILED, "cannot allocate a string");
	return out;
}

static void text_end(FILE *out)
{
	if (fclose(out))
		err(STATUS_FAILED, "cannot allocate a string");
}

static char *describe(const struct column *columns, const char *heading, bool keys)
{
	char *text = NULL;
	size_t size;
	FILE *out = text_begin(&text, &size);

	fputs(heading, out);
	for (; columns->name; columns++)
		fprintf(out, "  %-14s %s\n", keys ? columns->key : columns->name, columns->help);
	text_end(out);
	return text;
}

/**
 * columns_describe - say what the columns are, one a line
 * @columns: the table
 *
 * Return: the text, to be freed.
 */
char *columns_describe(const struct column *columns)
{
	return describe(columns, "", false);
}

/**
 * columns_help - the part of --help that says what the columns are
 * @columns: the table
 *
 * Return: the text, to be freed.
 */
char *columns_help(const struct column *columns)
{
	return describe(columns, "Columns:\n", false);
}

/**
 * columns_help_json - the part of --help that says what the keys in JSON are
 * @columns: the table
 *
 * Return: the text, to be freed.
 */
char *columns_help_json(const struct column *columns)
{
	return describe(columns, "In JSON, for each mount:\n", true);
}

/* One paragraph, indented, in lines that fit a terminal. */
static void print_paragraph(FILE *out, const char *text)
{
	const size_t width = 74;

	while (*text) {
		size_t len = strlen(text);

		if (len > width) {
			for (len = width; len && text[len] != ' '; len--)
				;
			if (!len)
				len = strcspn(text, " ");
		}
		fprintf(out, "    %.*s\n", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

/**
 * columns_explain - say all there is to know of some columns
 * @columns: the table
 * @list: which of them
 *
 * Return: the text, to be freed.
 */
char *columns_explain(const struct column *columns, const struct column_list *list)
{
	char *text = NULL;
	size_t size, i;
	FILE *out = text_begin(&text, &size);

	for (i = 0; i < list->n; i++) {
		const struct column *column = &columns[list->index[i]];

		fprintf(out, "%s%s", i ? "\n" : "", column->name);
		if (column->file)
			fprintf(out, " (%s)", column->file);
		fputc('\n', out);
		print_paragraph(out, column->help);
		if (column->detail)
			print_paragraph(out, column->detail);
	}
	text_end(out);
	return text;
}
