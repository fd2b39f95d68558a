// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "sysfs.h"
#include "unit.h"

static int open_root(void **state)
{
	int root = sysfs_open(*state);

	assert_true(root >= 0);
	return root;
}

static void missing_tree_is_enoent(void **state)
{
	(void)state;
	assert_int_equal(sysfs_open("/nonexistent/ovlsync"), -ENOENT);
}

static void devices_are_listed_in_order(void **state)
{
	dev_t *devices;
	size_t n;
	int root;

	scratch_write(state, "0:100/mode", "full\n");
	scratch_write(state, "0:9/mode", "full\n");
	scratch_write(state, "0:40/mode", "full\n");
	scratch_write(state, "defaults/batch", "256\n");
	scratch_write(state, "0:x/mode", "full\n");
	root = open_root(state);
	assert_int_equal(sysfs_devices(root, &devices, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(devices[0], makedev(0, 9));
	assert_int_equal(devices[1], makedev(0, 40));
	assert_int_equal(devices[2], makedev(0, 100));
	free(devices);
	close(root);
}

static void no_mounts_are_no_error(void **state)
{
	dev_t *devices;
	size_t n;
	int root = open_root(state);

	assert_int_equal(sysfs_devices(root, &devices, &n), 0);
	assert_int_equal(n, 0);
	assert_null(devices);
	close(root);
}

static void text_loses_only_its_newline(void **state)
{
	char text[SYSFS_TEXT_SIZE];
	int root, mount;

	scratch_write(state, "0:40/mode_reason", "upper is ext2: not supported \n");
	scratch_write(state, "0:40/empty", "");
	root = open_root(state);
	mount = sysfs_open_mount(root, makedev(0, 40));
	assert_true(mount >= 0);
	assert_int_equal(sysfs_read_text(mount, "mode_reason", text), 0);
	assert_string_equal(text, "upper is ext2: not supported ");
	assert_int_equal(sysfs_read_text(mount, "empty", text), 0);
	assert_string_equal(text, "");
	assert_int_equal(sysfs_read_text(mount, "missing", text), -ENOENT);
	assert_string_equal(text, "");
	assert_int_equal(sysfs_open_mount(root, makedev(0, 41)), -ENOENT);
	close(mount);
	close(root);
}

static void long_text_is_cut(void **state)
{
	char text[SYSFS_TEXT_SIZE];
	char longer[2 * SYSFS_TEXT_SIZE];
	int root, mount;

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	scratch_write(state, "0:40/mode_reason", longer);
	root = open_root(state);
	mount = sysfs_open_mount(root, makedev(0, 40));
	assert_int_equal(sysfs_read_text(mount, "mode_reason", text), 0);
	assert_int_equal(strlen(text), SYSFS_TEXT_SIZE - 1);
	close(mount);
	close(root);
}

static void numbers_are_plain_decimal(void **state)
{
	static const char *const bad[] = {
		"",	"\n",	 "-1\n",   "+1\n", " 1\n",
		"1 \n", "1\n\n", "0x10\n", "x\n",  "18446744073709551616\n",
	};
	uint64_t number;
	int root, mount;
	size_t i;

	scratch_write(state, "0:40/suspects/nr", "18446744073709551615\n");
	scratch_write(state, "0:40/zero", "0");
	root = open_root(state);
	mount = sysfs_open_mount(root, makedev(0, 40));
	assert_int_equal(sysfs_read_number(mount, "suspects/nr", &number), 0);
	assert_true(number == UINT64_MAX);
	assert_int_equal(sysfs_read_number(mount, "zero", &number), 0);
	assert_int_equal(number, 0);
	assert_int_equal(sysfs_read_number(mount, "missing", &number), -ENOENT);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		scratch_write(state, "0:40/bad", bad[i]);
		assert_int_equal(sysfs_read_number(mount, "bad", &number), -EINVAL);
	}
	close(mount);
	close(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_tree_is_enoent), SCRATCH_TEST(devices_are_listed_in_order),
		SCRATCH_TEST(no_mounts_are_no_error),	  SCRATCH_TEST(text_loses_only_its_newline),
		SCRATCH_TEST(long_text_is_cut),		  SCRATCH_TEST(numbers_are_plain_decimal),
	};

	return cmocka_run_group_tests_name("sysfs", tests, NULL, NULL);
}
