/* SPDX-License-Identifier: BSD-2-Clause */
/* The SIGPIPE policies: which are supported, and that of the process. */
#include "sigpipe.h"

#include <errno.h>

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
		return UP_HAS_NOSIGPIPE ||
		    (options->flags & UNIX_GUARDED) != 0 ? 0 :
		    up_fail(ENOTSUP);
	}
	return up_fail(EINVAL);
}

/*
 * Callers use this as their last step, since a call that fails must leave the
 * disposition unchanged.  A handler of the application is kept.
 */
void
up_sigpipe_process(enum unix_sigpipe policy)
{
	struct sigaction action;

	if (policy == UNIX_SIGPIPE_IGNORE &&
	    sigaction(SIGPIPE, NULL, &action) == 0 &&
	    action.sa_handler == SIG_DFL) {
		action.sa_handler = SIG_IGN;
		sigaction(SIGPIPE, &action, NULL);
	}
}
