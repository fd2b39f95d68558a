/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family of the module: dumps and events, in messages that are taken apart.
 */
#ifndef NETLINK_H
#define NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/ovlsync.h>

#include "ovlctl.h"

/* Room for the reason that the kernel gives with an error, its NUL included. */
#define NETLINK_REASON_SIZE 256

/**
 * struct netlink_message - one message of the module's
 * @cmd: enum ovlsync_cmd
 * @has: which attributes it has
 * @number: their values, of those that are numbers
 * @string: their values, of those that are strings; they belong to the buffer of the message
 */
struct netlink_message {
	uint8_t cmd;
	bool has[OVLSYNC_A_MAX + 1];
	uint64_t number[OVLSYNC_A_MAX + 1];
	const char *string[OVLSYNC_A_MAX + 1];
};

/**
 * struct netlink_family - a family and one of its multicast groups
 * @name: its name, to be set by the caller
 * @group_name: of the group, likewise
 * @id: its number; 0: it is not known, or gone
 * @group: number of the group
 */
struct netlink_family {
	const char *name;
	const char *group_name;
	uint16_t id;
	uint32_t group;
};

/**
 * struct netlink_end - how an answer ends
 * @done: it has ended
 * @interrupted: what was told is a mixture of several moments
 * @gone: the family was unregistered
 * @error: 0 or a negative errno
 * @reason: why, in the kernel's words; or empty
 */
struct netlink_end {
	bool done;
	bool interrupted;
	bool gone;
	int error;
	char reason[NETLINK_REASON_SIZE];
};

/**
 * typedef netlink_fn - what to do with a message
 * @message: the message, valid during the call
 * @data: from who asked for messages
 */
typedef void (*netlink_fn)(const struct netlink_message *message, void *data);

struct netlink;

int netlink_open(struct netlink **netlink);
void netlink_close(struct netlink *netlink);
int netlink_fd(const struct netlink *netlink);
int netlink_join(struct netlink *netlink);
int netlink_dump(struct netlink *netlink, enum ovlsync_cmd cmd, const dev_t *dev, netlink_fn fn,
		 void *data, struct netlink_end *end);
int netlink_receive(struct netlink *netlink, netlink_fn fn, void *data, struct netlink_end *end);

int netlink_decode(const void *buf, size_t len, uint16_t family, netlink_fn fn, void *data,
		   struct netlink_end *end);
int netlink_decode_family(const void *buf, size_t len, struct netlink_family *family);
dev_t netlink_device(const struct netlink_message *message);
enum ovlctl_status netlink_failed(const char *name, int error, const struct netlink_end *end);
enum ovlctl_status netlink_open_failed(int error);

#endif /* NETLINK_H */
