// SPDX-License-Identifier: GPL-2.0
/*
 * Names, units and escaping of metrics.
 */
#include "prometheus.h"
#include "stats.h"
#include "unit.h"

static const struct column *column_of(const char *name)
{
	size_t index;

	assert_int_equal(columns_find(stats_columns, name, strlen(name), &index), 0);
	return &stats_columns[index];
}

static void names_have_base_units(void **state)
{
	static const struct {
		const char *column;
		const char *name;
	} cases[] = {
		{ "SUSPECTS", "ovlsync_suspects" },
		{ "PEAK", "ovlsync_suspects_peak" },
		{ "PINNED", "ovlsync_suspects_pinned_bytes" },
		{ "ADDED", "ovlsync_suspects_added_total" },
		{ "INTERVAL-MS", "ovlsync_reaper_interval_seconds" },
		{ "MIN-AGE-MS", "ovlsync_reaper_min_age_seconds" },
		{ "PASS-TIME", "ovlsync_reaper_duration_seconds_total" },
		{ "LOCK-MAX", "ovlsync_reaper_lock_seconds_max" },
		{ "WRITTEN", "ovlsync_sync_bytes_total" },
		{ "TIME", "ovlsync_sync_duration_seconds_total" },
		{ "LAST", "ovlsync_sync_last_duration_seconds" },
		{ "INFLIGHT", "ovlsync_sync_inflight_inodes" },
	};
	char name[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(metric_name(column_of(cases[i].column), name, sizeof(name)));
		assert_string_equal(name, cases[i].name);
	}
	assert_false(metric_name(column_of("MODE"), name, sizeof(name)));
	assert_false(metric_name(column_of("UPPER"), name, sizeof(name)));
	assert_false(metric_name(column_of("CONTAINER"), name, sizeof(name)));
}

static char *print(const struct rows *rows)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	prometheus_print(rows, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void values_keep_every_digit(void **state)
{
	struct rows rows;
	struct value *row;
	char *text;

	(void)state;
	rows_init(&rows, stats_columns);
	row = rows_add(&rows);
	value_set_number(&row[STATS_DEVICE], 0);
	value_set_number(&row[column_of("ADDED") - stats_columns], UINT64_MAX);
	value_set_number(&row[column_of("TIME") - stats_columns], 12345678900000001);
	value_set_number(&row[column_of("INTERVAL-MS") - stats_columns], 5);
	text = print(&rows);
	assert_non_null(strstr(text, "\n# TYPE ovlsync_suspects_added_total counter\n"
				     "ovlsync_suspects_added_total{device=\"0:0\"} "
				     "18446744073709551615\n"));
	assert_non_null(strstr(text, "\novlsync_sync_duration_seconds_total{device=\"0:0\"} "
				     "12345678.900000001\n"));
	assert_non_null(strstr(text, "\n# TYPE ovlsync_reaper_interval_seconds gauge\n"
				     "ovlsync_reaper_interval_seconds{device=\"0:0\"} 0.005\n"));
	/* What the module doesn't have is no metric. */
	assert_null(strstr(text, "\novlsync_suspects_reaped_total{"));
	free(text);
	rows_free(&rows);
}

static void labels_are_escaped(void **state)
{
	struct rows rows;
	struct value *row;
	char *text;

	(void)state;
	rows_init(&rows, stats_columns);
	row = rows_add(&rows);
	value_set_number(&row[STATS_DEVICE], 0);
	value_set_string(&row[STATS_MOUNTPOINT], "/a\\b\"c\nd\xff\xc3\xa4\xed\xa0\x80}");
	text = print(&rows);
	assert_non_null(strstr(text, "mount_point=\"/a\\\\b\\\"c\\nd\xef\xbf\xbd\xc3\xa4"
				     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd}\""));
	free(text);
	rows_free(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_base_units),
		cmocka_unit_test(values_keep_every_digit),
		cmocka_unit_test(labels_are_escaped),
	};

	return cmocka_run_group_tests_name("prometheus", tests, NULL, NULL);
}
