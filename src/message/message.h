/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lines and frames share.  What every message meets is inline: a short
 * one takes no longer than a few calls do.
 */
#ifndef UP_MESSAGE_H
#define UP_MESSAGE_H

#include "os/os.h"

#include <errno.h>
#include <stdint.h>

/* hold.c: a stream that is one thread's over a message */
struct up_hold {
	FILE *stream;
	int locked;
};

int up_getc(struct up_hold *);
size_t up_read(struct up_hold *, void *, size_t);
int up_write(struct up_hold *, const void *, size_t);

/* The lock is for others; where there are none its cost is saved. */
static inline void
up_hold(struct up_hold *hold, FILE *stream)
{
	hold->stream = stream;
	hold->locked = up_has_threads();
	if (hold->locked)
		flockfile(stream);
}

static inline void
up_drop_hold(struct up_hold *hold)
{
	if (hold->locked)
		funlockfile(hold->stream);
}

/* message.c: the buffer, and the part of a message that it holds */
enum up_kind {
	UP_LINE,
	UP_FRAME
};

enum up_state {			/* members of unix_buffer.reserved */
	UP_HELD,		/* bytes that were read, with the prefix */
	UP_PREFIX,		/* those of a frame's prefix */
	UP_STREAM,
	UP_KIND
};

int up_message_grow(struct unix_buffer *, size_t, size_t);
int up_message_drop(struct unix_buffer *, int);
int up_message_stopped(struct unix_buffer *, FILE *);

/* A part that is held is of the same kind, and from the same stream. */
static inline int
up_message_begin(struct unix_buffer *buffer, FILE *in, enum up_kind kind)
{
	size_t *state = buffer == NULL ? NULL : buffer->reserved;

	if (in == NULL || state == NULL || (state[UP_HELD] != 0 &&
	    (state[UP_STREAM] != (uintptr_t)in || state[UP_KIND] != kind))) {
		errno = EINVAL;
		return -1;
	}
	state[UP_STREAM] = (uintptr_t)in;
	state[UP_KIND] = kind;
	buffer->length = 0;
	return 0;
}

/* What can be asked for, with a byte to spare. */
static inline size_t
up_message_limit(size_t limit)
{
	if (limit == 0)
		return (size_t)1 << 20;
	return limit < SIZE_MAX / 2 ? limit : SIZE_MAX / 2;
}

/* Room for NEED bytes, or for MOST if that is less. */
static inline int
up_message_room(struct unix_buffer *buffer, size_t need, size_t most)
{
	if (need > most)
		need = most;
	return need <= buffer->capacity ? 0 :
	    up_message_grow(buffer, need, most);
}

static inline int
up_message_done(struct unix_buffer *buffer, size_t length)
{
	buffer->bytes[length] = '\0';
	buffer->length = length;
	buffer->reserved[UP_HELD] = 0;
	return 1;
}

#endif
