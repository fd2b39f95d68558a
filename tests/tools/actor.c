// SPDX-License-Identifier: GPL-2.0
/*
 * actor: a process that does what it is told, a line of standard input at a time, and answers each
 * with "ok" or the name of the error.  It keeps files open and mapped for as long as a test likes.
 *
 * N is a number for a descriptor, or for a map, of its own:
 *   open N MODE PATH         MODE: r, w, rw, creat, tmp (O_TMPFILE in directory PATH), dir, path
 *   write N OFFSET LENGTH CHAR
 *   fsync N | syncfs N [TIMES] | close N | ftruncate N SIZE | link N PATH (of an O_TMPFILE)
 *   map N SIZE               maps descriptor N shared and writable; close N leaves the map
 *   fill N CHAR | unmap N
 *   truncate PATH SIZE | unlink PATH
 *   fsopen N FSTYPE | fsconfig N KEY VALUE | fsmount N PATH
 *   gc N | sync N | stats N  the ioctl, on descriptor N
 *   load FILE | unload NAME  a module
 *   mount PATH OPTIONS       an overlay
 *   umount PATH | read PATH | put PATH TEXT
 *   failing NTH COMMAND...   the NTH allocation of COMMAND fails (CONFIG_FAULT_INJECTION); "failed"
 *                            follows the answer if there were so many
 */
#include <linux/ovlsync.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tool.h"

#define HANDLES 4096

static int fds[HANDLES];
static struct map {
	void *address;
	size_t size;
} maps[HANDLES];

static const struct mode {
	const char *name;
	int flags;
} modes[] = {
	{ "r", O_RDONLY },
	{ "w", O_WRONLY },
	{ "rw", O_RDWR },
	{ "creat", O_RDWR | O_CREAT },
	{ "tmp", O_RDWR | O_TMPFILE },
	{ "dir", O_RDONLY | O_DIRECTORY },
	{ "path", O_PATH },
};

static long do_open(long n, const char *name, const char *path)
{
	size_t i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!strcmp(name, modes[i].name)) {
			fds[n] = open(path, modes[i].flags | O_CLOEXEC, 0644);
			return fds[n];
		}
	}
	errx(64, "open: no mode '%s'", name);
}

static long do_write(long n, off_t offset, size_t length, char with)
{
	char *buf = malloc(length);
	ssize_t written;

	if (!buf)
		err(1, "no memory");
	memset(buf, with, length);
	written = pwrite(fds[n], buf, length, offset);
	free(buf);
	return written;
}

static long do_map(long n, size_t size)
{
	void *address = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fds[n], 0);

	if (address == MAP_FAILED)
		return -1;
	maps[n] = (struct map){ address, size };
	return 0;
}

static long do_syncfs(long n, const char *times)
{
	long i, result = 0;

	for (i = *times ? atol(times) : 1; i > 0 && !result; i--)
		result = syncfs(fds[n]);
	return result;
}

static long do_fill(long n, char with)
{
	if (!maps[n].address)
		errx(64, "fill: no map %ld", n);
	memset(maps[n].address, with, maps[n].size);
	return 0;
}

static long do_link(long n, const char *path)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fds[n]);
	return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

static long do_fsmount(long n, const char *path)
{
	long mount_fd;

	if (fsconfig(fds[n], FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -1;
	mount_fd = fsmount(fds[n], FSMOUNT_CLOEXEC, 0);
	if (mount_fd < 0)
		return -1;
	return move_mount(mount_fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) ?: close(mount_fd);
}

static long do_ioctl(long n, unsigned long cmd, size_t size)
{
	union {
		struct ovlsync_gc gc;
		struct ovlsync_sync sync;
		struct ovlsync_stats stats;
	} arg = { .gc = { .size = size, .fd = fds[n] } };
	int device = open(OVLSYNC_DEVICE, O_RDWR | O_CLOEXEC), error;
	long result;

	if (device < 0)
		return device;
	result = ioctl(device, cmd, &arg);
	error = errno;
	close(device);
	errno = error;
	return result;
}

static long do_load(const char *path)
{
	int fd = open_or_die(path, O_RDONLY), error;
	long result = syscall(SYS_finit_module, fd, "", 0);

	error = errno;
	close(fd);
	errno = error;
	return result;
}

/* Reads @path, or writes @text to it. */
static long do_file(const char *path, const char *text)
{
	int fd = open(path, (text ? O_WRONLY : O_RDONLY) | O_CLOEXEC), error;
	char buf[4096];
	long result;

	if (fd < 0)
		return fd;
	result = text ? write(fd, text, strlen(text)) : read(fd, buf, sizeof(buf));
	error = errno;
	close(fd);
	errno = error;
	return result;
}

static long act_on(const char *verb, long n, const char *a, const char *b, const char *c)
{
	if (n < 0 || n >= HANDLES)
		errx(64, "%s: no handle %ld", verb, n);
	if (!strcmp(verb, "open"))
		return do_open(n, a, b);
	if (!strcmp(verb, "write"))
		return do_write(n, atoll(a), atoll(b), c[0]);
	if (!strcmp(verb, "fsync"))
		return fsync(fds[n]);
	if (!strcmp(verb, "syncfs"))
		return do_syncfs(n, a);
	if (!strcmp(verb, "close"))
		return close(fds[n]);
	if (!strcmp(verb, "ftruncate"))
		return ftruncate(fds[n], atoll(a));
	if (!strcmp(verb, "link"))
		return do_link(n, a);
	if (!strcmp(verb, "map"))
		return do_map(n, atoll(a));
	if (!strcmp(verb, "fill"))
		return do_fill(n, a[0]);
	if (!strcmp(verb, "unmap"))
		return munmap(maps[n].address, maps[n].size);
	if (!strcmp(verb, "gc"))
		return do_ioctl(n, OVLSYNC_IOC_GC, sizeof(struct ovlsync_gc));
	if (!strcmp(verb, "sync"))
		return do_ioctl(n, OVLSYNC_IOC_SYNC, sizeof(struct ovlsync_sync));
	if (!strcmp(verb, "stats"))
		return do_ioctl(n, OVLSYNC_IOC_STATS, sizeof(struct ovlsync_stats));
	if (!strcmp(verb, "fsopen")) {
		fds[n] = fsopen(a, FSOPEN_CLOEXEC);
		return fds[n];
	}
	if (!strcmp(verb, "fsconfig"))
		return fsconfig(fds[n], FSCONFIG_SET_STRING, a, b, 0);
	if (!strcmp(verb, "fsmount"))
		return do_fsmount(n, a);
	errx(64, "unknown command '%s'", verb);
}

static long act(char *line)
{
	const char *words[5] = { "", "", "", "", "" };
	char *word;
	int i = 0;

	for (word = strtok(line, " \n"); word && i < 5; word = strtok(NULL, " \n"))
		words[i++] = word;
	if (!strcmp(words[0], "truncate"))
		return truncate(words[1], atoll(words[2]));
	if (!strcmp(words[0], "unlink"))
		return unlink(words[1]);
	if (!strcmp(words[0], "load"))
		return do_load(words[1]);
	if (!strcmp(words[0], "unload"))
		return syscall(SYS_delete_module, words[1], O_NONBLOCK);
	if (!strcmp(words[0], "mount"))
		return mount("overlay", words[1], "overlay", 0, words[2]);
	if (!strcmp(words[0], "umount"))
		return umount(words[1]);
	if (!strcmp(words[0], "read"))
		return do_file(words[1], NULL);
	if (!strcmp(words[0], "put"))
		return do_file(words[1], words[2]);
	return act_on(words[0], atol(words[1]), words[2], words[3], words[4]);
}

/* Returns false if there was no allocation left to fail. */
static bool act_failing(char *line, const char **answer)
{
	unsigned int nth;
	int skip = 0;

	if (sscanf(line, "failing %u %n", &nth, &skip) != 1 || !skip)
		errx(64, "failing: no number");
	fail_nth(nth);
	*answer = outcome(act(line + skip));
	return fail_nth(0) == 0;
}

int main(void)
{
	const char *answer;
	char *line = NULL;
	size_t size = 0;
	bool failed;

	while (getline(&line, &size, stdin) > 0) {
		failed = false;
		if (!strncmp(line, "failing ", 8))
			failed = act_failing(line, &answer);
		else
			answer = outcome(act(line));
		printf("%s%s\n", answer, failed ? " failed" : "");
		fflush(stdout);
	}
	return 0;
}
