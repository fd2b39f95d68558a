// SPDX-License-Identifier: GPL-2.0
/* Operations that write, and shared writable maps. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "world.h"

#define DIRECT_BYTES (4 * PAGE)

/* ---- write */

static int write_with(struct world *w, int flags)
{
	struct file *f = pick_file(w);

	if (!f)
		return -EAGAIN;
	f->lower = false;
	return write_somewhere(w, f->path, flags);
}

static int write_buffered(struct world *w)
{
	return write_with(w, 0);
}

static int write_append(struct world *w)
{
	struct stat st;
	struct file *f = pick_file(w);

	if (!f || stat(f->path, &st) || st.st_size > MAX_SIZE)
		return -EAGAIN;
	f->lower = false;
	return write_somewhere(w, f->path, O_APPEND);
}

static int write_osync(struct world *w)
{
	return write_with(w, O_SYNC);
}

static int write_odsync(struct world *w)
{
	return write_with(w, O_DSYNC);
}

static int write_trunc(struct world *w)
{
	return write_with(w, O_TRUNC);
}

static unsigned char *direct_buffer(struct world *w)
{
	static unsigned char buf[DIRECT_BYTES] __attribute__((aligned(PAGE)));

	random_bytes(w, buf, sizeof(buf));
	return buf;
}

static int write_direct(struct world *w)
{
	int fd = open_file(w, O_WRONLY | O_DIRECT, NULL);
	int err;

	if (fd < 0)
		return fd;
	err = result(pwrite(fd, direct_buffer(w), PAGE * (1 + random_below(w, 4)),
			    PAGE * random_below(w, 16)));
	close(fd);
	return err;
}

/* Written, and synced by hand or not at all: fsync must not make us forget what is written next. */
static int write_fsync(struct world *w)
{
	unsigned char buf[PAGE];
	int fd = open_file(w, O_WRONLY, NULL);
	int err;

	if (fd < 0)
		return fd;
	random_bytes(w, buf, sizeof(buf));
	err = result(pwrite(fd, buf, sizeof(buf), random_below(w, 65536)));
	if (!err)
		err = result(random_below(w, 2) ? fsync(fd) : fdatasync(fd));
	if (!err)
		err = result(pwrite(fd, buf, 100, random_below(w, 65536)));
	close(fd);
	return err;
}

static int write_range_started(struct world *w)
{
	unsigned char buf[PAGE];
	int fd = open_file(w, O_WRONLY, NULL);
	int err;

	if (fd < 0)
		return fd;
	random_bytes(w, buf, sizeof(buf));
	err = result(pwrite(fd, buf, sizeof(buf), random_below(w, 65536)));
	if (!err)
		err = result(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	close(fd);
	return err;
}

/* Through a descriptor that stays open across marks. */
static int write_held(struct world *w)
{
	unsigned char buf[PAGE];
	int *held = &w->fds[random_below(w, NR_HELD)];
	int err;

	if (*held >= 0 && !random_below(w, 4)) {
		close(*held);
		*held = -1;
	}
	if (*held < 0) {
		*held = open_file(w, O_RDWR, NULL);
		if (*held < 0) {
			err = *held;
			*held = -1;
			return err;
		}
	}
	random_bytes(w, buf, sizeof(buf));
	err = result(pwrite(*held, buf, 1 + random_below(w, PAGE), random_below(w, 65536)));
	return err;
}

static int aio_write(struct world *w, int flags)
{
	aio_context_t ctx = 0;
	struct iocb cb = { .aio_lio_opcode = IOCB_CMD_PWRITE }, *cbs = &cb;
	struct io_event event;
	int fd = open_file(w, O_WRONLY | flags, NULL);
	int err;

	if (fd < 0)
		return fd;
	cb.aio_fildes = (uint32_t)fd;
	cb.aio_buf = (uintptr_t)direct_buffer(w);
	cb.aio_nbytes = PAGE * (1 + random_below(w, 4));
	cb.aio_offset = PAGE * random_below(w, 16);
	err = result(syscall(SYS_io_setup, 1, &ctx));
	if (!err) {
		err = result(syscall(SYS_io_submit, ctx, 1L, &cbs));
		if (!err)
			err = result(syscall(SYS_io_getevents, ctx, 1L, 1L, &event, NULL));
		if (!err && event.res < 0)
			err = (int)event.res;
		syscall(SYS_io_destroy, ctx);
	}
	close(fd);
	return err;
}

static int aio_buffered(struct world *w)
{
	return aio_write(w, 0);
}

static int aio_direct(struct world *w)
{
	return aio_write(w, O_DIRECT);
}

struct uring {
	int fd;
	struct io_uring_params p;
	unsigned char *rings;
	size_t rings_len;
	struct io_uring_sqe *sqes;
};

static int uring_open(struct uring *r)
{
	memset(r, 0, sizeof(*r));
	r->fd = (int)syscall(SYS_io_uring_setup, 2, &r->p);
	if (r->fd < 0)
		return -errno;
	/* Since 5.4 one mapping has both rings. */
	r->rings_len = r->p.cq_off.cqes + r->p.cq_entries * sizeof(struct io_uring_cqe);
	r->rings = mmap(NULL, r->rings_len, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
			IORING_OFF_SQ_RING);
	r->sqes = mmap(NULL, r->p.sq_entries * sizeof(*r->sqes), PROT_READ | PROT_WRITE, MAP_SHARED,
		       r->fd, IORING_OFF_SQES);
	return r->rings == MAP_FAILED || r->sqes == MAP_FAILED ? -errno : 0;
}

static int uring_one(struct uring *r, const struct io_uring_sqe *sqe)
{
	unsigned int *tail = (unsigned int *)(r->rings + r->p.sq_off.tail);
	unsigned int *array = (unsigned int *)(r->rings + r->p.sq_off.array);
	unsigned int *head = (unsigned int *)(r->rings + r->p.cq_off.head);
	struct io_uring_cqe *cqes = (struct io_uring_cqe *)(r->rings + r->p.cq_off.cqes);
	unsigned int seen = *head;

	r->sqes[0] = *sqe;
	array[*tail & (r->p.sq_entries - 1)] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -errno;
	__atomic_store_n(head, seen + 1, __ATOMIC_RELEASE);
	return cqes[seen & (r->p.cq_entries - 1)].res;
}

static int io_uring_write(struct world *w)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_WRITE };
	struct uring ring;
	int fd = open_file(w, O_WRONLY, NULL);
	int err;

	if (fd < 0)
		return fd;
	sqe.fd = fd;
	sqe.addr = (uintptr_t)direct_buffer(w);
	sqe.len = 1 + random_below(w, DIRECT_BYTES);
	sqe.off = random_below(w, 65536);
	err = uring_open(&ring);
	if (!err)
		err = uring_one(&ring, &sqe);
	if (ring.fd >= 0) {
		munmap(ring.rings, ring.rings_len);
		munmap(ring.sqes, ring.p.sq_entries * sizeof(*ring.sqes));
		close(ring.fd);
	}
	close(fd);
	return err < 0 ? err : 0;
}

/* ---- shared writable maps */

static sigjmp_buf beyond_end;

static void on_bus_error(int sig)
{
	siglongjmp(beyond_end, sig);
}

/* The file may have been truncated since it was mapped: nothing to do then. */
static int dirty(struct world *w, const struct held_map *map)
{
	size_t at = random_below(w, (unsigned int)map->len);
	size_t len = 1 + random_below(w, 3 * PAGE);
	unsigned char bytes[3 * PAGE];
	int err = 0;

	if (len > map->len - at)
		len = map->len - at;
	random_bytes(w, bytes, len);
	signal(SIGBUS, on_bus_error);
	if (!sigsetjmp(beyond_end, 1))
		memcpy(map->addr + at, bytes, len);
	else
		err = -EAGAIN;
	signal(SIGBUS, SIG_DFL);
	return err;
}

static int map_file(struct world *w, struct held_map *map, int *fd)
{
	struct stat st;

	*fd = open_file(w, O_RDWR, &st);
	if (*fd < 0)
		return *fd;
	if (!st.st_size) {
		close(*fd);
		return -EAGAIN;
	}
	map->len = st.st_size > 16 * PAGE ? 16 * PAGE : (size_t)st.st_size;
	map->addr = mmap(NULL, map->len, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (map->addr == MAP_FAILED) {
		int err = -errno;

		close(*fd);
		return err;
	}
	return 0;
}

static void hold_map(struct world *w, const struct held_map *map)
{
	struct held_map *held = &w->maps[random_below(w, NR_HELD)];

	if (held->addr)
		munmap(held->addr, held->len);
	*held = *map;
}

static int mmap_dirty_unmap_close(struct world *w)
{
	struct held_map map;
	int fd, err = map_file(w, &map, &fd);

	if (err)
		return err;
	err = dirty(w, &map);
	munmap(map.addr, map.len);
	close(fd);
	return err;
}

static int mmap_dirty_close_unmap(struct world *w)
{
	struct held_map map;
	int fd, err = map_file(w, &map, &fd);

	if (err)
		return err;
	err = dirty(w, &map);
	close(fd);
	munmap(map.addr, map.len);
	return err;
}

static int mmap_close_dirty_unmap(struct world *w)
{
	struct held_map map;
	int fd, err = map_file(w, &map, &fd);

	if (err)
		return err;
	close(fd);
	err = dirty(w, &map);
	munmap(map.addr, map.len);
	return err;
}

static int mmap_close_dirty_hold(struct world *w)
{
	struct held_map map;
	int fd, err = map_file(w, &map, &fd);

	if (err)
		return err;
	close(fd);
	err = dirty(w, &map);
	hold_map(w, &map);
	return err;
}

/* Mapped and closed some syncfs ago. */
static int mmap_held_dirty(struct world *w)
{
	struct held_map *held = &w->maps[random_below(w, NR_HELD)];
	int err;

	if (!held->addr)
		return mmap_close_dirty_hold(w);
	err = dirty(w, held);
	if (err || !random_below(w, 6)) {
		munmap(held->addr, held->len);
		held->addr = NULL;
	}
	return err;
}

static int mmap_msync_async(struct world *w)
{
	struct held_map map;
	int fd, err = map_file(w, &map, &fd);

	if (err)
		return err;
	close(fd);
	err = dirty(w, &map);
	if (!err)
		err = result(msync(map.addr, map.len, MS_ASYNC));
	munmap(map.addr, map.len);
	return err;
}

const struct op write_ops[] = { { "write_buffered", 12, write_buffered },
				{ "write_append", 4, write_append },
				{ "write_direct", 4, write_direct },
				{ "write_osync", 2, write_osync },
				{ "write_odsync", 2, write_odsync },
				{ "write_trunc", 3, write_trunc },
				{ "write_fsync", 2, write_fsync },
				{ "write_range_started", 2, write_range_started },
				{ "write_held", 8, write_held },
				{ "aio_buffered", 2, aio_buffered },
				{ "aio_direct", 2, aio_direct },
				{ "io_uring_write", 3, io_uring_write },
				{ "mmap_dirty_unmap_close", 2, mmap_dirty_unmap_close },
				{ "mmap_dirty_close_unmap", 2, mmap_dirty_close_unmap },
				{ "mmap_close_dirty_unmap", 3, mmap_close_dirty_unmap },
				{ "mmap_close_dirty_hold", 3, mmap_close_dirty_hold },
				{ "mmap_held_dirty", 6, mmap_held_dirty },
				{ "mmap_msync_async", 1, mmap_msync_async },
				{} };
