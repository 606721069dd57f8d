/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes sockets and queries their state.
 *
 * macOS lacks SOCK_CLOEXEC, so close-on-exec is set by a second call.  If
 * another thread starts a child between the two calls, the child inherits the
 * socket.  New sockets are moved above 2; see fd.c.
 */
#include "os.h"

#ifdef __linux__
#include <sys/ioctl.h>
#include <sys/time.h>
#endif
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/*
 * Of Linux 4.9.  Defined here because <linux/un.h> would define sockaddr_un a
 * second time.
 */
#if !defined(SIOCUNIXFILE) && defined(SIOCPROTOPRIVATE)
#define SIOCUNIXFILE	(SIOCPROTOPRIVATE + 0)
#endif

#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC	0
#endif

#define MAX_LOW_WATER_BYTES	4096	/* glibc's buffer of a plain stream */

/*
 * For systems without SOCK_CLOEXEC.  On failure FD is closed, since execve(2)
 * would pass an open FD to another program.
 */
static int
set_close_on_exec(int fd)
{
	if (fd != -1 && up_set_inherit(fd, 0) == -1) {
		up_close(fd);
		return -1;
	}
	return fd;
}

int
up_socket(int type)
{
	int fd = up_above_standard(socket(AF_UNIX, type | SOCK_CLOEXEC, 0));

	return SOCK_CLOEXEC != 0 ? fd : set_close_on_exec(fd);
}

int
up_socketpair(int pair[2])
{
	int made[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, made) == -1 ||
	    up_both_above_standard(made) == -1)
		return -1;
	if (SOCK_CLOEXEC == 0 && (up_set_inherit(made[0], 0) == -1 ||
	    up_set_inherit(made[1], 0) == -1)) {
		up_close(made[0]);
		up_close(made[1]);
		return -1;
	}
	pair[0] = made[0];
	pair[1] = made[1];
	return 0;
}

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
	int spare = up_dup(listener);
	int fd;

	/*
	 * macOS removes the client from the queue before it allocates a
	 * descriptor.  If no descriptor were free, accept(2) would lose the
	 * client, so accept(2) is called only if a duplicate could be made.
	 */
	if (spare == -1)
		return -1;
	up_close(spare);
	fd = set_close_on_exec(accept(listener, NULL, NULL));
	/*
	 * On macOS and the BSDs, the connection inherits O_NONBLOCK from the
	 * listener, and stdio would fail on it with EAGAIN.
	 */
	if (fd != -1 && up_set_blocking(fd, 1) == -1) {
		up_close(fd);
		return -1;
	}
	return fd;
}
#endif

/*
 * Returns a blocking connection, or -1.
 *
 * If 0, 1 or 2 is closed, accept(2) would return this number.  Until the
 * connection is moved, the client would receive output of other threads to
 * standard output or error.  If no higher number is free, the client would be
 * lost.  During accept(2), duplicates of the listener therefore occupy these
 * numbers; a write to a listener fails.  *WERE_OPEN is 1 if 0, 1 and 2 were all
 * open.
 */
int
up_accept_beside_standard(int listener, int *were_open)
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
		fd = up_above_standard(accept_once(listener));
	}
	while (count > 0)
		up_close(fillers[--count]);
	return fd;
}

/*
 * The same for a process in which 0, 1 and 2 were open before.  If the
 * connection now gets one of these numbers, the connection is moved to the
 * number of the descriptor SPARE, which becomes -1, so that no client is lost.
 */
int
up_accept(int listener, _Atomic int *spare)
{
	int fd = accept_once(listener);
	int place, moved;

	if (fd == -1 || fd > STDERR_FILENO)
		return fd;
	place = atomic_exchange(spare, -1);
	if (place == -1)
		return up_above_standard(fd);
	moved = up_dup_onto(fd, place);
	up_close(fd);
	if (moved == -1)
		up_close(place);
	return moved;
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
 * If the peer has closed first, some systems and protocols report ENOTCONN.
 * This is not an error: the connection is already shut down.
 */
int
up_shutdown(int fd, int how)
{
	return shutdown(fd, how) == -1 && errno != ENOTCONN ? -1 : 0;
}

/*
 * The length of a path without its NUL.  On some systems, the length of
 * getsockname(2) includes a NUL or padding, which are not counted here.
 */
static size_t
name_length(const struct up_name *name)
{
	const size_t start = offsetof(struct sockaddr_un, sun_path);
	const char *path = name->address.sun_path;
	size_t length = name->length <= start ? 0 : name->length - start;

	/*
	 * If a path fills sun_path, the length of Linux includes a NUL beyond
	 * the array, where strnlen(3) must not read.
	 */
	if (length > sizeof(name->address.sun_path))
		length = sizeof(name->address.sun_path);
	if (length > 0 && path[0] != '\0')
		return strnlen(path, length);
#ifdef __linux__
	return length;		/* an abstract name */
#else
	return 0;		/* the BSDs store NULs if there is no name */
#endif
}

static int
socket_name(int fd, struct up_name *name)
{
	name->length = sizeof(name->address);
	memset(&name->address, 0, sizeof(name->address));
	return getsockname(fd, (struct sockaddr *)&name->address,
	    &name->length);
}

int
up_family(int fd)
{
	struct up_name name;

	return socket_name(fd, &name) == -1 ? -1 : name.address.sun_family;
}

/*
 * Stores the name of the socket FD, a path or @NAME, in *TEXT, which the caller
 * releases with free(3).  If the socket has no name, or the name contains a NUL
 * and cannot be a string, *TEXT is NULL.
 */
int
up_bound_name(int fd, char **text)
{
	struct up_name name;
	/* cppcheck-suppress uninitvar ; only the address is used here */
	char *path = name.address.sun_path;
	size_t length;

	*text = NULL;
	if (socket_name(fd, &name) == -1)
		return -1;
	length = name_length(&name);
	if (length == 0 || memchr(path + 1, '\0', length - 1) != NULL)
		return 0;
	if (*path == '\0')
		*path = '@';
	*text = strndup(path, length);
	return *text == NULL ? -1 : 0;
}

int
up_is_bound(int fd)
{
	struct up_name name;

	return socket_name(fd, &name) == -1 ? -1 : name_length(&name) > 0;
}

int
up_socket_option(int fd, int option)
{
	int value;
	socklen_t size = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, option, &value, &size) == -1)
		return -1;
	return value;
}

/*
 * Whether recv(2) on FD would not wait.  A blocking recv(2) waits for
 * SO_RCVLOWAT bytes, but at most for the number that stdio requests.  If
 * IS_NONBLOCKING, one byte is sufficient.
 */
int
up_can_receive(int fd, int is_nonblocking)
{
	char bytes[MAX_LOW_WATER_BYTES];
	int least = is_nonblocking ? 1 : up_socket_option(fd, SO_RCVLOWAT);
	ssize_t got;

	if (least < 1)
		least = 1;
	if (least > MAX_LOW_WATER_BYTES)
		least = MAX_LOW_WATER_BYTES;
	got = recv(fd, bytes, (size_t)least, MSG_PEEK | MSG_DONTWAIT);
	return got == -1 ? !up_would_block(errno) : got == 0 || got >= least;
}

/*
 * Returns 1, 0 or -1.  macOS lacks SO_ACCEPTCONN (ENOPROTOOPT), so on macOS a
 * socket that is bound and not connected is treated as a listener.
 */
int
up_is_listening(int fd)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	int value = up_socket_option(fd, SO_ACCEPTCONN);

	/* FreeBSD returns a bit of so_options, so the value is not always 1. */
	if (value != -1 || errno != ENOPROTOOPT)
		return value == -1 ? -1 : value != 0;
	if (getpeername(fd, (struct sockaddr *)&peer, &length) == 0)
		return 0;
	return errno == ENOTCONN ? up_is_bound(fd) : -1;
}

/*
 * Returns a UP_O_PATH descriptor of the file of a bound socket, or -1.  Linux
 * requires CAP_NET_ADMIN.
 */
int
up_bound_file(int socket)
{
#ifdef SIOCUNIXFILE
	return up_above_standard(ioctl(socket, SIOCUNIXFILE, 0));
#else
	(void)socket;
	return up_fail(ENOTSUP);
#endif
}
