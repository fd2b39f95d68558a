// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of the completions; completions/src has the code that goes with them.
 */
#include <ctype.h>
#include <string.h>

#include "describe.h"
#include "tunables.h"
#include "xalloc.h"

struct printer {
	FILE *out;
	const char *command;
};

static bool has_letter(const struct argp_option *option)
{
	return option->key < 0x80 && isalpha(option->key) && !(option->flags & OPTION_HIDDEN);
}

/* Within single quotes. */
static void print_quoted(FILE *out, const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\'", out);
		else if (strchr(special, *text))
			fputc('\\', out);
		fputc(*text, out);
	}
}

/* The words of "[full|auto]". */
static void print_operands(FILE *out, const struct argp *argp)
{
	const char *c = argp ? argp->args_doc : NULL;

	if (!c || !strchr(c, '|'))
		return;
	for (; *c; c++)
		if (!strchr("[]", *c))
			fputc(*c == '|' ? ' ' : *c, out);
}

static bool takes_tunables(const struct argp *argp)
{
	return argp && argp->args_doc && strstr(argp->args_doc, "NAME");
}

static void bash_words(const struct argp_option *option, void *data)
{
	const struct printer *printer = data;
	bool wants_arg = option->arg && !(option->flags & OPTION_ARG_OPTIONAL);

	fprintf(printer->out, " --%s%s", option->name, wants_arg ? "=" : "");
	if (has_letter(option))
		fprintf(printer->out, " -%c", option->key);
}

static void bash_argument(const struct argp_option *option, void *data)
{
	const struct printer *printer = data;

	if (!option->arg)
		return;
	fprintf(printer->out, "\t%s:--%s", printer->command, option->name);
	if (has_letter(option))
		fprintf(printer->out, " | %s:-%c", printer->command, option->key);
	fprintf(printer->out, ") REPLY='%s' ;;\n", option->arg);
}

static void print_case(FILE *out, const struct subcommand *commands, const char *function,
		       void (*print)(const struct subcommand *command, FILE *out))
{
	fprintf(out, "%s() {\n\tcase $1 in\n", function);
	for (; commands->name; commands++) {
		fprintf(out, "\t%s) REPLY='", commands->name);
		print(commands, out);
		fputs("' ;;\n", out);
	}
	fputs("\t*) REPLY='' ;;\n\tesac\n}\n\n", out);
}

static void print_bash_options(const struct subcommand *command, FILE *out)
{
	struct printer printer = { out, command->name };
	const struct option_visitor visitor = { NULL, bash_words, &printer };

	if (command->argp)
		options_visit(command->argp, &visitor);
}

static void print_columns(const struct subcommand *command, FILE *out)
{
	const struct column *column = command->columns;

	for (; column && column->name; column++)
		fprintf(out, "%s%s", column == command->columns ? "" : " ", column->name);
}

static void print_command_operands(const struct subcommand *command, FILE *out)
{
	const struct tunable *tunable = takes_tunables(command->argp) ? tunables : NULL;

	print_operands(out, command->argp);
	for (; tunable && tunable->file; tunable++)
		fprintf(out, "%s%s=", tunable == tunables ? "" : " ", tunable_name(tunable));
}

static void print_values(FILE *out)
{
	const struct tunable *tunable;
	const char *const *word;

	fputs("_ovlctl_values() {\n\tcase $1 in\n", out);
	for (tunable = tunables; tunable->file; tunable++) {
		if (!tunable->words)
			continue;
		fprintf(out, "\t%s) REPLY='", tunable_name(tunable));
		for (word = tunable->words; *word; word++)
			fprintf(out, "%s%s", word == tunable->words ? "" : " ", *word);
		fputs("' ;;\n", out);
	}
	fputs("\t*) REPLY='' ;;\n\tesac\n}\n", out);
}

/**
 * describe_bash - tables for bash
 * @commands: the subcommands
 * @out: where to
 */
void describe_bash(const struct subcommand *commands, FILE *out)
{
	const struct subcommand *command;

	fputs("_ovlctl_commands='", out);
	for (command = commands; command->name; command++)
		fprintf(out, "%s%s", command == commands ? "" : " ", command->name);
	fputs("'\n\n", out);
	print_case(out, commands, "_ovlctl_options", print_bash_options);
	print_case(out, commands, "_ovlctl_columns", print_columns);
	print_case(out, commands, "_ovlctl_operands", print_command_operands);
	fputs("_ovlctl_argument() {\n\tcase $1:$2 in\n", out);
	for (command = commands; command->name; command++) {
		struct printer printer = { out, command->name };
		const struct option_visitor visitor = { NULL, bash_argument, &printer };

		if (command->argp)
			options_visit(command->argp, &visitor);
	}
	fputs("\t*) REPLY='' ;;\n\tesac\n}\n\n", out);
	print_values(out);
}

static void zsh_argument(FILE *out, const char *arg, const char *command)
{
	if (!strcmp(arg, "PATH"))
		fputs(":path:_ovlctl_paths", out);
	else if (!strcmp(arg, "MAJ:MIN"))
		fputs(":device:_ovlctl_devices", out);
	else if (!strcmp(arg, "COL,..."))
		fprintf(out, ":columns: _ovlctl_column_list %s", command);
	else if (!strcmp(arg, "COL"))
		fprintf(out, ":column: _ovlctl_column %s", command);
	else if (!strcmp(arg, "WHEN"))
		fputs(":when:(auto always never)", out);
	else if (!strcmp(arg, "PID"))
		fputs(":process:_pids", out);
	else
		fprintf(out, ":%s: ", arg);
}

static void zsh_option(const struct argp_option *option, void *data)
{
	const struct printer *printer = data;
	bool optional = option->flags & OPTION_ARG_OPTIONAL;
	bool repeats =
		option->arg && (!strcmp(option->arg, "PATH") || !strcmp(option->arg, "MAJ:MIN"));

	fputs("\t\t", printer->out);
	if (repeats)
		fputs("'*'", printer->out);
	else if (has_letter(option))
		fprintf(printer->out, "'(-%c --%s)'", option->key, option->name);
	if (has_letter(option))
		fprintf(printer->out, "{-%c%s,--%s%s}", option->key, option->arg ? "+" : "",
			option->name, option->arg ? "=" : "");
	else
		fprintf(printer->out, "--%s%s", option->name,
			!option->arg ? ""
			: optional   ? "=-"
				     : "=");
	fputs("'[", printer->out);
	print_quoted(printer->out, option->doc, "[]:\\");
	fputc(']', printer->out);
	if (option->arg) {
		if (optional)
			fputc(':', printer->out);
		zsh_argument(printer->out, option->arg, printer->command);
	}
	fputs("'\n", printer->out);
}

static void zsh_columns(const struct subcommand *command, FILE *out)
{
	const struct column *column = command->columns;

	fprintf(out, "\t%s)\n\t\treply=(\n", command->name);
	for (; column && column->name; column++) {
		fprintf(out, "\t\t\t'%s:", column->name);
		print_quoted(out, column->help, ":\\");
		fputs("'\n", out);
	}
	fputs("\t\t)\n\t\t;;\n", out);
}

static void zsh_operands(const struct subcommand *command, FILE *out)
{
	if (takes_tunables(command->argp)) {
		fputs("\t\t'*:tunable:_ovlctl_tunables'\n", out);
	} else if (command->argp && command->argp->args_doc) {
		fputs("\t\t'1:value:(", out);
		print_operands(out, command->argp);
		fputs(")'\n", out);
	}
}

/**
 * describe_zsh - tables for zsh
 * @commands: the subcommands
 * @out: where to
 */
void describe_zsh(const struct subcommand *commands, FILE *out)
{
	const struct subcommand *command;
	const struct tunable *tunable;

	fputs("_ovlctl_command_list=(\n", out);
	for (command = commands; command->name; command++) {
		fprintf(out, "\t'%s:", command->name);
		print_quoted(out, command->help, ":\\");
		fputs("'\n", out);
	}
	fputs(")\n\n_ovlctl_tunable_list=(\n", out);
	for (tunable = tunables; tunable->file; tunable++) {
		fprintf(out, "\t'%s:", tunable_name(tunable));
		print_quoted(out, tunable_column(tunable)->help, ":\\");
		fputs("'\n", out);
	}
	fputs(")\n\n_ovlctl_columns() {\n\tcase $1 in\n", out);
	for (command = commands; command->name; command++)
		zsh_columns(command, out);
	fputs("\tesac\n}\n\n_ovlctl_specs() {\n\tcase $1 in\n", out);
	for (command = commands; command->name; command++) {
		struct printer printer = { out, command->name };
		const struct option_visitor visitor = { NULL, zsh_option, &printer };

		fprintf(out, "\t%s)\n\t\treply=(\n", command->name);
		if (command->argp)
			options_visit(command->argp, &visitor);
		zsh_operands(command, out);
		fputs("\t\t)\n\t\t;;\n", out);
	}
	fputs("\tesac\n}\n\n", out);
	print_values(out);
}

static void fish_text(FILE *out, const char *text)
{
	for (; *text; text++)
		fprintf(out, "%s%c", strchr("'\\", *text) ? "\\" : "", *text);
}

static void fish_option(const struct argp_option *option, void *data)
{
	const struct printer *printer = data;
	FILE *out = printer->out;

	fprintf(out, "complete -c ovlctl -n '__ovlctl_in %s' -l %s", printer->command,
		option->name);
	if (has_letter(option))
		fprintf(out, " -s '%c'", option->key);
	if (option->arg && !(option->flags & OPTION_ARG_OPTIONAL))
		fputs(" -x", out);
	if (option->arg)
		fprintf(out, " -a '(__ovlctl_argument %s \"%s\")'", printer->command, option->arg);
	fputs(" -d '", out);
	fish_text(out, option->doc);
	fputs("'\n", out);
}

static void fish_columns(FILE *out, const struct subcommand *commands)
{
	const struct column *column;

	fputs("function __ovlctl_columns\n\tswitch $argv[1]\n", out);
	for (; commands->name; commands++) {
		fprintf(out, "\tcase %s\n", commands->name);
		for (column = commands->columns; column && column->name; column++) {
			fprintf(out, "\t\tprintf '%%s\\t%%s\\n' %s '", column->name);
			fish_text(out, column->help);
			fputs("'\n", out);
		}
	}
	fputs("\tend\nend\n\n", out);
}

static void fish_operands(FILE *out, const struct subcommand *command)
{
	const struct tunable *tunable = takes_tunables(command->argp) ? tunables : NULL;
	const char *const *word;

	for (; tunable && tunable->file; tunable++) {
		if (!tunable->words)
			fprintf(out, "complete -c ovlctl -n '__ovlctl_in %s' -a %s= -d '",
				command->name, tunable_name(tunable));
		for (word = tunable->words; word && *word; word++)
			fprintf(out, "complete -c ovlctl -n '__ovlctl_in %s' -a %s=%s\n",
				command->name, tunable_name(tunable), *word);
		if (!tunable->words) {
			fish_text(out, tunable_column(tunable)->help);
			fputs("'\n", out);
		}
	}
	if (!takes_tunables(command->argp) && command->argp && command->argp->args_doc) {
		fprintf(out, "complete -c ovlctl -n '__ovlctl_in %s' -a '", command->name);
		print_operands(out, command->argp);
		fputs("'\n", out);
	}
}

/**
 * describe_fish - tables for fish
 * @commands: the subcommands
 * @out: where to
 */
void describe_fish(const struct subcommand *commands, FILE *out)
{
	const struct subcommand *command;

	fputs("set -g __ovlctl_commands", out);
	for (command = commands; command->name; command++)
		fprintf(out, " %s", command->name);
	fputs("\n\n", out);
	fish_columns(out, commands);
	for (command = commands; command->name; command++) {
		struct printer printer = { out, command->name };
		const struct option_visitor visitor = { NULL, fish_option, &printer };

		fprintf(out, "complete -c ovlctl -n __ovlctl_needs_command -a %s -d '",
			command->name);
		fish_text(out, command->help);
		fputs("'\n", out);
		if (command->argp)
			options_visit(command->argp, &visitor);
		fish_operands(out, command);
	}
}
