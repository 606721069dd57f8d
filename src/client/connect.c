/* SPDX-License-Identifier: BSD-2-Clause */
/* Connects within a timeout; with UNIX_WAIT, retries until a server listens. */
#include "client.h"

#include <sys/time.h>
#include <errno.h>

#define RETRY_MS	10		/* interval of UNIX_WAIT */

static int
set_send_timeout(int fd, int ms)
{
	struct timeval limit = { ms / 1000, ms % 1000 * 1000L };

	return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

/*
 * FD is blocking, and the time left is set as SO_SNDTIMEO, which on Linux
 * limits the wait of connect(2) for room in the backlog.  A non-blocking
 * socket, for a connect_timeout of -1, cannot wait: connect(2) fails with
 * EAGAIN, and poll(2) does not report room in a backlog.  If a signal
 * interrupts connect(2), Linux leaves a Unix domain socket unconnected, so
 * connect(2) is repeated with the same socket.
 */
static int
connect_until(int fd, const struct up_name *name, long long deadline)
{
	int left;

	do {
		left = up_ms_left(deadline);
		if (left != -1 && set_send_timeout(fd, left > 0 ? left : 1)
		    == -1)
			return -1;
		if (connect(fd, (const struct sockaddr *)&name->address,
		    name->length) == 0)
			return 0;
	} while (errno == EINTR && up_ms_left(deadline) != 0);
	if (errno == EINTR || errno == EAGAIN)
		errno = ETIMEDOUT;
	return -1;
}

/*
 * Clears SO_SNDTIMEO after connect(2), since the option would also limit later
 * writes to the connection.  If the peer has already closed, setsockopt(2) of
 * macOS fails with EINVAL.  This error is ignored: the next write of the caller
 * reports the closed connection.
 */
static int
clear_send_timeout(int fd)
{
	return set_send_timeout(fd, 0) == -1 && errno != EINVAL ? -1 : 0;
}

static int
connect_once(const struct up_name *name, const struct unix_options *options,
    long long deadline)
{
	int fd = up_socket(SOCK_STREAM);

	if (fd == -1)
		return -1;
	/*
	 * The server can send descriptors as soon as connect(2) succeeds, so
	 * they are refused before.
	 */
	if (up_refuse_files(fd, options) == -1 ||
	    up_sigpipe_socket(fd, options) == -1 ||
	    (options->connect_timeout < 0 && up_set_blocking(fd, 0) == -1) ||
	    connect_until(fd, name, deadline) == -1 ||
	    (options->connect_timeout < 0 && up_set_blocking(fd, 1) == -1) ||
	    (deadline != UP_NEVER && clear_send_timeout(fd) == -1)) {
		up_refuse_connection(fd);
		return -1;
	}
	return fd;
}

/*
 * With ENOENT and ECONNREFUSED no server listens yet, so UNIX_WAIT retries.  On
 * the BSDs, ECONNREFUSED can also mean a full backlog; a retry is right, too.
 */
static int
is_awaited_error(int error)
{
	return error == ENOENT || error == ECONNREFUSED;
}

static int
wait_to_retry(long long deadline)
{
	int left = up_ms_left(deadline);

	if (left == 0)
		return up_fail(ETIMEDOUT);
	return up_sleep(left != -1 && left < RETRY_MS ? left : RETRY_MS);
}

/* A starting server can replace the file, so each attempt opens the path. */
static int
resolve_and_connect(const struct up_address *address,
    const struct unix_options *options, long long deadline)
{
	struct up_name name;
	int file, fd = -1;

	if (up_resolve(address, &name, &file) == 0)
		fd = connect_once(&name, options, deadline);
	up_close(file);
	return fd;
}

static int
connect_patiently(const struct up_address *address,
    const struct unix_options *options)
{
	long long deadline = up_timeout_deadline(options->connect_timeout);
	int fd;

	do
		fd = resolve_and_connect(address, options, deadline);
	while (fd == -1 && (options->flags & UNIX_WAIT) != 0 &&
	    is_awaited_error(errno) && wait_to_retry(deadline) == 0);
	return fd;
}

/*
 * After a failure, the socket of an address fd:N still belongs to the caller
 * and remains open.
 */
static int
open_address(const struct up_address *address,
    const struct unix_options *options, struct unix_ports *ports)
{
	int fd;

	if (address->form == UP_DESCRIPTOR)
		return up_adopt_ports(address->number, options, ports);
	fd = connect_patiently(address, options);
	if (fd == -1)
		return -1;
	if (((options->flags & UNIX_SAME_USER) != 0 &&
	    up_check_peer_user(fd) == -1) ||
	    up_make_ports(fd, options, ports) == -1) {
		up_refuse_connection(fd);
		return -1;
	}
	return 0;
}

UP_API UP_COLD int
unix_connect(const char *text, const struct unix_options *given,
    struct unix_ports *ports)
{
	struct unix_options options;
	struct up_address address;
	int saved = errno;

	if (ports == NULL)
		return up_fail(EINVAL);
	if (up_read_request(text, given, UP_CONNECT, &address, &options) == -1)
		return -1;
	if (address.form == UP_SYSTEMD)
		return up_fail(EINVAL);
	if (open_address(&address, &options, ports) == -1)
		return -1;
	up_sigpipe_process(options.sigpipe);
	errno = saved;
	return 0;
}
