/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_flush(): sends the buffer of `out` and the queue behind it. */
#include "port.h"
#include "os/stdio_lock.h"

#include <errno.h>

UP_API UP_COLD ssize_t
unix_flush(struct unix_ports *ports)
{
	int saved = errno;
	ssize_t queued;

	if (ports == NULL || ports->out == NULL)
		return up_fail(EBADF);
	if (ports->socket == NULL)
		queued = fflush(ports->out);
	else {
		up_lock_stream(ports->out);
		queued = fflush(ports->out) == EOF ? -1 :
		    up_flush_queue(ports->socket);
		up_unlock_stream(ports->out);
	}
	if (queued != -1)
		errno = saved;
	return queued;
}
