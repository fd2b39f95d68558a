/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_SUSPECT_H
#define OVLSYNC_SUSPECT_H

#include <linux/fs.h>
#include <linux/pagemap.h>

#include "compat.h"
#include "mount.h"

/**
 * enum ovlsync_verdict - may a suspect go?
 * @OVLSYNC_CLEAN: yes
 * @OVLSYNC_GONE: yes, it has no link left: its data need not survive
 * @OVLSYNC_OPEN: no, it is open for write, or mapped shared and writable
 * @OVLSYNC_DIRTY: no, it is dirty or under writeback
 * @OVLSYNC_YOUNG: not yet, the reaper leaves it alone for min_age_ms
 */
enum ovlsync_verdict {
	OVLSYNC_CLEAN,
	OVLSYNC_GONE,
	OVLSYNC_OPEN,
	OVLSYNC_DIRTY,
	OVLSYNC_YOUNG,
	OVLSYNC_VERDICT_NR,
};

/**
 * struct ovlsync_walk - a walk over the suspects that are on the list when it begins
 * @m: the mount
 * @at: cursor: what is before it has been visited
 * @end: cursor: what is behind it arrived later
 * @next: while the lock is held: what to look at next
 */
struct ovlsync_walk {
	struct ovlsync_mount *m;
	struct ovlsync_suspect at;
	struct ovlsync_suspect end;
	struct list_head *next;
};

struct list_lru;
struct list_lru_one;
struct shrinker;

extern struct list_lru ovlsync_suspects_lru;

int ovlsync_suspects_init(struct shrinker *shrinker);
void ovlsync_suspects_exit(void);

bool ovlsync_suspect_add(struct ovlsync_mount *m, struct inode *inode);
bool ovlsync_suspect_unlink(struct ovlsync_mount *m, struct inode *inode);
struct ovlsync_suspect *ovlsync_suspect_find(struct ovlsync_mount *m, struct inode *inode);

enum ovlsync_verdict ovlsync_suspect_try(struct ovlsync_suspect *s, enum ovlsync_exit how,
					 struct list_head *dispose);
enum ovlsync_verdict ovlsync_suspect_isolate(struct ovlsync_suspect *s, struct list_lru_one *lru);
bool ovlsync_suspect_check_error(struct ovlsync_suspect *s);
void ovlsync_suspects_dispose(struct ovlsync_mount *m, struct list_head *dispose,
			      enum ovlsync_exit how);
bool ovlsync_suspects_purge(struct ovlsync_mount *m);

void ovlsync_walk_begin(struct ovlsync_walk *walk, struct ovlsync_mount *m);
void ovlsync_walk_end(struct ovlsync_walk *walk);

/**
 * ovlsync_inode_unwritten - is there anything of an inode that is not on the disk?
 * @inode: the upper inode
 *
 * The DIRTY tag is read before WRITEBACK, for the kernel sets the second before it clears the first
 * (__folio_start_writeback() in mm/page-writeback.c).
 *
 * Context: any.  A reference to the inode, or the lock of the list it is on.
 */
static inline bool ovlsync_inode_unwritten(const struct inode *inode)
{
	struct address_space *mapping = inode->i_mapping;

	if (ovlsync_inode_state(inode) & (I_DIRTY_ALL | I_SYNC))
		return true;
	if (mapping_tagged(mapping, PAGECACHE_TAG_DIRTY))
		return true;
	/* DIRTY before WRITEBACK. */
	smp_rmb();
	return mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK);
}

/**
 * ovlsync_suspect_verdict - what the removal rule says of an upper inode
 * @inode: the upper inode
 *
 * See docs/design.md, When may a suspect go?  The order of the reads matters: i_writecount first,
 * for who had it open has dirtied it before lowering the count.
 *
 * Context: any.  A reference to the inode, or the lock of the list it is on.
 * Return: OVLSYNC_CLEAN, _GONE, _OPEN or _DIRTY.
 */
static inline enum ovlsync_verdict ovlsync_suspect_verdict(const struct inode *inode)
{
	if (!READ_ONCE(inode->i_nlink)) {
		/*
		 * vfs_unlink() and vfs_rename() hold the lock until the filesystem has it in its
		 * journal; before, a commit would leave the name there, without its data.
		 */
		smp_rmb();
		return inode_is_locked((struct inode *)inode) ? OVLSYNC_DIRTY : OVLSYNC_GONE;
	}
	if (atomic_read(&inode->i_writecount) > 0)
		return OVLSYNC_OPEN;
	/* i_writecount before what its holders dirtied. */
	smp_rmb();
	return ovlsync_inode_unwritten(inode) ? OVLSYNC_DIRTY : OVLSYNC_CLEAN;
}

/**
 * ovlsync_walk_next - the next suspect of a walk
 * @walk: the walk
 *
 * The entry returned may be taken off the list before the next call, but no other.
 *
 * Context: the lock of the mount held; ovlsync_walk_pause() before it is dropped.
 * Return: an entry on the list, or NULL at the end.
 */
static inline struct ovlsync_suspect *ovlsync_walk_next(struct ovlsync_walk *walk)
{
	struct ovlsync_suspect *s;

	lockdep_assert_held(&walk->m->lock);
	if (!walk->next)
		walk->next = walk->at.list.next;
	while (walk->next != &walk->end.list) {
		s = list_entry(walk->next, struct ovlsync_suspect, list);
		walk->next = s->list.next;
		if (s->inode)
			return s;
	}
	return NULL;
}

/**
 * ovlsync_walk_pause - keep a walk's place while the lock is dropped
 * @walk: the walk
 *
 * Context: the lock of the mount held.
 */
static inline void ovlsync_walk_pause(struct ovlsync_walk *walk)
{
	lockdep_assert_held(&walk->m->lock);
	if (walk->next)
		list_move_tail(&walk->at.list, walk->next);
	walk->next = NULL;
}

size_t ovlsync_suspects_bytes(struct ovlsync_mount *m, u64 nr);

#endif
