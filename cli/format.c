// SPDX-License-Identifier: GPL-2.0
/*
 * Text to numbers and numbers to text: devices, sizes, durations, and names that may hold anything.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <wchar.h>
#include <wctype.h>

#include "format.h"
#include "xalloc.h"

/* What a dev_t of the kernel holds. */
#define MAJOR_MAX 4095
#define MINOR_MAX 1048575

#define NSEC_PER_SEC 1000000000ULL

static const char *parse_decimal(const char *text, unsigned int max, unsigned int *number)
{
	unsigned int n = 0;

	if (*text < '0' || *text > '9')
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++) {
		n = n * 10 + (unsigned int)(*text - '0');
		if (n > max)
			return NULL;
	}
	*number = n;
	return text;
}

/**
 * device_parse - read a device number as the third field of /proc/self/mountinfo has it
 * @text: "MAJ:MIN", decimal, nothing before or after
 * @dev: the device
 *
 * Return: 0, or -EINVAL.
 */
int device_parse(const char *text, dev_t *dev)
{
	unsigned int maj, min;

	text = parse_decimal(text, MAJOR_MAX, &maj);
	if (!text || *text != ':')
		return -EINVAL;
	text = parse_decimal(text + 1, MINOR_MAX, &min);
	if (!text || *text)
		return -EINVAL;
	*dev = makedev(maj, min);
	return 0;
}

/**
 * seconds_parse - read a duration
 * @text: seconds, decimal, with a fraction if there is one
 * @ns: the duration, above 0
 *
 * Return: 0, or -EINVAL.
 */
int seconds_parse(const char *text, uint64_t *ns)
{
	double seconds;
	char *end;

	/* strtod() would take blanks, signs, hexadecimal numbers and names of numbers. */
	if (!*text || strspn(text, "0123456789.") != strlen(text))
		return -EINVAL;
	seconds = strtod(text, &end);
	if (*end || seconds < 1e-9 || seconds > 1e9)
		return -EINVAL;
	*ns = (uint64_t)(seconds * 1e9);
	return 0;
}

/**
 * device_format - write a device number as "MAJ:MIN"
 * @dev: the device
 * @buf: FORMAT_SIZE bytes
 *
 * Return: @buf.
 */
const char *device_format(dev_t dev, char *buf)
{
	snprintf(buf, FORMAT_SIZE, "%u:%u", major(dev), minor(dev));
	return buf;
}

static const char *tenths_format(uint64_t tenths, const char *unit, char *buf)
{
	if (tenths % 10)
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 ".%" PRIu64 "%s", tenths / 10, tenths % 10,
			 unit);
	else
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 "%s", tenths / 10, unit);
	return buf;
}

/* @number / @unit, in tenths, rounded to the nearest. */
static uint64_t in_tenths(uint64_t number, uint64_t unit)
{
	return number / unit * 10 + (number % unit * 10 + unit / 2) / unit;
}

/**
 * size_format - write a size for people: "512B", "1.2M"
 * @bytes: the size
 * @buf: FORMAT_SIZE bytes
 *
 * Return: @buf.
 */
const char *size_format(uint64_t bytes, char *buf)
{
	static const char *const units[] = { "B", "K", "M", "G", "T", "P" };
	size_t last = sizeof(units) / sizeof(units[0]) - 1;
	size_t i;

	for (i = 0; i < last; i++) {
		uint64_t tenths = in_tenths(bytes, 1ULL << (10 * i));

		if (tenths < 10240)
			return tenths_format(tenths, units[i], buf);
	}
	return tenths_format(in_tenths(bytes, 1ULL << (10 * last)), units[last], buf);
}

/**
 * duration_format - write a duration for people: "8.3 ms", "1.9 s", "2 min 5 s"
 * @ns: nanoseconds
 * @buf: FORMAT_SIZE bytes
 *
 * Return: @buf.
 */
const char *duration_format(uint64_t ns, char *buf)
{
	static const struct {
		uint64_t ns;
		const char *name;
		uint64_t tenths_max;
	} units[] = {
		{ 1, " ns", 9999 },
		{ 1000, " us", 9999 },
		{ 1000000, " ms", 9999 },
		{ NSEC_PER_SEC, " s", 599 },
	};
	uint64_t seconds;
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t tenths = in_tenths(ns, units[i].ns);

		if (tenths <= units[i].tenths_max)
			return tenths_format(tenths, units[i].name, buf);
	}
	seconds = ns / NSEC_PER_SEC + (ns % NSEC_PER_SEC >= NSEC_PER_SEC / 2);
	snprintf(buf, FORMAT_SIZE, "%" PRIu64 " min %" PRIu64 " s", seconds / 60, seconds % 60);
	return buf;
}

/**
 * printable - make a name safe for a terminal
 * @text: any bytes, for instance a mount point that a container chose
 *
 * Return: a copy, to be freed, in which whatever doesn't print in this locale, and the backslash,
 * is written as \xHH.
 */
char *printable(const char *text)
{
	size_t left = strlen(text);
	char *copy = xreallocarray(NULL, left * 4 + 1, 1);
	mbstate_t state = { 0 };
	char *out = copy;

	while (left) {
		wchar_t wide;
		size_t len = mbrtowc(&wide, text, left, &state);
		bool valid = len && len <= left;

		if (valid && iswprint((wint_t)wide) && wide != L'\\') {
			out = mempcpy(out, text, len);
		} else {
			out += sprintf(out, "\\x%02x", (unsigned char)*text);
			len = 1;
			memset(&state, 0, sizeof(state));
		}
		text += len;
		left -= len;
	}
	*out = '\0';
	return copy;
}

/* Length of the well-formed character that @text begins with, by RFC 3629; 0: there is none. */
static size_t utf8_length(const unsigned char *text)
{
	static const struct {
		unsigned char first_min, first_max, second_min, second_max;
		size_t length;
	} forms[] = {
		{ 0x01, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t i, j;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (text[0] < forms[i].first_min || text[0] > forms[i].first_max)
			continue;
		if (forms[i].length == 1)
			return 1;
		if (text[1] < forms[i].second_min || text[1] > forms[i].second_max)
			return 0;
		for (j = 2; j < forms[i].length; j++)
			if ((text[j] & 0xc0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}

/**
 * utf8_valid - make a name fit for formats that are UTF-8, as JSON is
 * @text: any bytes
 *
 * Return: a copy, to be freed, in which U+FFFD stands for each byte that is not part of a
 * character.
 */
char *utf8_valid(const char *text)
{
	char *copy = xreallocarray(NULL, strlen(text) * 3 + 1, 1);
	char *out = copy;

	while (*text) {
		size_t len = utf8_length((const unsigned char *)text);

		out = len ? mempcpy(out, text, len) : mempcpy(out, "\xef\xbf\xbd", 3);
		text += len ? len : 1;
	}
	*out = '\0';
	return copy;
}
