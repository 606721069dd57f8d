/* SPDX-License-Identifier: BSD-2-Clause */
/* The SIGPIPE policy: the one place that knows the signal. */
#include "internal.h"

#include <errno.h>
#include <signal.h>

/* Whether plain ports can follow POLICY here. */
int
up_sigpipe_check(enum unix_sigpipe policy)
{
	switch (policy) {
	case UNIX_SIGPIPE_DEFAULT:
	case UNIX_SIGPIPE_RAISE:
	case UNIX_SIGPIPE_IGNORE:
		return 0;
	case UNIX_SIGPIPE_ERROR:
#ifdef SO_NOSIGPIPE
		return 0;
#else
		errno = ENOTSUP;
		return -1;
#endif
	}
	errno = EINVAL;
	return -1;
}

/* Whether writes to FD are spared the signal, and setting that. */
#ifdef SO_NOSIGPIPE
int
up_sigpipe_spared(int fd)
{
	int on = 0;
	socklen_t size = sizeof(on);

	if (getsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, &size) == -1)
		return -1;
	return on != 0;
}

int
up_sigpipe_spare(int fd, int on)
{
	return setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
}
#else
int
up_sigpipe_spared(int fd)
{
	(void)fd;
	return 0;
}

int
up_sigpipe_spare(int fd, int on)
{
	(void)fd;
	(void)on;
	return 0;
}
#endif

/* What send(2) is told so that it raises nothing, where it listens. */
int
up_sigpipe_flags(void)
{
#ifdef MSG_NOSIGNAL
	return MSG_NOSIGNAL;
#else
	return 0;
#endif
}

/* What POLICY asks of the connection FD. */
int
up_sigpipe_socket(int fd, enum unix_sigpipe policy)
{
	return policy == UNIX_SIGPIPE_ERROR ? up_sigpipe_spare(fd, 1) : 0;
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
