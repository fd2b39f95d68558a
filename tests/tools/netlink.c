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
 *   --fail N              the Nth allocation fails from the request on (CONFIG_FAULT_INJECTION)
 *
 * Prints "ok", or the name of the error, "text=" the reason in the extended ACK, "messages=" how
 * many came, and "interrupted=1" if the dump was marked so; with --fail "failed=1" if there were so
 * many allocations.
 */
#include <getopt.h>

#include "genl.h"
#include "tool.h"

struct answer {
	int error;
	char text[256];
	unsigned long messages;
	bool interrupted;
	bool done;
};

static void put(struct genl_message *m, unsigned int type, const void *data, size_t length)
{
	if (!genl_put(m, type, data, length))
		errx(64, "too many attributes");
}

static size_t receive(int fd, void *buf)
{
	ssize_t length = recv(fd, buf, GENL_RECEIVE_BYTES, MSG_TRUNC);

	if (length < 0)
		err(1, "recv");
	if (length > GENL_RECEIVE_BYTES)
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
	text = genl_find(data + NLMSG_ALIGN(skip), length - NLMSG_ALIGN(skip), NLMSGERR_ATTR_MSG);
	if (text)
		snprintf(answer->text, sizeof(answer->text), "%s", (const char *)genl_payload(text));
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

static void become_nobody(void)
{
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		err(1, "can't become nobody");
}

struct request {
	struct genl_message m;
	bool hold;
	bool join;
	bool nobody_first;
	bool nobody_then;
	unsigned int fail;
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
	{ "fail", required_argument, NULL, 'F' },
	{ NULL, 0, NULL, 0 },
};

static void take_option(int option, struct request *r)
{
	char *rest = "";
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
	case 'F':
		r->fail = value;
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
	char buf[GENL_RECEIVE_BYTES] __attribute__((aligned(8)));
	char line[16];

	if (r->fail)
		fail_nth(r->fail);
	if (genl_send(fd, &r->m, r->m.head.nlmsg_len) < 0)
		err(1, "sendto");
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

static int join(int fd, unsigned int group, unsigned int fail)
{
	const char *result;

	if (fail)
		fail_nth(fail);
	result = outcome(setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
				    sizeof(group)));
	puts(result);
	if (fail)
		printf("failed=%d\n", !fail_nth(0));
	return 0;
}

int main(int argc, char **argv)
{
	struct answer answer = { 0 };
	unsigned int group, family;
	struct request r = { 0 };
	int fd, option, on = 1;

	if (argc < 2)
		errx(64, "usage: netlink mounts|suspects|NUMBER [OPTION]...");
	genl_init(&r.m, 0, NLM_F_DUMP, command(argv[1]));
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
	family = genl_look_up(fd, &group);
	if (!family) {
		puts("no family");
		return 1;
	}
	if (r.join)
		return join(fd, group, r.fail);
	r.m.head.nlmsg_type = family;
	ask(fd, &r, &answer);
	if (r.fail)
		printf("failed=%d\n", !fail_nth(0));
	puts(answer.error ? strerrorname_np(-answer.error) : "ok");
	if (*answer.text)
		printf("text=%s\n", answer.text);
	printf("messages=%lu\ninterrupted=%d\n", answer.messages, answer.interrupted);
	return answer.error != 0;
}
