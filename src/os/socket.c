/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes sockets and queries their state.  Without SOCK_CLOEXEC, which macOS
 * lacks, a fork(2) of another thread can inherit a new socket.  No socket keeps
 * a number from 0 to 2; see fd.c.
 */
#include "os.h"

#ifdef __linux__
#include <sys/ioctl.h>
#endif
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* Of <linux/un.h>, which does not go with <sys/un.h>; since Linux 4.9. */
#if !defined(SIOCUNIXFILE) && defined(SIOCPROTOPRIVATE)
#define SIOCUNIXFILE	(SIOCPROTOPRIVATE + 0)
#endif

#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC	0
#endif

#define MAX_LOW_WATER_BYTES	4096	/* glibc's buffer of a plain stream */

/* For systems without SOCK_CLOEXEC.  Closes FD on failure. */
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

	/* macOS takes the client from the queue before the descriptor. */
	if (spare == -1)
		return -1;
	up_close(spare);
	fd = set_close_on_exec(accept(listener, NULL, NULL));
	/* There the connection has inherited O_NONBLOCK. */
	if (fd != -1 && up_set_blocking(fd, 1) == -1) {
		up_close(fd);
		return -1;
	}
	return fd;
}
#endif

/*
 * A connection, blocking whatever the listener is.  Duplicates of the
 * listener fill 0, 1 and 2 meanwhile if these are closed: a client that got
 * one of them would read the output of other threads until it is moved, and
 * would be lost if no other number is free.  Writing to a listener fails.
 */
int
up_accept(int listener)
{
	int fillers[STDERR_FILENO + 1];
	int number, fd = -1;
	unsigned count = 0;

	while ((number = up_dup_from(listener, 0)) != -1 &&
	    number <= STDERR_FILENO && count < COUNT(fillers))
		fillers[count++] = number;
	if (number != -1) {
		up_close(number);
		fd = up_above_standard(accept_once(listener));
	}
	while (count > 0)
		up_close(fillers[--count]);
	return fd;
}

/* The peer that is gone already makes this ENOTCONN, which is no error. */
int
up_shutdown(int fd, int how)
{
	return shutdown(fd, how) == -1 && errno != ENOTCONN ? -1 : 0;
}

/* How many bytes of NAME, which the kernel has filled in, are its own. */
static size_t
name_length(const struct up_name *name)
{
	const size_t start = offsetof(struct sockaddr_un, sun_path);
	const char *path = name->address.sun_path;
	size_t length = name->length <= start ? 0 : name->length - start;

	/* A path without a NUL makes Linux count one behind sun_path. */
	if (length > sizeof(name->address.sun_path))
		length = sizeof(name->address.sun_path);
	if (length > 0 && path[0] != '\0')
		return strnlen(path, length);
#ifdef __linux__
	return length;		/* an abstract name */
#else
	return 0;		/* the BSDs fill in NULs for no name */
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

/* The address family of the socket FD, or -1. */
int
up_family(int fd)
{
	struct up_name name;

	return socket_name(fd, &name) == -1 ? -1 : name.address.sun_family;
}

/*
 * Store the name of the socket FD, a path or @NAME, in *TEXT, which the caller
 * frees: 0, or -1.  *TEXT is NULL if the socket has no name, or one that
 * contains a NUL.
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

/* 1, or 0, or -1. */
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
 * Whether recv(2) on FD would not wait.  One that may wait does so for
 * SO_RCVLOWAT bytes, or as many as stdio asks for, unless IS_NONBLOCKING.
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
 * 1, 0 or -1.  macOS does not report SO_ACCEPTCONN: a socket that is bound and
 * not connected is taken for a listener there.
 */
int
up_is_listening(int fd)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	int value = up_socket_option(fd, SO_ACCEPTCONN);

	/* FreeBSD answers with the bit. */
	if (value != -1 || errno != ENOPROTOOPT)
		return value == -1 ? -1 : value != 0;
	if (getpeername(fd, (struct sockaddr *)&peer, &length) == 0)
		return 0;
	return errno == ENOTCONN ? up_is_bound(fd) : -1;
}

/*
 * The file of the bound SOCKET, as a UP_O_PATH descriptor, or -1.  The kernel
 * shows it to privileged processes only.
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
