/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_UPPER_H
#define OVLSYNC_UPPER_H

#include <linux/types.h>

struct super_block;

/**
 * struct ovlsync_upper - what is known of an overlay's upper filesystem
 * @sb: its superblock; NULL until known.  Published last, with release semantics: who reads it
 *	non-NULL with smp_load_acquire() may read the rest.  The overlay holds a mount of it until
 *	its put_super, so it lives as long as our mount object does.
 * @sure: every layer of the overlay is on it, so it can be no other
 * @refusal: why a sync may not be limited to the suspects; NULL: it may
 * @in_memory: tmpfs or ramfs, where a sync does nothing
 * @orders_truncate: zeroes the tail of a block in the order of the journal, so that truncate(2) by
 *	path needs no watching (docs/design.md)
 * @lazy_flush: sync_fs with nothing to commit leaves the disk's cache as it is
 * @async_extents: btrfs: pages handed to compression threads are under writeback only later
 * @inodes_by_write: f2fs: its checkpoint leaves out inodes of which only times are dirty; they have
 *	to be given to write_inode (f2fs_dirty_inode() in fs/f2fs/super.c)
 * @inode_bytes: memory that one cached inode takes, from its slab cache
 */
struct ovlsync_upper {
	struct super_block *sb;
	bool sure;
	const char *refusal;
	bool in_memory;
	bool orders_truncate;
	bool async_extents;
	bool lazy_flush;
	bool inodes_by_write;
	size_t inode_bytes;
};

/**
 * struct ovlsync_options - what the options of an overlay mount say
 * @page: memory that the strings lie in; freed by ovlsync_options_free()
 * @upperdir: the path as given to mount(2), unescaped; NULL: no upper
 * @workdir: likewise
 * @is_volatile: durability was given up at mount time
 */
struct ovlsync_options {
	char *page;
	char *upperdir;
	char *workdir;
	bool is_volatile;
};

/**
 * struct ovlsync_upperdir - an overlay's upper directory
 * @sb: its superblock, which the overlay keeps alive
 * @ino: its inode
 * @generation: of that inode
 */
struct ovlsync_upperdir {
	struct super_block *sb;
	u64 ino;
	u32 generation;
};

int ovlsync_options_read(struct super_block *sb, struct ovlsync_options *opts);
void ovlsync_options_free(struct ovlsync_options *opts);

bool ovlsync_upper_resolve(struct super_block *sb, const struct ovlsync_options *opts,
			   struct ovlsync_upperdir *found);
void ovlsync_layers_each(struct super_block *sb,
			 void (*fn)(struct super_block *layer_sb, void *arg), void *arg);
bool ovlsync_upper_is_sure(struct super_block *sb, const struct super_block *upper_sb);
bool ovlsync_upper_is_proven(const struct super_block *upper_sb);
void ovlsync_upper_classify(struct ovlsync_upper *upper, struct super_block *upper_sb);

#endif
