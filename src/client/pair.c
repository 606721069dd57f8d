/* SPDX-License-Identifier: BSD-2-Clause */
/* Pairs of connected ports, for a parent and its child, or for two threads. */
#include "client.h"

#include <errno.h>

static int
open_both_ends(const int fd[2], const struct unix_options *options,
    struct unix_ports made[2])
{
	if (up_open_ports(fd[0], options, &made[0]) == -1) {
		up_close(fd[0]);
		up_close(fd[1]);
		return -1;
	}
	if (up_open_ports(fd[1], options, &made[1]) == -1) {
		up_abandon_ports(&made[0]);
		up_close(fd[1]);
		return -1;
	}
	return 0;
}

UP_API UP_COLD int
unix_pair(const struct unix_options *given, struct unix_ports pair[2])
{
	struct unix_options options;
	struct unix_ports made[2];
	int saved = errno;
	int fd[2];

	if (pair == NULL)
		return up_fail(EINVAL);
	if (up_read_options(given, UP_PORTS, &options) == -1 ||
	    up_socketpair(fd) == -1 || open_both_ends(fd, &options, made) == -1)
		return -1;
	up_sigpipe_process(options.sigpipe);
	pair[0] = made[0];
	pair[1] = made[1];
	errno = saved;
	return 0;
}
