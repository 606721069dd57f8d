/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients of the other process.  Where its backlog is full Linux has them
 * wait, and other systems refuse them: that says nothing of the server.
 */
#include "measure.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

/* A server that has ended is not late. */
int
is_late(void)
{
	siginfo_t end;

	if (errno != ECONNREFUSED)
		return 0;
	memset(&end, 0, sizeof(end));
	if (waitid(P_PID, (id_t)unfinished.child, &end,
	    WEXITED | WNOHANG | WNOWAIT) == -1 || end.si_pid != 0) {
		errno = ECONNREFUSED;
		return 0;
	}
	sched_yield();
	return 1;
}

/* After a refusal only another socket is sure to connect. */
int
connect_bare(const struct sockaddr_un *name)
{
	int fd, error;

	for (;;) {
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		need(fd != -1, "socket");
		if (connect(fd, (const struct sockaddr *)name,
		    sizeof(*name)) == 0)
			return fd;
		error = errno;
		close(fd);
		errno = error;
		need(is_late(), "connect");
	}
}
