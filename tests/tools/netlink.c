// SPDX-License-Identifier: GPL-2.0
/*
 * netlink mounts|suspects|NUMBER [OPTION]...: one request to the generic netlink family, right or
 * wrong.
 *
 *   --major N --minor N   of an overlay            --attr TYPE:LENGTH   one more attribute, zeros
 *   --flags N             more in the header       --reserved N         the generic header's field
 *   --no-dump             without NLM_F_DUMP       --nobody             drop to uid 65534 first
 *   --then-nobody         drop after the socket was opened
 *   --hold                stop after the first piece; say "held", go on with a line of stdin
 *   --join                only join the group of events
 *
 * Prints "ok", or the name of the error, "text=" the reason in the extended ACK, "messages=" how
 * many came, and "interrupted=1" if the dump was marked so.
 */
#include <getopt.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/ovlsync.h>
#include <sys/socket.h>

#include "tool.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* Receive little at a time, so that there is something left to hold. */
#define RECEIVE_SIZE 8192

struct message {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	unsigned char attrs[512];
};

struct answer {
	int error;
	char text[256];
	unsigned long messages;
	bool interrupted;
	bool done;
};

static void *put(struct message *m, unsigned int type, const void *data, size_t length)
{
	struct nlattr *attr = (void *)((char *)m + NLMSG_ALIGN(m->head.nlmsg_len));

	if ((char *)attr + NLA_HDRLEN + NLA_ALIGN(length) > (char *)(m + 1))
		errx(64, "too many attributes");
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + length;
	if (data)
		memcpy((char *)attr + NLA_HDRLEN, data, length);
	m->head.nlmsg_len = NLMSG_ALIGN(m->head.nlmsg_len) + NLA_ALIGN(attr->nla_len);
	return attr;
}

static const struct nlattr *find(const void *from, size_t length, unsigned int type)
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

static const void *payload(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

static void message_init(struct message *m, unsigned int type, unsigned int flags, unsigned int cmd)
{
	memset(m, 0, sizeof(*m));
	m->head.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	m->head.nlmsg_type = type;
	m->head.nlmsg_flags = NLM_F_REQUEST | flags;
	m->head.nlmsg_seq = 1;
	m->genl.cmd = cmd;
	m->genl.version = OVLSYNC_GENL_VERSION;
}

static void send_message(int fd, const struct message *m)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };

	if (sendto(fd, m, m->head.nlmsg_len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		err(1, "sendto");
}

static size_t receive(int fd, void *buf)
{
	ssize_t length = recv(fd, buf, RECEIVE_SIZE, MSG_TRUNC);

	if (length < 0)
		err(1, "recv");
	if (length > RECEIVE_SIZE)
		errx(1, "a message of %zd bytes", length);
	return length;
}

/* The reason lies behind the error number, and in an NLMSG_ERROR behind the request, too. */
static void take_error(const struct nlmsghdr *head, struct answer *answer)
{
	const char *data = NLMSG_DATA(head);
	size_t skip = sizeof(int), length = NLMSG_PAYLOAD(head, 0);
	const struct nlattr *text;

	memcpy(&answer->error, data, sizeof(int));
	answer->done = true;
	if (head->nlmsg_type == NLMSG_ERROR) {
		skip += sizeof(struct nlmsghdr);
		if (!(head->nlmsg_flags & NLM_F_CAPPED))
			skip += ((const struct nlmsgerr *)data)->msg.nlmsg_len -
				sizeof(struct nlmsghdr);
	}
	if (!(head->nlmsg_flags & NLM_F_ACK_TLVS) || length < skip)
		return;
	text = find(data + NLMSG_ALIGN(skip), length - NLMSG_ALIGN(skip), NLMSGERR_ATTR_MSG);
	if (text)
		snprintf(answer->text, sizeof(answer->text), "%s", (const char *)payload(text));
}

static void take(const void *buf, size_t length, struct answer *answer)
{
	const struct nlmsghdr *head = buf;

	for (; NLMSG_OK(head, length); head = NLMSG_NEXT(head, length)) {
		if (head->nlmsg_flags & NLM_F_DUMP_INTR)
			answer->interrupted = true;
		if (head->nlmsg_type == NLMSG_ERROR || head->nlmsg_type == NLMSG_DONE)
			take_error(head, answer);
		else
			answer->messages++;
	}
}

static unsigned int group_in(const struct nlattr *groups)
{
	const struct nlattr *one = payload(groups);
	const struct nlattr *id = find(payload(one), one->nla_len - NLA_HDRLEN,
				       CTRL_ATTR_MCAST_GRP_ID);

	return *(const uint32_t *)payload(id);
}

/* Returns the family's number, and sets that of its group; 0 if there is no such family. */
static unsigned int look_up(int fd, unsigned int *group)
{
	char buf[RECEIVE_SIZE] __attribute__((aligned(8)));
	const struct nlmsghdr *head = (void *)buf;
	const struct nlattr *id, *groups;
	struct message m;
	size_t length;

	message_init(&m, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY);
	put(&m, CTRL_ATTR_FAMILY_NAME, OVLSYNC_GENL_NAME, sizeof(OVLSYNC_GENL_NAME));
	send_message(fd, &m);
	length = receive(fd, buf);
	if (head->nlmsg_type == NLMSG_ERROR)
		return 0;
	length -= NLMSG_LENGTH(GENL_HDRLEN);
	id = find(buf + NLMSG_LENGTH(GENL_HDRLEN), length, CTRL_ATTR_FAMILY_ID);
	groups = find(buf + NLMSG_LENGTH(GENL_HDRLEN), length, CTRL_ATTR_MCAST_GROUPS);
	if (!id || !groups)
		errx(1, "no number or no group in the family");
	*group = group_in(groups);
	return *(const uint16_t *)payload(id);
}

static void become_nobody(void)
{
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		err(1, "can't become nobody");
}

struct request {
	struct message m;
	bool hold;
	bool join;
	bool nobody_first;
	bool nobody_then;
};

static const struct option options[] = {
	{ "major", required_argument, NULL, 'M' },
	{ "minor", required_argument, NULL, 'm' },
	{ "attr", required_argument, NULL, 'a' },
	{ "flags", required_argument, NULL, 'f' },
	{ "reserved", required_argument, NULL, 'r' },
	{ "no-dump", no_argument, NULL, 'n' },
	{ "nobody", no_argument, NULL, 'u' },
	{ "then-nobody", no_argument, NULL, 't' },
	{ "hold", no_argument, NULL, 'h' },
	{ "join", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

static void take_option(int option, struct request *r)
{
	char *rest = NULL;
	uint32_t value = optarg ? strtoul(optarg, &rest, 0) : 0;

	switch (option) {
	case 'M':
		put(&r->m, OVLSYNC_A_MAJOR, &value, sizeof(value));
		break;
	case 'm':
		put(&r->m, OVLSYNC_A_MINOR, &value, sizeof(value));
		break;
	case 'a':
		put(&r->m, value, NULL, *rest ? strtoul(rest + 1, NULL, 0) : 0);
		break;
	case 'f':
		r->m.head.nlmsg_flags |= value;
		break;
	case 'r':
		r->m.genl.reserved = value;
		break;
	case 'n':
		r->m.head.nlmsg_flags &= ~NLM_F_DUMP;
		break;
	case 'u':
		r->nobody_first = true;
		break;
	case 't':
		r->nobody_then = true;
		break;
	case 'h':
		r->hold = true;
		break;
	case 'j':
		r->join = true;
		break;
	default:
		exit(64);
	}
}

static unsigned int command(const char *name)
{
	if (!strcmp(name, "mounts"))
		return OVLSYNC_CMD_MOUNT_GET;
	if (!strcmp(name, "suspects"))
		return OVLSYNC_CMD_SUSPECT_GET;
	return strtoul(name, NULL, 0);
}

static void ask(int fd, struct request *r, struct answer *answer)
{
	char buf[RECEIVE_SIZE] __attribute__((aligned(8)));
	char line[16];

	send_message(fd, &r->m);
	while (!answer->done) {
		take(buf, receive(fd, buf), answer);
		if (!r->hold)
			continue;
		r->hold = false;
		puts(answer->done ? "not held" : "held");
		fflush(stdout);
		if (!fgets(line, sizeof(line), stdin))
			exit(0);
	}
}

int main(int argc, char **argv)
{
	struct answer answer = { 0 };
	unsigned int group, family;
	struct request r = { 0 };
	int fd, option, on = 1;

	if (argc < 2)
		errx(64, "usage: netlink mounts|suspects|NUMBER [OPTION]...");
	message_init(&r.m, 0, NLM_F_DUMP, command(argv[1]));
	optind = 2;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		take_option(option, &r);

	if (r.nobody_first)
		become_nobody();
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	if (r.nobody_then)
		become_nobody();
	family = look_up(fd, &group);
	if (!family) {
		puts("no family");
		return 1;
	}
	if (r.join) {
		puts(outcome(setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
					sizeof(group))));
		return 0;
	}
	r.m.head.nlmsg_type = family;
	ask(fd, &r, &answer);
	puts(answer.error ? strerrorname_np(-answer.error) : "ok");
	if (*answer.text)
		printf("text=%s\n", answer.text);
	printf("messages=%lu\ninterrupted=%d\n", answer.messages, answer.interrupted);
	return answer.error != 0;
}
