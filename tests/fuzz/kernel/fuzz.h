/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the interface fuzzer share: the bytes that an input is made of, the overlays it
 * is let loose on, and what must never happen.
 */
#ifndef OVLSYNC_FUZZ_H
#define OVLSYNC_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INPUT_BYTES 256

/**
 * struct input - one input, read from its beginning; behind its end are zeros
 * @bytes: what it is made of
 * @length: how many
 * @at: what has been read
 */
struct input {
	uint8_t bytes[INPUT_BYTES];
	size_t length;
	size_t at;
};

/**
 * enum handle - the descriptors that an ioctl may be given
 * @HANDLE_OWN_DIR: the root of an overlay of the caller's
 * @HANDLE_OWN_FILE: a file on it, open for write
 * @HANDLE_OTHER: the root of an overlay that is not a container's
 * @HANDLE_PATH: the root of the caller's, opened with O_PATH
 * @HANDLE_PROC: not on an overlay
 * @HANDLE_PIPE: on no filesystem that is mounted
 * @HANDLE_DEVICE: the device itself
 * @HANDLE_NR: how many
 */
enum handle {
	HANDLE_OWN_DIR,
	HANDLE_OWN_FILE,
	HANDLE_OTHER,
	HANDLE_PATH,
	HANDLE_PROC,
	HANDLE_PIPE,
	HANDLE_DEVICE,
	HANDLE_NR,
};

/**
 * struct world - what the calls are made on
 * @own: mount point of an overlay of the caller's
 * @other: mount point of one that root has mounted
 * @container: the caller is root of a user namespace, and nothing more
 * @handles: descriptors
 */
struct world {
	const char *own;
	const char *other;
	bool container;
	int handles[HANDLE_NR];
};

extern struct world world;

uint8_t take_byte(struct input *in);
uint32_t take_number(struct input *in);
size_t take_bytes(struct input *in, void *to, size_t most);

/* One of @n. */
static inline uint32_t pick(struct input *in, uint32_t n)
{
	return take_byte(in) % n;
}

/* Says what has happened that must not, and ends the process. */
void broken(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

void fuzz_ioctl(struct input *in);
void check_books(void);
void fuzz_netlink(struct input *in);
void fuzz_sysfs(struct input *in);
void find_sysfs_files(void);

/**
 * struct corpus - inputs that have reached something new
 * @inputs: these
 * @nr: how many
 * @seen: what they have reached, as the module tells it
 * @reached: bits in @seen
 */
#define CORPUS_INPUTS 1024
#define COVER_BYTES 2048
struct corpus {
	struct input inputs[CORPUS_INPUTS];
	unsigned int nr;
	uint8_t seen[COVER_BYTES];
	unsigned int reached;
};

bool cover_start(void);
void corpus_look(struct corpus *corpus, const struct input *in);
uint32_t by_chance(uint64_t *state, uint32_t below);
void input_make(struct input *in, const struct corpus *corpus, uint64_t *state);

#endif
