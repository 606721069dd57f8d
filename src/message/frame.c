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
decode_length(const void *prefix)
{
	const unsigned char *p = prefix;

	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
	    p[3];
}

/*
 * Returns 1 if SIZE bytes were read, 0 at EOF before the frame, or -1.  EOF
 * inside a frame is an error: the peer has not sent the rest.
 */
UP_COLD static int
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

UP_COLD static int
read_frame(struct up_stream *stream, struct unix_buffer *frame, size_t limit)
{
	size_t held = frame->reserved[UP_HELD];
	size_t length;
	int result = 1;

	if (held < PREFIX_BYTES)
		result = read_part(stream, frame, prefix_of(frame) + held,
		    PREFIX_BYTES - held);
	if (result != 1)
		return result;
	length = decode_length(prefix_of(frame));
	return length > limit ? up_message_fail(frame, EMSGSIZE) :
	    read_body(stream, frame, length);
}

/*
 * The usual case in fewer instructions: all of the frame is in the buffer of
 * the stream and fits into the memory of FRAME.  Returns 0, and has no effect,
 * if this is not the case.
 */
static int
take_whole_frame(FILE *in, struct unix_buffer *frame, size_t limit)
{
	const char *bytes;
	size_t n = up_buffered_input(in, &bytes);
	size_t length;

	if (n < PREFIX_BYTES || frame->reserved[UP_HELD] != 0)
		return 0;
	length = decode_length(bytes);
	if (length > limit || length > n - PREFIX_BYTES ||
	    length >= frame->capacity)
		return 0;
	memcpy(frame->bytes, bytes + PREFIX_BYTES, length);
	up_skip_input(in, PREFIX_BYTES + length);
	return up_message_finish(frame, length, 0);
}

UP_API int
unix_get_frame(FILE *in, struct unix_buffer *frame, size_t limit)
{
	struct up_stream stream;
	int result;

	if (up_message_begin(frame, in, UP_FRAME) == -1)
		return -1;
	limit = up_message_limit(limit);
	up_hold_stream(&stream, in);
	result = take_whole_frame(in, frame, limit);
	if (result == 0)
		result = read_frame(&stream, frame, limit);
	up_release_stream(&stream);
	return result;
}

static void
encode_length(void *prefix, size_t length)
{
	unsigned char *p = prefix;

	p[0] = (length >> 24) & 255;
	p[1] = (length >> 16) & 255;
	p[2] = (length >> 8) & 255;
	p[3] = length & 255;
}

/*
 * The prefix and the first bytes are written together: on an unbuffered stream
 * a separate prefix would cost a system call and wake the peer twice.
 */
UP_COLD static int
write_frame(struct up_stream *stream, const char *bytes, size_t length)
{
	char start[FIRST_WRITE_BYTES];
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
	size_t room;
	char *end;
	int result;

	if (out == NULL || (bytes == NULL && length > 0))
		return up_fail(EINVAL);
	if (length > UINT32_MAX)
		return up_fail(EMSGSIZE);
	up_hold_stream(&stream, out);
	room = up_output_room(out, &end);
	if (room >= PREFIX_BYTES && length <= room - PREFIX_BYTES) {
		encode_length(end, length);
		if (length > 0)
			memcpy(end + PREFIX_BYTES, bytes, length);
		up_advance_output(out, PREFIX_BYTES + length);
		result = 0;
	} else
		result = write_frame(&stream, bytes, length);
	up_release_stream(&stream);
	return result;
}
