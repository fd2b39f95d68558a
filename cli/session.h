/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SESSION_H
#define SESSION_H

#include "container.h"
#include "targets.h"

/**
 * struct session - what a subcommand that works through sysfs has open
 * @sysfs: OVLSYNC_SYSFS
 * @mounts: the mounts that the command line is about
 * @devices: overlays that ovlsync is attached to
 * @n_devices: how many
 * @containers: to look containers up
 */
struct session {
	int sysfs;
	struct libmnt_table *mounts;
	dev_t *devices;
	size_t n_devices;
	struct containers *containers;
};

enum ovlctl_status session_open(struct session *session, struct target_args *targets);
enum ovlctl_status session_run(struct session *session, const struct target_args *targets,
			       target_fn fn, void *data);
void session_close(struct session *session);

#endif /* SESSION_H */
