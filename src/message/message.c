/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The common part of lines and frames: a stream that belongs to one thread
 * for a whole message, and the buffer that a message grows in.  The received
 * part of a message that was cut off stays there for the next call.
 */
#include "message.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY_BYTES	((size_t)256)

/* A thread that is cancelled while it waits for the peer unlocks the stream. */
static void
unlock_on_cancel(void *stream)
{
	up_unlock_stream(stream);
}

/*
 * Not every libc sets errno if a stream is not open for this direction: EBADF
 * stays in that case.
 */
static int
preset_errno(void)
{
	int saved = errno;

	errno = EBADF;
	return saved;
}

/* The next byte, or EOF; errno is set unless the input is at its end. */
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

/* SIZE bytes, or fewer after an error or at EOF, as up_read_byte(). */
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

/* The capacity doubles, up to MOST, so that each byte is copied about once. */
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

/* The message is lost: no part of it is kept. */
int
up_message_fail(struct unix_buffer *buffer, int error)
{
	buffer->reserved[UP_HELD] = 0;
	return up_fail(error);
}

/*
 * The system's own timeout, of TCP, ends the connection: not an ETIMEDOUT after
 * which a call continues.  Of a stream with a descriptor there is no other.
 */
static int
as_final_error(int error, FILE *in)
{
	return error == ETIMEDOUT && fileno(in) != -1 ? ECONNRESET : error;
}

/*
 * After a short read: 0 at EOF, else -1 with the error of the stream.  After
 * an error that passes, the received part is kept for the next call, and the
 * error indicator of the stream is cleared.
 */
int
up_message_cut_off(struct unix_buffer *buffer, FILE *in)
{
	int error = errno;

	if (feof(in))
		return 0;
	error = as_final_error(error, in);
	if (error != ETIMEDOUT && error != EINTR && !up_would_block(error))
		return up_message_fail(buffer, error);
	clearerr(in);
	return up_fail(error);
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
