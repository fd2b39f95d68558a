// SPDX-License-Identifier: GPL-2.0
/*
 * The upper filesystem: which superblock it is, and what it promises.
 *
 * Overlayfs does not tell other modules its upper.  Two ways lead there: the
 * upperdir= option, resolved as a path and believed only if the overlay holds a trap inode for what
 * was found, and for what workdir= leads to on the same filesystem; and the upper inode of the
 * first regular file that is opened for write.
 *
 * LIFETIME.  The superblock found is not referenced: the overlay holds a mount of its upper until
 * its own put_super has run, before which our object has gone.
 */
#define pr_fmt(fmt) "ovlsync: " fmt

#include <linux/buffer_head.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/namei.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>

#include "compat.h"
#include "upper.h"

/* Where ext4 keeps what we ask of its superblock on disk (Documentation/filesystems/ext4). */
#define EXT4_SB_OFFSET 1024
#define EXT4_SB_FEATURE_COMPAT 0x5C
#define EXT4_SB_DEFAULT_MOUNT_OPTS 0x100
#define EXT4_COMPAT_HAS_JOURNAL 0x0004
#define EXT4_DEFM_JMODE 0x0060
#define EXT4_DEFM_JMODE_WBACK 0x0060

/* The longest option list that is read: overlayfs takes some 500 lower layers of one page. */
#define OPTIONS_MAX (64 * PAGE_SIZE)

/* Options of @sb as /proc/self/mountinfo shows them, in a buffer that the caller kvfree()s. */
static char *show_options(struct super_block *sb)
{
	size_t size = PAGE_SIZE;

	if (!sb->s_op->show_options)
		return ERR_PTR(-EOPNOTSUPP);

	for (; size <= OPTIONS_MAX; size *= 4) {
		struct seq_file m = { .size = size };
		int err;

		m.buf = kvzalloc(size, GFP_KERNEL);
		if (!m.buf)
			return ERR_PTR(-ENOMEM);
		err = sb->s_op->show_options(&m, sb->s_root);
		if (!err && !seq_has_overflowed(&m)) {
			m.buf[m.count] = '\0';
			return m.buf;
		}
		kvfree(m.buf);
		if (err)
			return ERR_PTR(err);
	}
	return ERR_PTR(-E2BIG);
}

/**
 * ovlsync_options_read - read the mount options that matter to us
 * @sb: an overlay, born or being mounted
 * @opts: filled in; free with ovlsync_options_free() even after an error
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or an error of the overlay's own show_options.
 */
int ovlsync_options_read(struct super_block *sb, struct ovlsync_options *opts)
{
	char *next, *option;

	memset(opts, 0, sizeof(*opts));
	opts->page = show_options(sb);
	if (IS_ERR(opts->page)) {
		int err = PTR_ERR(opts->page);

		opts->page = NULL;
		return err;
	}

	/* Commas inside a value are shown as \054, so that splitting is safe. */
	for (next = opts->page; (option = strsep(&next, ",")) != NULL;) {
		if (!strncmp(option, "upperdir=", 9))
			opts->upperdir = option + 9;
		else if (!strncmp(option, "workdir=", 8))
			opts->workdir = option + 8;
		else if (!strcmp(option, "volatile") || !strcmp(option, "fsync=volatile"))
			opts->is_volatile = true;
	}
	if (opts->upperdir)
		string_unescape_inplace(opts->upperdir, UNESCAPE_OCTAL);
	if (opts->workdir)
		string_unescape_inplace(opts->workdir, UNESCAPE_OCTAL);
	return 0;
}

/**
 * ovlsync_options_free - free what ovlsync_options_read() allocated
 * @opts: the options
 */
void ovlsync_options_free(struct ovlsync_options *opts)
{
	kvfree(opts->page);
	memset(opts, 0, sizeof(*opts));
}

/* ovl_get_trap_inode() in fs/overlayfs/inode.c: the same on all kernels so far. */
static int is_trap_for(struct inode *inode, void *upperdir)
{
	return inode->i_private == upperdir && inode->i_flags == S_DEAD;
}

static bool has_trap(struct super_block *sb, struct inode *upperdir)
{
	struct inode *trap = ilookup5(sb, (unsigned long)upperdir, is_trap_for, upperdir);

	if (!trap)
		return false;
	iput(trap);
	return true;
}

/* How many inodes are passed under one hold of the lock, if the next one can be held. */
#define LAYERS_HOLD 1024

/**
 * ovlsync_layers_each - call a function for each layer of an overlay
 * @sb: the overlay
 * @fn: what to call, with the layer's superblock; must not sleep
 * @arg: passed on
 *
 * Overlayfs keeps trap inodes for its upper, its work directory and its lower layers
 * (ovl_get_trap_inode() in fs/overlayfs/inode.c), and they lead to the layer's own.  A directory
 * that was removed looks like a trap: it is on one of the layers, too.
 *
 * Context: may sleep; the overlay's put_super has not begun.
 */
void ovlsync_layers_each(struct super_block *sb,
			 void (*fn)(struct super_block *layer_sb, void *arg), void *arg)
{
	struct inode *inode, *place = NULL;
	unsigned int passed = 0;

	spin_lock(&sb->s_inode_list_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		const struct inode *layer = READ_ONCE(inode->i_private);

		if (layer && is_trap_for(inode, (void *)layer))
			fn(layer->i_sb, arg);
		/*
		 * An unlinked one could go with our reference, and wait for a frozen upper where
		 * the whole host waits for us: in a handler of fsnotify's.
		 */
		if (++passed < LAYERS_HOLD || !READ_ONCE(inode->i_nlink) || !igrab(inode))
			continue;
		/* The reference keeps our place on the list while the lock is dropped. */
		passed = 0;
		spin_unlock(&sb->s_inode_list_lock);
		iput(place);
		place = inode;
		cond_resched();
		spin_lock(&sb->s_inode_list_lock);
	}
	spin_unlock(&sb->s_inode_list_lock);
	iput(place);
}

struct only {
	const struct super_block *sb;
	bool any;
	bool other;
};

static void compare(struct super_block *layer_sb, void *arg)
{
	struct only *only = arg;

	only->any = true;
	only->other |= layer_sb != only->sb;
}

/**
 * ovlsync_upper_is_sure - is this an overlay's upper, whatever paths lead where?
 * @sb: the overlay
 * @upper_sb: what is taken for its upper
 *
 * Context: as ovlsync_layers_each().
 * Return: true if all layers are on it.
 */
bool ovlsync_upper_is_sure(struct super_block *sb, const struct super_block *upper_sb)
{
	struct only only = { .sb = upper_sb };

	ovlsync_layers_each(sb, compare, &only);
	return only.any && !only.other;
}

/* The option as the kernel shows it is the option as it was given: "\:" is still escaped. */
static void unescape_option(char *name)
{
	char *to = name;

	for (; *name; name++) {
		if (*name == '\\' && name[1])
			name++;
		*to++ = *name;
	}
	*to = '\0';
}

static bool resolve_as_shown(struct super_block *sb, const char *name,
			     struct ovlsync_upperdir *found)
{
	struct path path;
	bool ok;

	if (kern_path(name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path))
		return false;
	ok = has_trap(sb, d_inode(path.dentry));
	if (ok) {
		found->sb = path.dentry->d_sb;
		found->ino = d_inode(path.dentry)->i_ino;
		found->generation = d_inode(path.dentry)->i_generation;
	}
	path_put(&path);
	return ok;
}

static bool resolve(struct super_block *sb, const char *name, struct ovlsync_upperdir *found)
{
	char *unescaped;
	bool ok;

	if (resolve_as_shown(sb, name, found))
		return true;
	if (!strchr(name, '\\'))
		return false;
	unescaped = kstrdup(name, GFP_KERNEL);
	if (!unescaped)
		return false;
	unescape_option(unescaped);
	ok = resolve_as_shown(sb, unescaped, found);
	kfree(unescaped);
	return ok;
}

/**
 * ovlsync_upper_resolve - find the upper directory through upperdir= and workdir=
 * @sb: the overlay; its root is set
 * @opts: its options
 * @found: filled in
 *
 * The paths are looked up in the caller's mount namespace and may lead elsewhere than they did for
 * mount(2), or nowhere; the overlay's trap inodes decide.  Lower directories have traps as well,
 * and a relative path may happen to lead to one of them; that the other leads to one, too, on the
 * same filesystem, as upper and work directory have to be, takes somebody who wants it.  Who does
 * so deceives us about an overlay of their own; ovlsync_upper_is_sure() keeps others out of it.
 *
 * Context: may sleep.  The overlay keeps the superblock found alive.
 * Return: true if it could be told this way.
 */
bool ovlsync_upper_resolve(struct super_block *sb, const struct ovlsync_options *opts,
			   struct ovlsync_upperdir *found)
{
	struct ovlsync_upperdir work;

	return opts->upperdir && opts->workdir && resolve(sb, opts->upperdir, found) &&
	       resolve(sb, opts->workdir, &work) && work.sb == found->sb;
}

/* Is @wanted one of the options, as show_options() has them? */
static bool lists(const char *options, const char *wanted)
{
	size_t wanted_bytes = strlen(wanted);

	while (*options) {
		size_t bytes = strcspn(options, ",");

		if (bytes == wanted_bytes && !memcmp(options, wanted, bytes))
			return true;
		options += bytes;
		options += *options == ',';
	}
	return false;
}

static void classify_ext4_options(struct ovlsync_upper *upper, const char *options, u32 defaults)
{
	/* ext4_load_and_init_journal() is not called then, whatever there is on disk. */
	if (lists(options, "norecovery") || lists(options, "noload")) {
		upper->refusal = "upper filesystem ext4 is mounted without its journal";
		return;
	}
	/*
	 * The journal learns of lost data from AS_EIO when it commits, after
	 * ovlsync_suspect_check_error() has cleared that
	 * (jbd2_journal_finish_inode_data_buffers() in fs/jbd2/commit.c).
	 */
	if (lists(options, "data_err=abort")) {
		upper->refusal = "upper filesystem ext4 is mounted with data_err=abort";
		return;
	}
	/* A mode is shown only where it differs from the default on disk. */
	if (lists(options, "data=ordered") || lists(options, "data=journal"))
		upper->orders_truncate = true;
	else if (!lists(options, "data=writeback"))
		upper->orders_truncate = (defaults & EXT4_DEFM_JMODE) != EXT4_DEFM_JMODE_WBACK;
}

static void classify_ext4(struct ovlsync_upper *upper, struct super_block *sb)
{
	struct buffer_head *bh;
	u32 features, defaults;
	char *options;
	const char *es;

	/* The block that holds byte 1024: ext4 keeps it in the same buffer cache. */
	bh = sb_bread(sb, EXT4_SB_OFFSET / sb->s_blocksize);
	if (!bh) {
		upper->refusal = "the superblock of the upper ext4 can't be read";
		return;
	}
	es = bh->b_data + EXT4_SB_OFFSET % sb->s_blocksize;
	features = le32_to_cpup((const __le32 *)(es + EXT4_SB_FEATURE_COMPAT));
	defaults = le32_to_cpup((const __le32 *)(es + EXT4_SB_DEFAULT_MOUNT_OPTS));
	brelse(bh);

	if (!(features & EXT4_COMPAT_HAS_JOURNAL)) {
		upper->refusal = "upper filesystem ext4 has no journal";
		return;
	}
	options = show_options(sb);
	if (IS_ERR(options)) {
		upper->refusal = "the options of the upper ext4 can't be read";
		return;
	}
	classify_ext4_options(upper, options, defaults);
	kvfree(options);
}

/**
 * ovlsync_upper_is_proven - may overlays on such a filesystem be containerized at all?
 * @upper_sb: the superblock
 *
 * Context: any.
 * Return: false if each of their syncs is a full one, or none is needed.
 */
bool ovlsync_upper_is_proven(const struct super_block *upper_sb)
{
	static const char *const types[] = { "ext4", "xfs", "btrfs", "f2fs" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(upper_sb->s_type->name, types[i]))
			return true;
	return false;
}

/**
 * ovlsync_upper_classify - fill in what an upper filesystem promises
 * @upper: filled in; @upper->sb is published last
 * @upper_sb: the superblock, kept alive by the overlay
 *
 * Only filesystems that the crash tests cover may be containerized (docs/durability.md).
 *
 * Context: may sleep, may read from the disk.  One caller at a time for each @upper.
 */
void ovlsync_upper_classify(struct ovlsync_upper *upper, struct super_block *upper_sb)
{
	const char *type = upper_sb->s_type->name;

	upper->refusal = NULL;
	/* These two commit nothing, and empty no cache, where nothing is left to commit. */
	upper->lazy_flush = !strcmp(type, "xfs") || !strcmp(type, "f2fs");
	if (!strcmp(type, "ext4"))
		classify_ext4(upper, upper_sb);
	else if (!strcmp(type, "xfs"))
		upper->orders_truncate = true;
	else if (!strcmp(type, "btrfs"))
		upper->async_extents = true;
	else if (upper_sb->s_magic == TMPFS_MAGIC || upper_sb->s_magic == RAMFS_MAGIC)
		upper->in_memory = true;
	else if (!strcmp(type, "f2fs") && !OVLSYNC_F2FS_COMMITS_DIR_TIMES)
		upper->refusal = "f2fs of this kernel does not commit times of directories";
	else if (!strcmp(type, "f2fs"))
		upper->inodes_by_write = true;
	else
		upper->refusal = "upper filesystem is of a type that is not proven to be safe";
	/* ksize() of any byte of a slab object is the object's size, and the inode is one part. */
	upper->inode_bytes = ksize(d_inode(upper_sb->s_root));
	/* Pairs with the acquire in ovlsync_mount_upper(). */
	smp_store_release(&upper->sb, upper_sb);
}
