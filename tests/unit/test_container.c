// SPDX-License-Identifier: GPL-2.0
/*
 * Containers, from the paths of overlays and from made-up trees of Docker, containers/storage and
 * containerd.
 */
#include <fcntl.h>
#include <unistd.h>

#include "container.h"
#include "unit.h"

#define ID	  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LAYER	  "aaaabbbbccccddddeeeeffff0000111122223333444455556666777788889999"
#define SNAPSHOTS "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots"
#define TASKS	  "/run/containerd/io.containerd.runtime.v2.task/k8s.io/"

struct expected {
	const char *runtime;
	const char *layer;
	const char *id;
	const char *name;
	const char *label;
};

static void assert_text(const char *text, const char *expected)
{
	if (!expected)
		assert_null(text);
	else
		assert_string_equal(text, expected);
}

/* In the tree made so far, as in that of a container that has it as its root. */
static void assert_found(void **state, const char *upper_dir, const char *mount_point,
			 struct expected expected)
{
	int root = open(*state, O_PATH | O_DIRECTORY);
	struct containers *containers = containers_new(root);
	struct container container;
	char *label;

	containers_find(containers, upper_dir, mount_point, &container);
	label = container_label(&container);
	assert_text(container.runtime, expected.runtime);
	assert_text(container.layer, expected.layer);
	assert_text(container.id, expected.id);
	assert_text(container.name, expected.name);
	assert_text(label, expected.label);
	free(label);
	container_clear(&container);
	containers_free(containers);
	close(root);
}

static const struct expected nobody = { NULL, NULL, NULL, NULL, NULL };

static void docker_name_is_found_by_layer(void **state)
{
	const struct expected expected = { "docker", LAYER, ID, "web", "web" };

	scratch_write(state, "var/lib/docker/image/overlay2/layerdb/mounts/" ID "/mount-id", LAYER);
	scratch_write(state, "var/lib/docker/image/overlay2/layerdb/mounts/other/mount-id", "x");
	scratch_write(state, "var/lib/docker/containers/" ID "/config.v2.json",
		      "{\"State\":{\"Running\":true},\"ID\":\"" ID "\",\"Name\":\"/web\"}");
	assert_found(state, "/var/lib/docker/overlay2/" LAYER "/diff", NULL, expected);
	/* With many layers the options are relative, to fit a page. */
	assert_found(state, LAYER "/diff", "/var/lib/docker/overlay2/" LAYER "/merged", expected);
}

static void docker_without_its_files_leaves_the_layer(void **state)
{
	assert_found(state, "/data/docker/overlay2/" LAYER "/diff", NULL,
		     (struct expected){ "docker", LAYER, NULL, NULL, "layer:aaaabbbbcccc" });
	scratch_write(state, "data/docker/image/overlay2/layerdb/mounts/" ID "/mount-id",
		      LAYER "\n");
	assert_found(state, "/data/docker/overlay2/" LAYER "/diff", NULL,
		     (struct expected){ "docker", LAYER, ID, NULL, "0123456789ab" });
}

static void storage_name_is_found_by_layer(void **state)
{
	scratch_write(state, "var/lib/containers/storage/overlay-containers/containers.json",
		      "[{\"id\":\"x\",\"names\":[\"no\"],\"layer\":\"y\"},"
		      "{\"id\":\"" ID "\",\"names\":[\"db\",\"alias\"],\"layer\":\"" LAYER "\"},"
		      "{\"id\":\"nameless\",\"layer\":\"z\"}]");
	scratch_write(state,
		      "var/lib/containers/storage/overlay-containers/volatile-containers.json",
		      "[{\"id\":\"v\",\"names\":[\"transient\"],\"layer\":\"w\"}]");
	assert_found(state, "/var/lib/containers/storage/overlay/" LAYER "/diff", NULL,
		     (struct expected){ "containers-storage", LAYER, ID, "db", "db" });
	assert_found(state, "/var/lib/containers/storage/overlay/z/diff", NULL,
		     (struct expected){ "containers-storage", "z", "nameless", NULL, "nameless" });
	assert_found(state, "/var/lib/containers/storage/overlay/w/diff", NULL,
		     (struct expected){ "containers-storage", "w", "v", "transient", "transient" });
}

static void kubernetes_names_are_of_pod_and_container(void **state)
{
	scratch_write(state,
		      "run/containerd/io.containerd.runtime.v2.task/k8s.io/" ID "/config.json",
		      "{\"ociVersion\":\"1.0.2\",\"annotations\":{"
		      "\"io.kubernetes.cri.container-name\":\"nginx\","
		      "\"io.kubernetes.cri.sandbox-name\":\"web-0\","
		      "\"io.kubernetes.cri.sandbox-namespace\":\"prod\"}}");
	assert_found(state, SNAPSHOTS "/42/fs", TASKS ID "/rootfs",
		     (struct expected){ "containerd", "42", ID, "prod/web-0/nginx",
					"prod/web-0/nginx" });
	assert_found(state, SNAPSHOTS "/43/fs", TASKS "another/rootfs",
		     (struct expected){ "containerd", "43", "another", NULL, "another" });
	assert_found(state, SNAPSHOTS "/44/fs", "/mnt",
		     (struct expected){ "containerd", "44", NULL, NULL, "layer:44" });
}

static void docker_on_containerd_is_known_by_its_mount_point(void **state)
{
	scratch_write(state, "var/lib/docker/containers/" ID "/config.v2.json",
		      "{\"Name\":\"/new\"}");
	assert_found(state, SNAPSHOTS "/7/fs", "/var/lib/docker/rootfs/overlayfs/" ID,
		     (struct expected){ "containerd", "7", ID, "new", "new" });
}

static void other_paths_are_nobodys(void **state)
{
	static const char *const paths[] = {
		"/",
		"",
		"x",
		"/diff",
		"/overlay2/diff",
		"/a/overlay2/../diff",
		"/a/overlay2//diff",
		"/a/overlay2/x/upper",
		"/a/overlay3/x/diff",
		"/overlay/x/diff",
		"/a/overlay2/a b/diff",
		"/a/overlay2/x/diff/",
		"/a/io.containerd.snapshotter.v1.x/snap/1/fs",
		"x/diff",
	};
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_found(state, paths[i], paths[i], nobody);
	assert_found(state, NULL, NULL, nobody);
}

/* Whoever may mount an overlay chooses the paths, and may own the files. */
static void hostile_files_are_harmless(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"[",
		"null",
		"7",
		"\"x\"",
		"[null, 7, {}, [], \"x\"]",
		"[{\"id\":7,\"layer\":\"x\",\"names\":8}]",
		"[{\"id\":\"\",\"layer\":\"\",\"names\":[]}]",
		"[{\"layer\":\"x\",\"names\":[\"n\"]}]",
		"{\"id\":\"i\",\"layer\":\"x\"}",
	};
	const struct expected unknown = { "containers-storage", "x", NULL, NULL, "layer:x" };
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		scratch_write(state, "s/overlay-containers/containers.json", texts[i]);
		assert_found(state, "/s/overlay/x/diff", NULL, unknown);
	}
	scratch_write(state, "s/overlay-containers/containers.json",
		      "[{\"id\":\"i\",\"layer\":\"x\",\"names\":[null, 1]}]");
	assert_found(state, "/s/overlay/x/diff", NULL,
		     (struct expected){ "containers-storage", "x", "i", NULL, "i" });
	/* A FIFO would keep a reader waiting, and a link may lead to anything. */
	snprintf(path, sizeof(path), "%s/s/overlay-containers/containers.json", (char *)*state);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_found(state, "/s/overlay/x/diff", NULL, unknown);
	unlink(path);
	scratch_write(state, "../ovlctl-unit-outside",
		      "[{\"id\":\"outside\",\"layer\":\"x\",\"names\":[\"n\"]}]");
	assert_int_equal(symlink("../../../ovlctl-unit-outside", path), 0);
	assert_found(state, "/s/overlay/x/diff", NULL, unknown);
	unlink("/tmp/ovlctl-unit-outside");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(docker_name_is_found_by_layer),
		SCRATCH_TEST(docker_without_its_files_leaves_the_layer),
		SCRATCH_TEST(storage_name_is_found_by_layer),
		SCRATCH_TEST(kubernetes_names_are_of_pod_and_container),
		SCRATCH_TEST(docker_on_containerd_is_known_by_its_mount_point),
		SCRATCH_TEST(other_paths_are_nobodys),
		SCRATCH_TEST(hostile_files_are_harmless),
	};

	return cmocka_run_group_tests_name("container", tests, NULL, NULL);
}
