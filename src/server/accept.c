/* SPDX-License-Identifier: BSD-2-Clause */
/* Accepting: accept(2), and poll(2) while no client is in the queue. */
#include "server.h"

#include <errno.h>
#include <unistd.h>

/*
 * Returns 1 if a client is in the queue, 0 at DEADLINE, or -1 after an
 * interrupt or an error.  STOP is -1 or a descriptor that interrupts the wait,
 * too, as soon as it is readable.  A listener that another process has shut
 * down fails with EINVAL: on Linux it is always readable, and accept(2) would
 * fail with EAGAIN for ever.
 */
int
up_wait_client(const struct unix_listener *listener, int stop,
    long long deadline)
{
	struct pollfd fds[3] = {
		{ .fd = listener->interrupt.pipe[0], .events = POLLIN },
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

/*
 * Waits before another attempt to accept or to receive.  poll(2) also reports
 * clients and datagrams that other processes then take, so after the first
 * wait, which sets *READY, the deadline is checked as well.  Returns 0 for
 * another attempt, or -1.
 */
int
up_wait_again(const struct unix_listener *listener, int stop,
    long long deadline, int *ready)
{
	if (*ready && up_has_passed(deadline))
		return up_fail(ETIMEDOUT);
	*ready = up_wait_client(listener, stop, deadline);
	return *ready == 1 ? 0 : up_fail(*ready == 0 ? ETIMEDOUT : errno);
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
 * Makes ports without a connection.  All resources of a connection are
 * allocated before accept(2), so that a shortage leaves the client in the
 * queue.
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

/* Sets FD as the socket of the ports, which own it afterwards. */
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
 * Returns 1 if the user of FD is refused, 0 if not, or -1 if the system cannot
 * identify users.  A client that has closed is refused, too.
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
 * Sets the options of the connection of PORTS.  Returns 0, or 1 if its user is
 * refused, or -1.  A passed or inherited listener does not refuse descriptors,
 * so SO_PASSRIGHTS is set for each of its connections.
 */
static int
admit_client(const struct unix_listener *listener,
    const struct unix_ports *ports, int are_identified)
{
	int fd = ports->descriptor[0];
	int refused = is_refused_user(listener, fd, are_identified);

	if (refused == -1 || (!listener->rights_set &&
	    up_refuse_files(fd, &listener->options) == -1) ||
	    up_sigpipe_socket(fd, &listener->options) == -1)
		return -1;
	return refused;
}

/*
 * One attempt of up_accept_client(), which does not wait.  If there is no
 * client, guarded PORTS are kept for the next attempt: they occupy no
 * descriptor.
 */
static int
try_to_accept(struct unix_listener *listener, struct unix_ports *ports)
{
	int are_identified = 1;
	int fd, result, error;

	/* Before accept(2): a shortage leaves the client in the queue. */
	if (asks_for_same_user(listener))
		are_identified = up_is_own_user(geteuid());
	if (are_identified == -1 ||
	    (ports->in == NULL && reserve_ports(listener, ports) == -1))
		return -1;
	fd = up_accept_with_spare(listener);
	if (fd == -1 && is_guarded(listener))
		return -1;
	if (fd != -1 && move_ports(listener, ports, fd) == -1) {
		up_refuse_connection(fd);
		fd = -1;
	}
	if (fd != -1 &&
	    (result = admit_client(listener, ports, are_identified)) != -1)
		return result;
	error = errno;
	if (fd == -1)
		up_abandon_ports(ports);
	else
		up_refuse_ports(ports);
	return up_fail(error);
}

/*
 * Waits for a client until DEADLINE; the result is that of up_accept_client().
 * accept(2) is tried before poll(2), which is not required if a client is in
 * the queue.  A shortage in this first attempt is not an error, since there may
 * be no client.  If 0, 1 or 2 may be closed, the first attempt is omitted: it
 * would occupy these numbers even if there is no client.
 */
static int
accept_until(struct unix_listener *listener, int stop, long long deadline,
    struct unix_ports *ports)
{
	int ready = 0;
	int result = -1;

	errno = EAGAIN;
	if (up_is_interrupted(&listener->interrupt))
		errno = ECANCELED;
	else if (listener->has_standard)
		result = try_to_accept(listener, ports);
	while (result == -1 && (is_transient(errno) ||
	    (!ready && up_is_shortage(errno))) &&
	    up_wait_again(listener, stop, deadline, &ready) == 0)
		result = try_to_accept(listener, ports);
	return result;
}

/*
 * Waits for a client until DEADLINE, then fails with ETIMEDOUT.  STOP is that
 * of up_wait_client().  Returns 0 or -1, or 1 if the client is refused.  The
 * caller then closes PORTS, which can block, when no other thread waits for it.
 */
int
up_accept_client(struct unix_listener *listener, int stop, long long deadline,
    struct unix_ports *ports)
{
	struct unix_ports made = { .in = NULL };
	int result = accept_until(listener, stop, deadline, &made);
	int error = errno;

	if (result == -1) {
		up_abandon_ports(&made);
		return up_fail(error);
	}
	if (result == 0)
		up_sigpipe_process(listener->options.sigpipe);
	*ports = made;
	return result;
}

/*
 * Refused clients must not extend the wait, even if they arrive without a
 * pause.  With a timeout of -1, up to UP_MAX_REFUSALS clients are refused, so
 * that a permitted client behind them in the queue is accepted.
 */
static int
accept_permitted(struct unix_listener *listener, struct unix_ports *ports)
{
	const int ms = listener->options.accept_timeout;
	long long deadline = up_timeout_deadline(ms);
	struct unix_ports made;
	int refusals = 0;
	int result;

	while ((result = up_accept_client(listener, -1, deadline,
	    &made)) == 1) {
		up_refuse_ports(&made);
		if (ms < 0 ? ++refusals == UP_MAX_REFUSALS :
		    up_ms_left(deadline) == 0)
			return up_fail(ETIMEDOUT);
	}
	if (result == 0)
		*ports = made;
	return result;
}

UP_API UP_COLD int
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

UP_API UP_COLD int
unix_accept_ready(struct unix_listener *listener)
{
	int saved = errno;
	int ready;

	if (listener == NULL)
		return up_fail(EINVAL);
	ready = up_wait_client(listener, -1, up_deadline(0));
	if (ready == -1 && errno == ECANCELED)
		ready = 1;
	if (ready != -1)
		errno = saved;
	return ready;
}
