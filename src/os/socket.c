/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets, close-on-exec from birth where the system can: without
 * SOCK_CLOEXEC another thread's fork(2) may come in between.  None of them
 * keeps a standard number; see fd.c.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC	0
#endif

/* For what could not be born so; FD is closed when that fails. */
static int
close_on_exec(int fd)
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

	return SOCK_CLOEXEC != 0 ? fd : close_on_exec(fd);
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
	fd = close_on_exec(accept(listener, NULL, NULL));
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
