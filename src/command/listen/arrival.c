/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for the next client, and the end of a server that is idle.  One
 * thread waits at a time: if several decided that the server is idle, one of
 * them could have accepted a client in the meantime.
 */
#include "command.h"

#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#define LAST_CLIENTS_MS	20	/* for clients inside connect(2) */

static int stop[2];		/* a pipe, never read */
static int spare = -1;		/* a duplicate of the listener */
static int is_withdrawn;	/* no client can connect any more */
static int last_clients[1024];	/* accepted after that */
static unsigned last_count;
static atomic_int is_over;

static int
set_close_on_exec(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/*
 * If the socket belongs to the server, withdraw() requires a further
 * descriptor of it, which must not depend on a shortage at that time.
 */
int
begin_arrivals(const struct service *service)
{
	if (pipe(stop) == -1 || set_close_on_exec(stop[0]) == -1 ||
	    set_close_on_exec(stop[1]) == -1)
		return -1;
	if (service->exit_idle == -1 || service->is_passed)
		return 0;
	spare = fcntl(unix_listener_fileno(service->listener), F_DUPFD_CLOEXEC,
	    STDERR_FILENO + 1);
	return spare == -1 ? -1 : 0;
}

/* Must be called before the listener is closed: the duplicate keeps it open. */
void
end_arrivals(void)
{
	while (last_count > 0)
		close(last_clients[--last_count]);
	if (spare != -1)
		close(spare);
	spare = -1;
}

/* Can be called by a handler of a signal. */
void
stop_arrivals(void)
{
	int saved = errno;

	(void)!write(stop[1], "", 1);
	errno = saved;
}

/* Whether the server has ended because it was idle. */
int
are_arrivals_over(void)
{
	return is_over;
}

/*
 * Returns the time from which the server is idle, or -1 if a client is being
 * served or is postponed.  A client moves from a program's slot to the queue,
 * and back; the slots are examined first and last, so that the client is seen.
 */
static long long
idle_since(void)
{
	if (programs_ended() == -1 || count_postponed() > 0)
		return -1;
	return programs_ended();
}

/* Returns -1 if there is no limit, and 0 if the server is idle. */
int
idle_ms_left(const struct service *service)
{
	long long since, left;

	if (service->exit_idle == -1)
		return -1;
	since = idle_since();
	if (since == -1)
		return service->exit_idle;
	left = since + service->exit_idle - now_ms();
	return left > 0 ? (int)left : 0;
}

/*
 * Waits at most MS, or without a timeout if MS is -1.  Returns 1 if a client
 * may be in the queue, 0 after the timeout, or -1 with ECANCELED after
 * stop_arrivals().  After a signal, the result is 1 if MS is 0: an idle server
 * must not end without a look at its queue.
 */
int
wait_arrival(const struct service *service, int ms)
{
	struct pollfd fds[2] = {
		{ .fd = is_withdrawn ? -1 :
		    unix_listener_fileno(service->listener),
		    .events = POLLIN },
		{ .fd = stop[0], .events = POLLIN }
	};
	int ready;

	ready = poll(fds, 2, ms);
	if (ready == -1 && errno == EINTR)
		return ms == 0;
	if (ready > 0 && fds[1].revents != 0) {
		errno = ECANCELED;
		return -1;
	}
	return ready;
}

/*
 * Accepts the clients in the queue after withdraw().  Returns 0 if it has
 * accepted any or the queue is empty, or -1 after another error, such as a
 * shortage.  accept(2) does not set close-on-exec, but no program is being
 * started, since the server is idle.  unix_accept(3) could not be used: it can
 * fail with EINVAL after shutdown(2), although clients are in the queue.
 */
static int
accept_last_clients(void)
{
	int fd;

	while (last_count < COUNT(last_clients)) {
		fd = accept(spare, NULL, NULL);
		if (fd == -1)
			return last_count > 0 || errno == EINVAL ||
			    errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
		set_close_on_exec(fd);
		last_clients[last_count++] = fd;
	}
	return 0;
}

/*
 * Prevents new connections to a socket of the server, before the clients in its
 * queue are served and it is closed: close(2) would drop them.  The path is
 * removed first, so that clients find no socket, and another server can bind to
 * it.  On Linux, shutdown(2) then refuses clients that have found the socket
 * before, and those of an abstract name; the queue remains.  On other systems
 * it fails, and the server waits for clients that are inside connect(2).
 */
static void
withdraw(struct service *service)
{
	if (unix_close(service->listener) == -1)
		service->status = explain(service->address, errno);
	service->listener = NULL;
	service->exit_idle = shutdown(spare, SHUT_RDWR) == 0 ? 1 :
	    LAST_CLIENTS_MS;
	is_withdrawn = 1;
}

/*
 * The queue is examined once more after the last client has been served.
 * Returns -1 if this is to be repeated after a wait.
 */
static int
end_idle_server(struct service *service)
{
	int result;

	if (service->is_passed) {
		is_over = 1;
		return 0;
	}
	if (!is_withdrawn) {
		withdraw(service);
		return accept_last_clients();
	}
	result = accept_last_clients();
	is_over = result == 0 && last_count == 0;
	return result;
}

/* The ports own the descriptor only if the call succeeds. */
static int
take_last_client(struct unix_ports *client)
{
	if (unix_open_ports(last_clients[last_count - 1], NULL, client) == -1)
		return -1;
	last_count--;
	return 0;
}

/*
 * Other errors of unix_accept(3) concern one client and must not end the
 * server: Linux, for example, returns EPERM for a client that a filter rejects.
 */
static int
is_permanent(int error)
{
	static const int permanent[] = { ECANCELED, EBADF, EINVAL, ENOTSOCK,
	    EOPNOTSUPP, ENOTSUP, ENOSYS, EFAULT };
	size_t i;

	for (i = 0; i < COUNT(permanent); i++)
		if (error == permanent[i])
			return 1;
	return 0;
}

/* As accept_arrival(), but fails with ETIMEDOUT if it is to be repeated. */
static int
try_arrival(struct service *service, struct unix_ports *client)
{
	int left = idle_ms_left(service);
	int ready;

	if (last_count > 0)
		return take_last_client(client);
	ready = wait_arrival(service, left);
	if (ready == 1 && !is_withdrawn)
		return unix_accept(service->listener, client);
	if (ready == -1)
		return -1;
	if (left == 0 && end_idle_server(service) == -1)
		return -1;
	errno = ETIMEDOUT;
	return -1;
}

/*
 * Waits for the next client.  The accept_timeout of the listener must be -1.
 * Returns 0, or -1.  The error is ECANCELED after stop_arrivals() and if the
 * server ends because it is idle.
 */
int
accept_arrival(struct service *service, struct unix_ports *client)
{
	while (!is_over) {
		if (try_arrival(service, client) == 0)
			return 0;
		if (errno != ETIMEDOUT &&
		    (is_permanent(errno) || !report_and_wait(errno)))
			return -1;
	}
	errno = ECANCELED;
	return -1;
}
