// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl: the table of subcommands, and the way to them.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "closeout.h"
#include "describe.h"
#include "ovlctl.h"
#include "xalloc.h"

const char *argp_program_version = "ovlctl " OVLCTL_VERSION;

static const struct subcommand subcommands[] = {
	{ "stats", cmd_stats, "show mode, suspects and counters of each mount (the default)",
	  &stats_argp, stats_columns },
	{ "top", cmd_top, "show what goes on, again and again", &top_argp, top_columns },
	{ "gc", cmd_gc, "take suspects that are clean and closed off the list now", &gc_argp,
	  gc_columns },
	{ "sync", cmd_sync, "do syncfs(2) on an overlay, and say what it took", &sync_argp,
	  sync_columns },
	{ "tune", cmd_tune, "show or set tunables", &tune_argp, tune_columns },
	{ "mode", cmd_mode, "show the mode, or go back to full syncs", &mode_argp, mode_columns },
	{ "list", cmd_list, "show the suspects of a mount, or of all", &list_argp,
	  suspects_columns },
	{ "monitor", cmd_monitor, "show what happens, as it happens", &monitor_argp, NULL },
	{ "doctor", cmd_doctor, "say why a mount is not containerized, and what to do",
	  &doctor_argp, doctor_columns },
	{ NULL },
};

static char *help_filter(int key, const char *text, void *input)
{
	const struct subcommand *cmd;
	char *list = NULL;
	size_t size;
	FILE *out;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	out = open_memstream(&list, &size);
	if (!out)
		return (char *)text;
	fputs("Commands:\n", out);
	for (cmd = subcommands; cmd->name; cmd++)
		fprintf(out, "  %-8s %s\n", cmd->name, cmd->help);
	fputs("\n'ovlctl COMMAND --help' says more about each.\n", out);
	fputs("\nExit status: 0 done; 1 failed; 2 no such mount or no module; 3 some of several\n"
	      "mounts failed; 64 usage.\n",
	      out);
	return fclose(out) ? (char *)text : list;
}

static const struct argp main_argp = {
	.args_doc = "[COMMAND [OPTION...]]",
	.doc = "Look at and steer ovlsync: containerized syncfs for overlay mounts.\v",
	.help_filter = help_filter,
};

static bool is_global_option(const char *arg)
{
	static const char *const options[] = { "--help", "-?", "--usage", "--version", "-V" };
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!strcmp(arg, options[i]))
			return true;
	return false;
}

static const struct subcommand *subcommand_find(const char *name)
{
	const struct subcommand *cmd;

	for (cmd = subcommands; cmd->name; cmd++)
		if (!strcmp(cmd->name, name))
			return cmd;
	return NULL;
}

/* argp and getopt begin their messages with argv[0]: make that "ovlctl stats". */
static int subcommand_run(const struct subcommand *cmd, int argc, char **argv)
{
	char *name = xasprintf("%s %s", program_invocation_short_name, cmd->name);
	char *own_name = argv[0];
	int status;

	argv[0] = name;
	status = cmd->run(argc, argv);
	argv[0] = own_name;
	free(name);
	return status;
}

/*
 * What is opened in the place of a standard file that is closed would be taken for it.  What is put there
 * can't be used, as what is closed can't.
 */
static void fill_standard_files(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(STATUS_FAILED);
}

int main(int argc, char **argv)
{
	const struct subcommand *cmd;

	fill_standard_files();
	/* Only what decides which characters print: numbers and messages don't vary. */
	setlocale(LC_CTYPE, "");
	close_stdout_atexit();

	if (argc > 1 && is_global_option(argv[1])) {
		argp_parse(&main_argp, argc, argv, 0, NULL, NULL);
		return STATUS_DONE;
	}
	if (argc > 2 && !strcmp(argv[1], "--describe"))
		return describe(subcommands, argv[2], stdout);
	if (argc < 2 || argv[1][0] == '-')
		return subcommand_run(&subcommands[0], argc, argv);

	cmd = subcommand_find(argv[1]);
	if (cmd)
		return subcommand_run(cmd, argc - 1, argv + 1);
	warnx("'%s' is not a command; try 'ovlctl --help'", argv[1]);
	return STATUS_USAGE;
}
