// SPDX-License-Identifier: GPL-2.0
/*
 * Files in sysfs: texts by chance, written to all of them, and reads in pieces.
 */
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static glob_t files;

void find_sysfs_files(void)
{
	static const char *const patterns[] = {
		"/sys/fs/ovlsync/*/*",		  "/sys/fs/ovlsync/*/*/*",
		"/sys/module/ovlsync/parameters/*",
	};
	unsigned int i;

	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &files);
	if (files.gl_pathc < 10)
		broken("there are no files in sysfs");
}

static size_t choose_text(struct input *in, char *text, size_t room)
{
	static const char *const words[] = {
		"0", "1", "2", "256", "86400000", "86400001", "4294967295", "4294967296",
		"18446744073709551616", "-1", "0x10", "010", " 5", "5 ", "+5", "auto", "full", "own",
		"none", "auto\n", "full\n\n", "containerized", "", "\n",
	};
	size_t length;

	switch (pick(in, 4)) {
	case 0:
		return take_bytes(in, text, 64);
	case 1:
		length = take_number(in) % room;
		memset(text, '0' + pick(in, 10), length);
		return length;
	default:
		strcpy(text, words[pick(in, sizeof(words) / sizeof(words[0]))]);
		length = strlen(text);
		/* With a NUL in it, or what is left of another. */
		return pick(in, 8) ? length : length + 1 + pick(in, 4);
	}
}

void fuzz_sysfs(struct input *in)
{
	const char *path = files.gl_pathv[take_number(in) % files.gl_pathc];
	bool to_read = !pick(in, 3);
	char text[8192] = "";
	size_t length;
	int fd;

	/* The test build's own. */
	if (strstr(path, "/test_"))
		return;
	fd = open(path, (to_read ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
	if (fd < 0)
		return;
	if (to_read) {
		while (pread(fd, text, 1 + take_number(in) % sizeof(text),
			     take_number(in) % 4096) > 0 &&
		       pick(in, 4))
			continue;
	} else {
		length = choose_text(in, text, sizeof(text));
		/* A user namespace gives no right to the host's sysfs. */
		if (world.container && (write(fd, text, length) >= 0 || length))
			broken("a container may open %s for write", path);
		if (!world.container && write(fd, text, length) > (ssize_t)length)
			broken("%s took more than was written", path);
	}
	close(fd);
}
