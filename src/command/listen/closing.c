/* SPDX-License-Identifier: BSD-2-Clause */
/* Closing a listener, in whose queue clients may wait. */
#include "command.h"

#include <sys/wait.h>
#include <errno.h>
#include <unistd.h>

/* Returns once no process has the other end of the pipe FD. */
static void
wait_end(int fd)
{
	char byte;

	(void)!read(fd, &byte, 1);
}

/*
 * As unix_close(3), but clients cannot block it.  The last close(2) of the
 * socket drops the clients in its queue.  If one of them has passed a socket
 * with SO_LINGER, close(2) waits for a time that the client has specified; the
 * end of a process does not wait.  A child therefore has the socket last.
 */
int
close_service(struct unix_listener *listener)
{
	int ends[2], result, error;
	pid_t child;

	if (pipe(ends) == -1) {
		end_arrivals();
		return unix_close(listener);
	}
	child = fork();
	if (child == 0) {
		close(ends[1]);
		wait_end(ends[0]);
		_exit(0);
	}
	close(ends[0]);
	end_arrivals();
	result = unix_close(listener);
	error = errno;
	close(ends[1]);
	if (child != -1)
		waitpid(child, NULL, 0);
	errno = error;
	return result;
}
