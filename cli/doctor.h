/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ovlctl doctor finds: of the host, and of each mount.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "rows.h"
#include "targets.h"

enum {
	DOCTOR_LEVEL,
	DOCTOR_SUBJECT,
	DOCTOR_FINDING,
	DOCTOR_ADVICE,
	DOCTOR_DEVICE,
};

/**
 * enum doctor_level - how bad a finding is
 * @DOCTOR_OK: as it should be
 * @DOCTOR_NOTE: worth knowing
 * @DOCTOR_PROBLEM: something to be done
 */
enum doctor_level {
	DOCTOR_OK,
	DOCTOR_NOTE,
	DOCTOR_PROBLEM,
};

/**
 * struct doctor_host - what is known of the host
 * @root: for root_open(): its root directory
 * @release: of the kernel, as uname(2) has it
 * @loaded: the module is there
 */
struct doctor_host {
	int root;
	const char *release;
	bool loaded;
};

void doctor_add(struct rows *rows, enum doctor_level level, const char *subject, dev_t dev,
		char *finding, char *advice);
const char *doctor_level_name(enum doctor_level level);
void doctor_look_at_host(struct rows *rows, struct doctor_host *host);
void doctor_look_at_mount(struct rows *rows, const struct target *target, int mount);

#endif /* DOCTOR_H */
