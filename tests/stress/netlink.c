// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks that talk to the generic netlink family: dumps, read to the end or left half read, and
 * listeners, quick ones and slow ones.
 */
#include <errno.h>
#include <sys/time.h>

#include "genl.h"
#include "stress.h"

/* A dump that takes so long hangs; a listener is content with little. */
#define DUMP_SECONDS 60
#define LISTEN_SECONDS 2

/* A socket, and the numbers of family and group; -1 if there is none just now. */
static int open_socket(struct task *task, time_t seconds, unsigned int *family, unsigned int *group)
{
	const struct timeval patience = { seconds, 0 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (failed(task, fd, "socket", "netlink"))
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	*family = genl_look_up(fd, group);
	if (*family)
		return fd;
	/* The module is not loaded. */
	atomic_fetch_add(&task->refused, 1);
	close(fd);
	return -1;
}

/* Returns false at the end of a dump. */
static bool read_piece(struct task *task, int fd)
{
	char buf[GENL_RECEIVE_BYTES] __attribute__((aligned(8)));
	ssize_t length = recv(fd, buf, sizeof(buf), MSG_TRUNC);
	const struct nlmsghdr *head = (void *)buf;

	if (length < 0 || (size_t)length > sizeof(buf)) {
		say_failed(task, length < 0 ? "recv" : "is too long", "dump");
		return false;
	}
	for (; NLMSG_OK(head, length); head = NLMSG_NEXT(head, length)) {
		if (head->nlmsg_type == NLMSG_ERROR || head->nlmsg_type == NLMSG_DONE)
			return false;
	}
	return true;
}

void turn_dump(struct task *task)
{
	unsigned int family, group, pieces;
	uint32_t major = 0, minor = by_chance(task, 64);
	struct genl_message m;
	int fd;

	/* A dump holds the module. */
	if (atomic_load(&world.unloading)) {
		nap(20);
		return;
	}
	fd = open_socket(task, DUMP_SECONDS, &family, &group);
	if (fd < 0) {
		nap(20);
		return;
	}
	genl_init(&m, family, NLM_F_DUMP,
		  by_chance(task, 3) ? OVLSYNC_CMD_SUSPECT_GET : OVLSYNC_CMD_MOUNT_GET);
	if (!by_chance(task, 3)) {
		genl_put(&m, OVLSYNC_A_MAJOR, &major, sizeof(major));
		genl_put(&m, OVLSYNC_A_MINOR, &minor, sizeof(minor));
	}
	pieces = by_chance(task, 4) ? 1000 : by_chance(task, 3);
	if (!failed(task, genl_send(fd, &m, m.head.nlmsg_len), "send", "dump")) {
		while (pieces-- && read_piece(task, fd)) {
			if (!by_chance(task, 4))
				nap(by_chance(task, 20));
		}
	}
	close(fd);
	nap(by_chance(task, 20));
}

void turn_listen(struct task *task)
{
	char buf[GENL_RECEIVE_BYTES];
	unsigned int family, group, events = by_chance(task, 200);
	int fd = open_socket(task, LISTEN_SECONDS, &family, &group), small = 1;

	if (fd < 0) {
		nap(50);
		return;
	}
	/* The group may be another one's by now. */
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		events = 0;
	if (by_chance(task, 2))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	while (events-- && !atomic_load(&world.over)) {
		if (recv(fd, buf, sizeof(buf), 0) < 0 && errno != ENOBUFS)
			break;
		if (!by_chance(task, 8))
			nap(by_chance(task, 200));
	}
	close(fd);
}
