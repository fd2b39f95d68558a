// SPDX-License-Identifier: GPL-2.0
/*
 * Events: what happens to a mount, told to the netlink group "events".  What each carries is in
 * uapi/linux/ovlsync.h.
 *
 * NOBODY WAITS FOR A LISTENER.  Without one, nothing is built.  Memory is asked for without
 * reclaim, and a socket without room is passed over; either way the event is lost, and the listener
 * gets ENOBUFS for it.
 *
 * ORDER.  What is noticed under a lock is noted there (mount.c, NOTES), once however often it
 * happens, and told by the mount's work, or before the next event that is told at once: so the
 * events of one mount come in the order in which they were noticed.
 *
 * THE FAMILY is there between ovlsync_events_open() and _close().  Senders are inside of an RCU
 * read-side critical section, for which closing waits.
 */
#include <linux/rcupdate.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "events.h"
#include "reaper.h"
#include "suspect.h"

/* @told_mode of a mount that nobody has been told about. */
#define MODE_UNTOLD (-1)

/* The only multicast group of the family. */
#define GROUP_EVENTS 0

static const struct genl_family __rcu *events_family;

/* Adds to a message what one kind of event carries.  Returns 0 or -EMSGSIZE. */
typedef int (*event_put_t)(struct sk_buff *skb, struct ovlsync_mount *m, const void *arg);

/**
 * ovlsync_put_device - add the device number of an overlay to a message
 * @skb: the message
 * @m: the mount
 *
 * Return: 0 or -EMSGSIZE.
 */
int ovlsync_put_device(struct sk_buff *skb, const struct ovlsync_mount *m)
{
	return nla_put_u32(skb, OVLSYNC_A_MAJOR, MAJOR(m->sb->s_dev)) ?:
	       nla_put_u32(skb, OVLSYNC_A_MINOR, MINOR(m->sb->s_dev));
}

/**
 * ovlsync_put_u64 - add a number of 64 bits to a message
 * @skb: the message
 * @attr: enum ovlsync_attr
 * @value: the number
 *
 * Return: 0 or -EMSGSIZE.
 */
int ovlsync_put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, OVLSYNC_A_PAD);
}

static int put_mode(struct sk_buff *skb, struct ovlsync_mount *m)
{
	const char *reason;
	enum ovlsync_mode mode = ovlsync_mount_mode(m, &reason);

	return nla_put_u32(skb, OVLSYNC_A_MODE, mode) ?:
	       nla_put_string(skb, OVLSYNC_A_MODE_REASON, reason);
}

static int put_upper(struct sk_buff *skb, struct ovlsync_mount *m)
{
	const struct super_block *upper_sb = ovlsync_mount_upper(m);

	if (!upper_sb)
		return 0;
	return nla_put_u32(skb, OVLSYNC_A_UPPER_MAJOR, MAJOR(upper_sb->s_dev)) ?:
	       nla_put_u32(skb, OVLSYNC_A_UPPER_MINOR, MINOR(upper_sb->s_dev)) ?:
	       nla_put_string(skb, OVLSYNC_A_UPPER_FSTYPE, upper_sb->s_type->name);
}

/**
 * ovlsync_put_mount - add all that is told of a mount to a message
 * @skb: the message
 * @m: the mount
 *
 * Context: any; the mount can't be detached meanwhile.
 * Return: 0 or -EMSGSIZE.
 */
int ovlsync_put_mount(struct sk_buff *skb, struct ovlsync_mount *m)
{
	u64 nr = READ_ONCE(m->nr);

	return ovlsync_put_device(skb, m) ?:
	       put_mode(skb, m) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_SUSPECTS, nr) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_PINNED_BYTES, ovlsync_suspects_bytes(m, nr)) ?:
	       put_upper(skb, m);
}

static struct sk_buff *event_build(const struct genl_family *family, struct ovlsync_mount *m,
				   u8 cmd, event_put_t put, const void *arg)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_NOWAIT | __GFP_NOWARN);
	void *header;

	if (!skb)
		return NULL;
	header = genlmsg_put(skb, 0, 0, family, 0, cmd);
	if (!header || put(skb, m, arg)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, header);
	return skb;
}

static void event_send(struct ovlsync_mount *m, u8 cmd, event_put_t put, const void *arg)
{
	const struct genl_family *family;
	struct sk_buff *skb;

	rcu_read_lock();
	family = rcu_dereference(events_family);
	if (!family || !genl_has_listeners(family, &init_net, GROUP_EVENTS))
		goto out;
	skb = event_build(family, m, cmd, put, arg);
	if (skb)
		genlmsg_multicast_netns(family, &init_net, skb, 0, GROUP_EVENTS,
					GFP_NOWAIT | __GFP_NOWARN);
	else
		genl_set_err(family, &init_net, 0, GROUP_EVENTS, -ENOBUFS);
out:
	rcu_read_unlock();
}

static int put_error(struct sk_buff *skb, struct ovlsync_mount *m, const void *arg)
{
	return ovlsync_put_device(skb, m) ?:
	       nla_put_u32(skb, OVLSYNC_A_ERROR, READ_ONCE(m->noted_error)) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_ERRORS_TOTAL, atomic64_read(&m->errors_total));
}

static int put_overflow(struct sk_buff *skb, struct ovlsync_mount *m, const void *arg)
{
	const char *reason;

	ovlsync_mount_mode(m, &reason);
	return ovlsync_put_device(skb, m) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_OVERFLOW_TOTAL, READ_ONCE(m->overflow_total)) ?:
	       nla_put_string(skb, OVLSYNC_A_MODE_REASON, reason);
}

static int put_mode_change(struct sk_buff *skb, struct ovlsync_mount *m, const void *arg)
{
	const enum ovlsync_mode *old_mode = arg;

	return ovlsync_put_device(skb, m) ?:
	       put_mode(skb, m) ?:
	       nla_put_u32(skb, OVLSYNC_A_OLD_MODE, *old_mode);
}

static void tell_mode(struct ovlsync_mount *m)
{
	const char *reason;
	enum ovlsync_mode mode = ovlsync_mount_mode(m, &reason);
	int told = atomic_xchg(&m->told_mode, mode);
	enum ovlsync_mode old_mode = told;

	if (told != MODE_UNTOLD && told != mode)
		event_send(m, OVLSYNC_CMD_MODE_CHANGED, put_mode_change, &old_mode);
}

/* Tells what has been noted. */
static void tell_notes(struct ovlsync_mount *m)
{
	if (!READ_ONCE(m->notes))
		return;
	if (test_and_clear_bit(OVLSYNC_NOTE_ERROR, &m->notes))
		event_send(m, OVLSYNC_CMD_WRITEBACK_ERROR, put_error, NULL);
	if (test_and_clear_bit(OVLSYNC_NOTE_OVERFLOW, &m->notes))
		event_send(m, OVLSYNC_CMD_OVERFLOW, put_overflow, NULL);
	if (test_and_clear_bit(OVLSYNC_NOTE_MODE, &m->notes))
		tell_mode(m);
}

static void tell_work(struct work_struct *work)
{
	tell_notes(container_of(work, struct ovlsync_mount, teller));
}

static int put_attached(struct sk_buff *skb, struct ovlsync_mount *m, const void *arg)
{
	return ovlsync_put_mount(skb, m);
}

static int put_detached(struct sk_buff *skb, struct ovlsync_mount *m, const void *arg)
{
	return ovlsync_put_device(skb, m);
}

static int put_sync(struct sk_buff *skb, struct ovlsync_mount *m, const void *arg)
{
	const struct ovlsync_sync_event *event = arg;

	return ovlsync_put_device(skb, m) ?:
	       nla_put_u32(skb, OVLSYNC_A_MODE, event->mode) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_INODES, event->inodes) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_BYTES, event->bytes) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_DURATION_NS, event->duration_ns) ?:
	       (event->err ? nla_put_u32(skb, OVLSYNC_A_ERROR, -event->err) : 0);
}

static int put_gc(struct sk_buff *skb, struct ovlsync_mount *m, const void *arg)
{
	const struct ovlsync_gc_result *result = arg;

	return ovlsync_put_device(skb, m) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_SCANNED, result->scanned) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_REAPED, result->reaped) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_DIRTY, result->dirty) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_OPEN, result->open) ?:
	       ovlsync_put_u64(skb, OVLSYNC_A_FREED_BYTES,
			       ovlsync_suspects_bytes(m, result->reaped));
}

/**
 * ovlsync_events_attach - prepare a new mount object's work
 * @m: the mount
 */
void ovlsync_events_attach(struct ovlsync_mount *m)
{
	atomic_set(&m->told_mode, MODE_UNTOLD);
	INIT_WORK(&m->teller, tell_work);
}

/**
 * ovlsync_event_attached - tell that a mount is attached to
 * @m: the mount, not yet announced
 *
 * Context: any.
 */
void ovlsync_event_attached(struct ovlsync_mount *m)
{
	const char *reason;

	atomic_set(&m->told_mode, ovlsync_mount_mode(m, &reason));
	event_send(m, OVLSYNC_CMD_MOUNT_ATTACHED, put_attached, NULL);
}

/**
 * ovlsync_event_detached - stop a mount's work, and tell that the mount is gone
 * @m: the mount; its list is closed
 *
 * Context: may sleep.
 */
void ovlsync_event_detached(struct ovlsync_mount *m)
{
	cancel_work_sync(&m->teller);
	/* What was lost at the very end is told; that the mode changes then means nothing. */
	clear_bit(OVLSYNC_NOTE_MODE, &m->notes);
	tell_notes(m);
	event_send(m, OVLSYNC_CMD_MOUNT_DETACHED, put_detached, NULL);
}

/**
 * ovlsync_event_sync_done - tell that a sync has ended
 * @m: the mount
 * @event: the figures
 *
 * Context: any; no lock of ours held.
 */
void ovlsync_event_sync_done(struct ovlsync_mount *m, const struct ovlsync_sync_event *event)
{
	tell_notes(m);
	event_send(m, OVLSYNC_CMD_SYNC_DONE, put_sync, event);
}

/**
 * ovlsync_event_gc_done - tell that a forced collection has ended
 * @m: the mount
 * @result: the figures
 *
 * Context: any; no lock of ours held.
 */
void ovlsync_event_gc_done(struct ovlsync_mount *m, const struct ovlsync_gc_result *result)
{
	tell_notes(m);
	event_send(m, OVLSYNC_CMD_GC_DONE, put_gc, result);
}

/**
 * ovlsync_events_open - there is a family: events can be told
 * @family: registered, with one multicast group
 */
void ovlsync_events_open(const struct genl_family *family)
{
	rcu_assign_pointer(events_family, family);
}

/**
 * ovlsync_events_close - the family is about to go
 *
 * Context: may sleep; waits for senders.
 */
void ovlsync_events_close(void)
{
	RCU_INIT_POINTER(events_family, NULL);
	synchronize_rcu();
}
