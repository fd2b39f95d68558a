// SPDX-License-Identifier: GPL-2.0
/*
 * How much of a file is not on the disk, by the tags of its page cache.
 *
 * The kernel keeps no such count, so each is a walk over what is tagged: for who asks to be told,
 * and not for the ways of an opener or of a sync.
 */
#include <linux/pagemap.h>
#include <linux/rcupdate_wait.h>
#include <linux/sched.h>
#include <linux/xarray.h>

#include "compat.h"
#include "pages.h"

/* Looked at in one RCU section. */
#define COUNT_BATCH 1024

/* Bytes in pages that have the tag, and those only that do not have @without, too. */
static u64 count_tagged(struct address_space *mapping, xa_mark_t tag, const xa_mark_t *without)
{
	XA_STATE(xas, &mapping->i_pages, 0);
	unsigned int in_batch = 0;
	u64 pages = 0;
	void *entry;

	if (!mapping_tagged(mapping, tag))
		return 0;
	rcu_read_lock();
	xas_for_each_marked(&xas, entry, ULONG_MAX, tag) {
		if (xas_retry(&xas, entry))
			continue;
		/* Of the folio itself nothing may be read: there is no reference to it. */
		if (!without || !xas_get_mark(&xas, *without))
			pages += 1UL << xa_get_order(&mapping->i_pages, xas.xa_index);
		if (++in_batch < COUNT_BATCH)
			continue;
		in_batch = 0;
		xas_pause(&xas);
		cond_resched_rcu();
	}
	rcu_read_unlock();
	return pages << PAGE_SHIFT;
}

/**
 * ovlsync_dirty_bytes - bytes in dirty pages, less those of which the writing has begun
 * @mapping: of an inode that is referenced
 *
 * Context: may sleep.
 */
u64 ovlsync_dirty_bytes(struct address_space *mapping)
{
	return count_tagged(mapping, PAGECACHE_TAG_DIRTY, NULL);
}

/**
 * ovlsync_unwritten_bytes - bytes in pages that are dirty or under writeback
 * @mapping: of an inode that is referenced
 *
 * Context: may sleep.
 */
u64 ovlsync_unwritten_bytes(struct address_space *mapping)
{
	/* A page that is written to while it is on its way to the disk is both. */
	const xa_mark_t dirty = PAGECACHE_TAG_DIRTY;

	return count_tagged(mapping, PAGECACHE_TAG_DIRTY, NULL) +
	       count_tagged(mapping, PAGECACHE_TAG_WRITEBACK, &dirty);
}
