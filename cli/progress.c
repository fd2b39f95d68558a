// SPDX-License-Identifier: GPL-2.0
/*
 * How far a sync is, from sysfs: what is on the list, what is waited for, and the rate at which
 * suspects leave the list.  What is dirty on the whole host says how far a full sync is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "format.h"
#include "progress.h"
#include "sysfs.h"
#include "xalloc.h"

/* A sync that is done by then needs no line. */
#define FIRST_NS 300000000

/**
 * progress_wanted - is there someone to see it?
 */
bool progress_wanted(void)
{
	return isatty(STDERR_FILENO);
}

/**
 * progress_begin - before a sync
 * @progress: set up
 * @name: of the mount, safe to print
 * @mount: from sysfs_open_mount(), or negative: ovlsync is not attached
 */
void progress_begin(struct progress *progress, const char *name, int mount)
{
	*progress = (struct progress){ .name = name, .mount = mount };
	if (mount >= 0 && sysfs_read_number(mount, "suspects/nr", &progress->begin))
		progress->begin = 0;
}

/**
 * progress_dirty_bytes - what is dirty or under writeback on this host
 */
uint64_t progress_dirty_bytes(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	uint64_t kilobytes, sum = 0;
	char name[64];

	while (file && fscanf(file, "%63s %" SCNu64 "%*[^\n]", name, &kilobytes) == 2)
		if (!strcmp(name, "Dirty:") || !strcmp(name, "Writeback:"))
			sum += kilobytes << 10;
	if (file)
		fclose(file);
	return sum;
}

/**
 * progress_text - the line
 * @progress: the sync
 * @elapsed_ns: since it began
 * @dirty_bytes: from progress_dirty_bytes()
 *
 * Return: the text, to be freed.
 */
char *progress_text(const struct progress *progress, uint64_t elapsed_ns, uint64_t dirty_bytes)
{
	uint64_t seconds = elapsed_ns / 1000000000, left = 0, inflight = 0, gone;
	char dirty[FORMAT_SIZE], mode[SYSFS_TEXT_SIZE] = "";

	size_format(dirty_bytes, dirty);
	if (progress->mount >= 0)
		sysfs_read_text(progress->mount, "mode", mode);
	if (strcmp(mode, "containerized"))
		return xasprintf("%s: %" PRIu64 " s, %s dirty on this host", progress->name,
				 seconds, dirty);
	sysfs_read_number(progress->mount, "suspects/nr", &left);
	sysfs_read_number(progress->mount, "sync/inflight_inodes", &inflight);
	gone = left < progress->begin ? progress->begin - left : 0;
	return xasprintf("%s: %" PRIu64 " s, %" PRIu64 " inodes left, %" PRIu64
			 " in flight, %" PRIu64 "/s, %s dirty on this host",
			 progress->name, seconds, left, inflight,
			 elapsed_ns ? (uint64_t)((double)gone * 1e9 / (double)elapsed_ns) : 0,
			 dirty);
}

static size_t terminal_width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? 80 : size.ws_col;
}

/* Writes over the line that is there.  What would wrap could not be written over. */
static void progress_put(struct progress *progress, const char *text)
{
	size_t room = terminal_width() - 1, len = strlen(text);
	const char *from = len > room ? text + len - room : text;

	/* Not from within a character. */
	while ((*from & 0xc0) == 0x80)
		from++;
	len = strlen(from);
	fprintf(stderr, "\r%s%*s", from, (int)(progress->width > len ? progress->width - len : 0),
		"");
	fflush(stderr);
	progress->width = len;
}

/**
 * progress_tick - write the line anew
 * @data: the struct progress
 * @elapsed_ns: since the sync began
 */
void progress_tick(void *data, uint64_t elapsed_ns)
{
	struct progress *progress = data;
	char *text;

	if (elapsed_ns < FIRST_NS)
		return;
	text = progress_text(progress, elapsed_ns, progress_dirty_bytes());
	progress_put(progress, text);
	free(text);
}

/**
 * progress_end - take the line away
 * @progress: the sync
 */
void progress_end(struct progress *progress)
{
	if (progress->width) {
		progress_put(progress, "");
		fputc('\r', stderr);
	}
	progress->width = 0;
}
