// SPDX-License-Identifier: GPL-2.0
/*
 * ovlctl stats --prometheus: the text format, version 0.0.4.
 *
 * Every file that holds a number is a metric.  Its name is that of the file, with the unit that
 * Prometheus wants (seconds, never their fractions); what ends in _total is a counter.  Strings are
 * labels of ovlsync_mount_info, but for the mode, which is a metric for each of its values, so that
 * one can ask how long it has been so.
 */
#include <inttypes.h>
#include <string.h>

#include <linux/ovlsync.h>

#include "format.h"
#include "kernel.h"
#include "output.h"
#include "prometheus.h"
#include "stats.h"
#include "sysfs.h"
#include "xalloc.h"

#define PREFIX "ovlsync_"

struct unit {
	const char *suffix;
	unsigned int decimals;
};

static struct unit column_unit(const struct column *column)
{
	switch (column->type) {
	case COLUMN_NSEC:
		return (struct unit){ "_ns", 9 };
	case COLUMN_MSEC:
		return (struct unit){ "_ms", 3 };
	default:
		return (struct unit){ NULL, 0 };
	}
}

static bool is_metric(const struct column *column)
{
	return column->file && column->type != COLUMN_STRING && column->type != COLUMN_DEVICE;
}

static bool is_counter(const char *name)
{
	size_t len = strlen(name);

	return len > 6 && !strcmp(name + len - 6, "_total");
}

/**
 * metric_name - what a column is called in Prometheus
 * @column: the column
 * @buf: where to
 * @size: bytes there
 *
 * Return: true; or false: it is no metric, @buf is left alone.
 */
bool metric_name(const struct column *column, char *buf, size_t size)
{
	struct unit unit = column_unit(column);
	const char *key = column->key;
	const char *tail, *number;
	size_t head;

	if (!is_metric(column))
		return false;
	/* "suspects_nr" counts suspects, "suspects_nr_peak" is a peak of suspects. */
	number = strstr(key, "_nr");
	tail = unit.suffix ? strstr(key, unit.suffix) : number;
	head = tail ? (size_t)(tail - key) : strlen(key);
	snprintf(buf, size, PREFIX "%.*s%s%s", (int)head, key, unit.suffix ? "_seconds" : "",
		 tail ? tail + 3 : "");
	return true;
}

/* The rules for label values: backslash, quote and newline are escaped, and it is UTF-8. */
static void print_label(FILE *out, char before, const char *name, const char *value)
{
	char *valid = utf8_valid(value ?: "");
	const char *c;

	fprintf(out, "%c%s=\"", before, name);
	for (c = valid; *c; c++) {
		if (*c == '\n')
			fputs("\\n", out);
		else if (*c == '\\' || *c == '"')
			fprintf(out, "\\%c", *c);
		else
			fputc(*c, out);
	}
	fputc('"', out);
	free(valid);
}

static void print_header(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP %s %c%s.\n# TYPE %s %s\n", name,
		*help >= 'a' && *help <= 'z' ? *help - 'a' + 'A' : *help, help + 1, name, type);
}

/* A fraction in full: a double would lose the nanoseconds of months. */
static void print_number(FILE *out, uint64_t number, unsigned int decimals)
{
	uint64_t unit = 1;
	unsigned int i;

	for (i = 0; i < decimals; i++)
		unit *= 10;
	if (decimals)
		fprintf(out, " %" PRIu64 ".%0*" PRIu64 "\n", number / unit, (int)decimals,
			number % unit);
	else
		fprintf(out, " %" PRIu64 "\n", number);
}

/* A metric's name, and its label that says of which mount. */
static void print_name(FILE *out, const char *name, const struct value *row)
{
	char buf[FORMAT_SIZE];

	fputs(name, out);
	print_label(out, '{', "device", device_format((dev_t)row[STATS_DEVICE].number, buf));
}

static void print_metric(FILE *out, const struct rows *rows, size_t index, const char *name)
{
	const struct column *column = &rows->columns[index];
	size_t i;

	print_header(out, name, is_counter(name) ? "counter" : "gauge", column->help);
	for (i = 0; i < rows->n; i++) {
		const struct value *row = rows_get(rows, i);

		if (row[index].kind != VALUE_NUMBER)
			continue;
		print_name(out, name, row);
		fputc('}', out);
		print_number(out, row[index].number, column_unit(column).decimals);
	}
}

static const char *cell_label(const struct rows *rows, size_t index, const struct value *row,
			      char *buf)
{
	if (row[index].kind == VALUE_NONE)
		return "";
	return cell_text(&rows->columns[index], &row[index], true, buf);
}

/*
 * What a mount is: every string, and the upper's device.  Not what varies while it is mounted, the
 * mode and its reason: each change would begin a new series.
 */
static void print_info(FILE *out, const struct rows *rows, size_t mode)
{
	size_t i, j;

	print_header(out, PREFIX "mount_info", "gauge",
		     "where the overlay is mounted, what its upper is, and whose it is");
	for (i = 0; i < rows->n; i++) {
		const struct value *row = rows_get(rows, i);
		char buf[FORMAT_SIZE];

		print_name(out, PREFIX "mount_info", row);
		for (j = 0; j < rows->width; j++) {
			const struct column *column = &rows->columns[j];

			if (j == STATS_DEVICE || is_metric(column) || j == mode ||
			    !strcmp(column->key, "mode_reason"))
				continue;
			print_label(out, ',', column->key, cell_label(rows, j, row, buf));
		}
		fputs("} 1\n", out);
	}
}

static void print_modes(FILE *out, const struct rows *rows, size_t mode)
{
	size_t i;
	uint32_t m;

	print_header(out, PREFIX "mount_mode", "gauge",
		     "whether the mount is in this mode: 1 if so");
	for (i = 0; i < rows->n; i++) {
		const struct value *row = rows_get(rows, i);

		if (row[mode].kind != VALUE_STRING)
			continue;
		for (m = 0; m <= OVLSYNC_MODE_NOSYNC; m++) {
			print_name(out, PREFIX "mount_mode", row);
			print_label(out, ',', "mode", kernel_mode_name(m));
			fprintf(out, "} %d\n", !strcmp(row[mode].string, kernel_mode_name(m)));
		}
	}
}

/**
 * prometheus_print - print rows as metrics
 * @rows: rows of stats_columns
 * @out: where to; errors are found when it is closed
 */
void prometheus_print(const struct rows *rows, FILE *out)
{
	char name[128];
	size_t mode, i;

	if (!columns_find(rows->columns, "MODE", strlen("MODE"), &mode)) {
		print_info(out, rows, mode);
		print_modes(out, rows, mode);
	}
	for (i = 0; i < rows->width; i++)
		if (metric_name(&rows->columns[i], name, sizeof(name)))
			print_metric(out, rows, i, name);
}
