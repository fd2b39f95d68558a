// SPDX-License-Identifier: GPL-2.0
/*
 * Parts of the man pages, in reStructuredText, and docs/ABI/sysfs-fs-ovlsync.
 */
#include <ctype.h>
#include <string.h>

#include <linux/ovlsync.h>

#include "describe.h"
#include "prometheus.h"
#include "stats.h"
#include "targets.h"
#include "tunables.h"
#include "xalloc.h"

/* Since when the files are there, and whom to ask. */
#define ABI_DATE    "November 2026"
#define ABI_VERSION "ovlsync 0.1"
#define ABI_CONTACT "The ovlsync authors"

/* What reStructuredText would take for markup. */
static void print_rst(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\*`|_", *text))
			fputc('\\', out);
		fputc(*text, out);
	}
}

/* Fragments of help, as sentences. */
static void print_sentences(FILE *out, const char *help, const char *detail,
			    void (*print)(FILE *out, const char *text))
{
	char *sentence = xasprintf("%c%s.%s%s", toupper((unsigned char)*help), help + 1,
				   detail ? " " : "", detail ? detail : "");

	print(out, sentence);
	free(sentence);
}

/**
 * describe_commands - the subcommands, as a definition list
 * @commands: the subcommands
 * @out: where to
 */
void describe_commands(const struct subcommand *commands, FILE *out)
{
	for (; commands->name; commands++) {
		fprintf(out, "**ovlctl-%s**\\ (8)\n    ", commands->name);
		print_sentences(out, commands->help, NULL, print_rst);
		fputs("\n\n", out);
	}
}

static void rst_heading(const char *text, void *data)
{
	size_t len = strcspn(text, ":"), i;
	FILE *out = data;

	fprintf(out, "%.*s\n", (int)len, text);
	for (i = 0; i < len; i++)
		fputc('^', out);
	fputs("\n\n", out);
}

static void rst_option(const struct argp_option *option, void *data)
{
	bool optional = option->flags & OPTION_ARG_OPTIONAL;
	FILE *out = data;

	if (isgraph(option->key & 0xff) && option->key < 0x80 && !(option->flags & OPTION_HIDDEN))
		fprintf(out, "**-%c**, ", option->key);
	fprintf(out, "**--%s**", option->name);
	if (option->arg)
		fprintf(out, "%s=\\ *%s*%s", optional ? "\\ [" : "\\ ", option->arg,
			optional ? "\\ ]" : "");
	fputs("\n    ", out);
	print_sentences(out, option->doc, NULL, print_rst);
	fputs("\n\n", out);
}

/**
 * describe_options - a subcommand's options, as definition lists
 * @command: the subcommand
 * @out: where to
 */
void describe_options(const struct subcommand *command, FILE *out)
{
	const struct option_visitor visitor = { rst_heading, rst_option, out };

	options_visit(command->argp, &visitor);
}

/**
 * describe_targets - the options that say which mounts, as a definition list
 * @out: where to
 */
void describe_targets(FILE *out)
{
	const struct option_visitor visitor = { NULL, rst_option, out };

	options_visit_argp(&targets_argp, &visitor);
}

/**
 * describe_columns - a subcommand's columns, as a definition list
 * @command: the subcommand
 * @out: where to
 */
void describe_columns(const struct subcommand *command, FILE *out)
{
	const struct column *column;

	for (column = command->columns; column->name; column++) {
		fprintf(out, "**%s** (JSON: ``%s``)\n    ", column->name, column->key);
		print_sentences(out, column->help, column->detail, print_rst);
		fputs("\n\n", out);
	}
}

/**
 * describe_tunables - the tunables, as a definition list
 * @out: where to
 */
void describe_tunables(FILE *out)
{
	const struct tunable *tunable;

	for (tunable = tunables; tunable->file; tunable++) {
		const struct column *column = tunable_column(tunable);
		char *range = tunable_range(tunable), *preset = tunable_default(tunable);

		fprintf(out, "**%s**: %s; default %s\n    ", tunable_name(tunable), range, preset);
		print_sentences(out, column->help, column->detail, print_rst);
		fputs("\n\n", out);
		free(preset);
		free(range);
	}
}

static const char *column_unit(const struct column *column)
{
	switch (column->type) {
	case COLUMN_BYTES:
		return ", bytes";
	case COLUMN_NSEC:
		return ", nanoseconds";
	case COLUMN_MSEC:
		return ", milliseconds";
	default:
		return "";
	}
}

static const struct tunable *column_tunable(const struct column *column)
{
	return tunable_find(column->file, strlen(column->file));
}

static bool is_writable(const struct column *column)
{
	return column_tunable(column) || !strcmp(column->file, "mode");
}

/* The one file that can not be read, and so is no column. */
static const struct column gc_file = {
	.file = "reaper/gc",
	.help = "writing 1 reaps all that may go, now",
	.detail = "As ovlctl gc does, for root; what was reaped is added to suspects/forced_total.",
};

struct access_words {
	const char *manual, *abi;
};

static struct access_words access_words(const struct column *column)
{
	static const struct access_words read_only = { "read only", "RO" },
					 read_write = { "read, write", "RW" },
					 write_only = { "write only", "WO" };

	if (column == &gc_file)
		return write_only;
	return is_writable(column) ? read_write : read_only;
}

static void describe_file(FILE *out, const struct column *column)
{
	fprintf(out, "*%s* (%s%s)\n    ", column->file, access_words(column).manual,
		column_unit(column));
	print_sentences(out, column->help, column->detail, print_rst);
	fputs("\n\n", out);
}

/**
 * describe_files - the files of a mount's directory in sysfs, as a definition list
 * @out: where to
 */
void describe_files(FILE *out)
{
	const struct column *column;

	for (column = stats_columns; column->name; column++) {
		if (column->file)
			describe_file(out, column);
	}
	describe_file(out, &gc_file);
}

/**
 * describe_metrics - the metrics of ovlctl stats --prometheus, as a definition list
 * @out: where to
 */
void describe_metrics(FILE *out)
{
	const struct column *column;
	char name[128];

	for (column = stats_columns; column->name; column++) {
		if (!metric_name(column, name, sizeof(name)))
			continue;
		fprintf(out, "**%s**\n    ", name);
		print_sentences(out, column->help, NULL, print_rst);
		fputs("\n\n", out);
	}
}

/* Lines that begin with two tabs and are at most 80 columns wide. */
static void print_abi_text(FILE *out, const char *text)
{
	const size_t width = 80 - 16;

	while (*text) {
		size_t len = strlen(text);

		if (len > width)
			for (len = width; len && text[len] != ' ';)
				len--;
		fprintf(out, "\t\t%.*s\n", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

static void print_abi(FILE *out, const char *directory, const struct column *column)
{
	const struct tunable *tunable = column_tunable(column);

	fprintf(out, "What:\t\t%s/%s/%s\n", OVLSYNC_SYSFS, directory, column->file);
	fprintf(out, "Date:\t\t%s\nKernelVersion:\t%s\nContact:\t%s\nDescription:\n", ABI_DATE,
		ABI_VERSION, ABI_CONTACT);
	fprintf(out, "\t\t(%s%s)\n", access_words(column).abi, column_unit(column));
	print_sentences(out, column->help, column->detail, print_abi_text);
	if (tunable) {
		char *range = tunable_range(tunable), *preset = tunable_default(tunable), *text;

		text = xasprintf("Takes %s; anything else is refused with EINVAL. Default %s.",
				 range, preset);
		print_abi_text(out, text);
		free(text);
		free(preset);
		free(range);
	}
}

/**
 * describe_abi - docs/ABI/sysfs-fs-ovlsync
 * @out: where to
 */
void describe_abi(FILE *out)
{
	const struct tunable *tunable;
	const struct column *column;

	for (column = stats_columns; column->name; column++) {
		if (!column->file)
			continue;
		print_abi(out, "<major>:<minor>", column);
		fputc('\n', out);
	}
	print_abi(out, "<major>:<minor>", &gc_file);
	fputc('\n', out);
	for (tunable = tunables; tunable->file; tunable++) {
		print_abi(out, "defaults", tunable_column(tunable));
		print_abi_text(out,
			       "Of mounts to come; the module parameter of the same name is the "
			       "same value.");
		if (tunable[1].file)
			fputc('\n', out);
	}
}
