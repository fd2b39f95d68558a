// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "describe.h"
#include "xalloc.h"

static void visit_own(const struct argp *argp, int group, const struct option_visitor *visitor)
{
	const struct argp_option *option;
	int of_option = 0;

	for (option = argp->options; option && (option->name || option->key || option->doc);
	     option++) {
		/* As argp has it: without a group of its own an option is in that of the last. */
		of_option = option->group ? option->group : of_option;
		if (of_option != group)
			continue;
		if (option->name)
			visitor->option(option, visitor->data);
		else if (visitor->heading)
			visitor->heading(option->doc, visitor->data);
	}
}

/**
 * options_visit_argp - visit the options of a parser and of its children
 * @argp: the parser
 * @visitor: the visitor
 */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tables in the source are nested. */
void options_visit_argp(const struct argp *argp, const struct option_visitor *visitor)
{
	const struct argp_child *child;
	int group;

	for (group = 0; group < 8; group++) {
		visit_own(argp, group, visitor);
		for (child = argp->children; child && child->argp; child++) {
			if (child->group != group)
				continue;
			if (child->header && visitor->heading)
				visitor->heading(child->header, visitor->data);
			options_visit_argp(child->argp, visitor);
		}
	}
}

/**
 * options_visit - visit every option of a command line, also those that all have
 * @argp: the command line
 * @visitor: the visitor
 */
void options_visit(const struct argp *argp, const struct option_visitor *visitor)
{
	static const struct argp_option everywhere[] = {
		{ "help", '?', NULL, 0, "list the options, and exit", 0 },
		{ "usage", 'U', NULL, OPTION_HIDDEN, "list the options in short, and exit", 0 },
		{ "version", 'V', NULL, 0, "print the version, and exit", 0 },
	};
	size_t i;

	options_visit_argp(argp, visitor);
	if (visitor->heading)
		visitor->heading("Help:", visitor->data);
	for (i = 0; i < sizeof(everywhere) / sizeof(everywhere[0]); i++)
		visitor->option(&everywhere[i], visitor->data);
}

static const struct subcommand *command_find(const struct subcommand *commands, const char *name)
{
	for (; commands->name; commands++)
		if (!strcmp(commands->name, name))
			return commands;
	return NULL;
}

/**
 * describe - print what "make generate" asks for
 * @commands: the subcommands
 * @what: commands, options-COMMAND, columns-COMMAND, or one of those below
 * @out: where to
 *
 * Return: the exit status.
 */
int describe(const struct subcommand *commands, const char *what, FILE *out)
{
	static const struct {
		const char *what;
		void (*describe)(FILE *out);
	} of_all[] = {
		{ "abi", describe_abi },
		{ "files", describe_files },
		{ "metrics", describe_metrics },
		{ "targets", describe_targets },
		{ "tunables", describe_tunables },
	};
	static const struct {
		const char *what;
		void (*describe)(const struct subcommand *commands, FILE *out);
	} of_commands[] = {
		{ "bash", describe_bash },
		{ "zsh", describe_zsh },
		{ "fish", describe_fish },
		{ "commands", describe_commands },
	};
	const char *name = strchr(what, '-');
	const struct subcommand *command = name ? command_find(commands, name + 1) : NULL;
	size_t i;

	for (i = 0; i < sizeof(of_all) / sizeof(of_all[0]); i++)
		if (!strcmp(what, of_all[i].what))
			return of_all[i].describe(out), STATUS_DONE;
	for (i = 0; i < sizeof(of_commands) / sizeof(of_commands[0]); i++)
		if (!strcmp(what, of_commands[i].what))
			return of_commands[i].describe(commands, out), STATUS_DONE;
	if (command && command->argp && !strncmp(what, "options-", 8))
		return describe_options(command, out), STATUS_DONE;
	if (command && command->columns && !strncmp(what, "columns-", 8))
		return describe_columns(command, out), STATUS_DONE;
	warnx("nothing to say of '%s'", what);
	return STATUS_USAGE;
}
