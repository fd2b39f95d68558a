// SPDX-License-Identifier: GPL-2.0
/*
 * watcher inotify|fanotify|allow|late|deny DIR: somebody else who watches DIR, the root of a mount.
 *
 * inotify    what is opened and closed in DIR
 * fanotify   the same on the whole mount
 * allow      is asked before each opening on the mount, and allows it
 * late       the same, but answers only when standard input ends
 * deny       is asked, too, and denies it to all but itself
 *
 * Prints "ready" on a line, and when standard input ends how often each thing was seen:
 * "open=3 close_write=2".
 */
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>

#include "tool.h"

static unsigned int opened, closed;

static int start_inotify(const char *dir)
{
	int fd = inotify_init1(IN_CLOEXEC);

	if (fd < 0 || inotify_add_watch(fd, dir, IN_OPEN | IN_CLOSE_WRITE) < 0)
		err(1, "inotify %s", dir);
	return fd;
}

static int start_fanotify(const char *dir, bool asked)
{
	uint64_t mask = FAN_CLOSE_WRITE | (asked ? FAN_OPEN_PERM : FAN_OPEN);
	int fd = fanotify_init(FAN_CLOEXEC | (asked ? FAN_CLASS_CONTENT : FAN_CLASS_NOTIF), O_RDONLY);

	if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_MOUNT, mask, AT_FDCWD, dir))
		err(1, "fanotify %s", dir);
	return fd;
}

static void read_inotify(int fd)
{
	char buf[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *event;
	ssize_t got = read(fd, buf, sizeof(buf));
	char *at;

	for (at = buf; got > 0 && at < buf + got; at += sizeof(*event) + event->len) {
		event = (const struct inotify_event *)at;
		opened += !!(event->mask & IN_OPEN);
		closed += !!(event->mask & IN_CLOSE_WRITE);
	}
}

static void read_fanotify(int fd, uint32_t verdict)
{
	struct fanotify_event_metadata buf[64], *event = buf;
	ssize_t got = read(fd, buf, sizeof(buf));

	for (; FAN_EVENT_OK(event, got); event = FAN_EVENT_NEXT(event, got)) {
		opened += !!(event->mask & (FAN_OPEN | FAN_OPEN_PERM));
		closed += !!(event->mask & FAN_CLOSE_WRITE);
		if (event->mask & FAN_OPEN_PERM) {
			struct fanotify_response answer = { .fd = event->fd, .response = verdict };

			if (write(fd, &answer, sizeof(answer)) < 0)
				err(1, "fanotify answer");
		}
		close(event->fd);
	}
}

int main(int argc, char **argv)
{
	const char *how = argc == 3 ? argv[1] : "";
	bool deny = !strcmp(how, "deny"), late = !strcmp(how, "late");
	bool asked = deny || late || !strcmp(how, "allow");
	bool inotify = !strcmp(how, "inotify");
	struct pollfd wait[2] = { { .events = POLLIN }, { .fd = 0, .events = POLLIN } };

	if (!inotify && !asked && strcmp(how, "fanotify"))
		errx(64, "usage: watcher inotify|fanotify|allow|late|deny DIR");
	wait[0].fd = inotify ? start_inotify(argv[2]) : start_fanotify(argv[2], asked);
	puts("ready");
	fflush(stdout);
	if (late) {
		poll(wait + 1, 1, -1);
		read_fanotify(wait[0].fd, FAN_ALLOW);
	}
	while (poll(wait, 2, -1) > 0) {
		if (wait[0].revents & POLLIN) {
			if (inotify)
				read_inotify(wait[0].fd);
			else
				read_fanotify(wait[0].fd, deny ? FAN_DENY : FAN_ALLOW);
		} else if (wait[1].revents) {
			break;
		}
	}
	printf("open=%u close_write=%u\n", opened, closed);
	return 0;
}
