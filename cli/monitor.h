/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ovlctl monitor: events, and how they are printed.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <stdbool.h>
#include <stdio.h>

#include "netlink.h"
#include "targets.h"
#include "xalloc.h"

/**
 * struct monitor - one run of the subcommand
 * @targets: --mount, --device, --all
 * @json: --json
 * @netlink: the socket that events come on
 * @mounts: the mounts that the command line is about
 * @stale: a mount has come since @mounts was read
 * @devices: overlays to show events of, unless it is all
 * @n_devices: how many
 * @output_error: errno of the first line that could not be written, or 0
 */
struct monitor {
	struct target_args targets;
	bool json;
	struct netlink *netlink;
	struct libmnt_table *mounts;
	bool stale;
	dev_t *devices;
	size_t n_devices;
	int output_error;
};

void event_print(const struct netlink_message *message, uint64_t time_ns, const char *mount_point,
		 FILE *out);
void event_print_json(const struct netlink_message *message, uint64_t time_ns,
		      const char *mount_point, FILE *out);
void event_print_lost_json(uint64_t time_ns, FILE *out);

#endif /* MONITOR_H */
