/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames: four bytes of length, the highest first, and that many bytes. */
#include "message.h"

#include <errno.h>
#include <string.h>

#define PREFIX	((size_t)4)
#define SHORT	((size_t)256)	/* with its prefix */

static unsigned char *
prefix_of(struct unix_buffer *frame)
{
	return (unsigned char *)&frame->reserved[UP_PREFIX];
}

/* The length that was announced. */
static size_t
announced(struct unix_buffer *frame)
{
	const unsigned char *p = prefix_of(frame);

	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
	    p[3];
}

/* Read SIZE more bytes of a frame to WHERE: 1 when all are here. */
static int
take(struct up_hold *hold, struct unix_buffer *frame, void *where, size_t size)
{
	size_t *held = &frame->reserved[UP_HELD];
	size_t n = up_read(hold, where, size);

	*held += n;
	if (n == size)
		return 1;
	if (up_message_stopped(frame, hold->stream) == -1)
		return -1;
	return *held == 0 ? 0 : up_message_drop(frame, EBADMSG);
}

/*
 * A peer that announces much and sends little must not cost much: memory
 * grows with what has arrived.
 */
static int
get_bytes(struct up_hold *hold, struct unix_buffer *frame, size_t size)
{
	size_t got, n;

	for (;;) {
		got = frame->reserved[UP_HELD] - PREFIX;
		if (up_message_room(frame, got + 2, size + 1) == -1)
			return -1;
		if (got == size)
			return up_message_done(frame, size);
		n = frame->capacity - 1 < size ? frame->capacity - 1 : size;
		if (take(hold, frame, frame->bytes + got, n - got) == -1)
			return -1;
	}
}

static int
get_frame(struct up_hold *hold, struct unix_buffer *frame, size_t limit)
{
	size_t held = frame->reserved[UP_HELD];
	int result = 1;

	if (held < PREFIX)
		result = take(hold, frame, prefix_of(frame) + held,
		    PREFIX - held);
	if (result != 1)
		return result;
	if (announced(frame) > limit)
		return up_message_drop(frame, EMSGSIZE);
	return get_bytes(hold, frame, announced(frame));
}

UP_API int
unix_get_frame(FILE *in, struct unix_buffer *frame, size_t limit)
{
	struct up_hold hold;
	int result;

	if (up_message_begin(frame, in, UP_FRAME) == -1)
		return -1;
	up_hold(&hold, in);
	result = get_frame(&hold, frame, up_message_limit(limit));
	up_drop_hold(&hold);
	return result;
}

static void
announce(unsigned char prefix[PREFIX], size_t length)
{
	prefix[0] = (length >> 24) & 255;
	prefix[1] = (length >> 16) & 255;
	prefix[2] = (length >> 8) & 255;
	prefix[3] = length & 255;
}

/* The beginning goes with the prefix: a short frame is one write. */
static int
put_frame(struct up_hold *hold, const char *bytes, size_t length)
{
	unsigned char start[SHORT];
	size_t n = length < SHORT - PREFIX ? length : SHORT - PREFIX;

	announce(start, length);
	if (n > 0)
		memcpy(start + PREFIX, bytes, n);
	if (up_write(hold, start, PREFIX + n) == -1)
		return -1;
	return n == length ? 0 : up_write(hold, bytes + n, length - n);
}

UP_API int
unix_put_frame(FILE *out, const void *bytes, size_t length)
{
	struct up_hold hold;
	int result;

	if (out == NULL || (bytes == NULL && length > 0)) {
		errno = EINVAL;
		return -1;
	}
	if (length > UINT32_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	up_hold(&hold, out);
	result = put_frame(&hold, bytes, length);
	up_drop_hold(&hold);
	return result;
}
