// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output_args.h"
#include "ovlctl.h"
#include "xalloc.h"

enum output_key {
	KEY_OUTPUT_ALL = 0x180,
	KEY_LIST_COLUMNS,
	KEY_SORT,
	KEY_COLOR,
};

static const struct argp_option columns_options[] = {
	{ "output", 'o', "COL,...", 0, "columns to show; +COL,... adds to those by default", 0 },
	{ "output-all", KEY_OUTPUT_ALL, NULL, 0, "all columns", 0 },
	{ "list-columns", KEY_LIST_COLUMNS, NULL, 0, "say what the columns are, and exit", 0 },
	{ "sort", KEY_SORT, "COL", 0, "sort by a column, smallest first", 0 },
	{ "color", KEY_COLOR, "WHEN", OPTION_ARG_OPTIONAL,
	  "colours: auto (on a terminal, unless NO_COLOR is set; the default), always or never; "
	  "without WHEN, always",
	  0 },
	{ 0 },
};

static const struct argp_option output_options[] = {
	{ "json", 'J', NULL, 0, "JSON: raw numbers, all columns unless -o is given", 0 },
	{ "bytes", 'b', NULL, 0, "sizes in bytes and durations in nanoseconds", 0 },
	{ "noheadings", 'n', NULL, 0, "no line of headings", 0 },
	{ "raw", 'r', NULL, 0, "one blank between columns, nothing aligned", 0 },
	{ 0 },
};

static const struct column *column_of_arg(const struct output_args *args, const char *name,
					  struct argp_state *state)
{
	size_t index = 0;

	if (columns_find(args->columns, name, strlen(name), &index))
		argp_error(state, "'%s' is not a column; --list-columns says what there is", name);
	return &args->columns[index];
}

static void list_of_arg(struct output_args *args, const char *spec, struct argp_state *state)
{
	char *unknown;

	if (columns_parse(args->columns, spec, &args->list, &unknown))
		argp_error(state, "'%s' is not a column; --list-columns says what there is",
			   unknown);
}

static enum color_when color_of_arg(const char *when, struct argp_state *state)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};
	size_t i;

	for (i = 0; when && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(when, names[i]))
			return (enum color_when)i;
	if (when)
		argp_error(state, "'%s' is not one of auto, always and never", when);
	return COLOR_ALWAYS;
}

static void list_columns(const struct output_args *args)
{
	char *text = columns_describe(args->columns);

	fputs(text, stdout);
	free(text);
	exit(STATUS_DONE);
}

static error_t columns_parse_opt(int key, char *arg, struct argp_state *state)
{
	struct output_args *args = state->input;

	switch (key) {
	case 'o':
		list_of_arg(args, arg, state);
		args->given = true;
		return 0;
	case KEY_OUTPUT_ALL:
		columns_all(args->columns, &args->list);
		args->given = true;
		return 0;
	case KEY_LIST_COLUMNS:
		list_columns(args);
		return 0;
	case KEY_SORT:
		args->sort = column_of_arg(args, arg, state);
		return 0;
	case KEY_COLOR:
		args->color = color_of_arg(arg, state);
		return 0;
	case ARGP_KEY_INIT:
		list_of_arg(args, args->defaults, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t output_parse_opt(int key, char *arg, struct argp_state *state)
{
	struct output_args *args = state->input;

	(void)arg;
	switch (key) {
	case 'J':
		args->json = true;
		return 0;
	case 'b':
		args->style.exact = true;
		return 0;
	case 'n':
		args->style.noheadings = true;
		return 0;
	case 'r':
		args->style.raw = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = args;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child output_children[] = {
	{ &columns_argp, 0, NULL, 0 },
	{ 0 },
};

/* Which columns, and colours. */
const struct argp columns_argp = { .options = columns_options, .parser = columns_parse_opt };

/* All of how rows are printed. */
const struct argp output_argp = {
	.options = output_options,
	.parser = output_parse_opt,
	.children = output_children,
};

/**
 * output_args_init - to be called before argp_parse()
 * @args: the input of one of the parsers
 * @columns: the table of columns
 * @defaults: which of them a table shows, as for -o
 */
void output_args_init(struct output_args *args, const struct column *columns, const char *defaults)
{
	*args = (struct output_args){ .columns = columns, .defaults = defaults };
}

/**
 * output_args_free - free what the parsers have made
 * @args: their input
 */
void output_args_free(struct output_args *args)
{
	columns_clear(&args->list);
}

/**
 * output_colors - is what goes to stdout to have colours?
 * @args: the command line
 */
bool output_colors(const struct output_args *args)
{
	const char *no_color = getenv("NO_COLOR");

	if (args->color != COLOR_AUTO)
		return args->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

/**
 * output_wants_table - does the command line ask for something that only a table has?
 * @args: the command line
 */
bool output_wants_table(const struct output_args *args)
{
	return args->given || args->sort || args->style.raw || args->style.noheadings;
}

/**
 * output_print - print rows on stdout as the command line wants them
 * @args: the command line
 * @rows: the rows, which it may sort
 *
 * Return: 0, or a negative errno.
 */
int output_print(struct output_args *args, struct rows *rows)
{
	if (args->sort)
		rows_sort(rows, (size_t)(args->sort - args->columns));
	if (!args->json) {
		args->style.colors = output_colors(args);
		return table_print(rows, &args->list, &args->style, stdout);
	}
	if (!args->given)
		columns_all(args->columns, &args->list);
	return json_print(rows, &args->list, stdout);
}
