// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink, by libmnl; uapi/linux/ovlsync.h says what the module tells.
 *
 * What is received is taken apart by netlink_decode() and netlink_decode_family(), which trust
 * nothing in it.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "netlink.h"
#include "xalloc.h"

/* The kernel fills what it is given up to this. */
#define RECEIVE_SIZE 32768

/* Room for some thousand events that come while the terminal is slow. */
#define EVENTS_ROOM (1 << 20)

/**
 * struct netlink - an open socket
 * @socket: libmnl's
 * @family: the module's
 * @control: generic netlink's own, which tells of families that go
 * @seq: of the last request
 * @buf: what was received last
 */
struct netlink {
	struct mnl_socket *socket;
	struct netlink_family family;
	struct netlink_family control;
	unsigned int seq;
	char buf[RECEIVE_SIZE] __attribute__((aligned(8)));
};

/* Numbers of 32 and of 64 bits; every attribute that is neither, nor a string, is passed over. */
static enum mnl_attr_data_type attr_type(uint16_t attr)
{
	switch (attr) {
	case OVLSYNC_A_MAJOR:
	case OVLSYNC_A_MINOR:
	case OVLSYNC_A_MODE:
	case OVLSYNC_A_OLD_MODE:
	case OVLSYNC_A_UPPER_MAJOR:
	case OVLSYNC_A_UPPER_MINOR:
	case OVLSYNC_A_STATE:
	case OVLSYNC_A_ERROR:
		return MNL_TYPE_U32;
	case OVLSYNC_A_MODE_REASON:
	case OVLSYNC_A_UPPER_FSTYPE:
	case OVLSYNC_A_PATH:
		return MNL_TYPE_NUL_STRING;
	case OVLSYNC_A_UNSPEC:
	case OVLSYNC_A_PAD:
		return MNL_TYPE_UNSPEC;
	default:
		return MNL_TYPE_U64;
	}
}

/* libmnl's own check takes a string without any NUL in it, if there is something behind it. */
static bool is_string(const struct nlattr *attr)
{
	uint16_t len = mnl_attr_get_payload_len(attr);

	return len && !((const char *)mnl_attr_get_payload(attr))[len - 1];
}

static int decode_attr(const struct nlattr *attr, void *data)
{
	struct netlink_message *message = data;
	uint16_t type = mnl_attr_get_type(attr);

	/* A later version of the module's may tell more. */
	if (type > OVLSYNC_A_MAX)
		return MNL_CB_OK;
	switch (attr_type(type)) {
	case MNL_TYPE_U32:
		if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
			return MNL_CB_ERROR;
		message->number[type] = mnl_attr_get_u32(attr);
		break;
	case MNL_TYPE_U64:
		if (mnl_attr_validate(attr, MNL_TYPE_U64) < 0)
			return MNL_CB_ERROR;
		message->number[type] = mnl_attr_get_u64(attr);
		break;
	case MNL_TYPE_NUL_STRING:
		if (!is_string(attr))
			return MNL_CB_ERROR;
		message->string[type] = mnl_attr_get_str(attr);
		break;
	default:
		return MNL_CB_OK;
	}
	message->has[type] = true;
	return MNL_CB_OK;
}

/*
 * libmnl's own check takes lengths above INT_MAX; and its loops over attributes read up to the
 * padding of a message, which the kernel always sends.
 */
static bool is_message(const struct nlmsghdr *head, size_t left)
{
	return left >= sizeof(*head) && head->nlmsg_len >= sizeof(*head) &&
	       head->nlmsg_len <= left && MNL_ALIGN(head->nlmsg_len) <= left;
}

static int decode_message(const struct nlmsghdr *head, netlink_fn fn, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(head);
	struct netlink_message message = { 0 };

	if (mnl_nlmsg_get_payload_len(head) < sizeof(*genl))
		return -EBADMSG;
	message.cmd = genl->cmd;
	if (mnl_attr_parse(head, sizeof(*genl), decode_attr, &message) == MNL_CB_ERROR ||
	    !message.has[OVLSYNC_A_MAJOR] || !message.has[OVLSYNC_A_MINOR])
		return -EBADMSG;
	fn(&message, data);
	return 0;
}

static void copy_reason(const struct nlmsghdr *head, size_t offset, struct netlink_end *end)
{
	const struct nlattr *attr;

	if (!(head->nlmsg_flags & NLM_F_ACK_TLVS) || mnl_nlmsg_get_payload_len(head) < offset)
		return;
	mnl_attr_for_each(attr, head, offset) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG && is_string(attr))
			snprintf(end->reason, sizeof(end->reason), "%s", mnl_attr_get_str(attr));
	}
}

/* NLMSG_DONE has the error and then the reason; NLMSG_ERROR has the request between them. */
static int decode_end(const struct nlmsghdr *head, struct netlink_end *end)
{
	size_t len = mnl_nlmsg_get_payload_len(head), offset = sizeof(int);
	const char *payload = mnl_nlmsg_get_payload(head);

	end->done = true;
	if (head->nlmsg_type == NLMSG_ERROR && len < sizeof(struct nlmsgerr))
		return -EBADMSG;
	if (len < sizeof(int))
		return head->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
	memcpy(&end->error, payload, sizeof(int));
	if (head->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *error = (const void *)payload;

		offset = sizeof(*error);
		if (!(head->nlmsg_flags & NLM_F_CAPPED)) {
			if (error->msg.nlmsg_len < sizeof(error->msg) || error->msg.nlmsg_len > len)
				return 0;
			offset += error->msg.nlmsg_len - sizeof(error->msg);
		}
	}
	copy_reason(head, MNL_ALIGN(offset), end);
	return 0;
}

static bool tells_of_end_of(const struct nlmsghdr *head, const char *name)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(head);
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(head) < sizeof(*genl) || genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	mnl_attr_for_each(attr, head, sizeof(*genl)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_NAME && is_string(attr) &&
		    !strcmp(mnl_attr_get_str(attr), name))
			return true;
	}
	return false;
}

/**
 * netlink_decode - take apart what was received
 * @buf: what was received, aligned as a struct nlmsghdr
 * @len: how much
 * @family: number of the module's family
 * @fn: what to do with each message of that family
 * @data: passed to @fn
 * @end: what else was told is added
 *
 * Return: 0, or -EBADMSG: something in it is not as it should be, and the rest was passed over.
 */
int netlink_decode(const void *buf, size_t len, uint16_t family, netlink_fn fn, void *data,
		   struct netlink_end *end)
{
	const struct nlmsghdr *head;
	const char *messages = buf;
	size_t at = 0;
	int ret = 0;

	for (; !ret && is_message((const void *)(messages + at), len - at);
	     at += MNL_ALIGN(head->nlmsg_len)) {
		head = (const void *)(messages + at);
		if (head->nlmsg_flags & NLM_F_DUMP_INTR)
			end->interrupted = true;
		if (head->nlmsg_type == NLMSG_DONE || head->nlmsg_type == NLMSG_ERROR)
			ret = decode_end(head, end);
		else if (head->nlmsg_type == GENL_ID_CTRL)
			end->gone |= tells_of_end_of(head, OVLSYNC_GENL_NAME);
		else if (head->nlmsg_type == family)
			ret = decode_message(head, fn, data);
	}
	return ret ? ret : at < len ? -EBADMSG : 0;
}

static void decode_group(const struct nlattr *group, struct netlink_family *family)
{
	const struct nlattr *attr;
	const char *name = NULL;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME && is_string(attr))
			name = mnl_attr_get_str(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			id = mnl_attr_get_u32(attr);
	}
	if (name && !strcmp(name, family->group_name))
		family->group = id;
}

/**
 * netlink_decode_family - take apart what was received for CTRL_CMD_GETFAMILY
 * @buf: what was received, aligned as a struct nlmsghdr
 * @len: how much
 * @family: its number and group are set
 *
 * Return: 0; -ENOENT: there is no such family; -EBADMSG: it is not an answer; or another error.
 */
int netlink_decode_family(const void *buf, size_t len, struct netlink_family *family)
{
	const struct nlmsghdr *head = buf;
	const struct nlattr *attr, *group;
	struct netlink_end end = { 0 };

	if (!is_message(head, len))
		return -EBADMSG;
	if (head->nlmsg_type == NLMSG_ERROR) {
		int ret = decode_end(head, &end);

		return ret ? ret : end.error ? end.error : -EBADMSG;
	}
	if (head->nlmsg_type != GENL_ID_CTRL ||
	    mnl_nlmsg_get_payload_len(head) < sizeof(struct genlmsghdr))
		return -EBADMSG;
	mnl_attr_for_each(attr, head, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
			family->id = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(group, attr)
				decode_group(group, family);
	}
	return family->id && family->group ? 0 : -EBADMSG;
}

static struct nlmsghdr *request(struct netlink *netlink, uint16_t type, uint16_t flags, uint8_t cmd,
				uint8_t version)
{
	struct nlmsghdr *head = mnl_nlmsg_put_header(netlink->buf);
	struct genlmsghdr *genl;

	head->nlmsg_type = type;
	head->nlmsg_flags = NLM_F_REQUEST | flags;
	head->nlmsg_seq = ++netlink->seq;
	genl = mnl_nlmsg_put_extra_header(head, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return head;
}

static int receive(struct netlink *netlink, size_t *len)
{
	ssize_t received = mnl_socket_recvfrom(netlink->socket, netlink->buf, sizeof(netlink->buf));

	if (received < 0)
		return -errno;
	*len = (size_t)received;
	return 0;
}

static int look_up(struct netlink *netlink, struct netlink_family *family)
{
	struct nlmsghdr *head = request(netlink, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY, 1);
	size_t len = 0;
	int ret;

	mnl_attr_put_strz(head, CTRL_ATTR_FAMILY_NAME, family->name);
	if (mnl_socket_sendto(netlink->socket, head, head->nlmsg_len) < 0)
		return -errno;
	ret = receive(netlink, &len);
	return ret ? ret : netlink_decode_family(netlink->buf, len, family);
}

static int connect_socket(struct netlink *netlink)
{
	int on = 1;

	if (mnl_socket_bind(netlink->socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_setsockopt(netlink->socket, NETLINK_EXT_ACK, &on, sizeof(on)) < 0)
		return -errno;
	return look_up(netlink, &netlink->family);
}

/**
 * netlink_open - open a socket, and find the module's family
 * @netlink: the socket, to be closed with netlink_close()
 *
 * Return: 0 or a negative errno, for netlink_open_failed().
 */
int netlink_open(struct netlink **netlink)
{
	struct netlink *new = xreallocarray(NULL, 1, sizeof(*new));
	int ret;

	*new = (struct netlink){
		.family = { .name = OVLSYNC_GENL_NAME, .group_name = OVLSYNC_GENL_EVENTS },
		.control = { .name = "nlctrl", .group_name = "notify" },
		.seq = (unsigned int)time(NULL),
		.socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC),
	};
	ret = new->socket ? connect_socket(new) : -errno;
	if (ret) {
		netlink_close(new);
		return ret;
	}
	*netlink = new;
	return 0;
}

/**
 * netlink_close - close a socket
 * @netlink: the socket
 */
void netlink_close(struct netlink *netlink)
{
	if (netlink->socket)
		mnl_socket_close(netlink->socket);
	free(netlink);
}

/**
 * netlink_fd - the descriptor of a socket, for poll(2)
 * @netlink: the socket
 */
int netlink_fd(const struct netlink *netlink)
{
	return mnl_socket_get_fd(netlink->socket);
}

/**
 * netlink_join - have events sent to a socket
 * @netlink: the socket; it is no longer of use for dumps
 *
 * Return: 0 or a negative errno.
 */
int netlink_join(struct netlink *netlink)
{
	int room = EVENTS_ROOM;
	int ret = look_up(netlink, &netlink->control);

	if (ret)
		return ret;
	/* With privilege, beyond the limit of the system; without, there are no events. */
	setsockopt(netlink_fd(netlink), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (mnl_socket_setsockopt(netlink->socket, NETLINK_ADD_MEMBERSHIP, &netlink->control.group,
				  sizeof(uint32_t)) < 0 ||
	    mnl_socket_setsockopt(netlink->socket, NETLINK_ADD_MEMBERSHIP, &netlink->family.group,
				  sizeof(uint32_t)) < 0)
		return -errno;
	return 0;
}

/**
 * netlink_receive - wait for the next messages
 * @netlink: the socket
 * @fn: what to do with each
 * @data: passed to @fn
 * @end: what else was told is added
 *
 * Return: 0; -ENOBUFS: messages were lost; -EINTR; or another negative errno.
 */
int netlink_receive(struct netlink *netlink, netlink_fn fn, void *data, struct netlink_end *end)
{
	size_t len = 0;
	int ret = receive(netlink, &len);

	return ret ? ret : netlink_decode(netlink->buf, len, netlink->family.id, fn, data, end);
}

/**
 * netlink_dump - ask for a dump, and read it to its end
 * @netlink: the socket
 * @cmd: OVLSYNC_CMD_MOUNT_GET or OVLSYNC_CMD_SUSPECT_GET
 * @dev: device of an overlay; NULL: of all
 * @fn: what to do with each message
 * @data: passed to @fn
 * @end: whether it was interrupted, and the reason for an error
 *
 * Return: 0 or a negative errno.
 */
int netlink_dump(struct netlink *netlink, enum ovlsync_cmd cmd, const dev_t *dev, netlink_fn fn,
		 void *data, struct netlink_end *end)
{
	struct nlmsghdr *head = request(netlink, netlink->family.id, NLM_F_DUMP, (uint8_t)cmd,
					OVLSYNC_GENL_VERSION);
	int ret = 0;

	*end = (struct netlink_end){ 0 };
	if (dev) {
		mnl_attr_put_u32(head, OVLSYNC_A_MAJOR, major(*dev));
		mnl_attr_put_u32(head, OVLSYNC_A_MINOR, minor(*dev));
	}
	if (mnl_socket_sendto(netlink->socket, head, head->nlmsg_len) < 0)
		return -errno;
	while (!ret && !end->done) {
		ret = netlink_receive(netlink, fn, data, end);
		if (ret == -EINTR)
			ret = 0;
	}
	return ret ? ret : end->error;
}

/**
 * netlink_device - the overlay that a message is about
 * @message: the message
 */
dev_t netlink_device(const struct netlink_message *message)
{
	return makedev((unsigned int)message->number[OVLSYNC_A_MAJOR],
		       (unsigned int)message->number[OVLSYNC_A_MINOR]);
}

/* What an error means, and what to do about it. */
static const char *netlink_strerror(int error)
{
	switch (error) {
	case -EOPNOTSUPP:
	case -EBADMSG:
		return "the ovlsync module that is loaded does not speak as this ovlctl does; see "
		       "ovlctl doctor";
	case -ENOBUFS:
		return "netlink was overrun: what was read is not complete";
	default:
		return strerror(-error);
	}
}

/**
 * netlink_failed - say on stderr why something could not be had from the module
 * @name: what it is about
 * @error: negative errno of a function above
 * @end: with the kernel's reason; or NULL
 *
 * Return: the exit status.
 */
enum ovlctl_status netlink_failed(const char *name, int error, const struct netlink_end *end)
{
	if (end && *end->reason)
		warnx("%s: %s: %s", name, netlink_strerror(error), end->reason);
	else
		warnx("%s: %s", name, netlink_strerror(error));
	return error == -ENODEV || error == -ENOENT ? STATUS_MISSING : STATUS_FAILED;
}

/**
 * netlink_open_failed - say on stderr why netlink_open() failed
 * @error: its negative errno
 *
 * Return: the exit status.
 */
enum ovlctl_status netlink_open_failed(int error)
{
	if (error != -ENOENT)
		return netlink_failed("generic netlink", error, NULL);
	warnx("no netlink family '%s': the module is not loaded (try modprobe ovlsync), or this "
	      "is not the initial network namespace",
	      OVLSYNC_GENL_NAME);
	return STATUS_MISSING;
}
