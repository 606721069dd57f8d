/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections of a server: their users, the limit of each user, and the
 * end of all connections.
 */
#include "server.h"

#include <errno.h>

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
	up_refuse_client(&worker->ports);
	errno = error;
	return UP_NO_CLIENT;
}

/*
 * Whether USER may have one more connection.  A connection counts until the
 * server has ended it and the client has closed it, which may be earlier than
 * the end of the handler: a client that waits for EOF, closes and connects
 * again is never refused.  Ended by the server alone it still counts: otherwise
 * a handler that closes its output first could hold any number of connections
 * of one user.
 */
int
up_has_room(const struct up_server *server, uid_t user)
{
	const struct up_worker *worker;
	unsigned count = 0;

	if (server->clients_per_user == 0)
		return 1;
	for (worker = server->workers; worker != NULL; worker = worker->next)
		if (worker->socket != NULL && worker->user == user &&
		    !up_is_finished(worker->socket))
			count++;
	return count < server->clients_per_user;
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
}
