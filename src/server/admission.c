/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections of a server: their users, the limit of each user, the queue
 * of clients that wait for a thread, and the shutdown of all connections.
 */
#include "server.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Records the user of the connection.  Returns UP_WELCOME; UP_REFUSED if the
 * client has closed; or UP_NO_CLIENT, with ENOTSUP, if the system cannot
 * identify users.
 */
enum up_admission
up_identify_client(struct up_worker *worker)
{
	struct unix_peer peer;
	int error;

	if (worker->server->clients_per_user == 0)
		return UP_WELCOME;
	if (up_peer(worker->ports.descriptor[0], &peer) == 0) {
		worker->user = peer.uid;
		return UP_WELCOME;
	}
	if (errno != ENOTSUP)
		return UP_REFUSED;
	error = errno;
	up_refuse_ports(&worker->ports);
	errno = error;
	return UP_NO_CLIENT;
}

static unsigned
count_connections(const struct up_worker *worker, uid_t user)
{
	unsigned count = 0;

	for (; worker != NULL; worker = worker->next)
		if (worker->socket != NULL && worker->user == user &&
		    !up_is_finished(worker->socket))
			count++;
	return count;
}

/*
 * Whether USER may have one more connection.  A connection counts until the
 * server has shut it down and the client has closed it.  This can precede the
 * end of the handler, so that a client that waits for EOF, closes and connects
 * again is never refused.  On Linux, a client that has only shut its output
 * down is not distinguished from one that has closed.
 */
int
up_has_room(const struct up_server *server, uid_t user)
{
	if (server->clients_per_user == 0)
		return 1;
	return count_connections(server->workers, user) +
	    count_connections(server->queue, user) < server->clients_per_user;
}

/* Adds the connection to those of the server.  The lock is held. */
void
up_begin_connection(struct up_worker *worker)
{
	worker->socket = worker->ports.socket;
	up_retain_socket(worker->socket);
	if (worker->server->stopping)
		up_shutdown_socket(worker->socket, worker->server->ended);
}

/*
 * Queues the client of WORKER for the next idle thread.  Returns 0, or -1 if
 * memory is exhausted.  The lock is held.
 */
int
up_queue_client(struct up_worker *worker)
{
	struct up_worker *entry = malloc(sizeof(*entry));
	struct up_worker **end = &worker->server->queue;

	if (entry == NULL)
		return -1;
	*entry = *worker;
	entry->next = NULL;
	worker->socket = NULL;
	while (*end != NULL)
		end = &(*end)->next;
	*end = entry;
	return 0;
}

/*
 * Takes the first client of the queue, which is not empty.  The lock is held.
 */
void
up_take_queued(struct up_worker *worker)
{
	struct up_worker *entry = worker->server->queue;

	worker->server->queue = entry->next;
	worker->ports = entry->ports;
	worker->socket = entry->socket;
	worker->user = entry->user;
	worker->admission = entry->admission;
	free(entry);
}

/*
 * Releases the socket without the lock of the server.  The last holder of the
 * socket closes descriptors that were not taken, which can block.
 */
void
up_forget_connection(struct up_worker *worker)
{
	struct unix_socket *socket = worker->socket;

	pthread_mutex_lock(&worker->server->lock);
	worker->socket = NULL;
	pthread_mutex_unlock(&worker->server->lock);
	up_release_socket(socket);
}

/*
 * Shuts down one or both directions of every connection, including those whose
 * handler was not yet called.  The lock is held.
 */
void
up_shut_down_connections(struct up_server *server, int how)
{
	struct up_worker *worker;

	server->ended = how;
	for (worker = server->workers; worker != NULL; worker = worker->next)
		if (worker->socket != NULL)
			up_shutdown_socket(worker->socket, how);
	for (worker = server->queue; worker != NULL; worker = worker->next)
		if (worker->socket != NULL)
			up_shutdown_socket(worker->socket, how);
}
