/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ovlctl --describe WHAT: what the tables of ovlctl say, in the forms that completions, man pages
 * and docs/ABI are made of.  It is for "make generate", not for users.
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "ovlctl.h"

/**
 * struct option_visitor - called for every option of a subcommand, in order of --help
 * @heading: before the options of a group; may be NULL
 * @option: for each option; @name is its long name
 * @data: for both
 */
struct option_visitor {
	void (*heading)(const char *text, void *data);
	void (*option)(const struct argp_option *option, void *data);
	void *data;
};

void options_visit_argp(const struct argp *argp, const struct option_visitor *visitor);
void options_visit(const struct argp *argp, const struct option_visitor *visitor);
int describe(const struct subcommand *commands, const char *what, FILE *out);

/* One for each WHAT. */
void describe_bash(const struct subcommand *commands, FILE *out);
void describe_zsh(const struct subcommand *commands, FILE *out);
void describe_fish(const struct subcommand *commands, FILE *out);
void describe_abi(FILE *out);
void describe_commands(const struct subcommand *commands, FILE *out);
void describe_options(const struct subcommand *command, FILE *out);
void describe_columns(const struct subcommand *command, FILE *out);
void describe_targets(FILE *out);
void describe_tunables(FILE *out);
void describe_files(FILE *out);
void describe_metrics(FILE *out);

#endif /* DESCRIBE_H */
