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
