// SPDX-License-Identifier: GPL-2.0
/*
 * Rates of ovlctl top, tunables, progress, and waiting for a process.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "job.h"
#include "progress.h"
#include "sysfs.h"
#include "top.h"
#include "tunables.h"
#include "unit.h"

extern const struct column top_columns[];

static size_t column_of(const char *name)
{
	size_t index;

	assert_int_equal(columns_find(top_columns, name, strlen(name), &index), 0);
	return index;
}

static void add(struct rows *rows, unsigned int minor, uint64_t suspects, uint64_t written)
{
	struct value *row = rows_add(rows);

	value_set_number(&row[column_of("DEVICE")], makedev(0, minor));
	value_set_number(&row[column_of("SUSPECTS")], suspects);
	value_set_number(&row[column_of("WRITTEN/S")], written);
}

static void rates_are_per_second(void **state)
{
	struct rows before, now, rates;
	size_t written = column_of("WRITTEN/S");
	char *text;

	(void)state;
	rows_init(&before, top_columns);
	rows_init(&now, top_columns);
	rows_init(&rates, top_columns);
	add(&before, 1, 5, 1000);
	add(&before, 2, 5, 9000);
	add(&now, 1, 7, 6000);
	add(&now, 2, 1, 10); /* another mount with the same number */
	add(&now, 3, 9, 70); /* a new one */
	top_rates(&before, &now, 2500000000, &rates);
	assert_int_equal(rates.n, 3);
	assert_int_equal(rows_get(&rates, 0)[written].number, 2000);
	assert_int_equal(rows_get(&rates, 0)[column_of("SUSPECTS")].number, 7);
	assert_int_equal(rows_get(&rates, 1)[written].kind, VALUE_NONE);
	assert_int_equal(rows_get(&rates, 2)[written].kind, VALUE_NONE);
	text = top_summary(&rates);
	assert_string_equal(text, "3 mounts, 17 suspects, 0B pinned, 2K/s written by syncs");
	free(text);

	top_sort(&rates, &top_columns[column_of("SUSPECTS")], false);
	assert_int_equal(rows_get(&rates, 0)[column_of("SUSPECTS")].number, 9);
	assert_int_equal(rows_get(&rates, 2)[column_of("SUSPECTS")].number, 1);
	top_sort(&rates, &top_columns[column_of("SUSPECTS")], true);
	assert_int_equal(rows_get(&rates, 0)[column_of("SUSPECTS")].number, 1);
	rows_free(&before);
	rows_free(&now);
	rows_free(&rates);
}

static void tunables_take_what_is_in_range(void **state)
{
	const struct tunable *batch = tunable_find("batch", 5), *words;
	static const char *const nonsense[] = { "",
						"0",
						"-1",
						"+1",
						" 1",
						"1 ",
						"1x",
						"0x1",
						"1.5",
						"1048577",
						"18446744073709551617" };
	const struct tunable *tunable;
	size_t i;

	(void)state;
	assert_ptr_equal(batch, tunable_find("reaper/batch", 12));
	assert_null(tunable_find("batc", 4));
	assert_null(tunable_find("", 0));
	assert_true(tunable_takes(batch, "1"));
	assert_true(tunable_takes(batch, "1048576"));
	for (i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++)
		assert_false(tunable_takes(batch, nonsense[i]));
	words = tunable_find("umount_sync", 11);
	assert_true(tunable_takes(words, "own"));
	assert_true(tunable_takes(words, "none"));
	assert_false(tunable_takes(words, "on"));
	assert_false(tunable_takes(words, "1"));
	/* Each is described. */
	for (tunable = tunables; tunable->file; tunable++)
		assert_non_null(tunable_column(tunable)->detail);
}

static void assert_progress(struct progress *progress, uint64_t elapsed_ns, uint64_t dirty_bytes,
			    const char *expected)
{
	char *text = progress_text(progress, elapsed_ns, dirty_bytes);

	assert_string_equal(text, expected);
	free(text);
}

static void progress_says_what_is_left(void **state)
{
	struct progress progress;
	int mount;

	scratch_write(state, "mode", "containerized\n");
	scratch_write(state, "sync/inflight_inodes", "1000\n");
	scratch_write(state, "sync/inflight_bytes", "20971520\n");
	mount = sysfs_open(*state);
	progress_begin(&progress, "/m", mount);
	assert_progress(&progress, 1000000000, 1 << 30, "/m: 1 s, 1000 inodes and 20M left");
	scratch_write(state, "sync/inflight_inodes", "1\n");
	scratch_write(state, "sync/inflight_bytes", "1048576\n");
	assert_progress(&progress, 3000000000, 1 << 30, "/m: 3 s, 1 inode and 1M left, 9.5M/s");
	/* More was written meanwhile: the rate is that from then on. */
	scratch_write(state, "sync/inflight_bytes", "41943040\n");
	assert_progress(&progress, 4000000000, 1 << 30, "/m: 4 s, 1 inode and 40M left");
	scratch_write(state, "sync/inflight_bytes", "20971520\n");
	assert_progress(&progress, 5000000000, 1 << 30, "/m: 5 s, 1 inode and 20M left, 20M/s");
	scratch_write(state, "sync/inflight_inodes", "0\n");
	scratch_write(state, "sync/inflight_bytes", "0\n");
	assert_progress(&progress, 6000000000, 1 << 30, "/m: 6 s, committing the journal");
	close(mount);
}

static void progress_of_a_full_sync_is_the_hosts(void **state)
{
	struct progress progress;
	int mount;

	scratch_write(state, "mode", "full\n");
	scratch_write(state, "sync/inflight_inodes", "1\n");
	mount = sysfs_open(*state);
	progress_begin(&progress, "/m", mount);
	assert_progress(&progress, 1000000000, 30 << 20,
			"/m: 1 s, flushing the whole upper filesystem, 30M dirty on this host");
	assert_progress(&progress, 3000000000, 10 << 20,
			"/m: 3 s, flushing the whole upper filesystem, 10M dirty on this host, "
			"10M/s");
	close(mount);
	progress_begin(&progress, "/m", -1);
	assert_progress(&progress, 0, 0,
			"/m: 0 s, flushing the whole upper filesystem, 0B dirty on this host");
}

static void job_double(void *data, void *result)
{
	*(int *)result = *(int *)data * 2;
}

static void job_hang(void *data, void *result)
{
	(void)result;
	raise(SIGINT); /* must not end it */
	usleep(100000);
	assert_int_equal(write(*(int *)data, "x", 1), 1);
}

static void job_die(void *data, void *result)
{
	(void)data;
	(void)result;
	raise(SIGKILL);
}

static void job_brings_its_result(void **state)
{
	int n = 21, result = 0, signal = 0;
	const struct job job = {
		.run = job_double, .data = &n, .result = &result, .size = sizeof(result)
	};

	(void)state;
	assert_int_equal(job_run(&job, &signal), 0);
	assert_int_equal(result, 42);
}

/* Neither a signal nor the end of the waiting ends what was begun. */
static void job_goes_on_after_a_timeout(void **state)
{
	int fds[2], result, signal = 0;
	struct job job = { .run = job_hang,
			   .data = &fds[1],
			   .result = &result,
			   .size = sizeof(result),
			   .timeout_ns = 20000000 };
	char c;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(job_run(&job, &signal), -ETIMEDOUT);
	assert_int_equal(read(fds[0], &c, 1), 1);
	close(fds[0]);
	close(fds[1]);
}

static void job_hang_longer(void *data, void *result)
{
	usleep(500000);
	job_hang(data, result);
}

static void tick_interrupts(void *data, uint64_t elapsed_ns)
{
	(void)data;
	(void)elapsed_ns;
	kill(getpid(), SIGTERM);
}

static void job_is_left_at_a_signal(void **state)
{
	int fds[2], result, signal = 0;
	const struct job job = { .run = job_hang_longer,
				 .data = &fds[1],
				 .result = &result,
				 .size = sizeof(result),
				 .tick = tick_interrupts };
	char c;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(job_run(&job, &signal), -EINTR);
	assert_int_equal(signal, SIGTERM);
	assert_int_equal(read(fds[0], &c, 1), 1);
	close(fds[0]);
	close(fds[1]);
}

static void job_that_was_killed_is_an_error(void **state)
{
	int result, signal = 0;
	const struct job job = { .run = job_die, .result = &result, .size = sizeof(result) };

	(void)state;
	assert_int_equal(job_run(&job, &signal), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_per_second),
		cmocka_unit_test(tunables_take_what_is_in_range),
		SCRATCH_TEST(progress_says_what_is_left),
		SCRATCH_TEST(progress_of_a_full_sync_is_the_hosts),
		cmocka_unit_test(job_brings_its_result),
		cmocka_unit_test(job_goes_on_after_a_timeout),
		cmocka_unit_test(job_is_left_at_a_signal),
		cmocka_unit_test(job_that_was_killed_is_an_error),
	};

	return cmocka_run_group_tests_name("top", tests, NULL, NULL);
}
