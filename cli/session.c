// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/ovlsync.h>

#include "kernel.h"
#include "session.h"
#include "sysfs.h"

/**
 * session_open - open all that a subcommand needs to work through sysfs
 * @session: to be closed with session_close()
 * @targets: the command line
 *
 * Return: STATUS_DONE, or another status after saying on stderr what is wrong; nothing is open
 * then.
 */
enum ovlctl_status session_open(struct session *session, struct target_args *targets)
{
	enum ovlctl_status status;

	*session = (struct session){ .sysfs = sysfs_open(OVLSYNC_SYSFS) };
	if (session->sysfs < 0)
		return kernel_open_failed(OVLSYNC_SYSFS, session->sysfs);
	status = sysfs_all_devices(session->sysfs, &session->devices, &session->n_devices);
	if (status)
		goto out_close;
	status = targets_load(targets, &session->mounts);
	if (status)
		goto out_free;
	/* Not the root of --pid: an engine's paths are its own, not those of its containers. */
	session->containers = containers_new(AT_FDCWD);
	return STATUS_DONE;

out_free:
	free(session->devices);
out_close:
	close(session->sysfs);
	return status;
}

/**
 * session_run - targets_run() with all overlays that ovlsync is attached to as --all
 * @session: open
 * @targets: as there
 * @fn: as there
 * @data: as there
 */
enum ovlctl_status session_run(struct session *session, const struct target_args *targets,
			       target_fn fn, void *data)
{
	return targets_run(targets, session->mounts, session->devices, session->n_devices, fn,
			   data);
}

/**
 * session_close - close it
 * @session: open
 */
void session_close(struct session *session)
{
	containers_free(session->containers);
	mounts_free(session->mounts);
	free(session->devices);
	close(session->sysfs);
}
