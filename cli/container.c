// SPDX-License-Identifier: GPL-2.0
/*
 * Names of containers, from the files of Docker, containers/storage and containerd.
 *
 * The directory of a store may be anyone's: whoever may mount an overlay chooses its paths.  So its
 * files are only ever read, if they are regular and of a size that makes sense; and what they say
 * is shown as a name and used for nothing else.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "mounts.h"
#include "xalloc.h"

/* A host with thousands of containers has a containers.json of a few MB. */
#define JSON_SIZE_MAX (64 << 20)

/**
 * struct containers - what has been read so far
 * @root: for root_open(): where paths begin
 * @indexes: an object of objects: by directory of a store, then by layer, a container of the form
 *	{"id": ..., "name": ...}
 */
struct containers {
	int root;
	struct json_object *indexes;
};

/**
 * containers_new - begin to look containers up
 * @root: for root_open(): where the paths of mounts begin
 *
 * Return: to be freed with containers_free(); until then each store's files are read once.
 */
struct containers *containers_new(int root)
{
	struct containers *containers = xreallocarray(NULL, 1, sizeof(*containers));

	*containers = (struct containers){ .root = root, .indexes = json_object_new_object() };
	return containers;
}

/**
 * containers_free - free it
 * @containers: from containers_new(), or NULL
 */
void containers_free(struct containers *containers)
{
	if (containers)
		json_object_put(containers->indexes);
	free(containers);
}

/* A file's text, to be freed, or NULL. */
static char *file_read(const struct containers *containers, const char *path, size_t max)
{
	int fd = root_open(containers->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	char *text = NULL;
	struct stat st;
	size_t len = 0;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && (size_t)st.st_size <= max) {
		size_t size = (size_t)st.st_size;
		ssize_t got = 1;

		text = xreallocarray(NULL, size + 1, 1);
		while (len < size && (got = read(fd, text + len, size - len)) > 0)
			len += (size_t)got;
		text[len] = '\0';
	}
	close(fd);
	return text;
}

static struct json_object *json_read(const struct containers *containers, const char *path)
{
	char *text = file_read(containers, path, JSON_SIZE_MAX);
	struct json_object *json = text ? json_tokener_parse(text) : NULL;

	free(text);
	return json;
}

/* The string at @key, or NULL. */
static const char *json_text(struct json_object *json, const char *key)
{
	struct json_object *value;

	if (!json_object_is_type(json, json_type_object) ||
	    !json_object_object_get_ex(json, key, &value) ||
	    !json_object_is_type(value, json_type_string) || !json_object_get_string_len(value))
		return NULL;
	return json_object_get_string(value);
}

static void index_add(struct json_object *index, const char *layer, const char *id,
		      const char *name)
{
	struct json_object *container = json_object_new_object();

	json_object_object_add(container, "id", json_object_new_string(id));
	if (name)
		json_object_object_add(container, "name", json_object_new_string(name));
	json_object_object_add(index, layer, container);
}

/* containers.json: [{"id": ..., "names": [...], "layer": ...}, ...] */
static void index_storage_file(const struct containers *containers, const char *root,
			       const char *file, struct json_object *index)
{
	char *path = xasprintf("%s/overlay-containers/%s", root, file);
	struct json_object *json = json_read(containers, path), *names;
	size_t i,
		n = json_object_is_type(json, json_type_array) ? json_object_array_length(json) : 0;

	for (i = 0; i < n; i++) {
		struct json_object *entry = json_object_array_get_idx(json, i);
		const char *layer = json_text(entry, "layer");
		const char *id = json_text(entry, "id");
		const char *name = NULL;

		if (!layer || !id)
			continue;
		if (json_object_object_get_ex(entry, "names", &names) &&
		    json_object_is_type(names, json_type_array) && json_object_array_length(names))
			name = json_object_get_string(json_object_array_get_idx(names, 0));
		index_add(index, layer, id, name);
	}
	json_object_put(json);
	free(path);
}

/* Docker: "/name" in containers/ID/config.v2.json. */
static char *docker_name(const struct containers *containers, const char *root, const char *id)
{
	char *path = xasprintf("%s/containers/%s/config.v2.json", root, id);
	struct json_object *json = json_read(containers, path);
	const char *text = json_text(json, "Name");
	char *name = text ? xstrdup(text + (*text == '/')) : NULL;

	json_object_put(json);
	free(path);
	return name;
}

/* Docker: image/overlay2/layerdb/mounts/ID/mount-id holds the name of the layer. */
static void index_docker(const struct containers *containers, const char *root,
			 struct json_object *index)
{
	char *path = xasprintf("%s/image/overlay2/layerdb/mounts", root);
	int fd = root_open(containers->root, path, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *file = xasprintf("%s/%s/mount-id", path, entry->d_name);
		char *layer = *entry->d_name == '.' ? NULL : file_read(containers, file, 4096);

		if (layer) {
			layer[strcspn(layer, "\n")] = '\0';
			index_add(index, layer, entry->d_name, NULL);
		}
		free(layer);
		free(file);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	free(path);
}

static struct json_object *index_get(struct containers *containers,
				     const struct container_path *path)
{
	struct json_object *index;

	if (json_object_object_get_ex(containers->indexes, path->root, &index))
		return index;
	index = json_object_new_object();
	if (path->store == STORE_DOCKER) {
		index_docker(containers, path->root, index);
	} else {
		index_storage_file(containers, path->root, "containers.json", index);
		index_storage_file(containers, path->root, "volatile-containers.json", index);
	}
	json_object_object_add(containers->indexes, path->root, index);
	return index;
}

static void find_by_layer(struct containers *containers, const struct container_path *path,
			  struct container *container)
{
	struct json_object *index = index_get(containers, path), *entry;
	const char *text;

	if (!json_object_object_get_ex(index, path->layer, &entry))
		return;
	container->id = xstrdup(json_text(entry, "id") ?: "");
	text = json_text(entry, "name");
	if (text)
		container->name = xstrdup(text);
	else if (path->store == STORE_DOCKER)
		container->name = docker_name(containers, path->root, container->id);
}

/* Annotations of the OCI bundle: Kubernetes' by containerd's CRI plugin, and nerdctl's. */
static char *bundle_name(const struct containers *containers, const char *bundle)
{
	char *file = xasprintf("%s/config.json", bundle), *name = NULL;
	struct json_object *json = json_read(containers, file), *notes = NULL;
	const char *namespace, *pod, *kind;

	if (json_object_is_type(json, json_type_object))
		json_object_object_get_ex(json, "annotations", &notes);
	namespace = json_text(notes, "io.kubernetes.cri.sandbox-namespace");
	pod = json_text(notes, "io.kubernetes.cri.sandbox-name");
	kind = json_text(notes, "io.kubernetes.cri.container-name");
	if (namespace && pod)
		name = xasprintf("%s/%s/%s", namespace, pod, kind ?: "POD");
	else if (json_text(notes, "nerdctl/name"))
		name = xstrdup(json_text(notes, "nerdctl/name"));
	json_object_put(json);
	free(file);
	return name;
}

static const char *store_name(enum container_store store)
{
	static const char *const names[] = {
		[STORE_NONE] = NULL,
		[STORE_DOCKER] = "docker",
		[STORE_STORAGE] = "containers-storage",
		[STORE_CONTAINERD] = "containerd",
	};

	return names[store];
}

/**
 * containers_find - which container is an overlay the root of?
 * @containers: from containers_new()
 * @upper_dir: its option upperdir, or NULL
 * @mount_point: where it is mounted, or NULL
 * @container: the result, for container_clear()
 */
void containers_find(struct containers *containers, const char *upper_dir, const char *mount_point,
		     struct container *container)
{
	struct container_path path;

	container_path_parse(upper_dir, mount_point, &path);
	*container = (struct container){ .runtime = store_name(path.store) };
	if (path.store == STORE_DOCKER || path.store == STORE_STORAGE)
		find_by_layer(containers, &path, container);
	else if (path.id)
		container->name = path.bundle ? bundle_name(containers, path.bundle)
					      : docker_name(containers, path.root, path.id);
	if (path.id)
		container->id = xstrdup(path.id);
	if (path.layer)
		container->layer = xstrdup(path.layer);
	container_path_clear(&path);
}

/**
 * container_label - what to call a container in a table
 * @container: the container
 *
 * Return: its name, the beginning of its id, or its layer, to be freed; NULL: it is none.
 */
char *container_label(const struct container *container)
{
	if (container->name)
		return xstrdup(container->name);
	if (container->id)
		return xasprintf("%.12s", container->id);
	if (container->layer)
		return xasprintf("layer:%.12s", container->layer);
	return NULL;
}

/**
 * container_clear - free what is in a result
 * @container: the result
 */
void container_clear(struct container *container)
{
	free(container->layer);
	free(container->id);
	free(container->name);
	*container = (struct container){ 0 };
}
