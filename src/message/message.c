/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lines and frames share: the buffer that a message grows in, and what
 * is kept there of one that was cut off, so that the next call goes on.
 */
#include "message.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_CAPACITY	((size_t)256)

/* Doubled, so that copying stays cheap, but no more than MOST. */
int
up_message_grow(struct unix_buffer *buffer, size_t need, size_t most)
{
	int saved = errno;
	size_t capacity = buffer->capacity < FIRST_CAPACITY ?
	    FIRST_CAPACITY : buffer->capacity * 2;
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

/* The message cannot be had: nothing of it is kept. */
int
up_message_drop(struct unix_buffer *buffer, int error)
{
	buffer->reserved[UP_HELD] = 0;
	errno = error;
	return -1;
}

/*
 * The stream gave less than it was asked for: 0 at its end, -1 with its
 * error.  What the next call may well read is kept, and the stream no
 * longer says that it failed.
 */
int
up_message_stopped(struct unix_buffer *buffer, FILE *in)
{
	int error = errno;

	if (feof(in))
		return 0;
	if (error != ETIMEDOUT && error != EINTR && !up_would_block(error))
		return up_message_drop(buffer, error);
	clearerr(in);
	errno = error;
	return -1;
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
