/* SPDX-License-Identifier: BSD-2-Clause */
/* The SIGPIPE policy: the one place that knows the signal. */
#include "os.h"

#include <errno.h>
#include <signal.h>

/* Whether ports of these OPTIONS can follow the policy here. */
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

/* Whether writes to FD are spared the signal; whether they are to be. */
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

/* Put back what up_nosigpipe() said; keeps errno. */
void
up_restore_nosigpipe(int fd, int on)
{
	int error = errno;

	up_set_nosigpipe(fd, on);
	errno = error;
}

/*
 * What the policy asks of the socket FD; guarded ports raise it.  It is asked
 * of listeners, whose connections inherit it, and of sockets before they are
 * connected: macOS changes no option of one whose peer has gone.
 */
int
up_sigpipe_socket(int fd, const struct unix_options *options)
{
	if (options->sigpipe != UNIX_SIGPIPE_ERROR &&
	    (options->flags & UNIX_GUARDED) == 0)
		return 0;
	return up_nosigpipe(fd) == 1 ? 0 : up_set_nosigpipe(fd, 1);
}

/* What the system does where nothing spares the writing thread. */
void
up_sigpipe_raise(enum unix_sigpipe policy)
{
	if (policy == UNIX_SIGPIPE_RAISE)
		raise(SIGPIPE);
}

/*
 * What POLICY asks of the process, once everything else has succeeded.
 * A handler of the application stays: it has decided already.
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
