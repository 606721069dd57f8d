/* SPDX-License-Identifier: BSD-2-Clause */
/* Connecting, with a timeout, and with UNIX_WAIT until a server listens. */
#include "client.h"

#include <sys/time.h>
#include <errno.h>

#define RETRY_MS	10		/* between two tries, with UNIX_WAIT */

static int
set_send_timeout(int fd, int ms)
{
	struct timeval limit = { ms / 1000, ms % 1000 * 1000L };

	return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

/*
 * Connect FD until DEADLINE.  If the backlog is full, connect(2) on Linux
 * blocks for the time in SO_SNDTIMEO.  If FD were non-blocking it would fail
 * with EAGAIN, and poll(2) cannot wait for room in a backlog.  After a signal,
 * connect(2) is called again on the same socket.
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
 * The timeout would limit writes, too.  macOS fails with EINVAL if the peer has
 * closed the connection.
 */
static int
clear_send_timeout(int fd)
{
	return set_send_timeout(fd, 0) == -1 && errno != EINVAL ? -1 : 0;
}

/* A connected socket, or -1. */
static int
connect_once(const struct up_name *name, const struct unix_options *options,
    long long deadline)
{
	int fd = up_socket(SOCK_STREAM);

	if (fd == -1)
		return -1;
	/* Once it is connected the server can send. */
	if (up_refuse_files(fd, options) == -1 ||
	    up_sigpipe_socket(fd, options) == -1 ||
	    connect_until(fd, name, deadline) == -1 ||
	    (deadline != UP_NEVER && clear_send_timeout(fd) == -1)) {
		up_close(fd);
		return -1;
	}
	return fd;
}

/*
 * Errors that UNIX_WAIT waits out: there is no server yet, or its queue is
 * full, which the BSDs report as ECONNREFUSED, too.
 */
static int
is_awaited_error(int error)
{
	return error == ENOENT || error == ECONNREFUSED;
}

/* Between two tries; -1 when DEADLINE has passed. */
static int
wait_to_retry(long long deadline)
{
	int left = up_ms_left(deadline);

	if (left == 0)
		return up_fail(ETIMEDOUT);
	return up_sleep(left != -1 && left < RETRY_MS ? left : RETRY_MS);
}

/* The file is looked up for each try: a server may have replaced it. */
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

/* Opens ports on the descriptor of an fd: address, or on a new socket. */
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
		up_close(fd);
		return -1;
	}
	return 0;
}

UP_API int
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
