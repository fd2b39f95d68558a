/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every part of ovlctl knows: the exit statuses, and the subcommands that main.c dispatches
 * to.
 */
#ifndef OVLCTL_H
#define OVLCTL_H

#include <argp.h>

#include "columns.h"

/**
 * enum ovlctl_status - what ovlctl exits with
 * @STATUS_DONE: all that was asked for is done
 * @STATUS_FAILED: it failed
 * @STATUS_MISSING: there is no such mount, or the module is not loaded
 * @STATUS_PARTIAL: some of several mounts failed
 * @STATUS_USAGE: the command line is wrong; the same as argp's own EX_USAGE
 */
enum ovlctl_status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_MISSING = 2,
	STATUS_PARTIAL = 3,
	STATUS_USAGE = 64,
};

/**
 * struct subcommand - one entry of the table in main.c
 * @name: what the user types
 * @run: parses its own @argv (argv[0] is the name for messages) and returns an enum ovlctl_status
 * @help: one line for ovlctl --help
 * @argp: its command line, for completions and man pages
 * @columns: its columns, for the same; or NULL
 */
struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
	const struct argp *argp;
	const struct column *columns;
};

int cmd_doctor(int argc, char **argv);
int cmd_gc(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_mode(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_sync(int argc, char **argv);
int cmd_top(int argc, char **argv);
int cmd_tune(int argc, char **argv);

extern const struct argp doctor_argp, gc_argp, list_argp, mode_argp, monitor_argp, stats_argp,
	sync_argp, top_argp, tune_argp;
extern const struct column doctor_columns[], gc_columns[], mode_columns[], suspects_columns[],
	stats_columns[], sync_columns[], top_columns[], tune_columns[];

#endif /* OVLCTL_H */
