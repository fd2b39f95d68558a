/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to the generic netlink family as the kernel sees them: right ones, and wrong ones. */
#ifndef OVLSYNC_TESTS_GENL_H
#define OVLSYNC_TESTS_GENL_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/ovlsync.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* Receive little at a time, so that there is something left to hold. */
#define GENL_RECEIVE_BYTES 8192

/**
 * struct genl_message - a request
 * @head: netlink's header
 * @genl: generic netlink's
 * @attrs: room for attributes; @head.nlmsg_len tells what is used of it
 */
struct genl_message {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	unsigned char attrs[512];
};

static inline void genl_init(struct genl_message *m, unsigned int type, unsigned int flags,
			     unsigned int cmd)
{
	memset(m, 0, sizeof(*m));
	m->head.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	m->head.nlmsg_type = type;
	m->head.nlmsg_flags = NLM_F_REQUEST | flags;
	m->head.nlmsg_seq = 1;
	m->genl.cmd = cmd;
	m->genl.version = OVLSYNC_GENL_VERSION;
}

/* @data may be NULL, for zeros.  Returns NULL if there is no room. */
static inline struct nlattr *genl_put(struct genl_message *m, unsigned int type, const void *data,
				      size_t length)
{
	struct nlattr *attr = (void *)((char *)m + NLMSG_ALIGN(m->head.nlmsg_len));

	if ((char *)attr + NLA_HDRLEN + NLA_ALIGN(length) > (char *)(m + 1))
		return NULL;
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + length;
	if (data)
		memcpy((char *)attr + NLA_HDRLEN, data, length);
	m->head.nlmsg_len = NLMSG_ALIGN(m->head.nlmsg_len) + NLA_ALIGN(attr->nla_len);
	return attr;
}

static inline const struct nlattr *genl_find(const void *from, size_t length, unsigned int type)
{
	const char *at = from, *end = at + length;

	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *attr = (const void *)at;

		if (attr->nla_len < NLA_HDRLEN)
			break;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		at += NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

static inline const void *genl_payload(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

/* Returns what sendto(2) does. */
static inline ssize_t genl_send(int fd, const void *message, size_t bytes)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };

	return sendto(fd, message, bytes, 0, (struct sockaddr *)&to, sizeof(to));
}

static inline unsigned int genl_first_group(const struct nlattr *groups)
{
	const struct nlattr *one = genl_payload(groups);
	const struct nlattr *id = genl_find(genl_payload(one), one->nla_len - NLA_HDRLEN,
					    CTRL_ATTR_MCAST_GRP_ID);

	return id ? *(const __u32 *)genl_payload(id) : 0;
}

/* Returns the number of our family, and sets that of its group; 0 if there is none, or no answer. */
static inline unsigned int genl_look_up(int fd, unsigned int *group)
{
	char buf[GENL_RECEIVE_BYTES] __attribute__((aligned(8)));
	const char *attrs = buf + NLMSG_LENGTH(GENL_HDRLEN);
	const struct nlmsghdr *head = (void *)buf;
	const struct nlattr *id, *groups;
	struct genl_message m;
	ssize_t length;

	genl_init(&m, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY);
	genl_put(&m, CTRL_ATTR_FAMILY_NAME, OVLSYNC_GENL_NAME, sizeof(OVLSYNC_GENL_NAME));
	if (genl_send(fd, &m, m.head.nlmsg_len) < 0)
		return 0;
	length = recv(fd, buf, sizeof(buf), 0);
	if (length < (ssize_t)NLMSG_LENGTH(GENL_HDRLEN) || head->nlmsg_type == NLMSG_ERROR)
		return 0;
	length -= NLMSG_LENGTH(GENL_HDRLEN);
	id = genl_find(attrs, length, CTRL_ATTR_FAMILY_ID);
	groups = genl_find(attrs, length, CTRL_ATTR_MCAST_GROUPS);
	if (!id || !groups)
		return 0;
	*group = genl_first_group(groups);
	return *(const __u16 *)genl_payload(id);
}

#endif
