// SPDX-License-Identifier: GPL-2.0
/*
 * Memory pressure: the kernel asks, clean suspects go.
 *
 * In reclaim nothing may be waited for and no inode let go of: an iput() may write, and the upper
 * filesystem may hold locks that the caller of reclaim waits for.  So the scan only isolates, under
 * the list_lru's lock and a lock of the mount's that it merely tries, and hands over to the
 * reaper's work.
 *
 * The list_lru keeps suspects by the memory cgroup that they are charged to: pressure in a
 * container finds the suspects, and with them the inodes, that this container pinned.
 */
#include <linux/list_lru.h>
#include <linux/shrinker.h>

#include "compat.h"
#include "reaper.h"
#include "shrinker.h"
#include "suspect.h"
#include "trace.h"

static struct shrinker *shrinker;
static bool shrinker_ready;

struct shrink_scan {
	unsigned long isolated;
	unsigned long in_use;
	unsigned long busy;
};

/* @m->lock is held. */
static enum lru_status isolate(struct ovlsync_mount *m, struct ovlsync_suspect *s,
			       struct list_lru_one *lru, struct shrink_scan *scan)
{
	enum ovlsync_verdict verdict;

	if (m->closed) {
		scan->busy++;
		return LRU_SKIP;
	}
	verdict = ovlsync_suspect_isolate(s, lru);
	if (verdict != OVLSYNC_CLEAN && verdict != OVLSYNC_GONE) {
		scan->in_use++;
		return LRU_ROTATE;
	}
	scan->isolated++;
	ovlsync_reaper_hurry(m);
	return LRU_REMOVED;
}

static OVLSYNC_LRU_CB(shrink_one)
{
	struct ovlsync_suspect *s = container_of(item, struct ovlsync_suspect, lru);
	/* As long as it is on @lru the entry is its mount's, and the mount is there. */
	struct ovlsync_mount *m = s->mount;
	struct shrink_scan *scan = arg;
	enum lru_status status;

	if (!spin_trylock(&m->lock)) {
		scan->busy++;
		return LRU_SKIP;
	}
	status = isolate(m, s, lru, scan);
	spin_unlock(&m->lock);
	return status;
}

static unsigned long shrinker_count(struct shrinker *self, struct shrink_control *sc)
{
	unsigned long count;

	if (!READ_ONCE(shrinker_ready))
		return 0;
	count = list_lru_shrink_count(&ovlsync_suspects_lru, sc);
	return count ?: SHRINK_EMPTY;
}

static unsigned long shrinker_scan(struct shrinker *self, struct shrink_control *sc)
{
	struct shrink_scan scan = {};

	list_lru_shrink_walk(&ovlsync_suspects_lru, sc, shrink_one, &scan);
	trace_ovlsync_shrink(scan.isolated, scan.in_use, scan.busy);
	/* Everything is open or dirty: no use in asking again now. */
	return scan.isolated ?: SHRINK_STOP;
}

/**
 * ovlsync_shrinker_init - set up the table of suspects, and the shrinker that works on it
 *
 * The two go together: the list_lru in the table needs the shrinker's number.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ovlsync_shrinker_init(void)
{
	int err;

	shrinker = ovlsync_shrinker_make(shrinker_count, shrinker_scan);
	if (!shrinker)
		return -ENOMEM;
	err = ovlsync_suspects_init(shrinker);
	if (err) {
		ovlsync_shrinker_free(shrinker);
		return err;
	}
	WRITE_ONCE(shrinker_ready, true);
	ovlsync_shrinker_start(shrinker);
	return 0;
}

/**
 * ovlsync_shrinker_exit - the mirror image of ovlsync_shrinker_init()
 *
 * Context: may sleep.
 */
void ovlsync_shrinker_exit(void)
{
	ovlsync_shrinker_free(shrinker);
	ovlsync_suspects_exit();
}
