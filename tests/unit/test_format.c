// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <locale.h>
#include <sys/sysmacros.h>

#include "format.h"
#include "unit.h"

static void device_is_read(void **state)
{
	dev_t dev;

	(void)state;
	assert_int_equal(device_parse("0:40", &dev), 0);
	assert_int_equal(dev, makedev(0, 40));
	assert_int_equal(device_parse("4095:1048575", &dev), 0);
	assert_int_equal(dev, makedev(4095, 1048575));
}

static void device_nonsense_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		":",
		"0",
		"0:",
		":1",
		"0:1 ",
		" 0:1",
		"0:-1",
		"+0:1",
		"0x1:1",
		"0:1:2",
		"0:1\n",
		"a:b",
		"0:1x",
		"4096:0",
		"0:1048576",
		"0: 1",
		"defaults",
		"99999999999999999999:1",
		"0:4294967296",
	};
	dev_t dev = makedev(7, 7);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(device_parse(bad[i], &dev), -EINVAL);
	assert_int_equal(dev, makedev(7, 7));
}

static void device_is_written(void **state)
{
	char buf[FORMAT_SIZE];

	(void)state;
	assert_string_equal(device_format(makedev(254, 0), buf), "254:0");
	assert_string_equal(device_format(makedev(0, 1048575), buf), "0:1048575");
}

static void size_is_for_people(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{ 0, "0B" },
		{ 1, "1B" },
		{ 1023, "1023B" },
		{ 1024, "1K" },
		{ 1536, "1.5K" },
		{ 1234567, "1.2M" },
		{ 1048575, "1M" },
		{ 123456789, "117.7M" },
		{ 1ULL << 30, "1G" },
		{ 1ULL << 50, "1P" },
		{ UINT64_MAX, "16384P" },
	};
	char buf[FORMAT_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(size_format(cases[i].bytes, buf), cases[i].text);
}

static void duration_is_for_people(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0 ns" },
		{ 999, "999 ns" },
		{ 1000, "1 us" },
		{ 350400, "350.4 us" },
		{ 8345678, "8.3 ms" },
		{ 999960000, "1 s" },
		{ 1934000000, "1.9 s" },
		{ 59940000000, "59.9 s" },
		{ 59960000000, "1 min 0 s" },
		{ 125000000000, "2 min 5 s" },
		{ UINT64_MAX, "307445734 min 34 s" },
	};
	char buf[FORMAT_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(duration_format(cases[i].ns, buf), cases[i].text);
}

static void assert_printable(const char *text, const char *expected)
{
	char *copy = printable(text);

	assert_string_equal(copy, expected);
	free(copy);
}

static void odd_names_print_safely(void **state)
{
	(void)state;
	assert_printable("/var/lib/a b", "/var/lib/a b");
	assert_printable("", "");
	assert_printable("a\nb\tc\033[31m\177", "a\\x0ab\\x09c\\x1b[31m\\x7f");
	assert_printable("a\\x0a", "a\\x5cx0a");
	/* UTF-8, a stray byte, and a sequence that is cut off */
	assert_printable("\303\274\377z\303", "\303\274\\xffz\\xc3");
	/* U+009B is a control sequence introducer of its own */
	assert_printable("\302\233m", "\\xc2\\x9bm");
}

static void seconds_are_above_zero(void **state)
{
	static const char *const nonsense[] = { "",	 "0",		"-1",	       "+1",  " 1",
						"1s",	 "1e3",		"inf",	       "nan", "0x1",
						"1.2.3", "99999999999", "0.0000000001" };
	uint64_t ns;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++)
		assert_int_equal(seconds_parse(nonsense[i], &ns), -EINVAL);
	assert_int_equal(seconds_parse("2", &ns), 0);
	assert_true(ns == 2000000000);
	assert_int_equal(seconds_parse("0.25", &ns), 0);
	assert_true(ns == 250000000);
}

static void utf8_is_kept_and_the_rest_replaced(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "a\xff"
		  "b",
		  "a\xef\xbf\xbd"
		  "b" },
		/* cut short, too long a form, a surrogate, beyond the last one */
		{ "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *valid = utf8_valid(cases[i].in);

		assert_string_equal(valid, cases[i].out);
		free(valid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seconds_are_above_zero),
		cmocka_unit_test(utf8_is_kept_and_the_rest_replaced),
		cmocka_unit_test(device_is_read),
		cmocka_unit_test(device_nonsense_is_refused),
		cmocka_unit_test(device_is_written),
		cmocka_unit_test(size_is_for_people),
		cmocka_unit_test(duration_is_for_people),
		cmocka_unit_test(odd_names_print_safely),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
