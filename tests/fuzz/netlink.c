// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: whatever comes by netlink is taken apart, and printed as ovlctl monitor does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "monitor.h"

/* Number of the family in what is received. */
#define FAMILY 0x20

static void take(const struct netlink_message *message, void *data)
{
	const char *mount_point = message->string[OVLSYNC_A_PATH];

	event_print(message, 0, mount_point, data);
	event_print_json(message, 0, mount_point, data);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
	struct netlink_family family = { .name = "ovlsync", .group_name = "events" };
	struct netlink_end end = { 0 };
	static FILE *null;
	void *buf;

	if (!null)
		null = fopen("/dev/null", "we");
	/* Of its own, so that a read behind its end is seen, and aligned as what recv(2) fills. */
	buf = malloc(len ? len : 1);
	if (!null || !buf)
		abort();
	memcpy(buf, input, len);
	netlink_decode(buf, len, FAMILY, take, null, &end);
	netlink_decode_family(buf, len, &family);
	free(buf);
	return 0;
}
