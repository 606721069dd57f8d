/* SPDX-License-Identifier: BSD-2-Clause */
/* Accepting: poll(2) for an interrupt or a client, then accept(2). */
#include "server.h"

#include <errno.h>
#include <unistd.h>

/*
 * 1: a client, 0: none before DEADLINE, -1: interrupted, or an error.  STOP,
 * if it is not -1, interrupts, too, once it is readable.  On Linux a listener
 * that another holder has shut down is always ready, and accept(2) fails with
 * EAGAIN for ever.
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

/* Errors that concern only this client, or a race lost to another acceptor. */
static int
is_transient(int error)
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
 * Ports without a connection.  All resources of a connection are allocated
 * before accept(2), so that a shortage leaves the client in the queue.
 */
static int
reserve_ports(const struct unix_listener *listener, struct unix_ports *ports)
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

/* Move the ports to FD, which they own afterwards. */
static int
move_ports(const struct unix_listener *listener, struct unix_ports *ports,
    int fd)
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
is_refused_user(const struct unix_listener *listener, int fd,
    int are_identified)
{
	struct unix_peer peer;

	if (!asks_for_same_user(listener))
		return 0;
	if (up_peer(fd, &peer) == -1)
		return errno == ENOTSUP ? -1 : 1;
	return !are_identified || peer.uid != geteuid();
}

/*
 * One try at the client that seems to wait, as up_accept_client().  Another
 * holder of the listener may have made it blocking, and then accept(2) would
 * wait for the next one.
 */
static int
try_to_accept(const struct unix_listener *listener, struct unix_ports *ports)
{
	struct unix_ports made;
	int are_identified = 1;
	int fd = -1;
	int refused, error;

	/* Like the ports: a shortage leaves the client in the queue. */
	if (asks_for_same_user(listener))
		are_identified = up_is_own_user(geteuid());
	if (are_identified == -1 || reserve_ports(listener, &made) == -1)
		return -1;
	if (up_set_blocking(listener->fd, 0) == -1)
		goto fail;
	fd = up_accept(listener->fd);
	if (fd == -1)
		goto fail;
	refused = is_refused_user(listener, fd, are_identified);
	if (refused == -1)
		goto fail;
	/* A listener that other processes may hold takes descriptors. */
	if (!listener->rights_set &&
	    up_refuse_files(fd, &listener->options) == -1)
		goto fail;
	if (up_sigpipe_socket(fd, &listener->options) == -1 ||
	    move_ports(listener, &made, fd) == -1)
		goto fail;
	*ports = made;
	return refused;
fail:
	error = errno;
	up_refuse_connection(fd);
	up_abandon_ports(&made);
	return up_fail(error);
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
		result = try_to_accept(listener, ports);
		if (result == 0)
			up_sigpipe_process(listener->options.sigpipe);
		if (result != -1 || !is_transient(errno))
			return result;
		/* Clients that come again and again keep poll(2) ready. */
		if (listener->options.accept_timeout > 0 &&
		    up_ms_left(deadline) == 0)
			break;
	}
	if (ready != -1)
		errno = ETIMEDOUT;
	return -1;
}

/* Refused clients must not extend the wait. */
static int
accept_permitted(struct unix_listener *listener, struct unix_ports *ports)
{
	const int ms = listener->options.accept_timeout;
	long long deadline = up_timeout_deadline(ms);
	struct unix_ports made;
	int result;

	while ((result = up_accept_client(listener, -1, deadline,
	    &made)) == 1) {
		up_refuse_ports(&made);
		if (ms > 0 && up_ms_left(deadline) == 0)
			return up_fail(ETIMEDOUT);
	}
	if (result == 0)
		*ports = made;
	return result;
}

UP_API int
unix_accept(struct unix_listener *listener, struct unix_ports *ports)
{
	int saved = errno;

	if (listener == NULL || ports == NULL)
		return up_fail(EINVAL);
	if ((listener->options.flags & UNIX_DATAGRAM) != 0)
		return up_fail(EOPNOTSUPP);
	if (accept_permitted(listener, ports) == -1)
		return -1;
	errno = saved;
	return 0;
}

UP_API int
unix_accept_ready(struct unix_listener *listener)
{
	int saved = errno;
	int ready;

	if (listener == NULL)
		return up_fail(EINVAL);
	ready = wait_client(listener, -1, up_deadline(0));
	if (ready == -1 && errno == ECANCELED)
		ready = 1;
	if (ready != -1)
		errno = saved;
	return ready;
}
