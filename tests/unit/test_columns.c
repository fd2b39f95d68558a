// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "columns.h"
#include "stats.h"
#include "unit.h"

static const struct column columns[] = {
	{ "DEVICE", "device", NULL, COLUMN_DEVICE, "the device" },
	{ "MODE", "mode", "mode", COLUMN_STRING, "the mode" },
	{ "MODE-REASON", "mode_reason", "mode_reason", COLUMN_STRING, "its reason" },
	{ "PINNED", "pinned_bytes", "pinned_bytes", COLUMN_BYTES, "the memory" },
	{ NULL },
};

static void assert_list(const struct column_list *list, size_t n, const size_t *index)
{
	assert_int_equal(list->n, n);
	assert_memory_equal(list->index, index, n * sizeof(*index));
}

static void plain_list_replaces(void **state)
{
	struct column_list list = { 0 };
	char *unknown;

	(void)state;
	assert_int_equal(columns_parse(columns, "DEVICE,MODE", &list, &unknown), 0);
	assert_list(&list, 2, (size_t[]){ 0, 1 });
	assert_int_equal(columns_parse(columns, "pinned,Mode", &list, &unknown), 0);
	assert_list(&list, 2, (size_t[]){ 3, 1 });
	columns_clear(&list);
}

static void plus_appends(void **state)
{
	struct column_list list = { 0 };
	char *unknown;

	(void)state;
	assert_int_equal(columns_parse(columns, "MODE", &list, &unknown), 0);
	assert_int_equal(columns_parse(columns, "+PINNED,DEVICE", &list, &unknown), 0);
	assert_list(&list, 3, (size_t[]){ 1, 3, 0 });
	columns_clear(&list);
}

static void unknown_column_changes_nothing(void **state)
{
	static const struct {
		const char *spec;
		const char *unknown;
	} bad[] = {
		{ "", "" },
		{ "+", "" },
		{ "FOO", "FOO" },
		{ "DEVICE,", "" },
		{ "DEVICE,,MODE", "" },
		{ "DEVICE,+MODE", "+MODE" },
		{ "DEVICE,MODE-", "MODE-" },
		{ "+DEVICE,MOD", "MOD" },
		{ "mode_reason", "mode_reason" },
	};
	struct column_list list = { 0 };
	char *unknown;
	size_t i;

	(void)state;
	assert_int_equal(columns_parse(columns, "MODE", &list, &unknown), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(columns_parse(columns, bad[i].spec, &list, &unknown), -EINVAL);
		assert_string_equal(unknown, bad[i].unknown);
		free(unknown);
		assert_list(&list, 1, (size_t[]){ 1 });
	}
	columns_clear(&list);
}

static void all_are_in_order_of_the_table(void **state)
{
	struct column_list list = { 0 };

	(void)state;
	columns_all(columns, &list);
	assert_list(&list, 4, (size_t[]){ 0, 1, 2, 3 });
	columns_clear(&list);
}

static void help_has_a_line_for_each(void **state)
{
	char *text = columns_help(columns);
	size_t lines = 0;
	const char *p;

	(void)state;
	for (p = text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 1 + columns_count(columns));
	assert_non_null(strstr(text, "MODE-REASON"));
	assert_non_null(strstr(text, "the memory"));
	free(text);
}

/* The table of ovlctl stats itself: nothing twice, and JSON keys that follow from the files. */
static void stats_table_is_sound(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; stats_columns[i].name; i++) {
		const struct column *column = &stats_columns[i];

		assert_non_null(column->help);
		assert_int_equal(strspn(column->key, "abcdefghijklmnopqrstuvwxyz_"),
				 strlen(column->key));
		if (column->file)
			for (j = 0; column->file[j]; j++)
				assert_int_equal(column->key[j],
						 column->file[j] == '/' ? '_' : column->file[j]);
		for (j = 0; j < i; j++) {
			assert_string_not_equal(column->name, stats_columns[j].name);
			assert_string_not_equal(column->key, stats_columns[j].key);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_list_replaces),
		cmocka_unit_test(plus_appends),
		cmocka_unit_test(unknown_column_changes_nothing),
		cmocka_unit_test(all_are_in_order_of_the_table),
		cmocka_unit_test(help_has_a_line_for_each),
		cmocka_unit_test(stats_table_is_sound),
	};

	return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
