/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The spare descriptor of a listener, for up_accept(): a connection that gets
 * the number 0, 1 or 2 moves to the number of the spare.
 */
#include "server.h"

/*
 * The spare is not a duplicate of the listener.  If a child of fork(2) closed
 * only the listener, the duplicate would keep the socket open, and clients
 * could connect although no process accepts them.
 */
static int
make_spare(const struct unix_listener *listener)
{
	return up_dup(listener->interrupt.pipe[0]);
}

int
up_add_spare(struct unix_listener *listener)
{
	int spare = make_spare(listener);

	listener->spare = spare;
	return spare == -1 ? -1 : 0;
}

static void
put_back(struct unix_listener *listener, int spare)
{
	int other;

	while ((other = atomic_exchange(&listener->spare, spare)) != -1 &&
	    other < spare)
		spare = other;
	up_close(other);
}

/*
 * Threads that shared the spare descriptor could lose a client: each of them
 * takes it, or makes another, and the lowest remains for the next client: the
 * numbers that a program has open are the same after its calls.
 *
 * To look for a closed 0, 1 or 2 before each client would cost two system
 * calls.  It is done until they are found open, and again after a connection
 * got one of these numbers.
 */
int
up_accept_with_spare(struct unix_listener *listener)
{
	int place, were_open, fd;

	/* If another process clears O_NONBLOCK, accept(2) would block. */
	if (listener->may_block && up_set_blocking(listener->fd, 0) == -1)
		return -1;
	place = atomic_exchange(&listener->spare, -1);
	if (place == -1 && (place = make_spare(listener)) == -1)
		return -1;
	if (listener->has_standard)
		fd = up_accept(listener->fd, &place);
	else {
		fd = up_accept_beside_standard(listener->fd, &place,
		    &were_open);
		listener->has_standard = were_open;
	}
	if (place == -1)
		listener->has_standard = 0;
	else
		put_back(listener, place);
	return fd;
}
