/* SPDX-License-Identifier: BSD-2-Clause */
/* Accepting: poll(2) for an interrupt or a client, then accept(2). */
#include "server.h"

#include <errno.h>
#include <unistd.h>

/*
 * 1: a client, 0: none before DEADLINE, -1: interrupted or broken.  STOP,
 * if it is not -1, interrupts too, once it is readable.  A listener that
 * another holder has shut down is always ready on Linux, and accept(2) then
 * says EAGAIN for ever.
 */
static int
wait_client(const struct unix_listener *listener, int stop, long long deadline)
{
	struct pollfd fds[3] = {
		{ .fd = listener->wake[0], .events = POLLIN },
		{ .fd = listener->fd, .events = POLLIN | POLLRDHUP },
		{ .fd = stop, .events = POLLIN }
	};
	int ready = up_poll(fds, stop == -1 ? 2 : 3, deadline);

	if (ready <= 0)
		return ready;
	if (((fds[0].revents | fds[1].revents) & POLLNVAL) != 0)
		errno = EBADF;
	else if (fds[0].revents != 0 || fds[2].revents != 0)
		errno = ECANCELED;
	else if ((fds[1].revents & (POLLHUP | POLLRDHUP)) != 0)
		errno = EINVAL;
	else
		return 1;
	return -1;
}

/* Errors of one client, or of being later than another acceptor. */
static int
is_passing(int error)
{
	return up_would_block(error) || error == ECONNABORTED ||
	    error == EINTR;
}

static int
is_guarded(const struct unix_listener *listener)
{
	return (listener->options.flags & UNIX_GUARDED) != 0;
}

/*
 * Ports that lead to nobody yet.  All that a connection needs is taken
 * before accept(2), so that a shortage leaves the client in the queue.
 */
static int
reserve(const struct unix_listener *listener, struct unix_ports *ports)
{
	int fd;

	if (is_guarded(listener))
		return up_guarded_open(-1, &listener->options, ports);
	fd = up_dup(listener->fd);
	if (fd == -1)
		return -1;
	if (up_plain_open(fd, ports) == -1) {
		up_close(fd);
		return -1;
	}
	return 0;
}

/* Let them lead to FD, which is the ports' then. */
static int
settle(const struct unix_listener *listener, struct unix_ports *ports, int fd)
{
	if (is_guarded(listener)) {
		up_guarded_move(ports, fd);
		return 0;
	}
	if (up_plain_move(ports, fd) == -1)
		return -1;
	up_close(fd);
	return 0;
}

static int
asks_for_same_user(const struct unix_listener *listener)
{
	return (listener->options.flags & UNIX_SAME_USER) != 0;
}

/*
 * Whether FD's user is refused; -1 if the system cannot identify users.  A
 * client that has gone is refused, too.
 */
static int
is_refused(const struct unix_listener *listener, int fd, int are_identified)
{
	struct unix_peer peer;

	if (!asks_for_same_user(listener))
		return 0;
	if (up_peer(fd, &peer) == -1)
		return errno == ENOTSUP ? -1 : 1;
	return !are_identified || peer.uid != geteuid();
}

/* A listener that other processes may hold takes descriptors. */
static int
refuse_files(const struct unix_listener *listener, int fd)
{
	return listener->rights_set ? 0 :
	    up_refuse_files(fd, &listener->options);
}

/*
 * One try at the client that seems to wait, as up_accept_client().  Another
 * holder of the listener may have made it blocking, and then accept(2) would
 * wait for the next one.
 */
static int
take_client(const struct unix_listener *listener, struct unix_ports *ports)
{
	struct unix_ports made;
	int are_identified = 1, refused = 0;
	int fd, error;

	/* Like the ports: a shortage leaves the client in the queue. */
	if (asks_for_same_user(listener))
		are_identified = up_is_own_user(geteuid());
	if (are_identified == -1 || reserve(listener, &made) == -1)
		return -1;
	fd = up_set_blocking(listener->fd, 0) == -1 ? -1 :
	    up_accept(listener->fd);
	if (fd == -1 || (refused = is_refused(listener, fd,
	    are_identified)) == -1 ||
	    refuse_files(listener, fd) == -1 ||
	    up_sigpipe_socket(fd, &listener->options) == -1 ||
	    settle(listener, &made, fd) == -1) {
		error = errno;
		up_close(fd);
		up_abandon_ports(&made);
		errno = error;
		return -1;
	}
	*ports = made;
	return refused;
}

/*
 * Wait for a client until DEADLINE, then it is ETIMEDOUT; STOP as in
 * wait_client().  0, or -1, or 1: PORTS are a client's that is refused, for
 * the caller to close while no thread waits for it.
 */
int
up_accept_client(struct unix_listener *listener, int stop, long long deadline,
    struct unix_ports *ports)
{
	int ready, result;

	while ((ready = wait_client(listener, stop, deadline)) == 1) {
		result = take_client(listener, ports);
		if (result == 0)
			up_sigpipe_process(listener->options.sigpipe);
		if (result != -1 || !is_passing(errno))
			return result;
		/* Clients that come again and again keep poll(2) ready. */
		if (listener->options.accept_timeout > 0 &&
		    up_left(deadline) == 0)
			break;
	}
	if (ready != -1)
		errno = ETIMEDOUT;
	return -1;
}

/* Refused clients must not extend the wait. */
static int
accept_welcome(struct unix_listener *listener, struct unix_ports *ports)
{
	long long deadline = up_limit(listener->options.accept_timeout);
	struct unix_ports made;
	int result;

	while ((result = up_accept_client(listener, -1, deadline,
	    &made)) == 1) {
		up_abandon_ports(&made);
		if (listener->options.accept_timeout > 0 &&
		    up_left(deadline) == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
	if (result == 0)
		*ports = made;
	return result;
}

UP_API int
unix_accept(struct unix_listener *listener, struct unix_ports *ports)
{
	int saved = errno;

	if (listener == NULL || ports == NULL) {
		errno = EINVAL;
		return -1;
	}
	if ((listener->options.flags & UNIX_DATAGRAM) != 0) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (accept_welcome(listener, ports) == -1)
		return -1;
	errno = saved;
	return 0;
}

UP_API int
unix_accept_ready(struct unix_listener *listener)
{
	int saved = errno;
	int ready;

	if (listener == NULL) {
		errno = EINVAL;
		return -1;
	}
	ready = wait_client(listener, -1, up_deadline(0));
	if (ready == -1 && errno == ECANCELED)
		ready = 1;
	if (ready != -1)
		errno = saved;
	return ready;
}
