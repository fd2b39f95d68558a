/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which container an overlay is the root of: from its upper directory and mount point, and from
 * what the container engines keep on disk.
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <stdbool.h>

/**
 * enum container_store - who made a layer
 * @STORE_NONE: nobody that we know
 * @STORE_DOCKER: Docker's overlay2 driver
 * @STORE_STORAGE: containers/storage: podman, CRI-O, buildah
 * @STORE_CONTAINERD: a snapshotter of containerd; Docker's containerd image store, too
 */
enum container_store {
	STORE_NONE,
	STORE_DOCKER,
	STORE_STORAGE,
	STORE_CONTAINERD,
};

/**
 * struct container_path - what the paths of an overlay tell by themselves
 * @store: who made the layer; the rest is NULL if nobody that we know
 * @root: directory that the store keeps everything in
 * @layer: name of the layer or snapshot
 * @bundle: OCI bundle, or NULL
 * @id: the container's id, or NULL
 */
struct container_path {
	enum container_store store;
	char *root;
	char *layer;
	char *bundle;
	char *id;
};

/**
 * struct container - a container
 * @runtime: the store's name, or NULL: it is not a container's
 * @layer: layer or snapshot that is the upper, or NULL
 * @id: its id, or NULL
 * @name: its name, or NULL
 */
struct container {
	const char *runtime;
	char *layer;
	char *id;
	char *name;
};

struct containers;

void container_path_parse(const char *upper_dir, const char *mount_point,
			  struct container_path *path);
void container_path_clear(struct container_path *path);

struct containers *containers_new(int root);
void containers_free(struct containers *containers);
void containers_find(struct containers *containers, const char *upper_dir, const char *mount_point,
		     struct container *container);
char *container_label(const struct container *container);
void container_clear(struct container *container);

#endif /* CONTAINER_H */
