/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames: a 4-byte big-endian length, then that number of bytes. */
#include "message.h"

#include <errno.h>
#include <string.h>

#define PREFIX_BYTES		((size_t)4)
#define FIRST_WRITE_BYTES	((size_t)256)	/* with the prefix */

static unsigned char *
prefix_of(struct unix_buffer *frame)
{
	return (unsigned char *)&frame->reserved[UP_PREFIX];
}

static size_t
announced_length(struct unix_buffer *frame)
{
	const unsigned char *p = prefix_of(frame);

	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
	    p[3];
}

/*
 * Returns 1 if SIZE bytes were read, 0 at EOF before the frame, or -1.  EOF
 * inside a frame is an error: the peer has not sent the rest.
 */
static int
read_part(struct up_stream *stream, struct unix_buffer *frame, void *where,
    size_t size)
{
	size_t *held = &frame->reserved[UP_HELD];
	size_t n = up_read_bytes(stream, where, size);

	*held += n;
	if (n == size)
		return 1;
	if (up_message_cut_off(frame, stream->file) == -1)
		return -1;
	return *held == 0 ? 0 : up_message_fail(frame, EBADMSG);
}

/*
 * Memory is allocated as bytes arrive.  If the announced length were allocated,
 * a peer could occupy memory up to the limit by sending a prefix of 4 bytes.
 */
static int
read_body(struct up_stream *stream, struct unix_buffer *frame, size_t size)
{
	size_t got, n;

	for (;;) {
		got = frame->reserved[UP_HELD] - PREFIX_BYTES;
		if (up_message_room(frame, got + 2, size + 1) == -1)
			return -1;
		if (got == size)
			return up_message_finish(frame, size, 0);
		n = frame->capacity - 1 < size ? frame->capacity - 1 : size;
		if (read_part(stream, frame, frame->bytes + got, n - got) == -1)
			return -1;
	}
}

static int
read_frame(struct up_stream *stream, struct unix_buffer *frame, size_t limit)
{
	size_t held = frame->reserved[UP_HELD];
	int result = 1;

	if (held < PREFIX_BYTES)
		result = read_part(stream, frame, prefix_of(frame) + held,
		    PREFIX_BYTES - held);
	if (result != 1)
		return result;
	if (announced_length(frame) > limit)
		return up_message_fail(frame, EMSGSIZE);
	return read_body(stream, frame, announced_length(frame));
}

UP_API int
unix_get_frame(FILE *in, struct unix_buffer *frame, size_t limit)
{
	struct up_stream stream;
	int result;

	if (up_message_begin(frame, in, UP_FRAME) == -1)
		return -1;
	up_hold_stream(&stream, in);
	result = read_frame(&stream, frame, up_message_limit(limit));
	up_release_stream(&stream);
	return result;
}

static void
encode_length(unsigned char prefix[PREFIX_BYTES], size_t length)
{
	prefix[0] = (length >> 24) & 255;
	prefix[1] = (length >> 16) & 255;
	prefix[2] = (length >> 8) & 255;
	prefix[3] = length & 255;
}

/*
 * The prefix and the first bytes are written together: on an unbuffered stream
 * a separate prefix would cost a system call and wake the peer twice.
 */
static int
write_frame(struct up_stream *stream, const char *bytes, size_t length)
{
	unsigned char start[FIRST_WRITE_BYTES];
	size_t n = FIRST_WRITE_BYTES - PREFIX_BYTES;

	if (n > length)
		n = length;
	encode_length(start, length);
	if (n > 0)
		memcpy(start + PREFIX_BYTES, bytes, n);
	if (up_write_bytes(stream, start, PREFIX_BYTES + n) == -1)
		return -1;
	return n == length ? 0 : up_write_bytes(stream, bytes + n, length - n);
}

UP_API int
unix_put_frame(FILE *out, const void *bytes, size_t length)
{
	struct up_stream stream;
	int result;

	if (out == NULL || (bytes == NULL && length > 0))
		return up_fail(EINVAL);
	if (length > UINT32_MAX)
		return up_fail(EMSGSIZE);
	up_hold_stream(&stream, out);
	result = write_frame(&stream, bytes, length);
	up_release_stream(&stream);
	return result;
}
