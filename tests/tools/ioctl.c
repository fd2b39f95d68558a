// SPDX-License-Identifier: GPL-2.0
/*
 * ioctl gc|sync|stats|NUMBER [OPTION]...: one ioctl of /dev/ovlsync, right or wrong.
 *
 *   --path PATH      descriptor of PATH       --opath PATH     the same, opened with O_PATH
 *   --fd N           this number instead      --flags N
 *   --reserved N     gc's reserved field      --size N         say that the structure is so long
 *   --tail N         byte N of the argument is 1     --null  no structure at all
 *   --cmd-size N     length coded in the request's number      --nobody  drop to uid 65534 first
 *
 * Prints "ok", or the name of the error, and then what came back: "name=value" a line.
 */
#include <getopt.h>
#include <linux/ovlsync.h>
#include <sys/ioctl.h>

#include "tool.h"

union argument {
	struct {
		__u32 size;
		__u32 flags;
		__s32 fd;
		__u32 reserved;
	};
	struct ovlsync_gc gc;
	struct ovlsync_sync sync;
	struct ovlsync_stats stats;
	unsigned char bytes[16384];
};

#define SHOW(from, field) printf(#field "=%llu\n", (unsigned long long)(from)->field)

static void show_gc(const struct ovlsync_gc *gc)
{
	SHOW(gc, size);
	SHOW(gc, scanned);
	SHOW(gc, reaped);
	SHOW(gc, dirty);
	SHOW(gc, open);
	SHOW(gc, freed_bytes);
}

static void show_sync(const struct ovlsync_sync *sync)
{
	SHOW(sync, size);
	SHOW(sync, mode);
	SHOW(sync, inodes);
	SHOW(sync, bytes);
	SHOW(sync, duration_ns);
}

static void show_stats(const struct ovlsync_stats *stats)
{
	SHOW(stats, size);
	SHOW(stats, mode);
	SHOW(stats, nr);
	SHOW(stats, nr_peak);
	SHOW(stats, pinned_bytes);
	SHOW(stats, added_total);
	SHOW(stats, reaped_total);
	SHOW(stats, shrunk_total);
	SHOW(stats, synced_total);
	SHOW(stats, unlinked_total);
	SHOW(stats, forced_total);
	SHOW(stats, evicted_total);
	SHOW(stats, overflow_total);
	SHOW(stats, containerized_total);
	SHOW(stats, full_total);
	SHOW(stats, errors_total);
	SHOW(stats, inodes_total);
	SHOW(stats, bytes_total);
}

static const struct option options[] = {
	{ "path", required_argument, NULL, 'p' },
	{ "opath", required_argument, NULL, 'o' },
	{ "fd", required_argument, NULL, 'd' },
	{ "flags", required_argument, NULL, 'f' },
	{ "reserved", required_argument, NULL, 'r' },
	{ "size", required_argument, NULL, 's' },
	{ "tail", required_argument, NULL, 't' },
	{ "null", no_argument, NULL, 'n' },
	{ "cmd-size", required_argument, NULL, 'c' },
	{ "nobody", no_argument, NULL, 'u' },
	{ NULL, 0, NULL, 0 },
};

struct request {
	unsigned long cmd;
	bool null;
	bool nobody;
	unsigned long tail;
};

static union argument arg;

/* Returns false if @name is a bare number. */
static bool choose(const char *name, struct request *r)
{
	static const struct {
		const char *name;
		unsigned long cmd;
		size_t size;
	} known[] = {
		{ "gc", OVLSYNC_IOC_GC, sizeof(struct ovlsync_gc) },
		{ "sync", OVLSYNC_IOC_SYNC, sizeof(struct ovlsync_sync) },
		{ "stats", OVLSYNC_IOC_STATS, sizeof(struct ovlsync_stats) },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strcmp(name, known[i].name)) {
			r->cmd = known[i].cmd;
			arg.size = known[i].size;
			return true;
		}
	}
	r->cmd = strtoul(name, NULL, 0);
	arg.size = sizeof(struct ovlsync_gc);
	return false;
}

static void take_option(int option, struct request *r)
{
	unsigned long value = optarg ? strtoul(optarg, NULL, 0) : 0;

	switch (option) {
	case 'p':
		arg.fd = open_or_die(optarg, O_RDONLY);
		break;
	case 'o':
		arg.fd = open_or_die(optarg, O_PATH);
		break;
	case 'd':
		arg.fd = strtol(optarg, NULL, 0);
		break;
	case 'f':
		arg.flags = value;
		break;
	case 'r':
		arg.gc.reserved = value;
		break;
	case 's':
		arg.size = value;
		break;
	case 't':
		r->tail = value;
		break;
	case 'n':
		r->null = true;
		break;
	case 'c':
		r->cmd = _IOC(_IOC_READ | _IOC_WRITE, _IOC_TYPE(r->cmd), _IOC_NR(r->cmd), value);
		break;
	case 'u':
		r->nobody = true;
		break;
	default:
		exit(64);
	}
}

int main(int argc, char **argv)
{
	struct request r = { 0 };
	int device, option, result;
	bool shown;

	if (argc < 2)
		errx(64, "usage: ioctl gc|sync|stats|NUMBER [OPTION]...");
	shown = choose(argv[1], &r);
	arg.fd = -1;
	optind = 2;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		take_option(option, &r);
	if (r.tail)
		arg.bytes[r.tail % sizeof(arg)] = 1;

	device = open_or_die(OVLSYNC_DEVICE, O_RDWR);
	if (r.nobody && (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)))
		err(1, "can't become nobody");
	result = ioctl(device, r.cmd, r.null ? NULL : &arg);
	puts(outcome(result));
	if (result < 0 || !shown)
		return result < 0;
	if (_IOC_NR(r.cmd) == _IOC_NR(OVLSYNC_IOC_GC))
		show_gc(&arg.gc);
	else if (_IOC_NR(r.cmd) == _IOC_NR(OVLSYNC_IOC_SYNC))
		show_sync(&arg.sync);
	else
		show_stats(&arg.stats);
	return 0;
}
