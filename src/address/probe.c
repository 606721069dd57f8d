/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes of a name for a server, and of the system for Unix domain sockets. */
#include "address.h"

#include <errno.h>

/*
 * Returns the errno of connect(2) with a datagram socket, or 0 if a datagram
 * socket is bound to the name.  A stream connection would wake the server and
 * would fail if its backlog is full.  A datagram socket fails with EPROTOTYPE
 * if a stream socket is bound, and with ECONNREFUSED if the file is stale.
 * After any other error the socket must be treated as live.
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
	/* A shortage does not mean that the system lacks the sockets. */
	int available = fd != -1 || up_is_shortage(errno);

	up_close(fd);
	errno = saved;
	return available;
}
