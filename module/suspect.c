// SPDX-License-Identifier: GPL-2.0
/*
 * The suspect list: add, test, remove, account.
 *
 * WHAT IT IS.  A suspect is an upper inode that may have been dirtied through one overlay mount.
 * An inode gets on the list when it is opened for write (watch.c) and leaves it when the removal
 * rule allows (docs/design.md, When may a suspect go?), by one of the ways of enum ovlsync_exit.
 *
 * REFERENCES.  An entry on a list owns one reference to its inode.  Who takes the entry off the
 * list, under the lock, owns the entry and that reference, and gives both to
 * ovlsync_suspects_dispose(), the only destructor.  Nobody else frees an entry or drops its
 * reference.  The entry's memory is freed after an RCU grace period, for openers look entries up
 * without the lock.
 *
 * LOCKING.  m->lock protects the list and the counters.  Entries are hashed and unhashed, and put
 * on and taken off the list_lru, with it held: so an entry is on all three or on none.  The
 * list_lru's own lock nests inside m->lock; the shrinker, which comes from the other side, only
 * tries m->lock. iput() and I/O happen without any of them.
 *
 * WHY NO OPENER IS MISSED.  An opener raises i_writecount, or dirties the inode, and then looks the
 * entry up; if it finds none, it takes the lock and looks again.  Who removes an entry holds the
 * lock, unhashes it first, and then looks at the inode: if the inode turns out to be in use the
 * entry is hashed again before the lock is dropped.  Full barriers stand between the two steps on
 * both sides: one of the two always sees the other.
 */
#define pr_fmt(fmt) "ovlsync: " fmt

#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/list_lru.h>
#include <linux/pagemap.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "compat.h"
#include "faults.h"
#include "gap.h"
#include "suspect.h"
#include "trace.h"

/* An opener at the limit looks at so many of the oldest entries. */
#define EVICT_SCAN 16

struct suspect_key {
	struct ovlsync_mount *mount;
	struct inode *inode;
};

/*
 * Two pointers that no user chooses: one multiplication spreads them as well as the general hash,
 * and every opener for write pays for it.
 */
static inline u32 suspect_hash(const void *data, u32 len, u32 seed)
{
	const struct suspect_key *key = data;

	return hash_64(((unsigned long)key->mount << 16) + (unsigned long)key->inode + seed, 32);
}

static inline int suspect_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct suspect_key *key = arg->key;
	const struct ovlsync_suspect *s = obj;

	return s->inode != key->inode || s->mount != key->mount;
}

static const struct rhashtable_params suspect_params = {
	.hashfn = suspect_hash,
	.obj_cmpfn = suspect_differs,
	.key_len = sizeof(struct suspect_key),
	.key_offset = offsetof(struct ovlsync_suspect, mount),
	.head_offset = offsetof(struct ovlsync_suspect, hash),
	.automatic_shrinking = true,
};

static struct rhashtable suspects_table;

/* All suspects by memory cgroup and node, for the shrinker; in order of arrival. */
struct list_lru ovlsync_suspects_lru;
static struct kmem_cache *suspect_cache;

/* The bit in an errseq_t that says somebody has looked; lib/errseq.c keeps it to itself. */
static errseq_t errseq_seen_bit;

static void learn_errseq_seen_bit(void)
{
	errseq_t value = 0, since = 0, unseen;

	errseq_set(&value, -EIO);
	unseen = value;
	errseq_check_and_advance(&value, &since);
	errseq_seen_bit = unseen ^ value;
}

/**
 * ovlsync_suspects_init - set up the table, the list_lru and the slab cache of all suspects
 * @shrinker: that walks the list_lru; known to the kernel, but not at work yet
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ovlsync_suspects_init(struct shrinker *shrinker)
{
	int err;

	BUILD_BUG_ON(offsetof(struct ovlsync_suspect, inode) !=
		     offsetof(struct ovlsync_suspect, mount) + offsetof(struct suspect_key, inode));
	learn_errseq_seen_bit();
	suspect_cache = ovlsync_cache_create("ovlsync_suspect", sizeof(struct ovlsync_suspect));
	if (!suspect_cache)
		return -ENOMEM;
	err = list_lru_init_memcg(&ovlsync_suspects_lru, shrinker);
	if (err)
		goto err_cache;
	err = rhashtable_init(&suspects_table, &suspect_params);
	if (err)
		goto err_lru;
	return 0;

err_lru:
	list_lru_destroy(&ovlsync_suspects_lru);
err_cache:
	kmem_cache_destroy(suspect_cache);
	return err;
}

/**
 * ovlsync_suspects_exit - the mirror image of ovlsync_suspects_init()
 *
 * Context: may sleep.  No mount has suspects any more.
 */
void ovlsync_suspects_exit(void)
{
	/* Entries on their way through RCU are still in the cache. */
	rcu_barrier();
	rhashtable_destroy(&suspects_table);
	list_lru_destroy(&ovlsync_suspects_lru);
	kmem_cache_destroy(suspect_cache);
}

/**
 * ovlsync_suspects_bytes - memory pinned by suspects
 * @m: the mount
 * @nr: how many of its suspects
 *
 * Return: bytes, from the object sizes of the slab caches of entries and upper inodes.
 */
size_t ovlsync_suspects_bytes(struct ovlsync_mount *m, u64 nr)
{
	size_t each = kmem_cache_size(suspect_cache);

	if (ovlsync_mount_upper(m))
		each += m->upper.inode_bytes;
	return nr * each;
}

/**
 * ovlsync_suspect_find - look an entry up
 * @m: the mount
 * @inode: the upper inode
 *
 * Context: @m->lock held, or rcu_read_lock(), under which only its being there means anything.
 * Return: the entry or NULL.
 */
struct ovlsync_suspect *ovlsync_suspect_find(struct ovlsync_mount *m, struct inode *inode)
{
	struct suspect_key key = { .mount = m, .inode = inode };

	return rhashtable_lookup_fast(&suspects_table, &key, suspect_params);
}

/**
 * ovlsync_suspect_check_error - record a writeback error that is new since the last look
 * @s: an entry on its mount's list
 *
 * The error goes to the overlay's superblock, where syncfs(2) on this overlay, and on no other,
 * returns it once to each open file (docs/design.md).  The inode's own error state is only read:
 * if we marked it as seen, a later fsync(2) by somebody who opens the file after us would not be
 * told.  As the kernel does not count errors that nobody has seen, a second one shows in the
 * mapping's AS_EIO and AS_ENOSPC alone, which are cleared here; fsync(2) does not depend on them.
 *
 * Context: any; the lock of the mount held.
 * Return: true if there was one.
 */
bool ovlsync_suspect_check_error(struct ovlsync_suspect *s)
{
	struct address_space *mapping = s->inode->i_mapping;
	errseq_t now = READ_ONCE(mapping->wb_err);
	int err = 0;

	lockdep_assert_held(&s->mount->lock);
	if (likely((now & ~errseq_seen_bit) == (s->wb_err & ~errseq_seen_bit) &&
		   !(READ_ONCE(mapping->flags) & (BIT(AS_EIO) | BIT(AS_ENOSPC)))))
		return false;

	if ((now & ~errseq_seen_bit) != (s->wb_err & ~errseq_seen_bit))
		err = errseq_check(&mapping->wb_err, s->wb_err);
	s->wb_err = now;
	if (test_and_clear_bit(AS_ENOSPC, &mapping->flags) && !err)
		err = -ENOSPC;
	if (test_and_clear_bit(AS_EIO, &mapping->flags) && !err)
		err = -EIO;
	if (!err)
		return false;
	errseq_set(&s->mount->sb->s_wb_err, err);
	ovlsync_mount_note_error(s->mount, err);
	return true;
}

/* Takes an unhashed entry off the lists; it is the caller's then.  @lru: its lock is held. */
static void suspect_take(struct ovlsync_suspect *s, enum ovlsync_exit how,
			 struct list_head *dispose, struct list_lru_one *lru)
{
	struct ovlsync_mount *m = s->mount;

	ovlsync_suspect_check_error(s);
	list_move_tail(&s->list, dispose);
	if (lru)
		list_lru_isolate(lru, &s->lru);
	else
		ovlsync_lru_del(&ovlsync_suspects_lru, &s->lru);
	WRITE_ONCE(m->nr, m->nr - 1);
	m->exits[how]++;
}

static enum ovlsync_verdict suspect_try(struct ovlsync_suspect *s, enum ovlsync_exit how,
					struct list_head *dispose, struct list_lru_one *lru)
{
	enum ovlsync_verdict verdict = ovlsync_suspect_verdict(s->inode);

	lockdep_assert_held(&s->mount->lock);
	if (verdict == OVLSYNC_OPEN || verdict == OVLSYNC_DIRTY)
		return verdict;

	rhashtable_remove_fast(&suspects_table, &s->hash, suspect_params);
	/* Pairs with the barrier in ovlsync_suspect_add(): see the top of this file. */
	smp_mb();
	verdict = ovlsync_suspect_verdict(s->inode);
	if (verdict == OVLSYNC_OPEN || verdict == OVLSYNC_DIRTY) {
		if (!rhashtable_insert_fast(&suspects_table, &s->hash, suspect_params))
			return verdict;
		/* It can't be found any more, so it can't stay: the next sync is a full one. */
		ovlsync_gap_open(s->mount, OVLSYNC_GAP_MEMORY, true);
		verdict = OVLSYNC_CLEAN;
	}
	suspect_take(s, how, dispose, lru);
	return verdict;
}

/**
 * ovlsync_suspect_try - take an entry off the list if the removal rule allows it
 * @s: an entry on its mount's list
 * @how: the way out that is counted
 * @dispose: where the entry goes then
 *
 * Context: any; the lock of the mount held.
 * Return: OVLSYNC_CLEAN or OVLSYNC_GONE: it is on @dispose; anything else: it stays, and why.
 */
enum ovlsync_verdict ovlsync_suspect_try(struct ovlsync_suspect *s, enum ovlsync_exit how,
					 struct list_head *dispose)
{
	return suspect_try(s, how, dispose, NULL);
}

/**
 * ovlsync_suspect_isolate - the same, for the shrinker
 * @s: an entry on its mount's list
 * @lru: the part of the list_lru that it is on; its lock is held, too
 *
 * Context: reclaim; the lock of the mount held.
 * Return: as ovlsync_suspect_try(); what is taken is on the mount's @shrunk list.
 */
enum ovlsync_verdict ovlsync_suspect_isolate(struct ovlsync_suspect *s, struct list_lru_one *lru)
{
	return suspect_try(s, OVLSYNC_EXIT_SHRUNK, &s->mount->shrunk, lru);
}

static void suspect_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(suspect_cache, container_of(rcu, struct ovlsync_suspect, rcu));
}

/**
 * ovlsync_suspects_dispose - the destructor of entries
 * @m: the mount they were on
 * @dispose: entries taken off its list
 * @how: the way out, for the tracepoint
 *
 * Context: may sleep: the last reference to an unlinked inode frees its blocks.  Not in reclaim,
 * and with no lock held that the upper filesystem may need.
 */
void ovlsync_suspects_dispose(struct ovlsync_mount *m, struct list_head *dispose,
			      enum ovlsync_exit how)
{
	struct ovlsync_suspect *s, *next;

	list_for_each_entry_safe(s, next, dispose, list) {
		trace_ovlsync_suspect_remove(m, s->inode, how);
		list_del(&s->list);
		iput(s->inode);
		cond_resched();
		if (test_leak)
			continue;
		if (test_use_after_free) {
			kmem_cache_free(suspect_cache, s);
			WRITE_ONCE(m->nr_peak, READ_ONCE(s->added));
			continue;
		}
		call_rcu(&s->rcu, suspect_free_rcu);
	}
}

/* Makes room at the limit: looks at a few, beginning where the last opener left off. */
static void evict_some(struct ovlsync_mount *m)
	__releases(&m->lock) __acquires(&m->lock)
{
	struct list_head *next = m->hand.list.next;
	unsigned int scan = EVICT_SCAN;
	LIST_HEAD(dispose);

	while (scan && next != &m->hand.list) {
		struct ovlsync_suspect *s = list_entry(next, struct ovlsync_suspect, list);

		next = next->next;
		if (&s->list == &m->suspects || !s->inode)
			continue;
		/*
		 * The last iput() of an unlinked inode may wait for a frozen upper, and this is
		 * inside of fsnotify's SRCU section, which the whole host waits for: the reaper's.
		 */
		if (READ_ONCE(s->inode->i_nlink))
			ovlsync_suspect_try(s, OVLSYNC_EXIT_EVICTED, &dispose);
		scan--;
	}
	if (next != &m->hand.list)
		list_move_tail(&m->hand.list, next);
	spin_unlock(&m->lock);
	ovlsync_suspects_dispose(m, &dispose, OVLSYNC_EXIT_EVICTED);
	spin_lock(&m->lock);
}

static void suspect_untracked(struct ovlsync_mount *m, enum ovlsync_gap gap)
{
	lockdep_assert_held(&m->lock);
	m->overflow_total++;
	ovlsync_gap_open(m, gap, true);
}

/* Returns true if @new went on the list. */
static bool suspect_insert(struct ovlsync_mount *m, struct ovlsync_suspect *new)
{
	bool inserted = false;

	spin_lock(&m->lock);
	if (!m->closed && !ovlsync_suspect_find(m, new->inode) &&
	    m->nr >= READ_ONCE(m->tunables.max_suspects))
		evict_some(m);
	if (m->closed || ovlsync_suspect_find(m, new->inode)) {
		/* Another opener was faster, or nobody will ask for the list any more. */
	} else if (m->nr >= READ_ONCE(m->tunables.max_suspects)) {
		suspect_untracked(m, OVLSYNC_GAP_LIMIT);
	} else if (rhashtable_insert_fast(&suspects_table, &new->hash, suspect_params)) {
		suspect_untracked(m, OVLSYNC_GAP_MEMORY);
	} else {
		list_add_tail(&new->list, &m->suspects);
		ovlsync_lru_add(&ovlsync_suspects_lru, &new->lru);
		WRITE_ONCE(m->nr, m->nr + 1);
		m->nr_peak = max(m->nr_peak, m->nr);
		m->added_total++;
		inserted = true;
	}
	spin_unlock(&m->lock);
	return inserted;
}

/* Out of line: most openings find the entry there, and need none of its registers. */
static noinline bool suspect_add_new(struct ovlsync_mount *m, struct inode *inode)
{
	struct ovlsync_suspect *s;

	/* Its data need not survive; FS_ATTRIB tells if it gets a name after all. */
	if (ovlsync_suspect_verdict(inode) == OVLSYNC_GONE)
		return false;
	/* Charged to the opener's memory cgroup, which is not to be killed for it. */
	s = kmem_cache_alloc_lru(suspect_cache, &ovlsync_suspects_lru,
				 GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!s) {
		spin_lock(&m->lock);
		suspect_untracked(m, OVLSYNC_GAP_MEMORY);
		spin_unlock(&m->lock);
		return false;
	}
	ihold(inode);
	INIT_LIST_HEAD(&s->lru);
	s->mount = m;
	s->inode = inode;
	s->wb_err = READ_ONCE(inode->i_mapping->wb_err);
	s->added = (u32)jiffies;

	if (!suspect_insert(m, s)) {
		iput(inode);
		kmem_cache_free(suspect_cache, s);
		return false;
	}
	trace_ovlsync_suspect_add(m, inode);
	/* Its last link may have gone just before it could be found here; or else the reaper's. */
	if (!READ_ONCE(inode->i_nlink))
		ovlsync_suspect_unlink(m, inode);
	return true;
}

/**
 * ovlsync_suspect_add - put an upper inode on the list, unless it is there
 * @m: the mount
 * @inode: the upper inode; already open for write or dirty
 *
 * Never fails as seen by the opener: what can't be tracked makes the next sync a full one.
 *
 * Flattened, for every opener for write comes here: left to itself gcc calls the hash function, and
 * guards the key on the stack for it.
 *
 * Context: may sleep.  The caller holds a reference to @inode.
 * Return: true if it is new on the list.
 */
__flatten bool ovlsync_suspect_add(struct ovlsync_mount *m, struct inode *inode)
{
	struct suspect_key key = { .mount = m, .inode = inode };
	bool found;

	/* The inode was opened or dirtied before; pairs with the barrier in suspect_try(). */
	smp_mb();
	rcu_read_lock();
	found = rhashtable_lookup(&suspects_table, &key, suspect_params);
	rcu_read_unlock();
	return !found && suspect_add_new(m, inode);
}

/**
 * ovlsync_suspect_unlink - the last link of an upper inode has gone: let go of it at once
 * @m: the mount
 * @inode: the upper inode
 *
 * Or else the space of a deleted file would be held until the reaper comes (docs/design.md).
 *
 * Context: may sleep.  The caller holds a reference to @inode, so that ours is not the last.
 * Return: true if it stays, for somebody holds its lock: the reaper is to come soon.
 */
bool ovlsync_suspect_unlink(struct ovlsync_mount *m, struct inode *inode)
{
	enum ovlsync_verdict verdict = OVLSYNC_GONE;
	struct ovlsync_suspect *s;
	LIST_HEAD(dispose);

	spin_lock(&m->lock);
	s = ovlsync_suspect_find(m, inode);
	if (s && !READ_ONCE(inode->i_nlink))
		verdict = ovlsync_suspect_try(s, OVLSYNC_EXIT_UNLINKED, &dispose);
	spin_unlock(&m->lock);
	ovlsync_suspects_dispose(m, &dispose, OVLSYNC_EXIT_UNLINKED);
	return verdict == OVLSYNC_DIRTY;
}

static bool is_unsynced(const struct ovlsync_suspect *s)
{
	enum ovlsync_verdict verdict = ovlsync_suspect_verdict(s->inode);

	return verdict == OVLSYNC_OPEN || verdict == OVLSYNC_DIRTY;
}

/**
 * ovlsync_suspects_purge - close the list and let go of everything on it
 * @m: the mount
 *
 * Context: may sleep.  No walk is in progress.
 * Return: true if something on it may have been dirty.
 */
bool ovlsync_suspects_purge(struct ovlsync_mount *m)
{
	struct ovlsync_suspect *s, *next;
	bool unsynced = false;
	unsigned int budget;
	bool more;

	do {
		LIST_HEAD(dispose);

		budget = 1024;
		spin_lock(&m->lock);
		m->closed = true;
		list_for_each_entry_safe(s, next, &m->suspects, list) {
			if (!s->inode)
				continue;
			if (!budget--)
				break;
			unsynced |= is_unsynced(s);
			rhashtable_remove_fast(&suspects_table, &s->hash, suspect_params);
			suspect_take(s, OVLSYNC_EXIT_DETACHED, &dispose, NULL);
		}
		list_splice_tail_init(&m->shrunk, &dispose);
		more = m->nr;
		spin_unlock(&m->lock);
		ovlsync_suspects_dispose(m, &dispose, OVLSYNC_EXIT_DETACHED);
		cond_resched();
	} while (more);
	return unsynced;
}

/**
 * ovlsync_walk_begin - begin a walk over the suspects that are on the list now
 * @walk: of the caller's; two cursors in it are on the list until ovlsync_walk_end()
 * @m: the mount
 *
 * Context: any; takes the lock.
 */
void ovlsync_walk_begin(struct ovlsync_walk *walk, struct ovlsync_mount *m)
{
	walk->m = m;
	walk->at.inode = NULL;
	walk->end.inode = NULL;
	spin_lock(&m->lock);
	walk->next = NULL;
	list_add(&walk->at.list, &m->suspects);
	list_add_tail(&walk->end.list, &m->suspects);
	spin_unlock(&m->lock);
}

/**
 * ovlsync_walk_end - take a walk's cursors off the list
 * @walk: the walk
 *
 * Context: any; takes the lock.
 */
void ovlsync_walk_end(struct ovlsync_walk *walk)
{
	spin_lock(&walk->m->lock);
	list_del(&walk->at.list);
	list_del(&walk->end.list);
	spin_unlock(&walk->m->lock);
}
