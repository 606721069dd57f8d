/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes of a name for a server, and of the system for Unix domain sockets. */
#include "address.h"

#include <errno.h>

/*
 * Returns the errno of connect(2) with a datagram socket, or 0 if a datagram
 * socket is bound to the name.  connect(2) of a datagram socket fails with
 * EPROTOTYPE if a stream socket is bound, and with ECONNREFUSED if the file is
 * stale.  After any other error, callers must treat the socket as live.  A
 * stream socket is not used for the probe: the connection would wake the
 * server, and would fail if the backlog is full.
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
	/* With a shortage, the system still has the sockets: return 1. */
	int available = fd != -1 || up_is_shortage(errno);

	up_close(fd);
	errno = saved;
	return available;
}
