/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SIGPIPE policies of ports.  POSIX raises the signal in a thread that
 * writes after the peer has closed; its default action kills the process.
 */
#include "os.h"

#include <errno.h>
#include <signal.h>

/*
 * Writes of plain ports are those of stdio, which cannot pass MSG_NOSIGNAL, so
 * they need SO_NOSIGPIPE.  Linux does not have it.
 */
int
up_sigpipe_check(const struct unix_options *options)
{
	switch (options->sigpipe) {
	case UNIX_SIGPIPE_DEFAULT:
	case UNIX_SIGPIPE_RAISE:
	case UNIX_SIGPIPE_IGNORE:
		return 0;
	case UNIX_SIGPIPE_ERROR:
#ifdef SO_NOSIGPIPE
		return 0;
#else
		if ((options->flags & UNIX_GUARDED) != 0)
			return 0;
		return up_fail(ENOTSUP);
#endif
	}
	return up_fail(EINVAL);
}

#ifdef SO_NOSIGPIPE
int
up_nosigpipe(int fd)
{
	int on = 0;
	socklen_t size = sizeof(on);

	if (getsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, &size) == -1)
		return -1;
	return on != 0;
}

int
up_set_nosigpipe(int fd, int on)
{
	return setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
}
#else
int
up_nosigpipe(int fd)
{
	(void)fd;
	return 0;
}

int
up_set_nosigpipe(int fd, int on)
{
	(void)fd;
	(void)on;
	return 0;
}
#endif

/* Preserves errno, so that an error path can call it before it returns. */
void
up_restore_nosigpipe(int fd, int on)
{
	int error = errno;

	up_set_nosigpipe(fd, on);
	errno = error;
}

/*
 * Guarded ports need SO_NOSIGPIPE for every policy, since they raise the signal
 * themselves.  The option is set before connect(2), or on the listener, from
 * which connections inherit it: setsockopt(2) of macOS fails once the peer has
 * closed.
 */
int
up_sigpipe_socket(int fd, const struct unix_options *options)
{
	if (options->sigpipe != UNIX_SIGPIPE_ERROR &&
	    (options->flags & UNIX_GUARDED) == 0)
		return 0;
	return up_nosigpipe(fd) == 1 ? 0 : up_set_nosigpipe(fd, 1);
}

/* raise(3) signals the calling thread, as POSIX requires for a write(2). */
void
up_sigpipe_raise(enum unix_sigpipe policy)
{
	if (policy == UNIX_SIGPIPE_RAISE)
		raise(SIGPIPE);
}

/*
 * Must be the last step of a call: a call that fails leaves the disposition
 * unchanged.  A handler of the application is kept.
 */
void
up_sigpipe_process(enum unix_sigpipe policy)
{
	static const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction now;

	if (policy == UNIX_SIGPIPE_IGNORE &&
	    sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
		sigaction(SIGPIPE, &ignore, NULL);
}
