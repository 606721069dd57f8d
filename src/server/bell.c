/* SPDX-License-Identifier: BSD-2-Clause */
/* Stopping a server, and the bell that wakes its threads. */
#include "server.h"

#include <sys/socket.h>
#include <errno.h>
#include <pthread.h>

int
up_is_stopping(struct up_server *server)
{
	int stopping;

	pthread_mutex_lock(&server->lock);
	stopping = server->stopping;
	pthread_mutex_unlock(&server->lock);
	return stopping;
}

/*
 * Wake the thread that called unix_serve(), which starts a leader as soon as
 * it can.  If the bell is full, that thread has been woken already.
 */
void
up_ring_bell(struct up_server *server)
{
	while (send(server->bell[1], "", 1, MSG_DONTWAIT) == -1 &&
	    (errno == EINTR || up_is_shortage(errno)) &&
	    !up_is_stopping(server) && up_pause(UP_SHORTAGE_RETRY_MS) == 0)
		;
}

/*
 * Wake the threads that poll the other end of the bell, permanently.  EOF needs
 * no memory; a byte replaces it if a filter of system calls rejects
 * shutdown(2).
 */
void
up_end_bell(int end)
{
	if (up_shutdown(end, SHUT_WR) == -1)
		(void)send(end, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/*
 * Accept no more clients, because of ERROR or 0; the lock is held.  This wakes
 * every leader and the thread that called unix_serve().
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
