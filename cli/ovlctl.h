/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every part of ovlctl knows: the exit statuses, and the subcommands that main.c dispatches
 * to.
 */
#ifndef OVLCTL_H
#define OVLCTL_H

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
 */
struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

int cmd_gc(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_sync(int argc, char **argv);

#endif /* OVLCTL_H */
