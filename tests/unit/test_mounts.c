// SPDX-License-Identifier: GPL-2.0
/*
 * Paths and devices to mounts, with tables of our own making.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "mounts.h"
#include "unit.h"

static struct libmnt_table *load(void **state, const char *mountinfo)
{
	struct libmnt_table *mounts;
	char path[PATH_MAX];

	scratch_write(state, "mountinfo", mountinfo);
	snprintf(path, sizeof(path), "%s/mountinfo", (char *)*state);
	assert_int_equal(mounts_load(path, &mounts), 0);
	return mounts;
}

static const char three_overlays[] =
	"21 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
	"30 21 0:40 /sub /bind rw,relatime - overlay overlay rw,lowerdir=/l\n"
	"31 21 0:40 / /whole rw,relatime - overlay overlay rw,lowerdir=/l\n"
	"32 21 0:41 / /od\\040d\\012\\134name rw shared:7 master:2 - overlay none rw,lowerdir=/l\n"
	"33 21 0:42 /etc/hosts /only/a/part rw - overlay overlay rw\n"
	"34 21 0:43 / /tmp rw - tmpfs tmpfs rw\n";

static void missing_file_is_enoent(void **state)
{
	struct libmnt_table *mounts;

	(void)state;
	assert_int_equal(mounts_load("/nonexistent/mountinfo", &mounts), -ENOENT);
}

/* What is not a line of mountinfo doesn't hide the lines around it. */
static void broken_lines_are_skipped(void **state)
{
	struct libmnt_table *mounts = load(state, "21 1 254:0 / / rw - ext4 /dev/vda rw\n"
						  "garbage\n"
						  "31 21 0:40 /\n"
						  "31 21 0:40 / /whole rw - overlay overlay rw\n");
	struct mount_point point;

	assert_int_equal(mounts_of_device(mounts, makedev(0, 40), &point), 0);
	assert_string_equal(point.path, "/whole");
	mounts_free(mounts);
}

static void device_leads_to_its_mount_point(void **state)
{
	struct libmnt_table *mounts = load(state, three_overlays);
	struct mount_point point;

	assert_int_equal(mounts_of_device(mounts, makedev(0, 40), &point), 0);
	assert_string_equal(point.path, "/whole");
	assert_true(mount_point_is_overlay(&point));
	assert_int_equal(mounts_of_device(mounts, makedev(0, 41), &point), 0);
	assert_string_equal(point.path, "/od d\n\\name");
	assert_int_equal(mounts_of_device(mounts, makedev(0, 42), &point), 0);
	assert_string_equal(point.path, "/only/a/part");
	assert_int_equal(mounts_of_device(mounts, makedev(0, 43), &point), 0);
	assert_false(mount_point_is_overlay(&point));
	assert_int_equal(mounts_of_device(mounts, makedev(0, 99), &point), -ENOENT);
	mounts_free(mounts);
}

static void overlays_are_listed_once(void **state)
{
	struct libmnt_table *mounts = load(state, three_overlays);
	dev_t *devices = malloc(sizeof(*devices));
	size_t n = 1;

	assert_non_null(devices);
	devices[0] = makedev(0, 41);
	mounts_add_overlays(mounts, &devices, &n);
	assert_int_equal(n, 3);
	assert_int_equal(devices[0], makedev(0, 41));
	assert_int_equal(devices[1], makedev(0, 40));
	assert_int_equal(devices[2], makedev(0, 42));
	free(devices);
	mounts_free(mounts);
}

/* The id of the mount that the scratch directory is really on, below another device and type. */
static struct libmnt_table *load_own_mount(void **state, int fd)
{
	char mountinfo[256];
	struct statx stx;

	assert_int_equal(statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx), 0);
	assert_true(stx.stx_mask & STATX_MNT_ID);
	snprintf(mountinfo, sizeof(mountinfo),
		 "%d 1 0:50 / /other rw - overlay overlay rw\n"
		 "%d 1 0:51 / /merged rw - overlay overlay rw\n",
		 (int)stx.stx_mnt_id + 1000000, (int)stx.stx_mnt_id);
	return load(state, mountinfo);
}

static void path_leads_to_its_mount_by_id(void **state)
{
	int fd = open(*state, O_PATH | O_CLOEXEC);
	struct libmnt_table *mounts = load_own_mount(state, fd);
	struct mount_point point;
	int proc;

	assert_int_equal(mounts_of_fd(mounts, fd, &point), 0);
	assert_int_equal(point.dev, makedev(0, 51));
	assert_string_equal(point.path, "/merged");
	proc = open("/proc", O_PATH | O_CLOEXEC);
	assert_int_equal(mounts_of_fd(mounts, proc, &point), -ENOENT);
	close(proc);
	close(fd);
	mounts_free(mounts);
}

static void open_skips_what_is_not_the_device(void **state)
{
	char mountinfo[3 * PATH_MAX];
	struct libmnt_table *mounts;
	struct stat st, opened;
	int fd;

	assert_int_equal(stat(*state, &st), 0);
	snprintf(mountinfo, sizeof(mountinfo),
		 "1 1 %u:%u / /nonexistent/gone rw - overlay overlay rw\n"
		 "2 1 %u:%u / /proc rw - overlay overlay rw\n"
		 "3 1 %u:%u / %s rw - overlay overlay rw\n"
		 "4 1 0:999999 / /proc rw - overlay overlay rw\n",
		 major(st.st_dev), minor(st.st_dev), major(st.st_dev), minor(st.st_dev),
		 major(st.st_dev), minor(st.st_dev), (char *)*state);
	mounts = load(state, mountinfo);
	fd = mounts_open_device(mounts, AT_FDCWD, st.st_dev);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &opened), 0);
	assert_int_equal(opened.st_ino, st.st_ino);
	close(fd);
	assert_int_equal(mounts_open_device(mounts, AT_FDCWD, makedev(0, 999999)), -EBUSY);
	assert_int_equal(mounts_open_device(mounts, AT_FDCWD, makedev(0, 999998)), -ENOENT);
	mounts_free(mounts);
}

static void assert_option(const char *options, const char *name, const char *expected)
{
	char *value = mount_option(options, name);

	if (expected) {
		assert_non_null(value);
		assert_string_equal(value, expected);
	} else {
		assert_null(value);
	}
	free(value);
}

static void options_have_values(void **state)
{
	static const char options[] = "rw,lowerdir=/l:/m,upperdir=/a\\,b\\\\c,workdir=/w,volatile";

	(void)state;
	assert_option(options, "upperdir", "/a,b\\c");
	assert_option(options, "lowerdir", "/l:/m");
	assert_option(options, "workdir", "/w");
	assert_option(options, "volatile", "");
	assert_option(options, "rw", "");
	assert_option(options, "upper", NULL);
	assert_option(options, "upperdir2", NULL);
	assert_option("xupperdir=/x", "upperdir", NULL);
	assert_option("upperdir=/x\\", "upperdir", "/x\\");
	assert_option("", "upperdir", NULL);
	assert_option(NULL, "upperdir", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_have_values),
		cmocka_unit_test(missing_file_is_enoent),
		SCRATCH_TEST(broken_lines_are_skipped),
		SCRATCH_TEST(device_leads_to_its_mount_point),
		SCRATCH_TEST(overlays_are_listed_once),
		SCRATCH_TEST(path_leads_to_its_mount_by_id),
		SCRATCH_TEST(open_skips_what_is_not_the_device),
	};

	return cmocka_run_group_tests_name("mounts", tests, NULL, NULL);
}
