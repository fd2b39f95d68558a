/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_TUNABLES_H
#define OVLSYNC_TUNABLES_H

#include "mount.h"

/**
 * struct ovlsync_tunable - one number that an operator may set
 * @name: in sysfs, and of the module parameter
 * @offset: of the unsigned int in struct ovlsync_tunables
 * @min: smallest value taken
 * @max: largest value taken
 */
struct ovlsync_tunable {
	const char *name;
	size_t offset;
	unsigned int min;
	unsigned int max;
};

extern const struct ovlsync_tunable ovlsync_tunable_interval_ms;
extern const struct ovlsync_tunable ovlsync_tunable_min_age_ms;
extern const struct ovlsync_tunable ovlsync_tunable_batch;
extern const struct ovlsync_tunable ovlsync_tunable_max_suspects;

unsigned int ovlsync_tunable_get(const struct ovlsync_tunable *t,
				 const struct ovlsync_tunables *values);
int ovlsync_tunable_set(const struct ovlsync_tunable *t, struct ovlsync_tunables *values,
			const char *text);
const char *ovlsync_umount_sync_name(const struct ovlsync_tunables *values);
int ovlsync_umount_sync_set(struct ovlsync_tunables *values, const char *text);

#endif
