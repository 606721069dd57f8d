/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The common part of lines and frames.  The functions that every message uses
 * are inline, since their calls would take most of the time of a short message.
 */
#ifndef UP_MESSAGE_H
#define UP_MESSAGE_H

#include "os/os.h"
#include "os/stdio_buffer.h"
#include "os/stdio_lock.h"
#include "os/threads.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

/* message.c: a stream that is locked for a whole message */
struct up_stream {
	FILE *file;
	int locked;
};

int up_read_byte(struct up_stream *);
UP_COLD size_t up_read_bytes(struct up_stream *, void *, size_t);
UP_COLD int up_write_bytes(struct up_stream *, const void *, size_t);

/*
 * If the process has a single thread, or the stream no lock, the stream is not
 * locked: flockfile(3) would take much of the time of a short message.
 */
static inline void
up_hold_stream(struct up_stream *stream, FILE *file)
{
	stream->file = file;
	stream->locked = !up_is_unlocked(file) && up_has_threads();
	if (stream->locked)
		flockfile(file);
}

static inline void
up_release_stream(struct up_stream *stream)
{
	if (stream->locked)
		funlockfile(stream->file);
}

/* The buffer, and its part of a message */
enum up_kind {
	UP_LINE,
	UP_FRAME
};

enum up_state {			/* members of unix_buffer.reserved */
	UP_HELD,		/* number of received bytes, with the prefix */
	UP_PREFIX,		/* received bytes of the prefix of a frame */
	UP_STREAM		/* its address; its lowest bit is the kind */
};

UP_COLD int up_message_grow(struct unix_buffer *, size_t, size_t);
UP_COLD int up_message_fail(struct unix_buffer *, int);
UP_COLD int up_message_cut_off(struct unix_buffer *, FILE *);
UP_COLD int up_is_final_error(FILE *, int *);

/*
 * Fails if the buffer holds a part of a message of another kind or stream.  If
 * bytes of IN continued this part, the result would be a message that no peer
 * has sent.
 */
static inline int
up_message_begin(struct unix_buffer *buffer, FILE *in, enum up_kind kind)
{
	uintptr_t stream = (uintptr_t)in | kind;

	if (in == NULL || buffer == NULL || (buffer->reserved[UP_HELD] != 0 &&
	    buffer->reserved[UP_STREAM] != stream))
		return up_fail(EINVAL);
	buffer->reserved[UP_STREAM] = stream;
	buffer->length = 0;
	return 0;
}

/* The limit is below SIZE_MAX, since callers add 1 for a CR or a NUL. */
static inline size_t
up_message_limit(size_t limit)
{
	if (limit == 0)
		return (size_t)1 << 20;
	return limit < SIZE_MAX / 2 ? limit : SIZE_MAX / 2;
}

static inline int
up_message_room(struct unix_buffer *buffer, size_t need, size_t most)
{
	if (need > most)
		need = most;
	return need <= buffer->capacity ? 0 :
	    up_message_grow(buffer, need, most);
}

/* PARTIAL: whether EOF ended the line, instead of a newline. */
static inline int
up_message_finish(struct unix_buffer *buffer, size_t length, int partial)
{
	buffer->bytes[length] = '\0';
	buffer->length = length;
	buffer->partial = (size_t)partial;
	buffer->reserved[UP_HELD] = 0;
	return 1;
}

#pragma GCC visibility pop

#endif
