/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the kernels that ovlsync runs on, each named after the change.  What can
 * be told from the headers is tested there (OVLSYNC_HAVE_*, see Kbuild); a version is asked only
 * for behaviour that leaves no trace in a header.
 */
#ifndef OVLSYNC_COMPAT_H
#define OVLSYNC_COMPAT_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/fsnotify_backend.h>
#include <linux/list_lru.h>
#include <linux/pagemap.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/writeback.h>
#include <net/genetlink.h>

/*
 * 6.5 moved fsnotify_open() from the open(2) family into the VFS: before that, files that the
 * kernel itself opens (nfsd, ksmbd, core dumps, process accounting) raise no FS_OPEN, but all raise
 * FS_CLOSE_WRITE.
 */
#define OVLSYNC_OPEN_EVENT_IN_VFS (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0))

/*
 * Before 6.5 each dentry of overlayfs has layers of its own, and the one that link(2) makes for the
 * new name has no lower one: d_real() of it warns while only metadata is copied up.  It is
 * unhashed at once (ovl_instantiate() in fs/overlayfs/dir.c), and the newest.  So: one that is
 * hashed, or the oldest.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
static inline struct dentry *ovlsync_find_alias(struct inode *inode)
{
	struct dentry *alias, *found = NULL;

	spin_lock(&inode->i_lock);
	hlist_for_each_entry(alias, &inode->i_dentry, d_u.d_alias) {
		found = alias;
		if (!d_unhashed(alias))
			break;
	}
	dget(found);
	spin_unlock(&inode->i_lock);
	return found;
}
#else
#define ovlsync_find_alias d_find_any_alias
#endif

/* 6.10 made every group allocate under memalloc_nofs and dropped the flag. */
#ifndef FSNOTIFY_GROUP_NOFS
#define FSNOTIFY_GROUP_NOFS 0
#endif

/* 6.10 takes the marked object and its type, where there was a pointer to its mark list. */
static inline int ovlsync_add_sb_mark(struct fsnotify_mark *mark, struct super_block *sb)
{
#ifdef OVLSYNC_HAVE_MARK_CONNP
	return fsnotify_add_mark(mark, &sb->s_fsnotify_marks, FSNOTIFY_OBJ_TYPE_SB, 0, NULL);
#else
	return fsnotify_add_mark(mark, sb, FSNOTIFY_OBJ_TYPE_SB, 0);
#endif
}

/*
 * 6.10 can be asked for the inode that holds the metadata, which never looks for lower data (a
 * data-only layer may be missing, and that lookup warns).  Before, only data could be asked for,
 * and lower data is always known.
 */
static inline struct inode *ovlsync_real_inode(struct dentry *dentry)
{
#ifdef OVLSYNC_HAVE_D_REAL_METADATA
	return d_inode(d_real(dentry, D_REAL_METADATA));
#else
	return d_real_inode(dentry);
#endif
}

/*
 * 6.7, and 6.1 from 6.1.67 on, can ask for CAP_SYS_ADMIN from who joins a multicast group; before,
 * for CAP_NET_ADMIN.
 */
#ifdef GENL_MCAST_CAP_SYS_ADMIN
#define OVLSYNC_MCAST_FLAGS GENL_MCAST_CAP_SYS_ADMIN
#else
#define OVLSYNC_MCAST_FLAGS GENL_UNS_ADMIN_PERM
#endif

/* 6.7 moved what a dump was asked for. */
static inline struct nlattr **ovlsync_dump_attrs(struct netlink_callback *cb)
{
#ifdef OVLSYNC_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

static inline const struct genl_family *ovlsync_dump_family(struct netlink_callback *cb)
{
#ifdef OVLSYNC_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->family;
#else
	return genl_dumpit_info(cb)->family;
#endif
}

/* 6.19 hid i_state behind accessors. */
static inline unsigned long ovlsync_inode_state(const struct inode *inode)
{
#ifdef OVLSYNC_HAVE_INODE_STATE_READ
	return inode_state_read_once((struct inode *)inode);
#else
	return READ_ONCE(inode->i_state);
#endif
}

/**
 * ovlsync_fdatawrite - start writing an inode's dirty pages, and count them
 * @mapping: the inode's pages
 * @sync_mode: WB_SYNC_NONE skips what is busy, WB_SYNC_ALL does not
 * @written_pages: grows by the pages submitted; by none where the kernel does not tell
 *
 * Context: may sleep; takes page locks.
 * Return: 0 or the filesystem's error.
 */
static inline int ovlsync_fdatawrite(struct address_space *mapping,
				     enum writeback_sync_modes sync_mode, u64 *written_pages)
{
#ifdef OVLSYNC_HAVE_FDATAWRITE_WBC
	struct writeback_control wbc = {
		.sync_mode = sync_mode,
		.nr_to_write = LONG_MAX,
		.range_start = 0,
		.range_end = LLONG_MAX,
		/* What is appended meanwhile is not chased (__writeback_inodes_sb_nr()). */
		.tagged_writepages = sync_mode == WB_SYNC_NONE,
	};
	int err = filemap_fdatawrite_wbc(mapping, &wbc);

	if (wbc.nr_to_write < LONG_MAX)
		*written_pages += LONG_MAX - wbc.nr_to_write;
	return err;
#else
	return sync_mode == WB_SYNC_ALL ? filemap_fdatawrite(mapping) : filemap_flush(mapping);
#endif
}

/*
 * A cache of its own for @bytes long objects.  Merged with another, its name would stay behind in
 * /sys/kernel/slab.  6.5 can be told so; before, a cache with a part for user copies is never
 * merged.
 */
static inline struct kmem_cache *ovlsync_cache_create(const char *name, unsigned int bytes)
{
#ifdef SLAB_NO_MERGE
	return kmem_cache_create(name, bytes, 0, SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
#else
	return kmem_cache_create_usercopy(name, bytes, 0, SLAB_ACCOUNT, bytes - sizeof(u32),
					  sizeof(u32), NULL);
#endif
}

/* 6.8 can be told the node and memory cgroup; that of the object itself is asked for by name. */
static inline void ovlsync_lru_add(struct list_lru *lru, struct list_head *item)
{
#ifdef OVLSYNC_HAVE_LRU_OBJ
	list_lru_add_obj(lru, item);
#else
	list_lru_add(lru, item);
#endif
}

static inline void ovlsync_lru_del(struct list_lru *lru, struct list_head *item)
{
#ifdef OVLSYNC_HAVE_LRU_OBJ
	list_lru_del_obj(lru, item);
#else
	list_lru_del(lru, item);
#endif
}

/* 6.13 does not tell the walker which lock it runs under. */
#ifdef OVLSYNC_HAVE_LRU_CB_LOCK
#define OVLSYNC_LRU_CB(fn)                                                                        \
	enum lru_status fn(struct list_head *item, struct list_lru_one *lru, spinlock_t *lock,    \
			   void *arg)
#else
#define OVLSYNC_LRU_CB(fn)                                                                        \
	enum lru_status fn(struct list_head *item, struct list_lru_one *lru, void *arg)
#endif

/*
 * 6.7 makes shrinkers in two steps.  Before, one gets its number, which a list_lru needs, only
 * together with being called; its functions have to tell for themselves whether all is set up.
 */
static inline struct shrinker *
ovlsync_shrinker_make(unsigned long (*count)(struct shrinker *, struct shrink_control *),
		      unsigned long (*scan)(struct shrinker *, struct shrink_control *))
{
	const unsigned int flags = SHRINKER_NUMA_AWARE | SHRINKER_MEMCG_AWARE;
	struct shrinker *shrinker;

#ifdef OVLSYNC_HAVE_SHRINKER_ALLOC
	shrinker = shrinker_alloc(flags, "ovlsync");
#else
	shrinker = kzalloc(sizeof(*shrinker), GFP_KERNEL);
#endif
	if (!shrinker)
		return NULL;
	shrinker->count_objects = count;
	shrinker->scan_objects = scan;
	shrinker->seeks = DEFAULT_SEEKS;
#ifndef OVLSYNC_HAVE_SHRINKER_ALLOC
	shrinker->flags = flags;
	if (register_shrinker(shrinker, "ovlsync")) {
		kfree(shrinker);
		return NULL;
	}
#endif
	return shrinker;
}

static inline void ovlsync_shrinker_start(struct shrinker *shrinker)
{
#ifdef OVLSYNC_HAVE_SHRINKER_ALLOC
	shrinker_register(shrinker);
#endif
}

static inline void ovlsync_shrinker_free(struct shrinker *shrinker)
{
#ifdef OVLSYNC_HAVE_SHRINKER_ALLOC
	shrinker_free(shrinker);
#else
	unregister_shrinker(shrinker);
	kfree(shrinker);
#endif
}

/*
 * Where only a directory's times have changed, f2fs marked it in a way that its checkpoint leaves
 * out, so that only a flush of all inodes wrote them: until "f2fs: dirty directory inodes on
 * mtime/ctime update", which is in 6.12.112.  Nothing in the headers tells, and in which other
 * kernels it is was not looked at.
 */
#define OVLSYNC_F2FS_COMMITS_DIR_TIMES                                                             \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 112) &&                                       \
	 LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0))

#endif /* OVLSYNC_COMPAT_H */
