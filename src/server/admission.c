/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections of a server: their users, the limit of each user, the queue
 * of those that wait for a thread, and the end of all.
 */
#include "server.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Record the user of the connection: UP_WELCOME, or UP_REFUSED if the client
 * has closed it; UP_NO_CLIENT, with ENOTSUP, if the system cannot identify
 * users.
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
 * server has ended it and the client has closed it, which may be earlier than
 * the end of the handler: a client that waits for EOF, closes and connects
 * again is never refused.  Ended by the server alone it still counts.  Linux
 * reports the same if the client has only ended its output.
 */
int
up_has_room(const struct up_server *server, uid_t user)
{
	if (server->clients_per_user == 0)
		return 1;
	return count_connections(server->workers, user) +
	    count_connections(server->queue, user) < server->clients_per_user;
}

/* Add the connection to those of the server; the lock is held. */
void
up_begin_connection(struct up_worker *worker)
{
	worker->socket = worker->ports.socket;
	up_retain_socket(worker->socket);
	if (worker->server->stopping)
		up_shutdown_socket(worker->socket, worker->server->ended);
}

/*
 * Leave the client of WORKER to the next thread that is free: 0, or -1 without
 * memory.  The lock is held.
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

/* Get the first client of the queue, which is not empty; the lock is held. */
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
 * Release the socket without the lock of the server: its last holder closes
 * descriptors that were not taken, which may block.
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
 * Shut down a direction, or both, of every connection, also of one that was
 * accepted and not begun; the lock is held.
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
