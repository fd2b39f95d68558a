/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Columns: one table for each subcommand says what a column is called in the table and in JSON,
 * what it means and where it comes from.  Output, --help, --explain, completion, the man pages and
 * docs/ABI all read that table.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum column_type - how a value is written in a table; in JSON all but the first and the last are
 * plain numbers
 * @COLUMN_STRING: as it is
 * @COLUMN_NUMBER: decimal
 * @COLUMN_BYTES: a size, for people unless exact numbers were asked for
 * @COLUMN_NSEC: a duration, likewise
 * @COLUMN_DEVICE: MAJ:MIN
 * @COLUMN_MSEC: milliseconds, decimal
 */
enum column_type {
	COLUMN_STRING,
	COLUMN_NUMBER,
	COLUMN_BYTES,
	COLUMN_NSEC,
	COLUMN_DEVICE,
	COLUMN_MSEC,
};

struct value;

/**
 * struct column - one column; a table of them ends with one that has no name
 * @name: heading, and what -o takes (in any case)
 * @key: JSON key
 * @file: file below the mount's directory in sysfs; NULL if the subcommand knows the value itself
 * @type: how it is written
 * @help: what it means, one line
 * @detail: what else there is to know of it, sentences; or NULL
 * @color: the colour of a cell, as libsmartcols names colours, or NULL; the function itself may be
 *	NULL, too
 * @cut: where a table is wider than the terminal, this is cut short: rows are known by another
 *	column, and what comes first in it tells most
 */
struct column {
	const char *name;
	const char *key;
	const char *file;
	enum column_type type;
	const char *help;
	const char *detail;
	const char *(*color)(const struct value *value);
	bool cut;
};

/**
 * struct column_list - some columns of a table, in order of output
 * @n: how many
 * @index: their places in the table
 */
struct column_list {
	size_t n;
	size_t *index;
};

size_t columns_count(const struct column *columns);
int columns_find(const struct column *columns, const char *name, size_t len, size_t *index);
int columns_parse(const struct column *columns, const char *spec, struct column_list *list,
		  char **unknown);
void columns_all(const struct column *columns, struct column_list *list);
void columns_clear(struct column_list *list);
char *columns_describe(const struct column *columns);
char *columns_help(const struct column *columns);
char *columns_help_json(const struct column *columns);
char *columns_explain(const struct column *columns, const struct column_list *list);

#endif /* COLUMNS_H */
