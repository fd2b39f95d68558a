// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters of test builds, by which faults are planted.
 */
#include <linux/moduleparam.h>

#include "faults.h"

#define FAULT(name, text)                                                                         \
	bool name;                                                                                \
	module_param(name, bool, 0600);                                                           \
	MODULE_PARM_DESC(name, "TEST BUILD: " text)

FAULT(test_skip_data, "containerized syncs commit the journal, and write nothing");
FAULT(test_deaf, "returns from every event at once: what is left is what fsnotify costs");
FAULT(test_use_after_free, "an entry is looked at after it was freed");
FAULT(test_leak, "entries taken off the list are never freed");
FAULT(test_lock_order, "opening a gap takes the locks of mount and table in the wrong order");
FAULT(test_atomic_sleep, "a collection takes a mutex with the lock of the mount held");
