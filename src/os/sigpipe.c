/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SIGPIPE policies of ports.  If a thread writes after the peer has closed,
 * POSIX raises the signal in this thread.  The default action of the signal
 * kills the process.
 */
#include "os.h"

#include <errno.h>
#include <signal.h>

/*
 * Plain ports write through stdio, which cannot pass MSG_NOSIGNAL.  Without the
 * socket option SO_NOSIGPIPE, as on Linux, UNIX_SIGPIPE_ERROR for plain ports
 * therefore fails.
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
 * Guarded ports set SO_NOSIGPIPE for every policy: if the policy is RAISE, the
 * library raises the signal after the write, and the kernel must not raise a
 * second one.  setsockopt(2) of macOS fails if the peer has closed, so the
 * option is set before connect(2), or on the listener, and accepted connections
 * inherit the option.
 */
int
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
void
up_sigpipe_raise(enum unix_sigpipe policy)
{
	if (policy == UNIX_SIGPIPE_RAISE)
		raise(SIGPIPE);
}

/*
 * Callers use this as their last step, since a call that fails must leave the
 * disposition unchanged.  A handler of the application is kept.
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
