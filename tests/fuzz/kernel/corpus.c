// SPDX-License-Identifier: GPL-2.0
/*
 * Where inputs come from: by chance, or a change of one that has reached something new.  What is
 * reached is told by a test build of the module (module/cover.c); without one, all are by chance.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static int cover_fd = -1;

/* xorshift64*: good enough, and the same everywhere. */
uint32_t by_chance(uint64_t *state, uint32_t below)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)((*state * 0x2545F4914F6CDD1DULL) >> 32) % below;
}

uint8_t take_byte(struct input *in)
{
	return in->at < in->length ? in->bytes[in->at++] : 0;
}

uint32_t take_number(struct input *in)
{
	uint32_t number = take_byte(in);

	number |= (uint32_t)take_byte(in) << 8;
	number |= (uint32_t)take_byte(in) << 16;
	return number | (uint32_t)take_byte(in) << 24;
}

size_t take_bytes(struct input *in, void *to, size_t most)
{
	size_t length = take_byte(in) % (most + 1), i;

	for (i = 0; i < length; i++)
		((uint8_t *)to)[i] = take_byte(in);
	return length;
}

/* Returns false if the module can't tell. */
bool cover_start(void)
{
	cover_fd = open("/sys/module/ovlsync/parameters/test_cover", O_RDWR | O_CLOEXEC);
	return cover_fd >= 0 && dprintf(cover_fd, "%d", getpid()) > 0;
}

void corpus_look(struct corpus *corpus, const struct input *in)
{
	uint8_t reached[COVER_BYTES];
	unsigned int i, more = 0;

	if (cover_fd < 0 || pread(cover_fd, reached, sizeof(reached), 0) != sizeof(reached))
		return;
	for (i = 0; i < sizeof(reached); i++) {
		more += __builtin_popcount(reached[i] & ~corpus->seen[i]);
		corpus->seen[i] |= reached[i];
	}
	corpus->reached += more;
	if (more && corpus->nr < CORPUS_INPUTS)
		corpus->inputs[corpus->nr++] = *in;
}

static void insert(struct input *in, uint64_t *state)
{
	size_t at = by_chance(state, in->length + 1);

	if (in->length == INPUT_BYTES)
		return;
	memmove(in->bytes + at + 1, in->bytes + at, in->length - at);
	in->bytes[at] = by_chance(state, 256);
	in->length++;
}

static void drop(struct input *in, uint64_t *state)
{
	size_t at;

	if (in->length < 2)
		return;
	at = by_chance(state, in->length);
	memmove(in->bytes + at, in->bytes + at + 1, in->length - at - 1);
	in->length--;
}

/* The beginning of one and the end of another. */
static void cross(struct input *in, const struct input *other, uint64_t *state)
{
	size_t at = by_chance(state, in->length);

	if (other->length > at) {
		memcpy(in->bytes + at, other->bytes + at, other->length - at);
		in->length = other->length;
	}
}

void input_make(struct input *in, const struct corpus *corpus, uint64_t *state)
{
	unsigned int changes, i;

	if (!corpus->nr || !by_chance(state, 5)) {
		in->length = 1 + by_chance(state, INPUT_BYTES);
		for (i = 0; i < in->length; i++)
			in->bytes[i] = by_chance(state, 256);
		return;
	}
	*in = corpus->inputs[by_chance(state, corpus->nr)];
	for (changes = 1 + by_chance(state, 6); changes; changes--) {
		switch (by_chance(state, 8)) {
		case 0:
			insert(in, state);
			break;
		case 1:
			drop(in, state);
			break;
		case 2:
			cross(in, &corpus->inputs[by_chance(state, corpus->nr)], state);
			break;
		default:
			in->bytes[by_chance(state, in->length)] = by_chance(state, 256);
		}
	}
}
