/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_SUSPECT_H
#define OVLSYNC_SUSPECT_H

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
 */
struct ovlsync_walk {
	struct ovlsync_mount *m;
	struct ovlsync_suspect at;
	struct ovlsync_suspect end;
};

struct list_lru;
struct list_lru_one;
struct shrinker;

extern struct list_lru ovlsync_suspects_lru;

int ovlsync_suspects_init(struct shrinker *shrinker);
void ovlsync_suspects_exit(void);

bool ovlsync_suspect_add(struct ovlsync_mount *m, struct inode *inode);
void ovlsync_suspect_unlink(struct ovlsync_mount *m, struct inode *inode);
struct ovlsync_suspect *ovlsync_suspect_find(struct ovlsync_mount *m, struct inode *inode);

enum ovlsync_verdict ovlsync_suspect_verdict(const struct inode *inode);
enum ovlsync_verdict ovlsync_suspect_try(struct ovlsync_suspect *s, enum ovlsync_exit how,
					 struct list_head *dispose);
enum ovlsync_verdict ovlsync_suspect_isolate(struct ovlsync_suspect *s, struct list_lru_one *lru);
bool ovlsync_suspect_check_error(struct ovlsync_suspect *s);
void ovlsync_suspects_dispose(struct ovlsync_mount *m, struct list_head *dispose,
			      enum ovlsync_exit how);
void ovlsync_suspects_purge(struct ovlsync_mount *m);

void ovlsync_walk_begin(struct ovlsync_walk *walk, struct ovlsync_mount *m);
struct ovlsync_suspect *ovlsync_walk_next(struct ovlsync_walk *walk);
void ovlsync_walk_end(struct ovlsync_walk *walk);

size_t ovlsync_suspects_bytes(struct ovlsync_mount *m, u64 nr);

#endif
