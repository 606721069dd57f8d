/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a socket is alive, asked without its server noticing: connect(2)
 * from a socket of another type is EPROTOTYPE for a live or a bound one,
 * also when its backlog is full, and ECONNREFUSED for one that was left
 * behind.  Anything else, and any failure to ask, means alive.
 */
#include "internal.h"

#include <errno.h>

/* 0 when a socket of this very type answers, else connect's errno. */
int
up_probe(const struct up_name *name)
{
	int fd = up_socket(SOCK_DGRAM);
	int error;

	if (fd == -1)
		return errno;
	do
		error = connect(fd, (const struct sockaddr *)&name->address,
		    name->length) == -1 ? errno : 0;
	while (error == EINTR);
	up_close(fd);
	return error;
}
