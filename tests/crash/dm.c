// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sysexits.h>
#include <unistd.h>

#include "dm.h"

struct request {
	struct dm_ioctl io;
	char data[1024];
};

static void request_init(struct request *r, const char *name)
{
	memset(r, 0, sizeof(*r));
	r->io.version[0] = DM_VERSION_MAJOR;
	r->io.data_size = sizeof(*r);
	r->io.data_start = offsetof(struct request, data);
	snprintf(r->io.name, sizeof(r->io.name), "%s", name);
}

static int request_send(struct request *r, unsigned long command)
{
	static int control = -1;

	if (control < 0)
		control = open("/dev/" DM_DIR "/" DM_CONTROL_NODE, O_RDWR | O_CLOEXEC);
	if (control < 0)
		err(EX_OSFILE, "/dev/" DM_DIR "/" DM_CONTROL_NODE);
	return ioctl(control, command, r);
}

void dm_mark(const char *name, const char *mark)
{
	struct request r;

	request_init(&r, name);
	snprintf(r.data + offsetof(struct dm_target_msg, message), 200, "mark %s", mark);
	if (request_send(&r, DM_TARGET_MSG))
		err(EX_OSERR, "%s: mark %s", name, mark);
}

void dm_create(const char *name, const char *target, unsigned long long sectors, const char *params,
	       char *path, size_t path_size)
{
	struct dm_target_spec spec = { .length = sectors };
	struct request r;

	request_init(&r, name);
	if (request_send(&r, DM_DEV_CREATE))
		err(EX_OSERR, "%s: create", name);
	snprintf(path, path_size, "/dev/dm-%u", minor(r.io.dev));

	request_init(&r, name);
	r.io.target_count = 1;
	snprintf(spec.target_type, sizeof(spec.target_type), "%s", target);
	memcpy(r.data, &spec, sizeof(spec));
	snprintf(r.data + sizeof(spec), sizeof(r.data) - sizeof(spec), "%s", params);
	if (request_send(&r, DM_TABLE_LOAD))
		err(EX_OSERR, "%s: %s %s", name, target, params);

	request_init(&r, name);
	if (request_send(&r, DM_DEV_SUSPEND)) /* without DM_SUSPEND_FLAG it resumes */
		err(EX_OSERR, "%s: resume", name);
}

void dm_remove(const char *name)
{
	struct request r;

	/* The last user of the device may be on its way out. */
	for (int tries = 0; tries < 100; tries++) {
		request_init(&r, name);
		if (!request_send(&r, DM_DEV_REMOVE))
			return;
		if (errno != EBUSY)
			break;
		usleep(20000);
	}
	err(EX_OSERR, "%s: remove", name);
}
