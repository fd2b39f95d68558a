// SPDX-License-Identifier: GPL-2.0
/*
 * What ovlctl stats prints for a tree in sysfs, and what ovlctl sync says.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/ovlsync.h>

#include "output.h"
#include "stats.h"
#include "sync.h"
#include "sysfs.h"
#include "unit.h"

static void make_mount(void **state, const char *device, const char *mode, const char *nr)
{
	const struct {
		const char *file;
		const char *text;
	} files[] = {
		{ "mode", mode },
		{ "mode_reason", "asked by \"the operator\"" },
		{ "upper_device", "254:16" },
		{ "upper_fstype", "ext4" },
		{ "suspects/nr", nr },
		{ "suspects/pinned_bytes", "123456789" },
		{ "sync/duration_ns_total", "8345678" },
	};
	char path[PATH_MAX], text[64];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", device, files[i].file);
		snprintf(text, sizeof(text), "%s\n", files[i].text);
		scratch_write(state, path, text);
	}
}

static int add_row(struct rows *rows, int sysfs, dev_t dev, const char *mount_point)
{
	struct containers *containers = containers_new(AT_FDCWD);
	const struct target target = { .dev = dev, .mount_point = (char *)mount_point };
	int ret = stats_add_row(rows, sysfs, &target, containers);

	containers_free(containers);
	return ret;
}

/* Two mounts, one of which is not visible here. */
static void read_two(void **state, struct rows *rows)
{
	int sysfs;

	make_mount(state, "0:40", "containerized", "18446744073709551615");
	make_mount(state, "0:9", "full", "7");
	sysfs = sysfs_open(*state);
	assert_true(sysfs >= 0);
	rows_init(rows, stats_columns);
	assert_int_equal(add_row(rows, sysfs, makedev(0, 40), "/a\nb c\033"), 0);
	assert_int_equal(add_row(rows, sysfs, makedev(0, 9), NULL), 0);
	assert_int_equal(add_row(rows, sysfs, makedev(0, 41), "/x"), -ENOENT);
	close(sysfs);
	assert_int_equal(rows->n, 2);
}

static char *table(const struct rows *rows, const char *spec, const struct table_style *style)
{
	struct column_list list = { 0 };
	char *unknown, *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(columns_parse(stats_columns, spec, &list, &unknown), 0);
	assert_int_equal(table_print(rows, &list, style, out), 0);
	assert_int_equal(fclose(out), 0);
	columns_clear(&list);
	return text;
}

static void table_is_for_people(void **state)
{
	struct table_style style = { 0 };
	struct rows rows;
	char *text;

	read_two(state, &rows);
	text = table(&rows, "DEVICE,MODE,PINNED,TIME,ADDED,UPPER,MOUNTPOINT", &style);
	assert_string_equal(text,
			    "DEVICE MODE          PINNED   TIME ADDED UPPER  MOUNTPOINT\n"
			    "0:40   containerized 117.7M 8.3 ms     - 254:16 /a\\x0ab c\\x1b\n"
			    "0:9    full          117.7M 8.3 ms     - 254:16 -\n");
	free(text);
	rows_free(&rows);
}

static void raw_table_is_for_scripts(void **state)
{
	struct table_style style = { .raw = true, .noheadings = true, .exact = true };
	struct rows rows;
	char *text;

	read_two(state, &rows);
	text = table(&rows, "PINNED,TIME,MOUNTPOINT", &style);
	assert_string_equal(text, "123456789 8345678 /a\\x0ab\\x20c\\x1b\n"
				  "123456789 8345678 -\n");
	free(text);
	rows_free(&rows);
}

static void rows_sort_by_value(void **state)
{
	struct table_style style = { .raw = true, .noheadings = true };
	static const struct {
		const char *column;
		const char *order;
	} cases[] = {
		{ "DEVICE", "0:9\n0:40\n" },
		{ "SUSPECTS", "0:9\n0:40\n" },
		{ "MODE", "0:40\n0:9\n" },
		/* no value, so by device */
		{ "ADDED", "0:9\n0:40\n" },
		/* one without a value comes first */
		{ "MOUNTPOINT", "0:9\n0:40\n" },
	};
	struct rows rows;
	size_t i, index;
	char *text;

	read_two(state, &rows);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *name = cases[i].column;

		assert_int_equal(columns_find(stats_columns, name, strlen(name), &index), 0);
		rows_sort(&rows, index);
		text = table(&rows, "DEVICE", &style);
		assert_string_equal(text, cases[i].order);
		free(text);
	}
	rows_free(&rows);
}

static struct json_object *json_of(const struct rows *rows)
{
	struct column_list list = { 0 };
	struct json_object *json;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	columns_all(stats_columns, &list);
	assert_int_equal(json_print(rows, &list, out), 0);
	assert_int_equal(fclose(out), 0);
	columns_clear(&list);
	json = json_tokener_parse(text);
	assert_non_null(json);
	free(text);
	return json;
}

static void assert_json_string(struct json_object *mount, const char *key, const char *text)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(mount, key, &value));
	assert_true(json_object_is_type(value, json_type_string));
	assert_string_equal(json_object_get_string(value), text);
}

static void assert_json_number(struct json_object *mount, const char *key, uint64_t number)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(mount, key, &value));
	assert_true(json_object_is_type(value, json_type_int));
	assert_true(json_object_get_uint64(value) == number);
}

static void assert_json_null(struct json_object *mount, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(mount, key, &value));
	assert_null(value);
}

static void json_has_raw_values(void **state)
{
	struct json_object *json, *mounts, *mount;
	struct rows rows;

	read_two(state, &rows);
	json = json_of(&rows);
	assert_json_number(json, "schema_version", 1);
	assert_true(json_object_object_get_ex(json, "mounts", &mounts));
	assert_int_equal(json_object_array_length(mounts), 2);
	mount = json_object_array_get_idx(mounts, 0);
	assert_int_equal(json_object_object_length(mount), columns_count(stats_columns));
	assert_json_string(mount, "device", "0:40");
	assert_json_string(mount, "mode", "containerized");
	assert_json_string(mount, "mode_reason", "asked by \"the operator\"");
	assert_json_string(mount, "upper_device", "254:16");
	assert_json_string(mount, "upper_fstype", "ext4");
	assert_json_string(mount, "mount_point", "/a\nb c\033");
	assert_json_number(mount, "suspects_nr", UINT64_MAX);
	assert_json_number(mount, "suspects_pinned_bytes", 123456789);
	assert_json_number(mount, "sync_duration_ns_total", 8345678);
	assert_json_null(mount, "sync_bytes_total");
	assert_json_null(json_object_array_get_idx(mounts, 1), "mount_point");
	json_object_put(json);
	rows_free(&rows);
}

static void no_mounts_are_valid_json(void **state)
{
	struct json_object *json, *mounts;
	struct rows rows;

	(void)state;
	rows_init(&rows, stats_columns);
	json = json_of(&rows);
	assert_json_number(json, "schema_version", 1);
	assert_true(json_object_object_get_ex(json, "mounts", &mounts));
	assert_int_equal(json_object_array_length(mounts), 0);
	json_object_put(json);
	rows_free(&rows);
}

/* Unmounted between opening its directory and reading: no row without values. */
static void mount_that_goes_leaves_no_row(void **state)
{
	struct rows rows;
	int sysfs;

	scratch_write(state, "0:40/.keep", "");
	sysfs = sysfs_open(*state);
	rows_init(&rows, stats_columns);
	assert_int_equal(add_row(&rows, sysfs, makedev(0, 40), "/merged"), -ENOENT);
	assert_int_equal(rows.n, 0);
	close(sysfs);
	rows_free(&rows);
}

static void assert_described_as(struct sync_report report, bool exact, const char *expected)
{
	char *text = sync_describe(&report, exact);

	assert_string_equal(text, expected);
	free(text);
}

static void assert_described(struct sync_report report, const char *expected)
{
	assert_described_as(report, false, expected);
}

static void sync_says_what_it_did(void **state)
{
	(void)state;
	assert_described((struct sync_report){ .mode = OVLSYNC_MODE_CONTAINERIZED,
					       .inodes = 12,
					       .bytes = 1234567,
					       .duration_ns = 8345678 },
			 "12 inodes, 1.2M written in 8.3 ms (containerized)");
	assert_described_as((struct sync_report){ .mode = OVLSYNC_MODE_CONTAINERIZED,
						  .inodes = 1,
						  .bytes = 1234567,
						  .duration_ns = 8345678 },
			    true, "1 inode, 1234567 bytes written in 8345678 ns (containerized)");
	assert_described((struct sync_report){ .mode = OVLSYNC_MODE_CONTAINERIZED,
					       .inodes = 1,
					       .duration_ns = 1000000 },
			 "1 inode, 0B written in 1 ms (containerized)");
	assert_described((struct sync_report){ .mode = OVLSYNC_MODE_FULL,
					       .reason = "upper is ext2",
					       .duration_ns = 1934000000 },
			 "synced in 1.9 s by flushing the whole upper filesystem "
			 "(mode full: upper is ext2)");
	assert_described((struct sync_report){ .mode = OVLSYNC_MODE_LEARNING,
					       .reason = "",
					       .duration_ns = 1934000000 },
			 "synced in 1.9 s by flushing the whole upper filesystem (mode learning)");
	assert_described(
		(struct sync_report){ .mode = OVLSYNC_MODE_VOLATILE, .reason = "mounted volatile" },
		"nothing written (mode volatile: mounted volatile)");
	assert_described((struct sync_report){ .mode = -1, .duration_ns = 1934000000 },
			 "synced in 1.9 s by syncfs(2)");
	assert_described((struct sync_report){ .mode = -1, .reason = "the mount is volatile" },
			 "nothing written (by syncfs(2): the mount is volatile)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(table_is_for_people),
		SCRATCH_TEST(raw_table_is_for_scripts),
		SCRATCH_TEST(rows_sort_by_value),
		SCRATCH_TEST(json_has_raw_values),
		cmocka_unit_test(no_mounts_are_valid_json),
		SCRATCH_TEST(mount_that_goes_leaves_no_row),
		cmocka_unit_test(sync_says_what_it_did),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
