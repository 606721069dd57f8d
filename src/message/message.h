/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The common part of lines and frames.  The functions that every message uses
 * are inline: for a short message their calls would take most of the time.
 */
#ifndef UP_MESSAGE_H
#define UP_MESSAGE_H

#include "os/os.h"

#include <stdint.h>

/* message.c: a stream that is locked for a whole message */
struct up_stream {
	FILE *file;
	int locked;
};

int up_read_byte(struct up_stream *);
size_t up_read_bytes(struct up_stream *, void *, size_t);
int up_write_bytes(struct up_stream *, const void *, size_t);

/*
 * flockfile(3) takes much of the time of a short message.  The only thread of a
 * process does not need it.
 */
static inline void
up_lock_stream(struct up_stream *stream, FILE *file)
{
	stream->file = file;
	stream->locked = up_has_threads();
	if (stream->locked)
		flockfile(file);
}

static inline void
up_unlock_stream(struct up_stream *stream)
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
	UP_STREAM,
	UP_KIND
};

int up_message_grow(struct unix_buffer *, size_t, size_t);
int up_message_fail(struct unix_buffer *, int);
int up_message_cut_off(struct unix_buffer *, FILE *);

/*
 * Part of a line followed by a frame, or by bytes of another stream, would be a
 * message that no peer has sent.
 */
static inline int
up_message_begin(struct unix_buffer *buffer, FILE *in, enum up_kind kind)
{
	size_t *state = buffer == NULL ? NULL : buffer->reserved;

	if (in == NULL || state == NULL || (state[UP_HELD] != 0 &&
	    (state[UP_STREAM] != (uintptr_t)in || state[UP_KIND] != kind)))
		return up_fail(EINVAL);
	state[UP_STREAM] = (uintptr_t)in;
	state[UP_KIND] = kind;
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

static inline int
up_message_finish(struct unix_buffer *buffer, size_t length)
{
	buffer->bytes[length] = '\0';
	buffer->length = length;
	buffer->reserved[UP_HELD] = 0;
	return 1;
}

#endif
