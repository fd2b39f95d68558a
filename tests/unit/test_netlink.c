// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel tells by netlink, taken apart.
 */
#include <errno.h>
#include <sys/sysmacros.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "netlink.h"
#include "unit.h"

#define FAMILY 40

/* What was told last, and how often. */
struct told {
	int n;
	struct netlink_message last;
};

static void take(const struct netlink_message *message, void *data)
{
	struct told *told = data;

	told->n++;
	told->last = *message;
}

static char buf[4096] __attribute__((aligned(8)));
static char *at = buf;

static struct nlmsghdr *message(uint16_t type, uint16_t flags, uint8_t cmd)
{
	struct nlmsghdr *head = mnl_nlmsg_put_header(at);
	struct genlmsghdr *genl;

	head->nlmsg_type = type;
	head->nlmsg_flags = flags;
	genl = mnl_nlmsg_put_extra_header(head, sizeof(*genl));
	genl->cmd = cmd;
	return head;
}

static void end_message(const struct nlmsghdr *head)
{
	at += NLMSG_ALIGN(head->nlmsg_len);
}

static struct nlmsghdr *suspect(uint16_t flags)
{
	struct nlmsghdr *head = message(FAMILY, flags, OVLSYNC_CMD_SUSPECT_GET);

	mnl_attr_put_u32(head, OVLSYNC_A_MAJOR, 0);
	mnl_attr_put_u32(head, OVLSYNC_A_MINOR, 42);
	return head;
}

static void done(int error, const char *reason)
{
	struct nlmsghdr *head = mnl_nlmsg_put_header(at);

	head->nlmsg_type = NLMSG_DONE;
	head->nlmsg_flags = reason ? NLM_F_ACK_TLVS : 0;
	memcpy(mnl_nlmsg_put_extra_header(head, sizeof(error)), &error, sizeof(error));
	if (reason)
		mnl_attr_put_strz(head, NLMSGERR_ATTR_MSG, reason);
	end_message(head);
}

static int decode(struct told *told, struct netlink_end *end)
{
	size_t len = (size_t)(at - buf);

	at = buf;
	memset(told, 0, sizeof(*told));
	memset(end, 0, sizeof(*end));
	return netlink_decode(buf, len, FAMILY, take, told, end);
}

static void suspects_are_told(void **state)
{
	struct netlink_end end;
	struct nlmsghdr *head;
	struct told told;

	(void)state;
	end_message(suspect(0));
	head = suspect(0);
	mnl_attr_put_u64(head, OVLSYNC_A_INODE, 1ULL << 40);
	mnl_attr_put_strz(head, OVLSYNC_A_PATH, "/some/path");
	end_message(head);
	done(0, NULL);
	assert_int_equal(decode(&told, &end), 0);
	assert_int_equal(told.n, 2);
	assert_int_equal(told.last.cmd, OVLSYNC_CMD_SUSPECT_GET);
	assert_int_equal(netlink_device(&told.last), makedev(0, 42));
	assert_int_equal(told.last.number[OVLSYNC_A_INODE], 1ULL << 40);
	assert_string_equal(told.last.string[OVLSYNC_A_PATH], "/some/path");
	assert_false(told.last.has[OVLSYNC_A_STATE]);
	assert_true(end.done);
	assert_false(end.interrupted);
	assert_int_equal(end.error, 0);
}

static void interrupted_dumps_are_known(void **state)
{
	struct netlink_end end;
	struct told told;

	(void)state;
	end_message(suspect(NLM_F_DUMP_INTR));
	assert_int_equal(decode(&told, &end), 0);
	assert_true(end.interrupted);
	assert_false(end.done);
}

static void errors_come_with_their_reason(void **state)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[64];
	} answer = { .error = { .error = -EINVAL } };
	struct netlink_end end;
	struct told told;

	(void)state;
	done(-EPERM, "it is not allowed");
	assert_int_equal(decode(&told, &end), 0);
	assert_int_equal(end.error, -EPERM);
	assert_string_equal(end.reason, "it is not allowed");

	/* The request, of its header alone, lies between error and reason. */
	answer.error.msg.nlmsg_len = sizeof(answer.error.msg);
	answer.head.nlmsg_type = NLMSG_ERROR;
	answer.head.nlmsg_flags = NLM_F_ACK_TLVS;
	answer.head.nlmsg_len = sizeof(answer.head) + sizeof(answer.error);
	mnl_attr_put_strz(&answer.head, NLMSGERR_ATTR_MSG, "reserved");
	memset(&end, 0, sizeof(end));
	assert_int_equal(netlink_decode(&answer, answer.head.nlmsg_len, FAMILY, take, &told, &end),
			 0);
	assert_int_equal(end.error, -EINVAL);
	assert_string_equal(end.reason, "reserved");
}

static void what_is_new_is_passed_over(void **state)
{
	struct netlink_end end;
	struct nlmsghdr *head;
	struct told told;

	(void)state;
	head = suspect(0);
	mnl_attr_put_u64(head, OVLSYNC_A_MAX + 1, 1);
	mnl_attr_put_u32(head, OVLSYNC_A_STATE, OVLSYNC_STATE_DIRTY);
	end_message(head);
	end_message(message(FAMILY + 1, 0, 1));
	assert_int_equal(decode(&told, &end), 0);
	assert_int_equal(told.n, 1);
	assert_int_equal(told.last.number[OVLSYNC_A_STATE], OVLSYNC_STATE_DIRTY);
}

static void what_is_wrong_is_refused(void **state)
{
	struct netlink_end end;
	struct nlmsghdr *head;
	struct told told;

	(void)state;
	/* No device. */
	end_message(message(FAMILY, 0, OVLSYNC_CMD_SUSPECT_GET));
	assert_int_equal(decode(&told, &end), -EBADMSG);
	/* A number of the wrong length. */
	head = suspect(0);
	mnl_attr_put_u32(head, OVLSYNC_A_INODE, 1);
	end_message(head);
	assert_int_equal(decode(&told, &end), -EBADMSG);
	/* A string without an end. */
	head = suspect(0);
	mnl_attr_put(head, OVLSYNC_A_PATH, 4, "abcd");
	end_message(head);
	assert_int_equal(decode(&told, &end), -EBADMSG);
	/* A message that is longer than what was received. */
	head = suspect(0);
	end_message(head);
	head->nlmsg_len += 4;
	assert_int_equal(decode(&told, &end), -EBADMSG);
	assert_int_equal(told.n, 0);
}

static void end_of_the_family_is_noticed(void **state)
{
	struct netlink_end end;
	struct nlmsghdr *head;
	struct told told;

	(void)state;
	head = message(GENL_ID_CTRL, 0, CTRL_CMD_DELFAMILY);
	mnl_attr_put_strz(head, CTRL_ATTR_FAMILY_NAME, "another");
	end_message(head);
	assert_int_equal(decode(&told, &end), 0);
	assert_false(end.gone);
	head = message(GENL_ID_CTRL, 0, CTRL_CMD_DELFAMILY);
	mnl_attr_put_strz(head, CTRL_ATTR_FAMILY_NAME, OVLSYNC_GENL_NAME);
	end_message(head);
	assert_int_equal(decode(&told, &end), 0);
	assert_true(end.gone);
}

static void family_is_found(void **state)
{
	struct netlink_family family = { .name = "ovlsync", .group_name = "events" };
	struct nlmsghdr *head = message(GENL_ID_CTRL, 0, CTRL_CMD_NEWFAMILY);
	struct nlattr *groups, *group;

	(void)state;
	mnl_attr_put_u16(head, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = mnl_attr_nest_start(head, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(head, 1);
	mnl_attr_put_u32(head, CTRL_ATTR_MCAST_GRP_ID, 7);
	mnl_attr_put_strz(head, CTRL_ATTR_MCAST_GRP_NAME, "events");
	mnl_attr_nest_end(head, group);
	mnl_attr_nest_end(head, groups);
	assert_int_equal(netlink_decode_family(buf, head->nlmsg_len, &family), 0);
	assert_int_equal(family.id, FAMILY);
	assert_int_equal(family.group, 7);

	family = (struct netlink_family){ .name = "ovlsync", .group_name = "others" };
	assert_int_equal(netlink_decode_family(buf, head->nlmsg_len, &family), -EBADMSG);
	done(-ENOENT, NULL);
	at = buf;
	((struct nlmsghdr *)buf)->nlmsg_type = NLMSG_ERROR;
	assert_int_equal(netlink_decode_family(buf, sizeof(buf), &family), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suspects_are_told),
		cmocka_unit_test(interrupted_dumps_are_known),
		cmocka_unit_test(errors_come_with_their_reason),
		cmocka_unit_test(what_is_new_is_passed_over),
		cmocka_unit_test(what_is_wrong_is_refused),
		cmocka_unit_test(end_of_the_family_is_noticed),
		cmocka_unit_test(family_is_found),
	};

	return cmocka_run_group_tests_name("netlink", tests, NULL, NULL);
}
