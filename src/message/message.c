/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The common part of lines and frames: the stream, which one thread locks for
 * a whole message, and the buffer of the message.  If a read fails temporarily,
 * the buffer keeps the received part for the next call.
 */
#include "message.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY_BYTES	((size_t)256)

/*
 * A cleanup handler of reads and writes, which are cancellation points.
 * Without it, the stream of a cancelled thread would remain locked for all
 * other threads.
 */
static void
unlock_on_cancel(void *stream)
{
	up_release_stream(stream);
}

/*
 * If the stream is not open for this direction, musl does not set errno.  EBADF
 * is therefore stored before the call; if the error is another one, stdio
 * replaces EBADF.
 */
static int
preset_errno(void)
{
	int saved = errno;

	errno = EBADF;
	return saved;
}

/* Sets errno on an error; at EOF errno is unchanged. */
int
up_read_byte(struct up_stream *stream)
{
	int saved = preset_errno();
	int c;

	pthread_cleanup_push(unlock_on_cancel, stream);
	c = getc_unlocked(stream->file);
	pthread_cleanup_pop(0);
	if (c != EOF || feof(stream->file))
		errno = saved;
	return c;
}

static size_t
read_through_stdio(struct up_stream *stream, void *bytes, size_t size)
{
	int saved = preset_errno();
	size_t n;

	pthread_cleanup_push(unlock_on_cancel, stream);
	n = fread(bytes, 1, size, stream->file);
	pthread_cleanup_pop(0);
	if (n == size || feof(stream->file))
		errno = saved;
	return n;
}

/* Sets errno as up_read_byte() does. */
size_t
up_read_bytes(struct up_stream *stream, void *bytes, size_t size)
{
	const char *ahead;

	if (up_buffered_input(stream->file, &ahead) < size)
		return read_through_stdio(stream, bytes, size);
	memcpy(bytes, ahead, size);
	up_skip_input(stream->file, size);
	return size;
}

int
up_write_bytes(struct up_stream *stream, const void *bytes, size_t size)
{
	int saved = preset_errno();
	size_t n;

	pthread_cleanup_push(unlock_on_cancel, stream);
	n = fwrite(bytes, 1, size, stream->file);
	pthread_cleanup_pop(0);
	if (n < size)
		return -1;
	errno = saved;
	return 0;
}

/*
 * The capacity doubles.  Each realloc(3) can copy the message, so that with a
 * constant increment the total cost would be quadratic.
 */
int
up_message_grow(struct unix_buffer *buffer, size_t need, size_t most)
{
	int saved = errno;
	size_t capacity = buffer->capacity < FIRST_CAPACITY_BYTES ?
	    FIRST_CAPACITY_BYTES : buffer->capacity * 2;
	char *bytes;

	if (capacity < need)
		capacity = need;
	if (capacity > most)
		capacity = most;
	bytes = realloc(buffer->bytes, capacity);
	if (bytes == NULL)
		return -1;
	errno = saved;
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return 0;
}

/* Drops the received part: the next call must not continue the message. */
int
up_message_fail(struct unix_buffer *buffer, int error)
{
	buffer->reserved[UP_HELD] = 0;
	return up_fail(error);
}

/*
 * Whether *ERROR, of a read from IN, is final.  If the error is temporary, the
 * error indicator is cleared, since the stream can still be read.  ETIMEDOUT of
 * a stream with a descriptor is the timeout of TCP, which ends the connection.
 * It becomes ECONNRESET, since a caller would read again after ETIMEDOUT.
 */
int
up_is_final_error(FILE *in, int *error)
{
	if (*error == ETIMEDOUT && fileno(in) != -1)
		*error = ECONNRESET;
	if (*error != ETIMEDOUT && *error != EINTR && !up_would_block(*error))
		return 1;
	clearerr(in);
	return 0;
}

/*
 * Called after a short read.  Returns 0 at EOF, or -1 after an error.  If the
 * error is temporary, the buffer keeps the received part.
 */
int
up_message_cut_off(struct unix_buffer *buffer, FILE *in)
{
	int error = errno;

	if (feof(in))
		return 0;
	return up_is_final_error(in, &error) ? up_message_fail(buffer, error) :
	    up_fail(error);
}

UP_API void
unix_free_buffer(struct unix_buffer *buffer)
{
	int saved = errno;

	if (buffer == NULL)
		return;
	free(buffer->bytes);
	*buffer = (struct unix_buffer){ .bytes = NULL };
	errno = saved;
}
