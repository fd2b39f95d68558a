/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults planted in test builds (make module-faults), to show that the tests see the fault they
 * look for.  In every other build they are constants, and leave no code.
 */
#ifndef OVLSYNC_FAULTS_H
#define OVLSYNC_FAULTS_H

#ifdef OVLSYNC_TEST_FAULTS
#include <linux/moduleparam.h>

static bool test_skip_data;
module_param(test_skip_data, bool, 0600);
MODULE_PARM_DESC(test_skip_data, "TEST BUILD: containerized syncs commit the journal, and write nothing");
#else
#define test_skip_data false
#endif

#endif
