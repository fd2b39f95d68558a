// SPDX-License-Identifier: GPL-2.0
/*
 * check: what is on a disk after a crash, against what was recorded?
 *
 *   check marks [OPTION]... LOG REPLAY COW STATES
 *       The marks are read from the input, one a line that begins with its name.  For each: replays
 *       the log up to it onto the device REPLAY, and looks at a snapshot of that, with the changes
 *       on the device COW.
 *   check disk [OPTION]... DEVICE STATE
 *       Looks at DEVICE itself.
 *   check dump DIR
 *       Prints the state of the tree DIR.
 *
 *   --type=FSTYPE, --options=OPTIONS   what is on the disk, how to mount it
 *   --fsck-every=N                     run the filesystem's checker on each Nth mark (1)
 *   --repair                           run it before mounting, and let it repair: no journal
 *   --overlay=NAME                     directory of upperdir and workdir (a)
 *   --lines=N                          so many lines of differences for each mark (6)
 *
 * The filesystem is mounted, so that its journal is replayed, then the overlay over it, which is
 * compared with the recorded state; then both are unmounted and the filesystem's checker looks at
 * it.
 *
 * Prints "ok MARK" or "lost MARK", and before that what is not as it was, in lines that begin with
 * #. Exit status: 0 nothing lost, 1 something, more: it can't be told.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/btrfs.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "dm.h"
#include "fsck.h"
#include "log.h"
#include "state.h"

#define FS_DIR	    "/run/crash-fs"
#define OVERLAY_DIR "/run/crash-overlay"
#define MAX_LINE    300

static struct {
	const char *type, *options, *overlay;
	unsigned long fsck_every, lines;
	int repair;
} options = { .type = "ext4", .options = "", .overlay = "a", .fsck_every = 1, .lines = 6 };

/* ---- where the time goes */

enum phase { REPLAY, SNAPSHOT, MOUNT, COMPARE, UNMOUNT, FSCK, NR_PHASES };

static const char *const phase_names[NR_PHASES] = {
	"replay", "snapshot", "mount", "compare", "unmount", "fsck",
};
static unsigned long long spent_ns[NR_PHASES];

/* All since the last call was spent in @phase. */
static void spent(enum phase phase)
{
	static unsigned long long last;
	struct timespec t;
	unsigned long long now;

	clock_gettime(CLOCK_MONOTONIC, &t);
	now = (unsigned long long)t.tv_sec * 1000000000 + (unsigned long long)t.tv_nsec;
	if (last)
		spent_ns[phase] += now - last;
	last = now;
}

static void print_spent(void)
{
	printf("# seconds:");
	for (int i = 0; i < NR_PHASES; i++)
		printf(" %s %.1f", phase_names[i], (double)spent_ns[i] / 1e9);
	putchar('\n');
}

/* What was found wrong with one mark. */
struct verdict {
	bool lost;
	FILE *text;
};

static void complain(struct verdict *v, const char *what, int error)
{
	v->lost = true;
	fprintf(v->text, "%s%s%s\n", what, error ? ": " : "", error ? strerror(error) : "");
}

/* ---- mounting and comparing */

/* Splits what mount(8) would: flags of every filesystem from options of this one. */
static unsigned long split_options(char *data, size_t size)
{
	char all[256], *rest = all, *option;
	unsigned long flags = 0;

	snprintf(all, sizeof(all), "%s", options.options);
	data[0] = '\0';
	while ((option = strsep(&rest, ","))) {
		if (!strcmp(option, "lazytime"))
			flags |= MS_LAZYTIME;
		else if (!strcmp(option, "noatime"))
			flags |= MS_NOATIME;
		else if (*option)
			snprintf(data + strlen(data), size - strlen(data), "%s%s", *data ? "," : "",
				 option);
	}
	return flags;
}

/* It must not take this device for one that it has seen before with the same UUID. */
static void forget_btrfs(void)
{
	struct btrfs_ioctl_vol_args none = {};
	int fd = open("/dev/btrfs-control", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	ioctl(fd, BTRFS_IOC_FORGET_DEV, &none);
	close(fd);
}

static int mount_fs(const char *device)
{
	char data[256];
	unsigned long flags = split_options(data, sizeof(data));

	mkdir(FS_DIR, 0700);
	if (!strcmp(options.type, "btrfs"))
		forget_btrfs();
	return mount(device, FS_DIR, options.type, flags, data) ? -errno : 0;
}

static int mount_overlay(void)
{
	char data[512];

	mkdir(OVERLAY_DIR, 0700);
	snprintf(data, sizeof(data),
		 "lowerdir=" FS_DIR "/lower,upperdir=" FS_DIR "/%s/upper,workdir=" FS_DIR
		 "/%s/work",
		 options.overlay, options.overlay);
	return mount("overlay", OVERLAY_DIR, "overlay", 0, data) ? -errno : 0;
}

/* In a process of its own: what can't be read any more ends it. */
static void compare(struct verdict *v, const char *state)
{
	int status;
	pid_t pid;

	fflush(v->text);
	pid = fork();
	if (pid < 0)
		err(EX_OSERR, "fork");
	if (!pid) {
		FILE *expected = fopen(state, "re"), *found = tmpfile();

		if (!expected || !found)
			err(EX_NOINPUT, "%s", state);
		dup2(fileno(v->text), STDERR_FILENO);
		state_dump(OVERLAY_DIR, found);
		rewind(found);
		status = state_compare(expected, found, v->text) ? 1 : 0;
		fflush(v->text);
		_exit(status);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			err(EX_OSERR, "wait");
	}
	if (status)
		v->lost = true;
	fseek(v->text, 0, SEEK_END);
}

static void unmount(const char *dir)
{
	if (umount(dir))
		err(EX_OSERR, "can't unmount %s", dir);
}

static void check_device(struct verdict *v, const char *device, const char *state, bool fsck)
{
	int error;

	if (options.repair && !fsck_repair(device))
		complain(v, "e2fsck -fy can't repair it", 0);
	error = mount_fs(device);
	if (error) {
		complain(v, "the filesystem can't be mounted", -error);
		return;
	}
	error = mount_overlay();
	spent(MOUNT);
	if (error) {
		complain(v, "the overlay can't be mounted", -error);
	} else {
		compare(v, state);
		spent(COMPARE);
		unmount(OVERLAY_DIR);
	}
	unmount(FS_DIR);
	spent(UNMOUNT);
	if (fsck && !fsck_is_clean(options.type, device, v->text))
		complain(v, "the filesystem is damaged (above)", 0);
	spent(FSCK);
}

static void verdict_begin(struct verdict *v)
{
	v->lost = false;
	v->text = tmpfile();
	if (!v->text)
		err(EX_CANTCREAT, "tmpfile");
}

static void verdict_end(struct verdict *v, const char *mark)
{
	char line[MAX_LINE];
	unsigned long n = 0;

	rewind(v->text);
	while (n < options.lines && fgets(line, sizeof(line), v->text)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && v->lost)
			printf("# %s: %s\n", mark, line);
		n += *line != '\0';
	}
	printf("%s %s\n", v->lost ? "lost" : "ok", mark);
	fflush(stdout);
	fclose(v->text);
}

static unsigned long long sectors_of(const char *device)
{
	unsigned long long bytes;
	int fd = open(device, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &bytes))
		err(EX_NOINPUT, "%s", device);
	close(fd);
	return bytes / 512;
}

static int check_marks(const char *log_path, const char *replay, const char *cow,
		       const char *states)
{
	unsigned long long sectors = sectors_of(replay);
	char *mark = NULL, params[256], device[64];
	unsigned long n = 0;
	bool lost = false;
	size_t size = 0;
	struct log log;

	log_open(&log, log_path);
	snprintf(params, sizeof(params), "%s %s N 8", replay, cow);
	spent(REPLAY);
	while (getline(&mark, &size, stdin) > 0) {
		struct verdict v;
		char *name, *state;

		mark[strcspn(mark, "\n")] = '\0';
		name = strndup(mark, strcspn(mark, " "));
		if (!name || asprintf(&state, "%s/%s", states, name) < 0)
			err(EX_OSERR, NULL);
		log_replay(&log, replay, name, 0);
		spent(REPLAY);
		dm_create("crash-check", "snapshot", sectors, params, device, sizeof(device));
		spent(SNAPSHOT);
		verdict_begin(&v);
		check_device(&v, device, state, ++n % options.fsck_every == 0);
		verdict_end(&v, mark);
		dm_remove("crash-check");
		spent(SNAPSHOT);
		lost |= v.lost;
		free(state);
		free(name);
	}
	free(mark);
	print_spent();
	return lost;
}

static int check_disk(const char *device, const char *state)
{
	struct verdict v;

	verdict_begin(&v);
	check_device(&v, device, state, true);
	verdict_end(&v, "cut");
	return v.lost;
}

static unsigned long number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!*text || *end || !n)
		errx(EX_USAGE, "%s: not a number above zero", text);
	return n;
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "type", required_argument, NULL, 't' },
		{ "options", required_argument, NULL, 'o' },
		{ "fsck-every", required_argument, NULL, 'e' },
		{ "lines", required_argument, NULL, 'l' },
		{ "overlay", required_argument, NULL, 'v' },
		{ "repair", no_argument, NULL, 'r' },
		{},
	};
	const char *what = argc > 1 ? argv[1] : "";
	int c, nr;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 't':
			options.type = optarg;
			break;
		case 'o':
			options.options = optarg;
			break;
		case 'e':
			options.fsck_every = number(optarg);
			break;
		case 'l':
			options.lines = number(optarg);
			break;
		case 'v':
			options.overlay = optarg;
			break;
		case 'r':
			options.repair = 1;
			break;
		default:
			return EX_USAGE;
		}
	}
	nr = argc - optind;
	argv += optind;
	if (nr == 5 && !strcmp(what, "marks"))
		return check_marks(argv[1], argv[2], argv[3], argv[4]);
	if (nr == 3 && !strcmp(what, "disk"))
		return check_disk(argv[1], argv[2]);
	if (nr == 2 && !strcmp(what, "dump")) {
		state_dump(argv[1], stdout);
		return 0;
	}
	errx(EX_USAGE, "usage: check marks|disk|dump …, see check.c");
}
