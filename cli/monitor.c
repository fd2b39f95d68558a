// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl monitor: events as they come, by netlink.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "job.h"
#include "monitor.h"

#define NSEC_PER_SEC 1000000000ULL

static volatile sig_atomic_t stopped;

static const struct argp_option monitor_options[] = {
	{ NULL, 0, NULL, 0, "Output:", 2 },
	{ "json", 'J', NULL, 0, "JSON: one object a line, with raw numbers", 2 },
	{ 0 },
};

static error_t monitor_parse(int key, char *arg, struct argp_state *state)
{
	struct monitor *monitor = state->input;

	(void)arg;
	switch (key) {
	case 'J':
		monitor->json = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &monitor->targets;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child monitor_children[] = {
	{ &targets_argp, 0, "Which mounts (without any of these, all, also those to come):", 1 },
	{ 0 },
};

const struct argp monitor_argp = {
	.options = monitor_options,
	.parser = monitor_parse,
	.doc = "Show what happens to overlays, as it happens: attached and detached, syncs, forced "
	       "collections, overflows, writeback errors, changes of mode. Begins with how the "
	       "mounts are.\v"
	       "Ends with Ctrl-C, when nobody reads its output any more, when ovlsync is unloaded, "
	       "and when all the mounts that were named are gone.",
	.children = monitor_children,
};

static void drop_device(struct monitor *monitor, size_t i)
{
	size_t last = --monitor->n_devices;

	monitor->devices[i] = monitor->devices[last];
	monitor->is_attached[i] = monitor->is_attached[last];
}

static bool is_wanted(const struct monitor *monitor, dev_t dev)
{
	size_t i;

	for (i = 0; i < monitor->n_devices; i++)
		if (monitor->devices[i] == dev)
			return true;
	return monitor->targets.all;
}

static uint64_t wall_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

static void forget(struct monitor *monitor, dev_t dev)
{
	size_t i;

	for (i = 0; i < monitor->n_known && monitor->known[i].dev != dev; i++)
		;
	if (i == monitor->n_known)
		return;
	free(monitor->known[i].path);
	monitor->known[i] = monitor->known[--monitor->n_known];
}

static const char *remember(struct monitor *monitor, dev_t dev, const char *path)
{
	struct known_mount *known;

	forget(monitor, dev);
	monitor->known = xreallocarray(monitor->known, monitor->n_known + 1, sizeof(*known));
	known = &monitor->known[monitor->n_known++];
	*known = (struct known_mount){ .dev = dev, .path = xstrdup(path) };
	return known->path;
}

static const char *last_known(const struct monitor *monitor, dev_t dev)
{
	size_t i;

	for (i = 0; i < monitor->n_known; i++)
		if (monitor->known[i].dev == dev)
			return monitor->known[i].path;
	return NULL;
}

static void forget_all(struct monitor *monitor)
{
	while (monitor->n_known)
		forget(monitor, monitor->known[0].dev);
}

/* The kernel marks the file when anything was mounted or unmounted since it was last asked. */
static void mounts_refresh(struct monitor *monitor)
{
	struct pollfd fd = { .fd = monitor->mounts_fd, .events = POLLPRI };
	struct libmnt_table *mounts;

	if (poll(&fd, 1, 0) <= 0 || targets_load(&monitor->targets, &mounts))
		return;
	mounts_free(monitor->mounts);
	monitor->mounts = mounts;
}

/*
 * Where the overlay of an event is mounted.  A new one is visible only some time after it came, and one
 * that goes is not any more; and its number is soon another's.
 */
static const char *mount_point_of(struct monitor *monitor, const struct netlink_message *message)
{
	dev_t dev = netlink_device(message);
	struct mount_point point;

	if (message->cmd == OVLSYNC_CMD_MOUNT_ATTACHED) {
		forget(monitor, dev);
		return NULL;
	}
	if (message->cmd == OVLSYNC_CMD_MOUNT_DETACHED)
		return last_known(monitor, dev);
	mounts_refresh(monitor);
	if (!mounts_of_device(monitor->mounts, dev, &point))
		return remember(monitor, dev, point.path);
	return last_known(monitor, dev);
}

/* One that was asked for and is gone: what gets its number was not asked for. */
static void detached(struct monitor *monitor, dev_t dev)
{
	size_t i;

	forget(monitor, dev);
	for (i = 0; i < monitor->n_devices; i++)
		if (monitor->devices[i] == dev)
			drop_device(monitor, i--);
}

/* Each line is to be read as soon as it is there. */
static void flush(struct monitor *monitor)
{
	if (fflush(stdout) && !monitor->output_error)
		monitor->output_error = errno;
}

static void show(const struct netlink_message *message, void *data)
{
	struct monitor *monitor = data;
	const char *mount_point;
	sigset_t blocked;

	if (!is_wanted(monitor, netlink_device(message)))
		return;
	mount_point = mount_point_of(monitor, message);
	/* Whoever reads may have stopped reading: that is to be left, too. */
	sigprocmask(SIG_SETMASK, &monitor->while_waiting, &blocked);
	if (monitor->json)
		event_print_json(message, wall_clock_ns(), mount_point, stdout);
	else
		event_print(message, wall_clock_ns(), mount_point, stdout);
	flush(monitor);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	if (message->cmd == OVLSYNC_CMD_MOUNT_DETACHED)
		detached(monitor, netlink_device(message));
}

static void show_mount(const struct netlink_message *message, void *data)
{
	struct monitor *monitor = data;
	size_t i;

	for (i = 0; i < monitor->n_devices; i++)
		if (monitor->devices[i] == netlink_device(message))
			monitor->is_attached[i] = true;
	show(message, data);
}

/*
 * Of what ovlsync is not attached to there is nothing to hear, and when that number is another
 * overlay's it was not asked for.
 */
static enum ovlctl_status drop_unattached(struct monitor *monitor)
{
	struct mount_point point;
	size_t i = 0;

	while (i < monitor->n_devices) {
		dev_t dev = monitor->devices[i];

		if (monitor->is_attached[i]) {
			i++;
			continue;
		}
		if (mounts_of_device(monitor->mounts, dev, &point))
			point.path = "not mounted here";
		warnx("%u:%u (%s): ovlsync is not attached to it", major(dev), minor(dev),
		      point.path);
		drop_device(monitor, i);
	}
	return monitor->targets.all || monitor->n_devices ? STATUS_DONE : STATUS_MISSING;
}

/* On a socket of its own: on the other one events would come in between. */
static enum ovlctl_status show_mounts(struct monitor *monitor)
{
	struct netlink *netlink;
	struct netlink_end end = { 0 };
	int ret = netlink_open(&netlink);

	if (ret)
		return netlink_open_failed(ret);
	if (monitor->n_devices)
		memset(monitor->is_attached, 0,
		       monitor->n_devices * sizeof(*monitor->is_attached));
	ret = netlink_dump(netlink, OVLSYNC_CMD_MOUNT_GET, NULL, show_mount, monitor, &end);
	netlink_close(netlink);
	if (ret)
		return netlink_failed("mounts", ret, &end);
	/* It may have left some out. */
	return end.interrupted ? STATUS_DONE : drop_unattached(monitor);
}

static enum ovlctl_status lost(struct monitor *monitor)
{
	warnx("events were lost: they came faster than they could be read; how the mounts are now "
	      "follows");
	/* Some may have gone, and their numbers be another's. */
	forget_all(monitor);
	if (monitor->json)
		event_print_lost_json(wall_clock_ns(), stdout);
	flush(monitor);
	return show_mounts(monitor);
}

static bool nothing_is_left(const struct monitor *monitor)
{
	if (monitor->targets.all || monitor->n_devices)
		return false;
	warnx("unmounted: there is nothing more to hear of");
	return true;
}

static enum ovlctl_status receive(struct monitor *monitor)
{
	struct netlink_end end = { 0 };
	int ret = netlink_receive(monitor->netlink, show, monitor, &end);

	if (ret == -ENOBUFS)
		return lost(monitor);
	if (ret && ret != -EINTR)
		return netlink_failed("events", ret, &end);
	if (!end.gone)
		return nothing_is_left(monitor) ? STATUS_MISSING : STATUS_DONE;
	warnx("ovlsync was unloaded");
	return STATUS_MISSING;
}

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/*
 * Signals come while something is waited for, in ppoll(2) or for who reads the output: there is no
 * moment at which one is missed.
 */
static void catch_signals(struct monitor *monitor)
{
	static const int signals[] = { SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = stop };
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, &monitor->while_waiting);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!signal_is_ignored(signals[i]))
			sigaction(signals[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/*
 * Nobody reads any more: that is no failure.  Any other error is said here, where it is known
 * which: at exit nothing is left to be written.
 */
static bool output_ended(const struct monitor *monitor, const struct pollfd *output,
			 enum ovlctl_status *status)
{
	if (!(output->revents & (POLLERR | POLLHUP | POLLNVAL)) && !monitor->output_error)
		return false;
	if (monitor->output_error && monitor->output_error != EPIPE && !stopped) {
		warnx("standard output: %s", strerror(monitor->output_error));
		*status = STATUS_FAILED;
	}
	clearerr(stdout);
	__fpurge(stdout);
	return true;
}

static enum ovlctl_status watch(struct monitor *monitor)
{
	struct pollfd fds[] = {
		{ .fd = netlink_fd(monitor->netlink), .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};
	enum ovlctl_status status = STATUS_DONE;

	catch_signals(monitor);
	status = show_mounts(monitor);
	while (!output_ended(monitor, &fds[1], &status) && !status && !stopped) {
		fds[0].revents = 0;
		fds[1].revents = 0;
		if (ppoll(fds, 2, NULL, &monitor->while_waiting) < 0 && errno != EINTR)
			return netlink_failed("events", -errno, NULL);
		if (fds[0].revents)
			status = receive(monitor);
	}
	return status;
}

static enum ovlctl_status add_target(const struct target *target, void *data)
{
	struct monitor *monitor = data;

	monitor->devices =
		xreallocarray(monitor->devices, monitor->n_devices + 1, sizeof(*monitor->devices));
	monitor->is_attached = xreallocarray(monitor->is_attached, monitor->n_devices + 1,
					     sizeof(*monitor->is_attached));
	monitor->devices[monitor->n_devices++] = target->dev;
	return STATUS_DONE;
}

static enum ovlctl_status monitor_run(struct monitor *monitor)
{
	enum ovlctl_status status;
	int ret = netlink_open(&monitor->netlink);

	if (ret)
		return netlink_open_failed(ret);
	/* Before the mounts are read, so that no change is missed. */
	monitor->mounts_fd = targets_open_mounts(&monitor->targets);
	status = targets_load(&monitor->targets, &monitor->mounts);
	if (status)
		goto out_close;
	if (!monitor->targets.all)
		status = targets_run(&monitor->targets, monitor->mounts, NULL, 0, add_target,
				     monitor);
	if (status)
		goto out_free;
	ret = netlink_join(monitor->netlink);
	if (ret == -EPERM)
		warnx("events: not permitted: CAP_SYS_ADMIN is needed in the initial user "
		      "namespace");
	if (ret)
		status = ret == -EPERM ? STATUS_FAILED : netlink_failed("events", ret, NULL);
	else
		status = watch(monitor);
out_free:
	mounts_free(monitor->mounts);
	free(monitor->devices);
	free(monitor->is_attached);
	forget_all(monitor);
	free(monitor->known);
out_close:
	if (monitor->mounts_fd >= 0)
		close(monitor->mounts_fd);
	netlink_close(monitor->netlink);
	return status;
}

int cmd_monitor(int argc, char **argv)
{
	struct monitor monitor = { 0 };
	int status;

	argp_parse(&monitor_argp, argc, argv, 0, NULL, &monitor);
	if (!monitor.targets.n)
		monitor.targets.all = true;
	status = monitor_run(&monitor);
	target_args_free(&monitor.targets);
	return status;
}
