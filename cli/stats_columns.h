/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Columns that more than one subcommand shows.  Each is described here and nowhere else.
 */
#ifndef STATS_COLUMNS_H
#define STATS_COLUMNS_H

#include "columns.h"

const char *mode_color(const struct value *value);
const char *trouble_color(const struct value *value);

/* Key and file of a column: in JSON a file of the mount's directory has '_' where sysfs has '/'. */
#define SYSFS(file)	    file, file
#define SYSFS_IN(dir, file) dir "_" file, dir "/" file

#define COLUMN_OF_DEVICE                                                                           \
	{                                                                                          \
		"DEVICE", "device", NULL, COLUMN_DEVICE,                                           \
			"device number of the overlay, as in /proc/self/mountinfo",                \
	}

#define COLUMN_OF_MOUNTPOINT                                                                       \
	{                                                                                          \
		"MOUNTPOINT", "mount_point", NULL, COLUMN_STRING,                                  \
			"where it is mounted in this mount namespace",                             \
			"With --pid, in that of the process. Of several mounts of the same "       \
			"overlay "                                                                 \
			"the first.",                                                              \
			.cut = true,                                                               \
	}

#define COLUMN_OF_CONTAINER                                                                        \
	{                                                                                          \
		"CONTAINER", "container", NULL, COLUMN_STRING,                                     \
			"the container that it is the root of",                                    \
			"Its name; where that can't be read, the first twelve digits of its id; "  \
			"where not even that is known, its layer. Known are Docker, "              \
			"containers/storage (podman, CRI-O) and containerd. Kubernetes' names "    \
			"are "                                                                     \
			"NAMESPACE/POD/CONTAINER. Names can be read by root only.",                \
			.cut = true,                                                               \
	}

#define COLUMN_OF_CONTAINER_ID                                                                     \
	{                                                                                          \
		"CONTAINER-ID", "container_id", NULL, COLUMN_STRING,                               \
			"the container's id, in full",                                             \
			.cut = true,                                                               \
	}

#define COLUMN_OF_RUNTIME                                                                          \
	{                                                                                          \
		"RUNTIME", "container_runtime", NULL, COLUMN_STRING,                               \
			"who made the layer: docker, containers-storage or containerd",            \
	}

#define COLUMN_OF_LAYER                                                                            \
	{                                                                                          \
		"LAYER", "container_layer", NULL, COLUMN_STRING,                                   \
			"the layer or snapshot that is the upper",                                 \
			.cut = true,                                                               \
	}

#define COLUMN_OF_UPPERDIR                                                                         \
	{                                                                                          \
		"UPPERDIR", "upper_dir", NULL, COLUMN_STRING,                                      \
			"upper directory, as the mount's options have it",                         \
			.cut = true,                                                               \
	}

#define COLUMN_OF_MODE                                                                             \
	{                                                                                          \
		"MODE", SYSFS("mode"), COLUMN_STRING,                                              \
			"what syncfs(2) and umount(2) of the overlay do",                          \
			"containerized: write the suspects, then commit the upper's journal. "     \
			"learning: flush the whole upper, for something dirty may not be on the "  \
			"list "                                                                    \
			"yet. full: flush the whole upper, because it is of a kind that is not "   \
			"supported, the operator wants it, openings could not be tracked, or "     \
			"something else is not as it should be; mode_reason says what. "           \
			"volatile: nothing, the overlay "                                          \
			"was mounted so. nosync: nothing, there is no upper or it is in memory. "  \
			"Takes \"full\", for full syncs, and \"auto\", which ends that.",          \
			mode_color,                                                                \
	}

#define COLUMN_OF_UPPER                                                                            \
	{                                                                                          \
		"UPPER", SYSFS("upper_device"), COLUMN_DEVICE, "device of the upper filesystem",   \
			"MAJOR:MINOR, or \"unknown\" until a file of the overlay has shown it.",   \
	}

#define COLUMN_OF_UPPERFS                                                                          \
	{                                                                                          \
		"UPPERFS", SYSFS("upper_fstype"), COLUMN_STRING, "type of the upper filesystem",   \
			"As in /proc/filesystems, or \"unknown\" until a file of the overlay has " \
			"shown it.",                                                               \
	}

#define COLUMN_OF_SUSPECTS                                                                         \
	{                                                                                          \
		"SUSPECTS", SYSFS_IN("suspects", "nr"), COLUMN_NUMBER,                             \
			"inodes on the list that may be dirty",                                    \
			"Every inode of the upper that was opened for write through the overlay "  \
			"is "                                                                      \
			"put on the list, and stays while it is open, mapped shared and "          \
			"writable, "                                                               \
			"dirty or under writeback. The reaper takes it off some time later.",      \
	}

#define COLUMN_OF_PINNED                                                                           \
	{                                                                                          \
		"PINNED", SYSFS_IN("suspects", "pinned_bytes"), COLUMN_BYTES,                      \
			"memory that would come back if all were reaped",                          \
			"The entries of the list and the upper's inodes, but not their page "      \
			"cache, "                                                                  \
			"which can be reclaimed all the same.",                                    \
	}

#define COLUMN_OF_OVERFLOW                                                                         \
	{                                                                                          \
		"OVERFLOW", SYSFS_IN("suspects", "overflow_total"), COLUMN_NUMBER,                 \
			"openings that could not be tracked",                                      \
			"Because the list was at max_suspects with nothing on it that could go, "  \
			"or "                                                                      \
			"for want of memory. The next sync after such an opening is a full one, "  \
			"so "                                                                      \
			"nothing is lost.",                                                        \
			trouble_color,                                                             \
	}

#define COLUMN_OF_LAST                                                                             \
	{                                                                                          \
		"LAST", SYSFS_IN("sync", "last_duration_ns"), COLUMN_NSEC,                         \
			"how long the last sync took",                                             \
	}

#define COLUMN_OF_INFLIGHT                                                                         \
	{                                                                                          \
		"INFLIGHT", SYSFS_IN("sync", "inflight_inodes"), COLUMN_NUMBER,                    \
			"suspects that the sync now running has still to write or wait for",       \
			"Of several syncs at once, the last one. In a full sync, which flushes "   \
			"what others have dirty, too, only those of this overlay. 0 if no sync "   \
			"is running.",                                                             \
	}

#define COLUMN_OF_INFLIGHT_BYTES                                                                   \
	{                                                                                          \
		"INFLIGHT-BYTES", SYSFS_IN("sync", "inflight_bytes"), COLUMN_BYTES,                \
			"bytes that those have in pages that are dirty or under writeback",        \
			"Counted when it is read, page by page; therefore for root only.",         \
	}

#endif /* STATS_COLUMNS_H */
