// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: commands, flags, attributes, truncations and groups, by chance.
 */
#include <errno.h>
#include <sys/time.h>

#include "../../tools/genl.h"
#include "fuzz.h"

static int fd = -1;
static unsigned int family, group;

static void open_again(void)
{
	const struct timeval patience = { 30, 0 };
	int on = 1;

	if (fd >= 0)
		close(fd);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0)
		broken("no socket: %s", strerrorname_np(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	family = genl_look_up(fd, &group);
	if (!family)
		broken("there is no netlink family");
}

static void put_attribute(struct input *in, struct genl_message *m)
{
	unsigned char data[64];
	unsigned int type = pick(in, 4) ? pick(in, OVLSYNC_A_MAX + 2) : take_number(in) & 0xffff;
	uint32_t number = pick(in, 2) ? 0 : take_number(in);
	struct nlattr *attr;

	if (pick(in, 3))
		attr = genl_put(m, type, &number, sizeof(number));
	else
		attr = genl_put(m, type, data, take_bytes(in, data, sizeof(data)));
	/* A length that lies. */
	if (attr && !pick(in, 6))
		attr->nla_len = take_number(in) & 0xffff;
}

/* Returns false at the end of what came. */
static bool read_piece(bool *refused)
{
	char buf[GENL_RECEIVE_BYTES] __attribute__((aligned(8)));
	ssize_t length = recv(fd, buf, sizeof(buf), MSG_TRUNC);
	const struct nlmsghdr *head = (void *)buf;

	if (length < 0) {
		if (errno != ENOBUFS)
			broken("no answer to a netlink request: %s", strerrorname_np(errno));
		return true;
	}
	if ((size_t)length > sizeof(buf))
		broken("a netlink message of %zd bytes", length);
	for (; NLMSG_OK(head, length); head = NLMSG_NEXT(head, length)) {
		if (head->nlmsg_type == NLMSG_ERROR || head->nlmsg_type == NLMSG_DONE) {
			*refused = *(const int *)NLMSG_DATA(head) < 0;
			return false;
		}
		if (world.container && head->nlmsg_type == family)
			broken("a container is told something by netlink");
	}
	return true;
}

static void join(struct input *in)
{
	unsigned int which = pick(in, 3) ? group : take_number(in);
	int option = pick(in, 2) ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP;
	int result = setsockopt(fd, SOL_NETLINK, option, &which, sizeof(which));

	if (world.container && !result && option == NETLINK_ADD_MEMBERSHIP && which == group)
		broken("a container may listen to events");
}

void fuzz_netlink(struct input *in)
{
	static const unsigned int flags[] = { NLM_F_DUMP, NLM_F_DUMP | NLM_F_ACK, NLM_F_ACK };
	unsigned int attributes = pick(in, 4), pieces;
	struct genl_message m;
	bool refused = false;
	size_t bytes;

	if (fd < 0 || !pick(in, 8))
		open_again();
	if (!pick(in, 6))
		join(in);
	genl_init(&m, family, flags[pick(in, 3)], pick(in, 4) ? 1 + pick(in, 2) : take_byte(in));
	if (!pick(in, 8))
		m.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | (take_number(in) & 0xffff);
	if (!pick(in, 8))
		m.genl.version = take_byte(in);
	if (!pick(in, 8))
		m.genl.reserved = take_number(in);
	while (attributes--)
		put_attribute(in, &m);
	bytes = m.head.nlmsg_len;
	if (!pick(in, 8))
		bytes = take_byte(in) % (bytes + 1);
	/* What says that it is longer than it is, the kernel passes over without a word. */
	if (!pick(in, 8))
		m.head.nlmsg_len = take_number(in) & 0xfff;
	if (genl_send(fd, &m, bytes) < 0 || bytes < m.head.nlmsg_len ||
	    m.head.nlmsg_len < NLMSG_HDRLEN) {
		open_again();
		return;
	}
	/* A dump that is not read to its end is ended by closing. */
	for (pieces = pick(in, 4) ? 1000 : pick(in, 3); pieces; pieces--) {
		if (!read_piece(&refused))
			return;
	}
	open_again();
}
