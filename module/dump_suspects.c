// SPDX-License-Identifier: GPL-2.0
/*
 * The dump of suspects.
 *
 * It is read in pieces, and its reader may stop between two of them for ever.  So nothing is held
 * then that anybody else could wait for: no reference to a mount, an inode or a dentry.  What is
 * left is a place on the list: the two cursors of a walk, in memory of the dump's.
 *
 * REFERENCES.  Within a call the mount is used (ovlsync_mount_use()) for the time that one suspect
 * is read, and its inode and dentry are referenced.  Umount waits for that.  The final iput() may
 * be ours, and wait as long as the upper is frozen; it then holds up the umount of an overlay on
 * this upper, which would wait anyway, and no other: the family has no lock of its own.
 *
 * LOCKING.  dumps_lock protects @m of every dump, and so whether its cursors are on a list;
 * m->lock, which protects the list, nests inside of it.  A mount that goes takes the cursors off
 * its list: after it has closed the list, for a dump begins on open lists only, and before it waits
 * for its users, for none can come from a dump afterwards.  No lock is held while a message is
 * made.
 *
 * LIFETIME.  A dump that has begun holds a module reference (netlink's, for .done), so that rmmod
 * says EBUSY meanwhile, and none is open when the module goes.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "compat.h"
#include "dump.h"
#include "events.h"
#include "pages.h"
#include "suspect.h"

/* A message with the longest path fits; what receivers are told to have room for. */
#define DUMP_ROOM 8192

/**
 * struct suspect_record - what is told of one suspect
 * @dev: device of the overlay
 * @ino: inode number on the upper
 * @state: OVLSYNC_STATE_*
 * @dirty_bytes: in dirty pages
 * @age_ms: time on the list
 * @pinned_bytes: by the entry and the inode
 * @path: from the root of the upper, in @page; NULL: none is known
 * @page: room for the path
 */
struct suspect_record {
	dev_t dev;
	u64 ino;
	u32 state;
	u64 dirty_bytes;
	u64 age_ms;
	u64 pinned_bytes;
	const char *path;
	char page[PATH_MAX];
};

/**
 * struct suspects_dump - a dump of suspects that has begun
 * @list: link in the list of all such dumps
 * @m: the mount on whose list the cursors of @walk are; NULL: they are on none
 * @walk: where the dump is on that list
 * @within: it has begun on a mount, and not come to the end of its list
 * @checked: the request is all right
 * @minor: the next mount to look at
 * @last: the last one
 * @list_changes: the state of the list of @m that is told
 * @mounts_changes: the state of the table of mounts that is told
 * @untold: @record did not fit into the last message
 * @record: the suspect that was read last
 */
struct suspects_dump {
	struct list_head list;
	struct ovlsync_mount *m;
	struct ovlsync_walk walk;
	bool within;
	bool checked;
	unsigned long minor;
	unsigned long last;
	u64 list_changes;
	unsigned int mounts_changes;
	bool untold;
	struct suspect_record record;
};

static DEFINE_SPINLOCK(dumps_lock);
static LIST_HEAD(dumps);

/* The reader is told that it has seen a mixture of several moments. */
static void dump_is_mixed(struct netlink_callback *cb)
{
	/* Zero would mean that nobody counts. */
	if (!++cb->seq)
		cb->seq = 1;
}

static u32 state_of(const struct inode *inode)
{
	struct address_space *mapping = inode->i_mapping;
	unsigned long flags = ovlsync_inode_state(inode);
	u32 state = 0;

	if (atomic_read(&inode->i_writecount) > 0)
		state |= OVLSYNC_STATE_OPEN;
	if ((flags & I_DIRTY_ALL) || mapping_tagged(mapping, PAGECACHE_TAG_DIRTY))
		state |= OVLSYNC_STATE_DIRTY;
	if ((flags & I_SYNC) || mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK))
		state |= OVLSYNC_STATE_WRITEBACK;
	return state;
}

static const char *path_of(struct inode *inode, char *page)
{
	struct dentry *alias = d_find_alias(inode);
	const char *path = NULL;

	if (!alias)
		return NULL;
	/* Unlinked but open, or found by a file handle: it has no path, or none that is known. */
	if (!d_unhashed(alias) && !(alias->d_flags & DCACHE_DISCONNECTED))
		path = dentry_path_raw(alias, page, PATH_MAX);
	dput(alias);
	return IS_ERR(path) ? NULL : path;
}

/* @m is used, and @inode referenced. */
static void read_inode(struct suspect_record *record, struct ovlsync_mount *m, struct inode *inode)
{
	record->dev = m->sb->s_dev;
	record->ino = inode->i_ino;
	record->state = state_of(inode);
	record->dirty_bytes = ovlsync_dirty_bytes(inode->i_mapping);
	record->pinned_bytes = ovlsync_suspects_bytes(m, 1);
	record->path = path_of(inode, record->page);
}

/* Another number whenever a suspect has come or gone. */
static u64 list_changes(const struct ovlsync_mount *m)
{
	lockdep_assert_held(&m->lock);
	return 2 * m->added_total - m->nr;
}

/* Takes the dump's place on the list of @m, at its beginning.  Returns false if @m is going. */
static bool dump_enter(struct suspects_dump *dump, struct ovlsync_mount *m)
{
	bool open;

	spin_lock(&dumps_lock);
	spin_lock(&m->lock);
	open = m->announced && !m->closed;
	dump->list_changes = list_changes(m);
	spin_unlock(&m->lock);
	if (open) {
		ovlsync_walk_begin(&dump->walk, m);
		WRITE_ONCE(dump->m, m);
		dump->within = true;
	}
	spin_unlock(&dumps_lock);
	return open;
}

/* dumps_lock is held. */
static void dump_cut_off(struct suspects_dump *dump)
{
	lockdep_assert_held(&dumps_lock);
	/* First this, for who reads the list asks under m->lock whether it is still on it. */
	WRITE_ONCE(dump->m, NULL);
	ovlsync_walk_end(&dump->walk);
}

static void dump_leave(struct suspects_dump *dump)
{
	spin_lock(&dumps_lock);
	if (dump->m)
		dump_cut_off(dump);
	dump->within = false;
	spin_unlock(&dumps_lock);
}

/* The mount that the dump is on, used; NULL if it is on none, or that mount has gone. */
static struct ovlsync_mount *dump_mount(struct suspects_dump *dump)
{
	struct ovlsync_mount *m;

	spin_lock(&dumps_lock);
	m = dump->m;
	if (m)
		ovlsync_mount_use_again(m);
	spin_unlock(&dumps_lock);
	return m;
}

/* The mount to go on with, used and entered; NULL at the end. */
static struct ovlsync_mount *dump_next_mount(struct suspects_dump *dump)
{
	struct ovlsync_mount *m;

	while (dump->minor <= dump->last &&
	       (m = ovlsync_mount_use(&dump->minor, dump->last)) != NULL) {
		dump->minor++;
		if (dump_enter(dump, m))
			return m;
		ovlsync_mount_unuse(m);
	}
	return NULL;
}

/* Reads the next suspect of @m, which is used.  Returns false at the end of its list. */
static bool read_suspect(struct suspects_dump *dump, struct ovlsync_mount *m,
			 struct netlink_callback *cb)
{
	struct ovlsync_suspect *s = NULL;
	struct inode *inode = NULL;
	u32 added = 0;

	spin_lock(&m->lock);
	if (READ_ONCE(dump->m) == m) {
		if (dump->list_changes != list_changes(m))
			dump_is_mixed(cb);
		dump->list_changes = list_changes(m);
		s = ovlsync_walk_next(&dump->walk);
		ovlsync_walk_pause(&dump->walk);
	} else {
		dump_is_mixed(cb);
	}
	if (s) {
		/* The entry's reference is there as long as the lock is held. */
		inode = s->inode;
		ihold(inode);
		added = s->added;
	}
	spin_unlock(&m->lock);
	if (!inode)
		return false;

	dump->record.age_ms = jiffies_to_msecs((u32)jiffies - added);
	read_inode(&dump->record, m, inode);
	iput(inode);
	return true;
}

/* Reads the next suspect of all that are asked for.  Returns false at the end. */
static bool dump_read(struct suspects_dump *dump, struct netlink_callback *cb)
{
	bool found = false;

	while (!found) {
		struct ovlsync_mount *m = dump_mount(dump);

		if (!m && dump->within) {
			/* Cut off: it was unmounted before we were done with it. */
			dump_is_mixed(cb);
			dump->within = false;
		}
		if (!m)
			m = dump_next_mount(dump);
		if (!m)
			break;
		found = read_suspect(dump, m, cb);
		if (!found)
			dump_leave(dump);
		ovlsync_mount_unuse(m);
		cond_resched();
	}
	/* Asked for one mount, there is no table to be changed. */
	if (dump->last == ULONG_MAX && dump->mounts_changes != ovlsync_mounts_changes()) {
		dump->mounts_changes = ovlsync_mounts_changes();
		dump_is_mixed(cb);
	}
	return found;
}

static int put_suspect(struct sk_buff *skb, const struct suspect_record *record)
{
	return nla_put_u32(skb, OVLSYNC_A_MAJOR, MAJOR(record->dev)) ?:
	       nla_put_u32(skb, OVLSYNC_A_MINOR, MINOR(record->dev)) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_INODE, record->ino) ?:
	       nla_put_u32(skb, OVLSYNC_A_STATE, record->state) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_DIRTY_BYTES, record->dirty_bytes) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_AGE_MS, record->age_ms) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_PINNED_BYTES, record->pinned_bytes) ?:
	       (record->path ? nla_put_string(skb, OVLSYNC_A_PATH, record->path) : 0);
}

static int tell_suspect(struct sk_buff *skb, struct netlink_callback *cb,
			const struct suspect_record *record)
{
	void *header = ovlsync_dump_begin(skb, cb, OVLSYNC_CMD_SUSPECT_GET);

	if (!header)
		return -EMSGSIZE;
	return ovlsync_dump_end(skb, cb, header, put_suspect(skb, record));
}

static struct suspects_dump *to_dump(struct netlink_callback *cb)
{
	return (struct suspects_dump *)cb->args[0];
}

/**
 * ovlsync_dump_suspects_start - a dump of suspects is asked for
 * @cb: the dump
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ovlsync_dump_suspects_start(struct netlink_callback *cb)
{
	struct suspects_dump *dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);

	if (!dump)
		return -ENOMEM;
	cb->args[0] = (long)dump;
	cb->min_dump_alloc = DUMP_ROOM;
	/* What changes from now on is told even before the first message. */
	cb->seq = 1;
	cb->prev_seq = 1;
	dump->mounts_changes = ovlsync_mounts_changes();
	spin_lock(&dumps_lock);
	list_add(&dump->list, &dumps);
	spin_unlock(&dumps_lock);
	return 0;
}

/**
 * ovlsync_dump_suspects - put as many suspects into a message buffer as fit
 * @skb: the buffer
 * @cb: the dump
 *
 * Context: may sleep.
 * Return: 0 at the end, the length of @skb if there is more, or an error.
 */
int ovlsync_dump_suspects(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct suspects_dump *dump = to_dump(cb);
	int err;

	if (!dump->checked) {
		err = ovlsync_dump_check(cb, &dump->minor, &dump->last);
		if (err)
			return err;
		dump->checked = true;
	}
	while (dump->untold || dump_read(dump, cb)) {
		err = tell_suspect(skb, cb, &dump->record);
		dump->untold = err;
		if (err)
			return skb->len ?: err;
	}
	return 0;
}

/**
 * ovlsync_dump_suspects_done - a dump of suspects has been read, or its socket closed
 * @cb: the dump
 *
 * Context: any.
 * Return: 0.
 */
int ovlsync_dump_suspects_done(struct netlink_callback *cb)
{
	struct suspects_dump *dump = to_dump(cb);

	dump_leave(dump);
	spin_lock(&dumps_lock);
	list_del(&dump->list);
	spin_unlock(&dumps_lock);
	kfree(dump);
	return 0;
}

/**
 * ovlsync_dump_detach - a mount is going: take dumps off its list
 * @m: the mount; its list is closed
 *
 * Context: any.
 */
void ovlsync_dump_detach(struct ovlsync_mount *m)
{
	struct suspects_dump *dump;

	spin_lock(&dumps_lock);
	list_for_each_entry(dump, &dumps, list) {
		if (dump->m == m)
			dump_cut_off(dump);
	}
	spin_unlock(&dumps_lock);
}
