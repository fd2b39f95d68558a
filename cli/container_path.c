// SPDX-License-Identifier: GPL-2.0
/*
 * The paths that container engines give their overlays.
 *
 *	Docker, overlay2	upper ROOT/overlay2/LAYER/diff; relative to ROOT/overlay2 if the
 *				options would not fit a page, mounted at ROOT/overlay2/LAYER/merged
 *	containers/storage	upper ROOT/overlay/LAYER/diff
 *	containerd		upper ROOT/io.containerd.snapshotter.v1.NAME/snapshots/NUMBER/fs,
 *				mounted at STATE/io.containerd.runtime.v2.task/NAMESPACE/ID/rootfs,
 *				or by Docker at ITS-ROOT/rootfs/overlayfs/ID
 */
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "xalloc.h"

/* Ids are to be put into paths. */
static bool is_id(const char *text, size_t len)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-.";

	return len && len < 256 && *text != '.' && strspn(text, allowed) >= len;
}

/**
 * struct tail - the last components of a path
 * @n: how many were asked for
 * @part: each, the last one first; not terminated
 * @len: length of each
 * @head_len: length of what is before them
 */
struct tail {
	size_t n;
	const char *part[4];
	size_t len[4];
	size_t head_len;
};

static bool tail_split(const char *path, size_t n, struct tail *tail)
{
	size_t end = strlen(path), i;

	*tail = (struct tail){ .n = n };
	for (i = 0; i < n; i++) {
		size_t begin = end;

		while (begin && path[begin - 1] != '/')
			begin--;
		if (begin < 2 || begin == end)
			return false;
		tail->part[i] = path + begin;
		tail->len[i] = end - begin;
		end = begin - 1;
	}
	tail->head_len = end;
	return true;
}

static bool tail_is(const struct tail *tail, size_t i, const char *name)
{
	return tail->len[i] == strlen(name) && !strncmp(tail->part[i], name, tail->len[i]);
}

static bool tail_begins(const struct tail *tail, size_t i, const char *prefix)
{
	size_t len = strlen(prefix);

	return tail->len[i] >= len && !strncmp(tail->part[i], prefix, len);
}

/* A relative upper directory belongs below the directory that has LAYER/merged. */
static char *absolute_upper(const char *upper_dir, const char *mount_point)
{
	struct tail tail;

	if (*upper_dir == '/')
		return xstrdup(upper_dir);
	if (!mount_point || !tail_split(mount_point, 2, &tail) || !tail_is(&tail, 0, "merged"))
		return NULL;
	return xasprintf("%.*s/%s", (int)tail.head_len, mount_point, upper_dir);
}

static bool parse_layer(const char *upper, struct container_path *path)
{
	struct tail tail;

	if (!tail_split(upper, 3, &tail) || !tail_is(&tail, 0, "diff") ||
	    !is_id(tail.part[1], tail.len[1]))
		return false;
	if (tail_is(&tail, 2, "overlay2"))
		path->store = STORE_DOCKER;
	else if (tail_is(&tail, 2, "overlay"))
		path->store = STORE_STORAGE;
	else
		return false;
	path->root = strndup(upper, tail.head_len);
	path->layer = strndup(tail.part[1], tail.len[1]);
	return true;
}

static bool parse_snapshot(const char *upper, struct container_path *path)
{
	struct tail tail;

	if (!tail_split(upper, 4, &tail) || !tail_is(&tail, 0, "fs") ||
	    !is_id(tail.part[1], tail.len[1]) || !tail_is(&tail, 2, "snapshots") ||
	    !tail_begins(&tail, 3, "io.containerd.snapshotter.v1."))
		return false;
	path->store = STORE_CONTAINERD;
	path->root = strndup(upper, tail.head_len);
	path->layer = strndup(tail.part[1], tail.len[1]);
	return true;
}

/* Where a snapshot is mounted tells whose it is. */
static void parse_task(const char *mount_point, struct container_path *path)
{
	struct tail tail;

	if (tail_split(mount_point, 4, &tail) && tail_is(&tail, 0, "rootfs") &&
	    is_id(tail.part[1], tail.len[1]) && tail_begins(&tail, 3, "io.containerd.runtime.v")) {
		path->id = strndup(tail.part[1], tail.len[1]);
		path->bundle = strndup(mount_point, strlen(mount_point) - strlen("/rootfs"));
		return;
	}
	if (tail_split(mount_point, 3, &tail) && is_id(tail.part[0], tail.len[0]) &&
	    tail_is(&tail, 1, "overlayfs") && tail_is(&tail, 2, "rootfs")) {
		path->id = strndup(tail.part[0], tail.len[0]);
		free(path->root);
		path->root = strndup(mount_point, tail.head_len);
	}
}

/**
 * container_path_parse - what do the paths of an overlay tell?
 * @upper_dir: its option upperdir, or NULL
 * @mount_point: where it is mounted, or NULL
 * @path: the result, for container_path_clear()
 */
void container_path_parse(const char *upper_dir, const char *mount_point,
			  struct container_path *path)
{
	char *upper = upper_dir ? absolute_upper(upper_dir, mount_point) : NULL;

	*path = (struct container_path){ .store = STORE_NONE };
	if (upper && !parse_layer(upper, path) && parse_snapshot(upper, path) && mount_point)
		parse_task(mount_point, path);
	free(upper);
}

/**
 * container_path_clear - free what is in a result
 * @path: the result
 */
void container_path_clear(struct container_path *path)
{
	free(path->root);
	free(path->layer);
	free(path->bundle);
	free(path->id);
	*path = (struct container_path){ .store = STORE_NONE };
}
