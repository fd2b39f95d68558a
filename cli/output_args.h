/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a subcommand prints its rows: the options for it, one set for all subcommands.
 */
#ifndef OUTPUT_ARGS_H
#define OUTPUT_ARGS_H

#include <argp.h>
#include <stdbool.h>

#include "output.h"

/**
 * enum color_when - the argument of --color
 * @COLOR_AUTO: on a terminal, unless the environment has NO_COLOR
 * @COLOR_ALWAYS: in any case
 * @COLOR_NEVER: in no case
 */
enum color_when {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/**
 * struct output_args - what the command line says; input of output_argp and of columns_argp
 * @columns: the table of columns
 * @defaults: which of them a table shows, as for -o
 * @list: those to print
 * @sort: the one to sort by, or NULL
 * @style: how a table is printed; @style.colors is known after output_colors()
 * @color: --color
 * @given: the command line says which columns
 * @json: --json
 */
struct output_args {
	const struct column *columns;
	const char *defaults;
	struct column_list list;
	const struct column *sort;
	struct table_style style;
	enum color_when color;
	bool given;
	bool json;
};

extern const struct argp columns_argp;
extern const struct argp output_argp;

void output_args_init(struct output_args *args, const struct column *columns, const char *defaults);
void output_args_free(struct output_args *args);
bool output_colors(const struct output_args *args);
bool output_wants_table(const struct output_args *args);
int output_print(struct output_args *args, struct rows *rows);

#endif /* OUTPUT_ARGS_H */
