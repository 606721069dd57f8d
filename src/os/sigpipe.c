/* SPDX-License-Identifier: BSD-2-Clause */
/* The SIGPIPE policies of ports. */
#include "os.h"

#include <errno.h>
#include <signal.h>

/* Whether this system supports the policy for ports with OPTIONS. */
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

/* SO_NOSIGPIPE of FD: writes to it raise no signal. */
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

/* Restore the result of up_nosigpipe(); errno stays. */
void
up_restore_nosigpipe(int fd, int on)
{
	int error = errno;

	up_set_nosigpipe(fd, on);
	errno = error;
}

/*
 * Apply the policy to the socket FD.  Guarded ports raise the signal
 * themselves.  Listeners get the option, which connections inherit, and
 * sockets before connect(2): macOS changes no option once the peer has closed.
 */
int
up_sigpipe_socket(int fd, const struct unix_options *options)
{
	if (options->sigpipe != UNIX_SIGPIPE_ERROR &&
	    (options->flags & UNIX_GUARDED) == 0)
		return 0;
	return up_nosigpipe(fd) == 1 ? 0 : up_set_nosigpipe(fd, 1);
}

/* As the system does after a write without SO_NOSIGPIPE or MSG_NOSIGNAL. */
void
up_sigpipe_raise(enum unix_sigpipe policy)
{
	if (policy == UNIX_SIGPIPE_RAISE)
		raise(SIGPIPE);
}

/*
 * Apply POLICY to the process, after all else has succeeded.  A handler of the
 * application stays.
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
