/* SPDX-License-Identifier: BSD-2-Clause */
/* Stops a server.  The bell is a pair of sockets that wakes its threads. */
#include "server.h"

#include <sys/socket.h>
#include <errno.h>
#include <pthread.h>

static int
is_stopping(struct up_server *server)
{
	int stopping;

	pthread_mutex_lock(&server->lock);
	stopping = server->stopping;
	pthread_mutex_unlock(&server->lock);
	return stopping;
}

/*
 * Wakes the thread that called unix_serve(), which starts a leader as soon as
 * possible.  If the buffer of the bell is full, the thread wakes anyway.
 */
void
up_ring_bell(struct up_server *server)
{
	while (send(server->bell[1], "", 1, MSG_DONTWAIT) == -1 &&
	    (errno == EINTR || up_is_shortage(errno)) &&
	    !is_stopping(server) && up_pause(UP_SHORTAGE_RETRY_MS) == 0)
		;
}

/*
 * Wakes all threads that poll the other end of the bell, now or later.  EOF
 * needs no memory.  If a system call filter rejects shutdown(2), a byte
 * replaces EOF.
 */
void
up_end_bell(int end)
{
	if (up_shutdown(end, SHUT_WR) == -1)
		(void)send(end, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/*
 * Stops accepting clients.  ERROR is the cause, or 0.  Wakes every leader and
 * the thread that called unix_serve().  The lock is held.
 */
void
up_stop_server(struct up_server *server, int error)
{
	if (server->error == 0)
		server->error = error;
	if (server->stopping)
		return;
	server->stopping = 1;
	pthread_cond_broadcast(&server->turn);
	up_end_bell(server->bell[0]);
}
