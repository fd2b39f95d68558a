// SPDX-License-Identifier: GPL-2.0
/*
 * What of the module one process has reached: for the fuzzer of the interfaces (make fuzz-kernel),
 * in a build that is made for it alone.  The compiler calls __sanitizer_cov_trace_pc() in every
 * basic block, as for KCOV; that one would have to be in the kernel, and this is in any.
 */
#include <linux/bitmap.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "cover.h"

/* Less than there are addresses in our text: what falls on the same bit is taken for the same. */
#define COVER_BITS 16384

static DECLARE_BITMAP(reached, COVER_BITS);
static int cover_tgid;

void notrace __sanitizer_cov_trace_pc(void)
{
	unsigned long bit = (_RET_IP_ >> 2) % COVER_BITS;

	if (in_task() && current->tgid == READ_ONCE(cover_tgid) && !test_bit(bit, reached))
		set_bit(bit, reached);
}

static int cover_set(const char *text, const struct kernel_param *param)
{
	int tgid, err = text ? kstrtoint(text, 10, &tgid) : -EINVAL;

	if (!err)
		WRITE_ONCE(cover_tgid, tgid);
	return err;
}

/* What has been reached since the last time, as it lies in memory. */
static int cover_get(char *page, const struct kernel_param *param)
{
	memcpy(page, reached, sizeof(reached));
	bitmap_zero(reached, COVER_BITS);
	return sizeof(reached);
}

static const struct kernel_param_ops cover_ops = { .set = cover_set, .get = cover_get };

module_param_cb(test_cover, &cover_ops, NULL, 0600);
MODULE_PARM_DESC(test_cover, "TEST BUILD: write a process, read what of the module it has reached");
