// SPDX-License-Identifier: GPL-2.0
/*
 * ioctls of /dev/ovlsync: numbers, sizes, contents, descriptors and addresses, by chance.
 */
#include <errno.h>
#include <linux/ovlsync.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

#define ROOM_BYTES 8192
#define CANARY 0xa5

static const unsigned long commands[] = { OVLSYNC_IOC_GC, OVLSYNC_IOC_SYNC, OVLSYNC_IOC_STATS };
static const uint32_t sizes[] = {
	OVLSYNC_GC_SIZE_VER0,	   OVLSYNC_SYNC_SIZE_VER0, OVLSYNC_STATS_SIZE_VER0, 0, 4, 12,
	OVLSYNC_STATS_SIZE_VER0 + 8, 4095, 4096, 4097, 0x7fffffff, 0xffffffff,
};

/* Two pages, behind which there is nothing. */
static unsigned char *room(void)
{
	static unsigned char *at;

	if (!at) {
		at = mmap(NULL, ROOM_BYTES + 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (at == MAP_FAILED || munmap(at + ROOM_BYTES, 4096))
			broken("no room");
	}
	return at;
}

static int choose_handle(struct input *in, enum handle *which)
{
	*which = pick(in, HANDLE_NR + 2);
	if (*which < HANDLE_NR)
		return world.handles[*which];
	return *which == HANDLE_NR ? -1 : (int)take_number(in);
}

static unsigned long choose_command(struct input *in, unsigned int *which)
{
	*which = pick(in, 4);
	if (*which < 3)
		return commands[*which];
	/* The right magic most of the time, or else nobody listens. */
	if (pick(in, 4))
		return _IOC(pick(in, 4), OVLSYNC_IOC_MAGIC, pick(in, 8), take_number(in) & 0x3fff);
	return take_number(in);
}

static void *choose_address(struct input *in, size_t bytes)
{
	switch (pick(in, 8)) {
	case 0:
		return NULL;
	case 1:
		return (void *)(0xffffffff80000000UL + take_number(in)); /* the kernel's */
	case 2:
		return (void *)(uintptr_t)take_number(in);
	case 3:
		return room() + ROOM_BYTES - pick(in, 64); /* ends in the middle */
	case 4:
		/* As much as is said, and not a byte more. */
		return bytes <= ROOM_BYTES ? room() + ROOM_BYTES - bytes : room();
	default:
		return room();
	}
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Nothing is written behind what the caller said it has. */
static void check_canary(const unsigned char *at, size_t bytes)
{
	for (; at + bytes < room() + ROOM_BYTES; bytes++) {
		if (at[bytes] != CANARY)
			broken("an ioctl has written behind the end of its argument");
	}
}

void fuzz_ioctl(struct input *in)
{
	unsigned int which, noise;
	unsigned long command = choose_command(in, &which);
	uint32_t size = pick(in, 3) ? sizes[which < 3 ? which : 0] :
				      sizes[pick(in, sizeof(sizes) / sizeof(sizes[0]))];
	unsigned char content[256] = { 0 };
	enum handle handle;
	unsigned char *at;
	int fd, result;

	memcpy(content, &size, sizeof(size));
	content[4] = pick(in, 2) ? pick(in, 3) : take_byte(in);
	fd = choose_handle(in, &handle);
	memcpy(content + 8, &fd, sizeof(fd));
	for (noise = pick(in, 4) ? 0 : pick(in, 8); noise; noise--)
		content[pick(in, sizeof(content))] = take_byte(in);
	memcpy(&size, content, sizeof(size));
	memcpy(&fd, content + 8, sizeof(fd));

	at = choose_address(in, size);
	memset(room(), CANARY, ROOM_BYTES);
	if (at && at >= room() && at < room() + ROOM_BYTES) {
		size_t bytes = smaller(room() + ROOM_BYTES - at, size);

		memset(at, 0, bytes);
		memcpy(at, content, smaller(sizeof(content), bytes));
	}
	result = ioctl(world.handles[HANDLE_DEVICE], command, at);
	if (world.container && !result && fd == world.handles[HANDLE_OTHER])
		broken("a container may call ioctl 0x%lx on an overlay that is not its own", command);
	if (!result && size < ROOM_BYTES)
		check_canary(at, size);
}

/* As the header promises: one moment, and nothing lost. */
void check_books(void)
{
	struct ovlsync_stats stats = { .size = sizeof(stats), .fd = world.handles[HANDLE_OWN_DIR] };

	if (ioctl(world.handles[HANDLE_DEVICE], OVLSYNC_IOC_STATS, &stats))
		broken("STATS fails: %s", strerrorname_np(errno));
	if (stats.added_total != stats.nr + stats.reaped_total + stats.shrunk_total +
				 stats.synced_total + stats.unlinked_total + stats.forced_total +
				 stats.evicted_total)
		broken("the suspects do not add up");
}
