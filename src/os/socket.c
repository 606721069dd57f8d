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
