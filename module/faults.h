/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults planted in test builds (make module-faults), to show that the tests, and the checkers of
 * the debug kernel, see the fault they look for.  In every other build they are constants, and
 * leave no code.
 */
#ifndef OVLSYNC_FAULTS_H
#define OVLSYNC_FAULTS_H

#ifdef OVLSYNC_TEST_FAULTS
#include <linux/types.h>

extern bool test_skip_data;
extern bool test_deaf;
extern bool test_use_after_free;
extern bool test_leak;
extern bool test_lock_order;
extern bool test_atomic_sleep;
#else
#define test_skip_data false
#define test_deaf false
#define test_use_after_free false
#define test_leak false
#define test_lock_order false
#define test_atomic_sleep false
#endif

#endif
