// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl list where netlink fails: the functions of libmnl that have to do with a socket are these
 * here, and give the answers that a test has lined up.
 */
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "netlink.h"
#include "ovlctl.h"
#include "unit.h"

#define FAMILY 40

/* What the next calls of recvfrom return; behind the last one it is 'f' again. */
static const char *answers;
static int sockets;

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	(void)bus;
	(void)flags;
	sockets++;
	return (struct mnl_socket *)&sockets;
}

int mnl_socket_close(struct mnl_socket *socket)
{
	(void)socket;
	sockets--;
	return 0;
}

int mnl_socket_bind(struct mnl_socket *socket, unsigned int groups, pid_t pid)
{
	(void)socket;
	(void)groups;
	(void)pid;
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *socket, int type, void *buf, socklen_t len)
{
	(void)socket;
	(void)type;
	(void)buf;
	(void)len;
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *socket, const void *buf, size_t size)
{
	(void)socket;
	(void)buf;
	return (ssize_t)size;
}

static struct nlmsghdr *message(void *buf, uint16_t type, uint16_t flags, uint8_t cmd)
{
	struct nlmsghdr *head = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	head->nlmsg_type = type;
	head->nlmsg_flags = flags;
	genl = mnl_nlmsg_put_extra_header(head, sizeof(*genl));
	genl->cmd = cmd;
	return head;
}

static ssize_t family(void *buf)
{
	struct nlmsghdr *head = message(buf, GENL_ID_CTRL, 0, CTRL_CMD_NEWFAMILY);
	struct nlattr *groups, *group;

	mnl_attr_put_u16(head, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = mnl_attr_nest_start(head, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(head, 1);
	mnl_attr_put_strz(head, CTRL_ATTR_MCAST_GRP_NAME, OVLSYNC_GENL_EVENTS);
	mnl_attr_put_u32(head, CTRL_ATTR_MCAST_GRP_ID, 7);
	mnl_attr_nest_end(head, group);
	mnl_attr_nest_end(head, groups);
	return head->nlmsg_len;
}

static ssize_t suspect(void *buf, uint16_t flags, const char *path)
{
	struct nlmsghdr *head = message(buf, FAMILY, flags, OVLSYNC_CMD_SUSPECT_GET);

	mnl_attr_put_u32(head, OVLSYNC_A_MAJOR, 0);
	mnl_attr_put_u32(head, OVLSYNC_A_MINOR, 1048575);
	mnl_attr_put_strz(head, OVLSYNC_A_PATH, path);
	return MNL_ALIGN(head->nlmsg_len);
}

static ssize_t end(void *buf, uint16_t type, int error)
{
	struct nlmsghdr *head = mnl_nlmsg_put_header(buf);
	struct nlmsgerr answer = { .error = error };

	head->nlmsg_type = type;
	head->nlmsg_flags = type == NLMSG_ERROR ? NLM_F_CAPPED : 0;
	memcpy(mnl_nlmsg_put_extra_header(head, sizeof(answer)), &answer, sizeof(answer));
	return head->nlmsg_len;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *socket, void *buf, size_t size)
{
	(void)socket;
	assert_true(size >= 8192);
	switch (*answers++) {
	case 'f':
		return family(buf);
	case '1':
		return suspect(buf, 0, "/one");
	case '2':
		return suspect(buf, 0, "/two");
	case 'i':
		return suspect(buf, NLM_F_DUMP_INTR, "/changed");
	case 'd':
		return end(buf, NLMSG_DONE, 0);
	case 'u':
		return end(buf, NLMSG_ERROR, -EOPNOTSUPP);
	case 'g':
		return end(buf, NLMSG_ERROR, -ENOENT);
	case 'o':
		errno = ENOBUFS;
		return -1;
	default:
		fail_msg("more was asked for than there is");
		return -1;
	}
}

/* Runs ovlctl list; what it says is at @text, of both streams. */
static int list(void **state, const char *will_answer, char *text, bool stream)
{
	char *argv[] = { "list", "--raw", "-n", "-o", "PATH", "--json", "--stream", NULL };
	int streams[] = { dup(STDOUT_FILENO), dup(STDERR_FILENO) };
	char path[PATH_MAX];
	FILE *said;
	int status;

	snprintf(path, sizeof(path), "%s/said", (char *)*state);
	said = fopen(path, "w+");
	assert_non_null(said);
	fflush(stdout);
	dup2(fileno(said), STDOUT_FILENO);
	dup2(fileno(said), STDERR_FILENO);
	answers = will_answer;
	status = cmd_list(stream ? 7 : 5, argv);
	fflush(stdout);
	dup2(streams[0], STDOUT_FILENO);
	dup2(streams[1], STDERR_FILENO);
	close(streams[0]);
	close(streams[1]);
	rewind(said);
	text[fread(text, 1, 4095, said)] = '\0';
	fclose(said);
	assert_int_equal(*answers, '\0');
	assert_int_equal(sockets, 0);
	return status;
}

static void after_an_overrun_it_reads_again(void **state)
{
	char text[4096];

	assert_int_equal(list(state,
			      "f1o"
			      "f12d",
			      text, false),
			 STATUS_DONE);
	assert_non_null(
		strstr(text, ": suspects: netlink was overrun: reading again\n/one\n/two\n"));
}

static void again_and_again_is_a_failure(void **state)
{
	char text[4096];

	assert_int_equal(list(state, "fofofofofof", text, false), STATUS_FAILED);
	assert_non_null(
		strstr(text, "suspects: netlink was overrun: what was read is not complete\n"));
}

static void a_stream_can_not_be_taken_back(void **state)
{
	char text[4096];

	assert_int_equal(list(state, "f1o", text, true), STATUS_FAILED);
	assert_non_null(strstr(text, "{\"schema_version\":1,\"path\":\"/one\"}\n"));
	assert_null(strstr(text, "reading again"));
}

static void a_list_that_changed_is_read_again(void **state)
{
	char text[4096];

	assert_int_equal(list(state,
			      "fid"
			      "1d",
			      text, false),
			 STATUS_DONE);
	assert_string_equal(text, "/one\n");
	/* One that never stands still is shown as it is. */
	assert_int_equal(list(state, "fididididid", text, false), STATUS_DONE);
	assert_non_null(strstr(text, ": suspects: the list changed while it was read"));
	assert_non_null(strstr(text, "/changed\n"));
}

static void other_modules_are_called_so(void **state)
{
	char text[4096];

	assert_int_equal(list(state, "fu", text, false), STATUS_FAILED);
	assert_non_null(strstr(text, ": suspects: the ovlsync module that is loaded does not speak "
				     "as this ovlctl does; see ovlctl doctor\n"));
	assert_int_equal(list(state, "g", text, false), STATUS_MISSING);
	assert_non_null(strstr(text, "try modprobe ovlsync"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(after_an_overrun_it_reads_again),
		SCRATCH_TEST(again_and_again_is_a_failure),
		SCRATCH_TEST(a_stream_can_not_be_taken_back),
		SCRATCH_TEST(a_list_that_changed_is_read_again),
		SCRATCH_TEST(other_modules_are_called_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
