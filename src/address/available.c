/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether there are Unix domain sockets on this system. */
#include "internal.h"

#include <errno.h>

/* A shortage says nothing about the system. */
static int
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	    error == ENOMEM;
}

UP_API int
unix_available(void)
{
	int saved = errno;
	int fd = up_socket(SOCK_STREAM);
	int available = fd != -1 || is_shortage(errno);

	up_close(fd);
	errno = saved;
	return available;
}
