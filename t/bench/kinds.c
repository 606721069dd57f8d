/* SPDX-License-Identifier: BSD-2-Clause */
/* Which kinds of connections this system has. */
#include "measure.h"

#include <errno.h>
#include <unistd.h>

static int
has_guarded(void)
{
	struct unix_ports pair[2];

	if (unix_pair(options_of(GUARDED), pair) == -1) {
		need(errno == ENOTSUP, "unix_pair");
		return 0;
	}
	need(unix_close_ports(&pair[0]) == 0 &&
	    unix_close_ports(&pair[1]) == 0, "unix_close_ports");
	return 1;
}

/* A container may be without any network. */
static int
has_loopback(void)
{
	int fd[2];

	if (pair_loopback(fd) == -1)
		return 0;
	close(fd[0]);
	close(fd[1]);
	return 1;
}

unsigned
kinds_here(void)
{
	return 1u << RAW | 1u << PLAIN |
	    (has_guarded() ? 1u << GUARDED : 0) |
	    (has_loopback() ? 1u << TCP : 0);
}

int
has_kind(unsigned kinds, enum kind kind)
{
	return (kinds >> kind & 1) != 0;
}
