/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ovlsync

#if !defined(OVLSYNC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define OVLSYNC_TRACE_H

#include <linux/fs.h>
#include <linux/tracepoint.h>

#include "mount.h"
#include "suspect.h"

#define show_exit(how) \
	__print_symbolic(how, { OVLSYNC_EXIT_REAPED, "reaped" }, \
			 { OVLSYNC_EXIT_SHRUNK, "shrunk" }, \
			 { OVLSYNC_EXIT_SYNCED, "synced" }, \
			 { OVLSYNC_EXIT_UNLINKED, "unlinked" }, \
			 { OVLSYNC_EXIT_FORCED, "forced" }, \
			 { OVLSYNC_EXIT_EVICTED, "evicted" }, \
			 { OVLSYNC_EXIT_DETACHED, "detached" })

#define show_mode(mode) \
	__print_symbolic(mode, { OVLSYNC_MODE_CONTAINERIZED, "containerized" }, \
			 { OVLSYNC_MODE_LEARNING, "learning" }, \
			 { OVLSYNC_MODE_FULL, "full" }, \
			 { OVLSYNC_MODE_VOLATILE, "volatile" }, \
			 { OVLSYNC_MODE_NOSYNC, "nosync" })

TRACE_EVENT(ovlsync_suspect_add,
	TP_PROTO(const struct ovlsync_mount *m, const struct inode *inode),
	TP_ARGS(m, inode),
	TP_STRUCT__entry(__field(dev_t, dev) __field(u64, ino) __field(u64, nr)),
	TP_fast_assign(__entry->dev = m->sb->s_dev; __entry->ino = inode->i_ino;
		       __entry->nr = READ_ONCE(m->nr);),
	TP_printk("overlay=%u:%u upper_ino=%llu nr=%llu", MAJOR(__entry->dev),
		  MINOR(__entry->dev), __entry->ino, __entry->nr)
);

TRACE_EVENT(ovlsync_suspect_remove,
	TP_PROTO(const struct ovlsync_mount *m, const struct inode *inode, int how),
	TP_ARGS(m, inode, how),
	TP_STRUCT__entry(__field(dev_t, dev) __field(u64, ino) __field(int, how)),
	TP_fast_assign(__entry->dev = m->sb->s_dev; __entry->ino = inode->i_ino;
		       __entry->how = how;),
	TP_printk("overlay=%u:%u upper_ino=%llu reason=%s", MAJOR(__entry->dev),
		  MINOR(__entry->dev), __entry->ino, show_exit(__entry->how))
);

TRACE_EVENT(ovlsync_sync_begin,
	TP_PROTO(const struct ovlsync_mount *m, int mode, int wait),
	TP_ARGS(m, mode, wait),
	TP_STRUCT__entry(__field(dev_t, dev) __field(int, mode) __field(int, wait)
			 __field(u64, nr)),
	TP_fast_assign(__entry->dev = m->sb->s_dev; __entry->mode = mode; __entry->wait = wait;
		       __entry->nr = READ_ONCE(m->nr);),
	TP_printk("overlay=%u:%u mode=%s wait=%d nr=%llu", MAJOR(__entry->dev),
		  MINOR(__entry->dev), show_mode(__entry->mode), __entry->wait, __entry->nr)
);

TRACE_EVENT(ovlsync_sync_end,
	TP_PROTO(const struct ovlsync_mount *m, int mode, u64 inodes, u64 bytes, u64 duration_ns,
		 int err),
	TP_ARGS(m, mode, inodes, bytes, duration_ns, err),
	TP_STRUCT__entry(__field(dev_t, dev) __field(int, mode) __field(u64, inodes)
			 __field(u64, bytes) __field(u64, duration_ns) __field(int, err)),
	TP_fast_assign(__entry->dev = m->sb->s_dev; __entry->mode = mode;
		       __entry->inodes = inodes; __entry->bytes = bytes;
		       __entry->duration_ns = duration_ns; __entry->err = err;),
	TP_printk("overlay=%u:%u mode=%s inodes=%llu bytes=%llu duration_ns=%llu err=%d",
		  MAJOR(__entry->dev), MINOR(__entry->dev), show_mode(__entry->mode),
		  __entry->inodes, __entry->bytes, __entry->duration_ns, __entry->err)
);

TRACE_EVENT(ovlsync_reaper_pass,
	TP_PROTO(const struct ovlsync_mount *m, const u64 *seen, unsigned int wait_ms),
	TP_ARGS(m, seen, wait_ms),
	TP_STRUCT__entry(__field(dev_t, dev) __array(u64, seen, OVLSYNC_VERDICT_NR)
			 __field(unsigned int, wait_ms)),
	TP_fast_assign(__entry->dev = m->sb->s_dev;
		       memcpy(__entry->seen, seen, sizeof(__entry->seen));
		       __entry->wait_ms = wait_ms;),
	TP_printk("overlay=%u:%u taken=%llu unlinked=%llu open=%llu dirty=%llu young=%llu next_ms=%u",
		  MAJOR(__entry->dev), MINOR(__entry->dev), __entry->seen[OVLSYNC_CLEAN],
		  __entry->seen[OVLSYNC_GONE], __entry->seen[OVLSYNC_OPEN],
		  __entry->seen[OVLSYNC_DIRTY], __entry->seen[OVLSYNC_YOUNG], __entry->wait_ms)
);

TRACE_EVENT(ovlsync_shrink,
	TP_PROTO(unsigned long isolated, unsigned long in_use, unsigned long busy),
	TP_ARGS(isolated, in_use, busy),
	TP_STRUCT__entry(__field(unsigned long, isolated) __field(unsigned long, in_use)
			 __field(unsigned long, busy)),
	TP_fast_assign(__entry->isolated = isolated; __entry->in_use = in_use;
		       __entry->busy = busy;),
	TP_printk("isolated=%lu in_use=%lu busy=%lu", __entry->isolated, __entry->in_use,
		  __entry->busy)
);

#endif /* OVLSYNC_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
