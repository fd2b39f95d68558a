// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl list: a row for each suspect, by netlink.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "container.h"
#include "netlink.h"
#include "output_args.h"
#include "stats_columns.h"
#include "targets.h"
#include "xalloc.h"

/* A list that changes while it is read is read again, but not for ever. */
#define ATTEMPTS 5

#define NSEC_PER_MSEC 1000000

enum {
	LIST_DEVICE,
	LIST_INODE,
	LIST_STATE,
	LIST_DIRTY,
	LIST_AGE,
	LIST_PINNED,
	LIST_PATH,
	LIST_CONTAINER,
	LIST_MOUNTPOINT,
};

const struct column suspects_columns[] = {
	[LIST_DEVICE] = COLUMN_OF_DEVICE,
	[LIST_INODE] = { "INODE", "inode", NULL, COLUMN_NUMBER,
			 "inode number on the upper filesystem" },
	[LIST_STATE] = { "STATE", "state", NULL, COLUMN_STRING,
			 "open (for write, or mapped shared and writable), dirty, writeback, or "
			 "several of them; clean: nothing keeps it on the list" },
	[LIST_DIRTY] = { "DIRTY", "dirty_bytes", NULL, COLUMN_BYTES,
			 "bytes in dirty pages, not counting those under writeback already" },
	[LIST_AGE] = { "AGE", "age_ns", NULL, COLUMN_NSEC, "how long it has been on the list" },
	[LIST_PINNED] = { "PINNED", "pinned_bytes", NULL, COLUMN_BYTES,
			  "memory that would come back if it were reaped" },
	[LIST_PATH] = { "PATH", "path", NULL, COLUMN_STRING,
			"one path to it from the root of the upper filesystem, if the kernel has "
			"it in its cache" },
	[LIST_CONTAINER] = COLUMN_OF_CONTAINER,
	[LIST_MOUNTPOINT] = COLUMN_OF_MOUNTPOINT,
	{ NULL },
};

#define DEFAULT_COLUMNS "DEVICE,INODE,STATE,DIRTY,AGE,PINNED,PATH"

/**
 * struct list - one run of the subcommand
 * @targets: --mount, --device, --all
 * @output: how to print
 * @stream: --stream
 * @netlink: the socket
 * @mounts: the mounts that the command line is about
 * @containers: to look containers up
 * @dev: the overlay that the next two are about
 * @mount_point: where it is mounted, or NULL
 * @container: its container, or NULL
 * @rows: what was read; with --stream, one at a time
 * @error: negative errno of printing a row
 */
struct list {
	struct target_args targets;
	struct output_args output;
	bool stream;
	struct netlink *netlink;
	struct libmnt_table *mounts;
	struct containers *containers;
	dev_t dev;
	char *mount_point;
	char *container;
	struct rows rows;
	int error;
};

enum list_key {
	KEY_STREAM = 0x200,
};

static const struct argp_option list_options[] = {
	{ "stream", KEY_STREAM, NULL, 0,
	  "with --json: one object a line, as they come, in memory that does not grow", 3 },
	{ 0 },
};

static error_t list_parse(int key, char *arg, struct argp_state *state)
{
	struct list *list = state->input;

	(void)arg;
	switch (key) {
	case KEY_STREAM:
		list->stream = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &list->targets;
		state->child_inputs[1] = &list->output;
		return 0;
	case ARGP_KEY_END:
		if (list->stream && !list->output.json)
			argp_error(state, "--stream is for --json");
		if (list->stream && list->output.sort)
			argp_error(state, "--stream excludes --sort, which needs all of them");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *list_help_filter(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_POST_DOC ? columns_help(suspects_columns) : (char *)text;
}

static const struct argp_child list_children[] = {
	{ &targets_argp, 0, "Which mounts (without any of these, all):", 1 },
	{ &output_argp, 0, "Output:", 3 },
	{ 0 },
};

const struct argp list_argp = {
	.options = list_options,
	.parser = list_parse,
	.doc = "Show the suspects: inodes of the upper filesystem that may have been dirtied "
	       "through an overlay. In the order in which they came on its list.\v",
	.children = list_children,
	.help_filter = list_help_filter,
};

static void forget_mount(struct list *list)
{
	free(list->mount_point);
	free(list->container);
	list->mount_point = NULL;
	list->container = NULL;
}

/* What is known of the mount of the next suspects, which come mount by mount. */
static void look_up_mount(struct list *list, dev_t dev)
{
	struct container container;
	struct mount_point point;
	char *upper_dir;

	if (dev == list->dev)
		return;
	forget_mount(list);
	list->dev = dev;
	if (mounts_of_device(list->mounts, dev, &point))
		return;
	list->mount_point = xstrdup(point.path);
	upper_dir = mount_option(point.options, "upperdir");
	containers_find(list->containers, upper_dir, point.path, &container);
	list->container = container_label(&container);
	container_clear(&container);
	free(upper_dir);
}

static void set_number(struct value *cell, const struct netlink_message *message,
		       enum ovlsync_attr attr, uint64_t unit)
{
	if (message->has[attr])
		value_set_number(cell, message->number[attr] * unit);
}

static void set_state(struct value *cell, const struct netlink_message *message)
{
	uint64_t state = message->number[OVLSYNC_A_STATE];
	char text[sizeof(",open,dirty,writeback")];

	if (!message->has[OVLSYNC_A_STATE])
		return;
	snprintf(text, sizeof(text), "%s%s%s", state & OVLSYNC_STATE_OPEN ? ",open" : "",
		 state & OVLSYNC_STATE_DIRTY ? ",dirty" : "",
		 state & OVLSYNC_STATE_WRITEBACK ? ",writeback" : "");
	value_set_string(cell, *text ? text + 1 : "clean");
}

static void list_add(const struct netlink_message *message, void *data)
{
	struct list *list = data;
	struct value *row;

	if (message->cmd != OVLSYNC_CMD_SUSPECT_GET)
		return;
	look_up_mount(list, netlink_device(message));
	row = rows_add(&list->rows);
	value_set_number(&row[LIST_DEVICE], list->dev);
	set_number(&row[LIST_INODE], message, OVLSYNC_A_INODE, 1);
	set_state(&row[LIST_STATE], message);
	set_number(&row[LIST_DIRTY], message, OVLSYNC_A_DIRTY_BYTES, 1);
	set_number(&row[LIST_AGE], message, OVLSYNC_A_AGE_MS, NSEC_PER_MSEC);
	set_number(&row[LIST_PINNED], message, OVLSYNC_A_PINNED_BYTES, 1);
	value_set_string(&row[LIST_PATH], message->string[OVLSYNC_A_PATH]);
	value_set_string(&row[LIST_CONTAINER], list->container);
	value_set_string(&row[LIST_MOUNTPOINT], list->mount_point);
	if (!list->stream)
		return;
	if (!list->error)
		list->error = json_print_lines(&list->rows, &list->output.list, stdout);
	rows_drop_last(&list->rows);
}

/* After an overrun the socket is of no use: the rest of the dump would not come. */
static int read_again(struct list *list)
{
	netlink_close(list->netlink);
	list->netlink = NULL;
	return netlink_open(&list->netlink);
}

/* @dev is NULL for all. */
static enum ovlctl_status list_read(struct list *list, const dev_t *dev, const char *name)
{
	size_t before = list->rows.n;
	struct netlink_end end;
	int attempt, ret = 0;

	/* It could not be opened again for the mount before. */
	if (!list->netlink)
		ret = netlink_open(&list->netlink);
	if (ret)
		return netlink_open_failed(ret);
	for (attempt = 1; attempt <= ATTEMPTS; attempt++) {
		while (list->rows.n > before)
			rows_drop_last(&list->rows);
		ret = netlink_dump(list->netlink, OVLSYNC_CMD_SUSPECT_GET, dev, list_add, list,
				   &end);
		if (list->stream || (ret && ret != -ENOBUFS) || (!ret && !end.interrupted))
			break;
		if (!ret)
			continue;
		warnx("%s: netlink was overrun: reading again", name);
		ret = read_again(list);
		if (ret)
			return netlink_open_failed(ret);
		ret = -ENOBUFS;
	}
	if (!ret && end.interrupted)
		warnx("%s: the list changed while it was read: what came or went meanwhile may be "
		      "missing or shown",
		      name);
	return ret ? netlink_failed(name, ret, &end) : STATUS_DONE;
}

static enum ovlctl_status list_target(const struct target *target, void *data)
{
	return list_read(data, &target->dev, target->name);
}

static enum ovlctl_status list_print(struct list *list)
{
	int ret = list->stream ? list->error : output_print(&list->output, &list->rows);

	if (!ret)
		return STATUS_DONE;
	warnx("cannot print the list: %s", strerror(-ret));
	return STATUS_FAILED;
}

static enum ovlctl_status list_run(struct list *list)
{
	enum ovlctl_status status, printed;
	int ret = netlink_open(&list->netlink);

	if (ret)
		return netlink_open_failed(ret);
	status = targets_load(&list->targets, &list->mounts);
	if (status)
		goto out_close;
	/* Not the root of --pid: an engine's paths are its own. */
	list->containers = containers_new(AT_FDCWD);
	/* All in one dump are of one moment, as far as there can be one. */
	if (list->targets.all)
		status = list_read(list, NULL, "suspects");
	else
		status = targets_run(&list->targets, list->mounts, NULL, 0, list_target, list);
	/* When nothing was found, the message says it all; who reads JSON reads an object. */
	if (list->output.json || list->rows.n || status == STATUS_DONE || list->error) {
		printed = list_print(list);
		status = printed ? printed : status;
	}
	forget_mount(list);
	containers_free(list->containers);
	mounts_free(list->mounts);
out_close:
	if (list->netlink)
		netlink_close(list->netlink);
	return status;
}

int cmd_list(int argc, char **argv)
{
	struct list list = { 0 };
	int status;

	rows_init(&list.rows, suspects_columns);
	list.rows.name = "suspects";
	output_args_init(&list.output, suspects_columns, DEFAULT_COLUMNS);
	argp_parse(&list_argp, argc, argv, 0, NULL, &list);
	if (!list.targets.n)
		list.targets.all = true;
	if (list.stream && !list.output.given)
		columns_all(suspects_columns, &list.output.list);
	status = list_run(&list);
	rows_free(&list.rows);
	output_args_free(&list.output);
	target_args_free(&list.targets);
	return status;
}
