// SPDX-License-Identifier: GPL-2.0
/*
 * The upper filesystem: which superblock it is, and what it promises.
 *
 * Overlayfs does not tell other modules its upper.  Two ways lead there (design section 3): the
 * upperdir= option, resolved as a path and believed only if the overlay holds a trap inode for what
 * was found; and the upper inode of the first regular file that is opened for write.
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
		else if (!strcmp(option, "volatile") || !strcmp(option, "fsync=volatile"))
			opts->is_volatile = true;
	}
	if (opts->upperdir)
		string_unescape_inplace(opts->upperdir, UNESCAPE_OCTAL);
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

static struct super_block *resolve_one(struct super_block *sb, const char *upperdir)
{
	struct super_block *upper_sb = NULL;
	struct path path;

	if (kern_path(upperdir, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path))
		return NULL;
	if (has_trap(sb, d_inode(path.dentry)))
		upper_sb = path.dentry->d_sb;
	path_put(&path);
	return upper_sb;
}

/**
 * ovlsync_upper_resolve - find the upper superblock through upperdir=
 * @sb: the overlay; its root is set
 * @upperdir: the option's value
 *
 * The path is looked up in the caller's mount namespace and may lead elsewhere than it did for
 * mount(2), or nowhere; the overlay's trap inode for its upper directory decides (design
 * section 3).
 *
 * Context: may sleep.  The overlay keeps the returned superblock alive.
 * Return: the superblock, or NULL if it can't be told this way.
 */
struct super_block *ovlsync_upper_resolve(struct super_block *sb, const char *upperdir)
{
	struct super_block *upper_sb = resolve_one(sb, upperdir);
	char *name;

	if (upper_sb || !strchr(upperdir, '\\'))
		return upper_sb;
	name = kstrdup(upperdir, GFP_KERNEL);
	if (!name)
		return NULL;
	unescape_option(name);
	upper_sb = resolve_one(sb, name);
	kfree(name);
	return upper_sb;
}

static bool has_option(struct super_block *sb, const char *wanted)
{
	char *options = show_options(sb);
	char *next, *option;
	bool found = false;

	if (IS_ERR(options))
		return false;
	for (next = options; !found && (option = strsep(&next, ",")) != NULL;)
		found = !strcmp(option, wanted);
	kvfree(options);
	return found;
}

static void classify_ext4(struct ovlsync_upper *upper, struct super_block *sb)
{
	struct buffer_head *bh;
	u32 features, defaults;
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
	/* A mode is shown only where it differs from the default on disk. */
	if (has_option(sb, "data=ordered") || has_option(sb, "data=journal"))
		upper->orders_truncate = true;
	else if (!has_option(sb, "data=writeback"))
		upper->orders_truncate = (defaults & EXT4_DEFM_JMODE) != EXT4_DEFM_JMODE_WBACK;
}

/**
 * ovlsync_upper_classify - fill in what an upper filesystem promises
 * @upper: filled in; @upper->sb is published last
 * @upper_sb: the superblock, kept alive by the overlay
 *
 * Only filesystems that the crash tests cover may be containerized (design section 3, modes).
 *
 * Context: may sleep, may read from the disk.  One caller at a time for each @upper.
 */
void ovlsync_upper_classify(struct ovlsync_upper *upper, struct super_block *upper_sb)
{
	const char *type = upper_sb->s_type->name;

	upper->refusal = NULL;
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
