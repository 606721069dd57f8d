/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queue of output that the socket did not accept, of ports whose writes do
 * not wait: a ring in one block of memory, which grows up to a limit and is
 * freed with its last byte.  It belongs to the thread that holds the lock of
 * `out`, which also orders the changes.
 */
#include "guarded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MIN_CAPACITY_BYTES	((size_t)4096)

/*
 * Takes the block from the socket before it is freed or moved: in a child that
 * another thread forks at that moment, the pointer would lead to freed memory.
 * The queue is valid, and empty, after each of the stores.
 */
static char *
detach_block(struct unix_socket *socket)
{
	char *block = socket->queue;

	socket->queued = 0;
	socket->first = socket->capacity = 0;
	socket->queue = NULL;
	return block;
}

void
up_drop_queue(struct unix_socket *socket)
{
	free(detach_block(socket));
}

/*
 * Sends some of the queue, which is not empty, as up_send_some() does.  The
 * length changes first: a child that another thread forks in between would send
 * memory after the end of the queue.
 */
ssize_t
up_send_queued(struct unix_socket *socket, int flags)
{
	size_t part = socket->capacity - socket->first;
	ssize_t sent;

	if (part > socket->queued)
		part = socket->queued;
	sent = up_send_some(socket, socket->queue + socket->first, part, flags);
	if (sent > 0) {
		socket->queued -= (size_t)sent;
		socket->first = (socket->first + (size_t)sent) %
		    socket->capacity;
		if (socket->queued == 0)
			up_drop_queue(socket);
	}
	return sent;
}

/*
 * Makes room for LENGTH bytes in all.  The capacity is doubled, since each call
 * can copy the queue.  Bytes at the start of the block can follow those at its
 * end, so the latter move to the new end.  While realloc(3) copies, the old
 * block exists as well: the memory then exceeds the limit by its size.
 */
static int
grow_queue(struct unix_socket *socket, size_t length)
{
	size_t queued = socket->queued;
	size_t first = socket->first;
	size_t tail = socket->capacity - first;
	size_t capacity = 2 * socket->capacity + MIN_CAPACITY_BYTES;
	char *old = detach_block(socket);
	char *block;

	if (capacity < length)
		capacity = length;
	if (capacity > socket->output_limit)
		capacity = socket->output_limit;
	block = realloc(old, capacity);
	if (block == NULL) {
		capacity = length;
		block = realloc(old, capacity);
	}
	if (block == NULL) {
		free(old);
		return up_fail(ENOMEM);
	}
	memmove(block + capacity - tail, block + first, tail);
	socket->queue = block;
	socket->first = (capacity - tail) % capacity;
	socket->capacity = capacity;
	socket->queued = queued;
	return 0;
}

/*
 * Queues BYTES.  A failure is final, and the caller then drops the queue.  musl
 * calls the write hook with NULL and 0, which memcpy(3) does not allow.
 */
int
up_add_to_queue(struct unix_socket *socket, const char *bytes, size_t length)
{
	size_t queued = socket->queued;
	size_t end, part;

	if (length == 0)
		return 0;
	if (length > socket->output_limit - queued)
		return up_fail(ENOBUFS);
	if (length > socket->capacity - queued &&
	    grow_queue(socket, queued + length) == -1)
		return -1;
	end = (socket->first + queued) % socket->capacity;
	part = socket->capacity - end;
	if (part > length)
		part = length;
	memcpy(socket->queue + end, bytes, part);
	memcpy(socket->queue, bytes + part, length - part);
	socket->queued = queued + length;
	return 0;
}

/* After an error no byte is sent any more, since it would follow a gap. */
void
up_fail_output(struct unix_socket *socket, int error)
{
	socket->error = error;
	up_drop_queue(socket);
}
