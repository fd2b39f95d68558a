// SPDX-License-Identifier: GPL-2.0
/*
 * How events are printed: a line for people, or an object for programs.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>
#include <time.h>

#include "format.h"
#include "kernel.h"
#include "monitor.h"
#include "output.h"

#define NSEC_PER_SEC  1000000000ULL
#define NSEC_PER_MSEC 1000000ULL

/* What an event is called in JSON and to people. */
static const struct {
	const char *key;
	const char *name;
} events[] = {
	[OVLSYNC_CMD_MOUNT_GET] = { "mount", "mount" },
	[OVLSYNC_CMD_MOUNT_ATTACHED] = { "mount_attached", "attached" },
	[OVLSYNC_CMD_MOUNT_DETACHED] = { "mount_detached", "detached" },
	[OVLSYNC_CMD_SYNC_DONE] = { "sync_done", "sync" },
	[OVLSYNC_CMD_GC_DONE] = { "gc_done", "gc" },
	[OVLSYNC_CMD_OVERFLOW] = { "overflow", "overflow" },
	[OVLSYNC_CMD_WRITEBACK_ERROR] = { "writeback_error", "writeback error" },
	[OVLSYNC_CMD_MODE_CHANGED] = { "mode_changed", "mode" },
};

/* Keys of what is a plain number or string in JSON, too. */
static const char *const keys[OVLSYNC_A_MAX + 1] = {
	[OVLSYNC_A_MODE_REASON] = "mode_reason",
	[OVLSYNC_A_UPPER_FSTYPE] = "upper_fstype",
	[OVLSYNC_A_SUSPECTS] = "suspects",
	[OVLSYNC_A_PINNED_BYTES] = "pinned_bytes",
	[OVLSYNC_A_INODES] = "inodes",
	[OVLSYNC_A_BYTES] = "bytes",
	[OVLSYNC_A_DURATION_NS] = "duration_ns",
	[OVLSYNC_A_SCANNED] = "scanned",
	[OVLSYNC_A_REAPED] = "reaped",
	[OVLSYNC_A_DIRTY] = "dirty",
	[OVLSYNC_A_OPEN] = "open",
	[OVLSYNC_A_FREED_BYTES] = "freed_bytes",
	[OVLSYNC_A_OVERFLOW_TOTAL] = "overflow_total",
	[OVLSYNC_A_ERROR] = "errno",
	[OVLSYNC_A_ERRORS_TOTAL] = "errors_total",
};

static bool is_known(uint8_t cmd)
{
	return cmd < sizeof(events) / sizeof(events[0]) && events[cmd].key;
}

static void print_error(const struct netlink_message *message, FILE *out)
{
	if (message->has[OVLSYNC_A_ERROR])
		fprintf(out, "%s", strerror((int)message->number[OVLSYNC_A_ERROR]));
}

static void print_sync(const struct netlink_message *message, FILE *out)
{
	uint64_t inodes = message->number[OVLSYNC_A_INODES];
	char buf[FORMAT_SIZE];

	fputs(kernel_mode_name((uint32_t)message->number[OVLSYNC_A_MODE]), out);
	if (message->number[OVLSYNC_A_MODE] == OVLSYNC_MODE_CONTAINERIZED)
		fprintf(out, ", %" PRIu64 " inode%s, %s", inodes, inodes == 1 ? "" : "s",
			size_format(message->number[OVLSYNC_A_BYTES], buf));
	fprintf(out, ", %s", duration_format(message->number[OVLSYNC_A_DURATION_NS], buf));
	if (!message->has[OVLSYNC_A_ERROR])
		return;
	fputs(", failed: ", out);
	print_error(message, out);
}

static void print_gc(const struct netlink_message *message, FILE *out)
{
	char buf[FORMAT_SIZE];

	fprintf(out,
		"scanned %" PRIu64 ", reaped %" PRIu64 ", dirty %" PRIu64 ", open %" PRIu64
		", freed %s",
		message->number[OVLSYNC_A_SCANNED], message->number[OVLSYNC_A_REAPED],
		message->number[OVLSYNC_A_DIRTY], message->number[OVLSYNC_A_OPEN],
		size_format(message->number[OVLSYNC_A_FREED_BYTES], buf));
}

static void print_mode(const struct netlink_message *message, FILE *out)
{
	if (message->has[OVLSYNC_A_OLD_MODE])
		fprintf(out, "%s, was %s",
			kernel_mode_name((uint32_t)message->number[OVLSYNC_A_MODE]),
			kernel_mode_name((uint32_t)message->number[OVLSYNC_A_OLD_MODE]));
	else
		fputs(kernel_mode_name((uint32_t)message->number[OVLSYNC_A_MODE]), out);
	if (message->has[OVLSYNC_A_SUSPECTS])
		fprintf(out, ", %" PRIu64 " suspect%s", message->number[OVLSYNC_A_SUSPECTS],
			message->number[OVLSYNC_A_SUSPECTS] == 1 ? "" : "s");
	if (message->has[OVLSYNC_A_MODE_REASON])
		fprintf(out, ": %s", message->string[OVLSYNC_A_MODE_REASON]);
}

static void print_details(const struct netlink_message *message, FILE *out)
{
	switch (message->cmd) {
	case OVLSYNC_CMD_SYNC_DONE:
		print_sync(message, out);
		return;
	case OVLSYNC_CMD_GC_DONE:
		print_gc(message, out);
		return;
	case OVLSYNC_CMD_OVERFLOW:
		fprintf(out, "%" PRIu64 " so far", message->number[OVLSYNC_A_OVERFLOW_TOTAL]);
		if (message->has[OVLSYNC_A_MODE_REASON])
			fprintf(out, ": %s", message->string[OVLSYNC_A_MODE_REASON]);
		return;
	case OVLSYNC_CMD_WRITEBACK_ERROR:
		print_error(message, out);
		fprintf(out, ", %" PRIu64 " so far", message->number[OVLSYNC_A_ERRORS_TOTAL]);
		return;
	default:
		print_mode(message, out);
	}
}

static void print_time(uint64_t time_ns, FILE *out)
{
	time_t seconds = (time_t)(time_ns / NSEC_PER_SEC);
	struct tm local;

	localtime_r(&seconds, &local);
	fprintf(out, "%02d:%02d:%02d.%03d", local.tm_hour, local.tm_min, local.tm_sec,
		(int)(time_ns % NSEC_PER_SEC / NSEC_PER_MSEC));
}

/**
 * event_print - print an event for people
 * @message: the event; one that is not known, of a later version of the module's, is passed over
 * @time_ns: when it came, since the epoch
 * @mount_point: where the overlay is mounted, or NULL
 * @out: where to
 */
void event_print(const struct netlink_message *message, uint64_t time_ns, const char *mount_point,
		 FILE *out)
{
	char *name = mount_point ? printable(mount_point) : NULL;
	char buf[FORMAT_SIZE];

	if (is_known(message->cmd)) {
		print_time(time_ns, out);
		fprintf(out, " %s", device_format(netlink_device(message), buf));
		if (name)
			fprintf(out, " %s", name);
		fprintf(out, " %s", events[message->cmd].name);
		if (message->cmd != OVLSYNC_CMD_MOUNT_DETACHED) {
			fputs(": ", out);
			print_details(message, out);
		}
		putc('\n', out);
	}
	free(name);
}

static struct json_object *json_string(const char *string)
{
	char *valid = utf8_valid(string);
	struct json_object *json = json_object_new_string(valid);

	free(valid);
	return json;
}

static struct json_object *json_device(uint64_t maj, uint64_t min)
{
	struct netlink_message message = { 0 };
	char buf[FORMAT_SIZE];

	message.number[OVLSYNC_A_MAJOR] = maj;
	message.number[OVLSYNC_A_MINOR] = min;
	return json_object_new_string(device_format(netlink_device(&message), buf));
}

static struct json_object *json_mode(uint64_t mode)
{
	return json_object_new_string(kernel_mode_name((uint32_t)mode));
}

static struct json_object *event_json(uint64_t time_ns, const char *key)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "schema_version", json_object_new_int(JSON_SCHEMA_VERSION));
	json_object_object_add(json, "time_ns", json_object_new_uint64(time_ns));
	json_object_object_add(json, "event", json_object_new_string(key));
	return json;
}

static void json_line(struct json_object *json, FILE *out)
{
	const char *text = json_object_to_json_string_ext(
		json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (!text)
		errx(STATUS_FAILED, "cannot allocate a JSON object");
	fprintf(out, "%s\n", text);
	json_object_put(json);
}

static void add_modes(const struct netlink_message *message, struct json_object *json)
{
	if (message->has[OVLSYNC_A_MODE])
		json_object_object_add(json, "mode", json_mode(message->number[OVLSYNC_A_MODE]));
	if (message->has[OVLSYNC_A_OLD_MODE])
		json_object_object_add(json, "old_mode",
				       json_mode(message->number[OVLSYNC_A_OLD_MODE]));
	if (message->has[OVLSYNC_A_UPPER_MAJOR] && message->has[OVLSYNC_A_UPPER_MINOR])
		json_object_object_add(json, "upper_device",
				       json_device(message->number[OVLSYNC_A_UPPER_MAJOR],
						   message->number[OVLSYNC_A_UPPER_MINOR]));
}

static void add_plain(const struct netlink_message *message, struct json_object *json)
{
	size_t i;

	for (i = 0; i <= OVLSYNC_A_MAX; i++) {
		if (!keys[i] || !message->has[i])
			continue;
		json_object_object_add(json, keys[i],
				       message->string[i]
					       ? json_string(message->string[i])
					       : json_object_new_uint64(message->number[i]));
	}
	if (message->has[OVLSYNC_A_ERROR])
		json_object_object_add(
			json, "error",
			json_string(strerror((int)message->number[OVLSYNC_A_ERROR])));
}

/**
 * event_print_json - print an event for programs
 * @message: as for event_print()
 * @time_ns: likewise
 * @mount_point: likewise
 * @out: where to
 */
void event_print_json(const struct netlink_message *message, uint64_t time_ns,
		      const char *mount_point, FILE *out)
{
	struct json_object *json;

	if (!is_known(message->cmd))
		return;
	json = event_json(time_ns, events[message->cmd].key);
	json_object_object_add(
		json, "device",
		json_device(message->number[OVLSYNC_A_MAJOR], message->number[OVLSYNC_A_MINOR]));
	json_object_object_add(json, "mount_point", mount_point ? json_string(mount_point) : NULL);
	add_modes(message, json);
	add_plain(message, json);
	json_line(json, out);
}

/**
 * event_print_lost_json - tell programs that events were lost
 * @time_ns: when that was noticed, since the epoch
 * @out: where to
 */
void event_print_lost_json(uint64_t time_ns, FILE *out)
{
	json_line(event_json(time_ns, "lost"), out);
}
