/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unix_get_bytes(): returns available bytes, as read(2) does, including those
 * in the buffer of the stream.  fread(3) waits for all requested bytes.
 */
#include "message.h"

#include <errno.h>
#include <string.h>

/*
 * Takes up to SIZE bytes of the buffer.  Bytes that ungetc(3) has pushed back
 * come first.
 */
static size_t
take_buffered_bytes(FILE *in, char *bytes, size_t size)
{
	const char *ahead;
	size_t n = up_buffered_input(in, &ahead);

	if (n > size)
		n = size;
	if (n > 0) {
		memcpy(bytes, ahead, n);
		up_skip_input(in, n);
	}
	return n;
}

/*
 * If the buffer is empty, one byte is read, which makes stdio refill the buffer
 * by one read(2).
 */
static ssize_t
read_available(struct up_stream *stream, char *bytes, size_t size)
{
	size_t n = take_buffered_bytes(stream->file, bytes, size);
	int c, error;

	if (n > 0)
		return (ssize_t)n;
	c = up_read_byte(stream);
	if (c == EOF) {
		error = errno;
		if (feof(stream->file))
			return 0;
		(void)up_is_final_error(stream->file, &error);
		return up_fail(error);
	}
	*bytes = (char)c;
	return 1 + (ssize_t)take_buffered_bytes(stream->file, bytes + 1,
	    size - 1);
}

UP_API ssize_t
unix_get_bytes(FILE *in, void *bytes, size_t size)
{
	struct up_stream stream;
	ssize_t result;

	if (in == NULL || bytes == NULL || size == 0)
		return up_fail(EINVAL);
	up_hold_stream(&stream, in);
	result = read_available(&stream, bytes, size < SSIZE_MAX ? size :
	    SSIZE_MAX);
	up_release_stream(&stream);
	return result;
}
