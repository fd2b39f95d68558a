// SPDX-License-Identifier: GPL-2.0
/*
 * What ovlsync shows of an overlay: every file of /sys/fs/ovlsync/<major>:<minor>/, and what ovlctl
 * adds to it.  This is the one place where they are described: ovlctl, its man pages, the
 * completions, the Prometheus text and docs/ABI all say what is said here.
 */
#include <string.h>

#include "rows.h"
#include "stats.h"
#include "stats_columns.h"

/**
 * mode_color - the colour of a cell that is a mode
 * @value: the cell
 *
 * Return: for libsmartcols, or NULL.
 */
const char *mode_color(const struct value *value)
{
	if (value->kind != VALUE_STRING)
		return NULL;
	if (!strcmp(value->string, "containerized"))
		return "green";
	if (!strcmp(value->string, "full") || !strcmp(value->string, "learning"))
		return "yellow";
	return NULL;
}

/**
 * trouble_color - the colour of a cell that should be 0
 * @value: the cell
 *
 * Return: for libsmartcols, or NULL.
 */
const char *trouble_color(const struct value *value)
{
	return value->kind == VALUE_NUMBER && value->number ? "red" : NULL;
}

const struct column stats_columns[] = {
	[STATS_DEVICE] = COLUMN_OF_DEVICE,
	[STATS_MOUNTPOINT] = COLUMN_OF_MOUNTPOINT,
	[STATS_CONTAINER] = COLUMN_OF_CONTAINER,
	[STATS_CONTAINER_ID] = COLUMN_OF_CONTAINER_ID,
	[STATS_RUNTIME] = COLUMN_OF_RUNTIME,
	[STATS_LAYER] = COLUMN_OF_LAYER,
	[STATS_UPPERDIR] = COLUMN_OF_UPPERDIR,
	COLUMN_OF_MODE,
	{ "MODE-REASON", SYSFS("mode_reason"), COLUMN_STRING, "why it is in this mode" },
	COLUMN_OF_UPPER,
	COLUMN_OF_UPPERFS,
	{ "UMOUNT-SYNC", SYSFS("umount_sync"), COLUMN_STRING, "what umount writes",
	  "own: what is the overlay's own, as a sync does. none: umount starts and waits for "
	  "nothing, and what was not synced before reaches the disk when the upper's own writeback "
	  "gets to it; fsync(2) and syncfs(2) keep their promises. With effect in mode containerized only." },
	COLUMN_OF_SUSPECTS,
	{ "PEAK", SYSFS_IN("suspects", "nr_peak"), COLUMN_NUMBER,
	  "the most suspects there have been" },
	COLUMN_OF_PINNED,
	{ "ADDED", SYSFS_IN("suspects", "added_total"), COLUMN_NUMBER,
	  "suspects ever put on the list",
	  "When nothing is going on it is the sum of those on the list and of those that were "
	  "reaped, shrunk, synced, unlinked, forced and evicted." },
	{ "REAPED", SYSFS_IN("suspects", "reaped_total"), COLUMN_NUMBER,
	  "suspects taken off the list by the periodic reaper" },
	{ "SHRUNK", SYSFS_IN("suspects", "shrunk_total"), COLUMN_NUMBER,
	  "suspects taken off the list under memory pressure" },
	{ "SYNCED", SYSFS_IN("suspects", "synced_total"), COLUMN_NUMBER,
	  "suspects taken off the list in passing by a sync" },
	{ "UNLINKED", SYSFS_IN("suspects", "unlinked_total"), COLUMN_NUMBER,
	  "suspects taken off the list because their last link went" },
	{ "FORCED", SYSFS_IN("suspects", "forced_total"), COLUMN_NUMBER,
	  "suspects taken off the list by ovlctl gc" },
	{ "EVICTED", SYSFS_IN("suspects", "evicted_total"), COLUMN_NUMBER,
	  "suspects taken off the list by an opener at the limit",
	  "If it grows fast, max_suspects is too small for what runs here." },
	COLUMN_OF_OVERFLOW,
	{ "INTERVAL-MS", SYSFS_IN("reaper", "interval_ms"), COLUMN_MSEC,
	  "time between passes of the reaper",
	  "The reaper waits longer while its passes find nothing to take: up to 32 intervals while all "
	  "are open, and up to 2 while some are dirty, unless passes take more than a hundredth of that. "
	  "A longer interval pins memory for longer; a shorter one costs CPU time." },
	{ "MIN-AGE-MS", SYSFS_IN("reaper", "min_age_ms"), COLUMN_MSEC,
	  "age that a suspect must have before the reaper takes it",
	  "A file that is opened again soon need not be put on the list again." },
	{ "BATCH", SYSFS_IN("reaper", "batch"), COLUMN_NUMBER,
	  "suspects looked at under one hold of the list's lock",
	  "An opener for write may have to wait that long for the lock." },
	{ "MAX-SUSPECTS", SYSFS_IN("reaper", "max_suspects"), COLUMN_NUMBER, "limit of the list",
	  "At the limit an opener takes clean suspects off first. If there are none, the opening "
	  "is not tracked, and the next sync is a full one." },
	{ "PASSES", SYSFS_IN("reaper", "passes_total"), COLUMN_NUMBER, "passes of the reaper" },
	{ "CHECKED", SYSFS_IN("reaper", "checked_total"), COLUMN_NUMBER,
	  "suspects that the reaper looked at" },
	{ "PASS-TIME", SYSFS_IN("reaper", "duration_ns_total"), COLUMN_NSEC,
	  "time spent in passes of the reaper" },
	{ "LOCK-MAX", SYSFS_IN("reaper", "lock_ns_max"), COLUMN_NSEC,
	  "the longest that a pass or ovlctl gc held the list's lock" },
	{ "SYNCS", SYSFS_IN("sync", "containerized_total"), COLUMN_NUMBER, "containerized syncs" },
	{ "FULL", SYSFS_IN("sync", "full_total"), COLUMN_NUMBER, "syncs handed to overlayfs itself",
	  "Those flush the whole upper filesystem, unless the mode is volatile or nosync." },
	{ "ERRORS", SYSFS_IN("sync", "errors_total"), COLUMN_NUMBER,
	  "syncs that failed, and writeback errors found",
	  "The kernel's log has the errors of the device. syncfs(2) returns each of them once to "
	  "each open file.",
	  trouble_color },
	{ "INODES", SYSFS_IN("sync", "inodes_total"), COLUMN_NUMBER,
	  "inodes written by containerized syncs" },
	{ "WRITTEN", SYSFS_IN("sync", "bytes_total"), COLUMN_BYTES,
	  "bytes submitted by containerized syncs" },
	{ "TIME", SYSFS_IN("sync", "duration_ns_total"), COLUMN_NSEC,
	  "time spent in syncs of either kind" },
	COLUMN_OF_LAST,
	COLUMN_OF_INFLIGHT,
	COLUMN_OF_INFLIGHT_BYTES,
	{ NULL },
};
