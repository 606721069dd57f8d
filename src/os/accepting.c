/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accepting: the connection is blocking and close-on-exec, its number is 3 or
 * greater, and no client is lost.  Closing connections without a wait for
 * descriptors that the peer has passed.
 */
#include "os.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <errno.h>
#include <unistd.h>

#ifdef HAVE_ACCEPT4
static int
accept_once(int listener)
{
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}
#else
static int
accept_once(int listener)
{
	int spare = up_dup_from(listener, 0);
	int fd;

	/*
	 * macOS removes the client from the queue before it allocates a
	 * descriptor.  If no descriptor were free, accept(2) would lose the
	 * client, so accept(2) is called only if a duplicate could be made.
	 */
	if (spare == -1)
		return -1;
	up_close(spare);
	fd = accept(listener, NULL, NULL);
	/*
	 * On macOS and the BSDs, the connection inherits O_NONBLOCK from the
	 * listener, and stdio would fail on it with EAGAIN.
	 */
	if (fd != -1 && (up_set_inherit(fd, 0) == -1 ||
	    up_set_blocking(fd, 1) == -1)) {
		up_close(fd);
		return -1;
	}
	return fd;
}
#endif

/*
 * Returns a blocking connection, or -1.
 *
 * If 0, 1 or 2 is closed, accept(2) returns this number.  A connection that
 * could not be moved, for lack of another number, would be lost.  It is
 * therefore moved to the number of *PLACE, a descriptor that only this call
 * uses, and which becomes -1.  If *PLACE is -1, the connection may be lost.
 */
int
up_accept(int listener, int *place)
{
	int fd = accept_once(listener);
	int moved;

	if (fd == -1 || fd > STDERR_FILENO)
		return fd;
	if (*place == -1)
		return up_above_standard(fd);
	moved = up_dup_onto(fd, *place);
	if (moved == -1) {
		up_refuse_connection(fd);
		return -1;
	}
	up_close(fd);
	*place = -1;
	return moved;
}

/*
 * The same for a process in which 0, 1 or 2 may be closed.  Until the
 * connection is moved, the client would receive output of other threads to
 * standard output or error.  During accept(2), duplicates of the listener
 * therefore occupy these numbers; a write to a listener fails.  *WERE_OPEN is 1
 * if 0, 1 and 2 were all open.
 */
int
up_accept_beside_standard(int listener, int *place, int *were_open)
{
	int fillers[STDERR_FILENO + 1];
	int number, fd = -1;
	unsigned count = 0;

	while ((number = up_dup_from(listener, 0)) != -1 &&
	    number <= STDERR_FILENO && count < COUNT(fillers))
		fillers[count++] = number;
	*were_open = number != -1 && count == 0;
	if (number != -1) {
		up_close(number);
		fd = up_accept(listener, place);
	}
	while (count > 0)
		up_close(fillers[--count]);
	return fd;
}

/*
 * Limits the time for which accept(2) on LISTENER blocks, in case another
 * process clears O_NONBLOCK.  Returns -1 if the system has no such limit.
 * Accepted sockets do not inherit SO_RCVTIMEO on Linux; on FreeBSD they do.
 */
int
up_limit_accept(int listener)
{
#ifdef __linux__
	const struct timeval moment = { .tv_usec = 1 };

	return setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &moment,
	    sizeof(moment));
#else
	(void)listener;
	return up_fail(ENOTSUP);
#endif
}

/*
 * close(2) of a connection.  If IS_UNSHARED, no other process holds the
 * connection, and it is shut down first.  Otherwise, a descriptor could arrive
 * between the search of the queue and close(2).
 */
int
up_close_connection(int fd, int is_unshared)
{
	if (is_unshared)
		up_shutdown(fd, SHUT_RD);
	up_disarm_unread(fd);
	return close(fd);
}

/* Closes a connection that the caller has never received.  Preserves errno. */
void
up_refuse_connection(int fd)
{
	int saved = errno;

	if (fd != -1)
		up_close_connection(fd, 1);
	errno = saved;
}
