/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probes: whether a server is behind a name, and whether this system has Unix
 * domain sockets at all.
 */
#include "address.h"

#include <errno.h>

/*
 * Whether a socket is alive, asked without its server noticing: connect(2)
 * from a socket of another type is EPROTOTYPE for a live or a bound one,
 * also when its backlog is full, and ECONNREFUSED for one that was left
 * behind.  Anything else, and any failure to ask, means alive.
 *
 * 0 when a socket of this very type answers, else connect's errno.
 */
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

UP_API int
unix_available(void)
{
	int saved = errno;
	int fd = up_socket(SOCK_STREAM);
	/* A shortage does not depend on the system. */
	int available = fd != -1 || up_is_shortage(errno);

	up_close(fd);
	errno = saved;
	return available;
}
