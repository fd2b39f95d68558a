// SPDX-License-Identifier: GPL-2.0
/*
 * The reaper: takes clean suspects off the list, so that the list can't pin memory.
 *
 * One collector, collect(), serves the periodic passes and force-GC: it looks at a batch under the
 * lock, disposes of what it took outside, and goes on where it was.  A mount's delayed work is
 * armed while the mount has suspects, and only then.  A pass that finds nothing to take doubles the
 * wait, up to a limit, see pace(); a new suspect or a changed tunable brings it back.  What the
 * shrinker took has a work of its own, so that want of memory makes no pass over what can't go.
 *
 * LIFETIME.  Both works are part of the mount object and hold no reference to it.  They are armed
 * with m->lock held and only while the list is not closed; ovlsync_reaper_detach() closes the list
 * under the same lock and then waits for a pass in progress.  So nobody can arm them after that,
 * and the object can go.
 *
 * LOCKING.  m->lock is held for one batch and for arming, and not while suspects are disposed of:
 * the last iput() of an unlinked inode frees its blocks.
 */
#define pr_fmt(fmt) "ovlsync: " fmt

#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "events.h"
#include "faults.h"
#include "reaper.h"
#include "suspect.h"
#include "trace.h"

/*
 * The longest wait between passes, in intervals: where all are open, as they may be for years, and
 * where some are dirty, which the flusher writes within seconds.
 */
#define REAPER_SLOWEST 32
#define REAPER_SLOWEST_DIRTY 2
/* With many dirty ones, a wait is this many times what a pass held the lock (docs/design.md). */
#define REAPER_REST 100

static struct workqueue_struct *reaper_wq;

/* How a collection is to be done. */
struct collect_how {
	enum ovlsync_exit exit;
	unsigned int min_age_ms;
	bool dry_run;
};

static bool is_young(const struct ovlsync_suspect *s, unsigned int min_age_ms)
{
	return min_age_ms && jiffies_to_msecs((u32)jiffies - s->added) < min_age_ms;
}

/* The last iput() of an unlinked inode waits for the thaw; it can as well stay until then. */
static bool would_block(const struct ovlsync_suspect *s)
{
	return !READ_ONCE(s->inode->i_nlink) &&
	       READ_ONCE(s->inode->i_sb->s_writers.frozen) != SB_UNFROZEN;
}

static enum ovlsync_verdict collect_one(struct ovlsync_suspect *s, const struct collect_how *how,
					struct list_head *dispose)
{
	if (how->dry_run)
		return ovlsync_suspect_verdict(s->inode);
	if (is_young(s, how->min_age_ms) && READ_ONCE(s->inode->i_nlink))
		return OVLSYNC_YOUNG;
	if (would_block(s))
		return OVLSYNC_YOUNG;
	return ovlsync_suspect_try(s, how->exit, dispose);
}

/*
 * Looks at every suspect that is on the list when it begins, a batch under one hold of the lock;
 * @seen counts verdicts.  Returns for how many ns the lock was held.
 */
static u64 collect(struct ovlsync_mount *m, const struct collect_how *how, u64 *seen)
{
	struct ovlsync_walk walk;
	u64 held_ns = 0;
	bool more = true;

	ovlsync_walk_begin(&walk, m);
	while (more) {
		unsigned int budget = READ_ONCE(m->tunables.batch);
		struct ovlsync_suspect *s = NULL;
		LIST_HEAD(dispose);
		u64 begun_ns, hold_ns;

		/* Freeing entries goes on in softirqs, which are not to make the hold longer. */
		spin_lock_bh(&m->lock);
		begun_ns = ktime_get_ns();
		while (budget-- && (s = ovlsync_walk_next(&walk)) != NULL)
			seen[collect_one(s, how, &dispose)]++;
		ovlsync_walk_pause(&walk);
		if (test_atomic_sleep) {
			mutex_lock(&m->upper_mutex);
			mutex_unlock(&m->upper_mutex);
		}
		hold_ns = ktime_get_ns() - begun_ns;
		m->hold_ns_max = max(m->hold_ns_max, hold_ns);
		spin_unlock_bh(&m->lock);
		held_ns += hold_ns;
		more = s;
		ovlsync_suspects_dispose(m, &dispose, how->exit);
		cond_resched();
	}
	ovlsync_walk_end(&walk);
	return held_ns;
}

enum arm_how {
	ARM_IDLE,	/* if it is not armed */
	ARM_SOONER,	/* also if it is, but for later */
	ARM_ANEW,	/* in any case */
};

/*
 * Arms the delayed work unless the list is closed.  Under the lock, so that an opener that comes
 * late can't arm it again after ovlsync_reaper_detach() has cancelled it.
 */
static void arm(struct ovlsync_mount *m, unsigned int wait_ms, enum arm_how how)
{
	unsigned long wait = msecs_to_jiffies(wait_ms), due = jiffies + wait;
	bool armed;

	spin_lock(&m->lock);
	if (!m->nr || m->closed)
		goto unlock;
	armed = queue_delayed_work(reaper_wq, &m->reaper, wait);
	if (!armed && (how == ARM_ANEW || (how == ARM_SOONER && time_before(due, m->reaper_due)))) {
		mod_delayed_work(reaper_wq, &m->reaper, wait);
		armed = true;
	}
	if (armed)
		m->reaper_due = due;
	if (armed || how != ARM_IDLE)
		WRITE_ONCE(m->reaper_wait_ms, wait_ms);
unlock:
	spin_unlock(&m->lock);
}

/* What the shrinker took: it must not dispose of anything itself. */
static void dispose_shrunk(struct work_struct *work)
{
	struct ovlsync_mount *m = container_of(work, struct ovlsync_mount, shrunk_work);
	LIST_HEAD(dispose);

	spin_lock(&m->lock);
	list_splice_init(&m->shrunk, &dispose);
	spin_unlock(&m->lock);
	ovlsync_suspects_dispose(m, &dispose, OVLSYNC_EXIT_SHRUNK);
}

/* The wait after a pass that held the lock for @held_ns and saw @seen. */
static unsigned int pace(const struct ovlsync_mount *m, const u64 *seen, u64 held_ns)
{
	u64 interval_ms = READ_ONCE(m->tunables.interval_ms);
	u64 slowest_ms = REAPER_SLOWEST * interval_ms;

	if (seen[OVLSYNC_CLEAN] || seen[OVLSYNC_GONE] || seen[OVLSYNC_YOUNG])
		return interval_ms;
	if (seen[OVLSYNC_DIRTY])
		slowest_ms = clamp_t(u64, div_u64(held_ns, NSEC_PER_MSEC / REAPER_REST),
				     REAPER_SLOWEST_DIRTY * interval_ms, slowest_ms);
	slowest_ms = min_t(u64, slowest_ms, INT_MAX);
	return clamp_t(u64, 2ULL * READ_ONCE(m->reaper_wait_ms), interval_ms, slowest_ms);
}

static void reaper_pass(struct work_struct *work)
{
	struct ovlsync_mount *m = container_of(to_delayed_work(work), struct ovlsync_mount, reaper);
	const struct collect_how how = {
		.exit = OVLSYNC_EXIT_REAPED,
		.min_age_ms = READ_ONCE(m->tunables.min_age_ms),
	};
	u64 seen[OVLSYNC_VERDICT_NR] = {};
	u64 begun_ns = ktime_get_ns();
	unsigned int wait_ms;

	wait_ms = pace(m, seen, collect(m, &how, seen));
	trace_ovlsync_reaper_pass(m, seen, wait_ms);

	spin_lock(&m->lock);
	m->passes_total++;
	m->pass_ns_total += ktime_get_ns() - begun_ns;
	m->checked_total += seen[OVLSYNC_CLEAN] + seen[OVLSYNC_GONE] + seen[OVLSYNC_OPEN] +
			    seen[OVLSYNC_DIRTY] + seen[OVLSYNC_YOUNG];
	spin_unlock(&m->lock);
	arm(m, wait_ms, ARM_IDLE);
}

/**
 * ovlsync_reaper_wake - there is a new suspect: see to it that a pass comes
 * @m: the mount
 *
 * Context: any; cheap when a pass is due within an interval.
 */
void ovlsync_reaper_wake(struct ovlsync_mount *m)
{
	unsigned int interval_ms = READ_ONCE(m->tunables.interval_ms);
	bool slowed_down = READ_ONCE(m->reaper_wait_ms) > interval_ms;

	if (slowed_down || !delayed_work_pending(&m->reaper))
		arm(m, interval_ms, slowed_down ? ARM_SOONER : ARM_IDLE);
}

/**
 * ovlsync_reaper_hurry - the shrinker took something: dispose of it now
 * @m: the mount
 *
 * Context: any, reclaim too; @m->lock held, which keeps the mount from being detached.
 */
void ovlsync_reaper_hurry(struct ovlsync_mount *m)
{
	lockdep_assert_held(&m->lock);
	queue_work(reaper_wq, &m->shrunk_work);
}

/**
 * ovlsync_reaper_retime - a tunable has changed: act at once
 * @m: the mount
 *
 * Context: any.
 */
void ovlsync_reaper_retime(struct ovlsync_mount *m)
{
	arm(m, READ_ONCE(m->tunables.interval_ms), ARM_ANEW);
}

/**
 * ovlsync_reaper_force - reap everything that the removal rule allows, now
 * @m: the mount
 * @dry_run: take nothing, only count
 * @result: what was seen and done
 *
 * Context: may sleep.
 */
void ovlsync_reaper_force(struct ovlsync_mount *m, bool dry_run, struct ovlsync_gc_result *result)
{
	const struct collect_how how = { .exit = OVLSYNC_EXIT_FORCED, .dry_run = dry_run };
	u64 seen[OVLSYNC_VERDICT_NR] = {};

	collect(m, &how, seen);
	result->reaped = seen[OVLSYNC_CLEAN] + seen[OVLSYNC_GONE];
	result->dirty = seen[OVLSYNC_DIRTY];
	result->open = seen[OVLSYNC_OPEN];
	result->scanned = result->reaped + result->dirty + result->open;
	if (!dry_run)
		ovlsync_event_gc_done(m, result);
}

/**
 * ovlsync_reaper_attach - prepare a new mount object's works
 * @m: the mount
 */
void ovlsync_reaper_attach(struct ovlsync_mount *m)
{
	INIT_DELAYED_WORK(&m->reaper, reaper_pass);
	INIT_WORK(&m->shrunk_work, dispose_shrunk);
}

/**
 * ovlsync_reaper_detach - stop a mount's passes, and wait for one in progress
 * @m: the mount; its list is closed afterwards
 *
 * Context: may sleep.
 */
void ovlsync_reaper_detach(struct ovlsync_mount *m)
{
	spin_lock(&m->lock);
	m->closed = true;
	spin_unlock(&m->lock);
	cancel_delayed_work_sync(&m->reaper);
	cancel_work_sync(&m->shrunk_work);
}

/**
 * ovlsync_reaper_init - set up the workqueue
 *
 * Return: 0 or -ENOMEM.
 */
int ovlsync_reaper_init(void)
{
	/* Unbound: a pass over a long list must not keep a CPU's other work waiting. */
	reaper_wq = alloc_workqueue("ovlsync", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return reaper_wq ? 0 : -ENOMEM;
}

/**
 * ovlsync_reaper_exit - the mirror image of ovlsync_reaper_init()
 *
 * Context: may sleep.  No mount is attached any more.
 */
void ovlsync_reaper_exit(void)
{
	destroy_workqueue(reaper_wq);
}
