// SPDX-License-Identifier: GPL-2.0
/*
 * How far a sync is: what is left of it, from sysfs, and the rate at which that gets less.  What is
 * dirty on the whole host says how far a full sync is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "format.h"
#include "job.h"
#include "progress.h"
#include "sysfs.h"
#include "xalloc.h"

/* A sync that is done by then needs no line. */
#define FIRST_NS 300000000

/* To count what is left takes a while where that is much: rest ten times as long, to a limit. */
#define REST	    10
#define REST_MAX_NS 1000000000

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

static bool is_containerized(const struct progress *progress)
{
	char mode[SYSFS_TEXT_SIZE];

	return progress->mount >= 0 && !sysfs_read_text(progress->mount, "mode", mode) &&
	       !strcmp(mode, "containerized");
}

/* ", 98.2M/s": since most was left, for files may still grow when the sync has begun; or nothing. */
static char *rate_text(struct progress *progress, uint64_t elapsed_ns, uint64_t left_bytes)
{
	uint64_t since_ns = elapsed_ns - progress->most_ns;
	char rate[FORMAT_SIZE];

	if (left_bytes >= progress->most_bytes) {
		progress->most_bytes = left_bytes;
		progress->most_ns = elapsed_ns;
		return xstrdup("");
	}
	size_format((uint64_t)((double)(progress->most_bytes - left_bytes) * 1e9 /
			       (double)(since_ns ?: 1)),
		    rate);
	return xasprintf(", %s/s", rate);
}

/**
 * progress_text - the line
 * @progress: the sync
 * @elapsed_ns: since it began; never less than at the last call
 * @dirty_bytes: from progress_dirty_bytes()
 *
 * Return: the text, to be freed.
 */
char *progress_text(struct progress *progress, uint64_t elapsed_ns, uint64_t dirty_bytes)
{
	uint64_t seconds = elapsed_ns / 1000000000, inodes = 0, bytes = 0;
	bool containerized = is_containerized(progress);
	char size[FORMAT_SIZE];
	char *text, *rate;

	if (containerized) {
		sysfs_read_number(progress->mount, "sync/inflight_inodes", &inodes);
		sysfs_read_number(progress->mount, "sync/inflight_bytes", &bytes);
	}
	if (containerized && !inodes)
		return xasprintf("%s: %" PRIu64 " s, committing the journal", progress->name,
				 seconds);
	if (containerized != progress->containerized)
		progress->most_bytes = 0;
	progress->containerized = containerized;
	rate = rate_text(progress, elapsed_ns, containerized ? bytes : dirty_bytes);
	if (containerized)
		text = xasprintf("%s: %" PRIu64 " s, %" PRIu64 " inode%s and %s left%s",
				 progress->name, seconds, inodes, inodes == 1 ? "" : "s",
				 size_format(bytes, size), rate);
	else
		text = xasprintf("%s: %" PRIu64 " s, flushing the whole upper filesystem, "
				 "%s dirty on this host%s",
				 progress->name, seconds, size_format(dirty_bytes, size), rate);
	free(rate);
	return text;
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
	uint64_t begin = now_ns(), rest_ns;
	char *text;

	if (elapsed_ns < FIRST_NS || elapsed_ns < progress->next_ns)
		return;
	text = progress_text(progress, elapsed_ns, progress_dirty_bytes());
	progress_put(progress, text);
	free(text);
	rest_ns = (now_ns() - begin) * REST;
	progress->next_ns = elapsed_ns + (rest_ns < REST_MAX_NS ? rest_ns : REST_MAX_NS);
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
