/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SIGPIPE policies of ports.  If a thread writes after the peer has closed,
 * POSIX raises the signal in this thread.  The default action of the signal
 * kills the process.
 */
#ifndef UP_SIGPIPE_H
#define UP_SIGPIPE_H

#include "os.h"

#include <signal.h>

#pragma GCC visibility push(hidden)

#ifdef SO_NOSIGPIPE
#define UP_HAS_NOSIGPIPE	1
#else					/* Linux */
#define UP_HAS_NOSIGPIPE	0
#define SO_NOSIGPIPE		(-1)
#endif

/* sigpipe.c */
UP_COLD int up_sigpipe_check(const struct unix_options *);
UP_COLD void up_sigpipe_process(enum unix_sigpipe);

/* 1, 0 or -1; always 0 if the system has no SO_NOSIGPIPE. */
static inline int
up_nosigpipe(int fd)
{
	int value = UP_HAS_NOSIGPIPE ? up_socket_option(fd, SO_NOSIGPIPE) : 0;

	return value > 0 ? 1 : value;
}

static inline int
up_set_nosigpipe(int fd, int on)
{
	return UP_HAS_NOSIGPIPE ?
	    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on)) : 0;
}

/* Preserves errno, so that an error path can call it before it returns. */
static inline void
up_restore_nosigpipe(int fd, int on)
{
	int error = errno;

	up_set_nosigpipe(fd, on);
	errno = error;
}

/*
 * Guarded ports set SO_NOSIGPIPE for every policy: if the policy is RAISE, the
 * library raises the signal after the write, and the kernel must not raise a
 * second one.  setsockopt(2) of macOS fails if the peer has closed, so the
 * option is set before connect(2), or on the listener, and accepted connections
 * inherit the option.
 */
static inline int
up_sigpipe_socket(int fd, const struct unix_options *options)
{
	if (options->sigpipe != UNIX_SIGPIPE_ERROR &&
	    (options->flags & UNIX_GUARDED) == 0)
		return 0;
	return up_nosigpipe(fd) == 1 ? 0 : up_set_nosigpipe(fd, 1);
}

/*
 * raise(3) signals the calling thread.  POSIX requires the same of a write(2)
 * that fails with EPIPE.
 */
static inline void
up_sigpipe_raise(enum unix_sigpipe policy)
{
	if (policy == UNIX_SIGPIPE_RAISE)
		raise(SIGPIPE);
}

#pragma GCC visibility pop

#endif
