/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that pass descriptors over guarded ports. */
#include "port.h"
#include "os/stdio_lock.h"
#include "os/threads.h"

#include <errno.h>

static int
check_files_allowed(const struct unix_ports *ports, const FILE *stream)
{
	if (stream != NULL && ports->socket != NULL &&
	    up_has_files(ports->socket))
		return 0;
	return up_fail(stream == NULL ? EBADF : EOPNOTSUPP);
}

/*
 * Buffered bytes are sent first.  The kernel attaches the descriptors to the
 * first byte of the next sendmsg(2).  If this byte were one of an earlier
 * message, the receiver would associate the descriptors with that message.  If
 * earlier bytes remain queued, the call fails therefore.
 */
static int
flush_and_add(struct unix_ports *ports, const int *files, size_t count)
{
	ssize_t queued = fflush(ports->out);

	if (queued == 0 && up_queued(ports->socket) > 0)
		queued = up_flush_queue(ports->socket);
	if (queued != 0)
		return queued > 0 ? up_fail(ETIMEDOUT) : -1;
	return up_queue_files(ports->socket, files, count);
}

UP_API UP_COLD int
unix_add_files(struct unix_ports *ports, const int *files, size_t count)
{
	int saved = errno;
	int state, result;

	if (ports == NULL || (files == NULL && count > 0))
		return up_fail(EINVAL);
	if (check_files_allowed(ports, ports->out) == -1)
		return -1;
	state = up_disable_cancel();
	up_lock_stream(ports->out);
	result = flush_and_add(ports, files, count);
	up_unlock_stream(ports->out);
	up_restore_cancel(state);
	if (result == 0)
		errno = saved;
	return result;
}

UP_API UP_COLD int
unix_take_file(struct unix_ports *ports)
{
	int saved = errno;
	int fd;

	if (ports == NULL)
		return up_fail(EINVAL);
	if (check_files_allowed(ports,
	    ports->in != NULL ? ports->in : ports->out) == -1)
		return -1;
	fd = up_dequeue_file(ports->socket);
	if (fd != -1)
		errno = saved;
	return fd;
}
