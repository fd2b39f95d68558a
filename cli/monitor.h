/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ovlctl monitor: events, and how they are printed.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "netlink.h"
#include "targets.h"
#include "xalloc.h"

/**
 * struct known_mount - where an overlay is mounted
 * @dev: its device
 * @path: its mount point
 */
struct known_mount {
	dev_t dev;
	char *path;
};

/**
 * struct monitor - one run of the subcommand
 * @targets: --mount, --device, --all
 * @json: --json
 * @netlink: the socket that events come on
 * @mounts: the mounts that the command line is about
 * @mounts_fd: mountinfo, which tells when @mounts is to be read again
 * @known: where the overlays are, or were when they were last seen
 * @n_known: how many
 * @devices: overlays to show events of, unless it is all; those that are gone are taken out
 * @is_attached: for each of @devices, whether the last dump told of it
 * @n_devices: how many
 * @output_error: errno of the first line that could not be written, or 0
 * @while_waiting: the signals that are blocked while there is something to wait for
 */
struct monitor {
	struct target_args targets;
	bool json;
	struct netlink *netlink;
	struct libmnt_table *mounts;
	int mounts_fd;
	struct known_mount *known;
	size_t n_known;
	dev_t *devices;
	bool *is_attached;
	size_t n_devices;
	int output_error;
	sigset_t while_waiting;
};

void event_print(const struct netlink_message *message, uint64_t time_ns, const char *mount_point,
		 FILE *out);
void event_print_json(const struct netlink_message *message, uint64_t time_ns,
		      const char *mount_point, FILE *out);
void event_print_lost_json(uint64_t time_ns, FILE *out);

#endif /* MONITOR_H */
