// SPDX-License-Identifier: GPL-2.0
/*
 * The log, as drivers/md/dm-log-writes.c writes it: a superblock in the first sector, then for each
 * entry one sector with its header (and, of a mark, its text) and the data written.  A discard has
 * no data.  The count of entries in the superblock is that of the last mark or FUA write, so
 * entries beyond it are not looked at.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/falloc.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "log.h"

#define LOG_MAGIC   0x6a736677736872ULL
#define LOG_VERSION 1

#define COPY_BYTES (1U << 20)

struct disk_super {
	uint64_t magic;
	uint64_t version;
	uint64_t nr_entries;
	uint32_t sector_size;
};

struct disk_entry {
	uint64_t sector;
	uint64_t nr_sectors;
	uint64_t flags;
	uint64_t data_len;
};

static void read_at(const struct log *log, void *buf, size_t len, uint64_t byte)
{
	while (len) {
		ssize_t n = pread(log->fd, buf, len, (off_t)byte);

		if (n < 0)
			err(EX_IOERR, "%s", log->path);
		if (!n)
			errx(EX_DATAERR, "%s: ends in entry %" PRIu64, log->path, log->next);
		buf = (char *)buf + n;
		byte += (uint64_t)n;
		len -= (size_t)n;
	}
}

void log_open(struct log *log, const char *path)
{
	struct disk_super super;

	memset(log, 0, sizeof(*log));
	log->path = path;
	log->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (log->fd < 0)
		err(EX_NOINPUT, "%s", path);
	read_at(log, &super, sizeof(super), 0);
	if (le64toh(super.magic) != LOG_MAGIC)
		errx(EX_DATAERR, "%s: not a log of log-writes", path);
	if (le64toh(super.version) != LOG_VERSION)
		errx(EX_DATAERR, "%s: version %" PRIu64 ", not 1", path, le64toh(super.version));
	log->nr_entries = le64toh(super.nr_entries);
	log->sector_size = le32toh(super.sector_size);
	if (log->sector_size < 512 || log->sector_size > MAX_SECTOR)
		errx(EX_DATAERR, "%s: sector size %u", path, log->sector_size);
	log->byte = log->sector_size;
}

bool log_next(struct log *log, struct entry *entry)
{
	char sector[MAX_SECTOR];
	struct disk_entry disk;
	uint64_t len;

	if (log->next >= log->nr_entries)
		return false;
	read_at(log, sector, log->sector_size, log->byte);
	memcpy(&disk, sector, sizeof(disk));
	entry->sector = le64toh(disk.sector);
	entry->nr_sectors = le64toh(disk.nr_sectors);
	entry->flags = le64toh(disk.flags);
	entry->mark[0] = '\0';
	if (entry->flags & ENTRY_MARK) {
		len = le64toh(disk.data_len);
		if (len > log->sector_size - sizeof(disk))
			errx(EX_DATAERR, "%s: entry %" PRIu64 ": the mark is too long", log->path,
			     log->next);
		memcpy(entry->mark, sector + sizeof(disk), len);
		entry->mark[len] = '\0';
	}
	log->byte += log->sector_size;
	return true;
}

void log_skip(struct log *log, const struct entry *entry)
{
	if (!(entry->flags & ENTRY_DISCARD))
		log->byte += entry->nr_sectors * log->sector_size;
	log->next++;
}

static void write_at(const char *path, int fd, const void *buf, size_t len, uint64_t byte)
{
	while (len) {
		ssize_t n = pwrite(fd, buf, len, (off_t)byte);

		if (n < 0)
			err(EX_IOERR, "%s", path);
		buf = (const char *)buf + n;
		byte += (uint64_t)n;
		len -= (size_t)n;
	}
}

/* What was discarded may read as anything; zeroes are the worst for who still needs it. */
static void zero(const char *path, int fd, uint64_t byte, uint64_t len)
{
	static const char zeroes[1 << 16];

	if (!fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, (off_t)byte, (off_t)len))
		return;
	while (len) {
		size_t n = len < sizeof(zeroes) ? len : sizeof(zeroes);

		write_at(path, fd, zeroes, n, byte);
		byte += n;
		len -= n;
	}
}

static void apply(const struct log *log, const struct entry *entry, const char *path, int fd)
{
	static char buf[COPY_BYTES];
	uint64_t to = entry->sector * log->sector_size;
	uint64_t len = entry->nr_sectors * log->sector_size;
	uint64_t from = log->byte;

	if (entry->flags & ENTRY_DISCARD) {
		zero(path, fd, to, len);
		return;
	}
	while (len) {
		size_t n = len < sizeof(buf) ? len : sizeof(buf);

		read_at(log, buf, n, from);
		write_at(path, fd, buf, n, to);
		from += n;
		to += n;
		len -= n;
	}
}

void log_replay(struct log *log, const char *target, const char *mark, uint64_t last)
{
	struct entry entry;
	int fd;

	fd = open(target, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		err(EX_CANTCREAT, "%s", target);
	while ((mark || log->next < last) && log_next(log, &entry)) {
		bool found = mark && (entry.flags & ENTRY_MARK) && !strcmp(entry.mark, mark);

		if (!(entry.flags & ENTRY_MARK))
			apply(log, &entry, target, fd);
		log_skip(log, &entry);
		if (found) {
			mark = NULL;
			last = 0;
		}
	}
	if (mark)
		errx(EX_DATAERR, "%s: no mark '%s'", log->path, mark);
	if (log->next < last)
		errx(EX_DATAERR, "%s: only %" PRIu64 " entries", log->path, log->next);
	if (fsync(fd) || close(fd))
		err(EX_IOERR, "%s", target);
}
