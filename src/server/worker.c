/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads of a server, as leaders and followers.  A leader waits for the
 * next client and serves it while another thread leads: no connection changes
 * threads, and while all threads serve, clients wait in the backlog.  Up to
 * LEADERS threads lead at a time, so that under load no thread has to be woken
 * for each client.
 */
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#define LEADERS			3	/* fewer and more were slower */
#define REFUSING_THREADS	8	/* in addition to those that serve */

static void *run_worker(void *);

/*
 * Errors of the listener or of the process.  All others are transient or
 * concern one client, for example EPERM of a security module.
 */
static int
is_fatal(int error)
{
	static const int final[] = { ECANCELED, EBADF, EINVAL, ENOTSOCK,
	    EOPNOTSUPP, ENOTSUP, ENOSYS, EFAULT };
	size_t i;

	for (i = 0; i < COUNT(final); i++)
		if (error == final[i])
			return 1;
	return 0;
}

/*
 * Start a thread, with all signals blocked: 0, or an errno.  The lock is held.
 */
int
up_add_worker(struct up_server *server)
{
	struct up_worker *worker = malloc(sizeof(*worker));
	sigset_t all, usual;
	int error;

	if (worker == NULL)
		return errno;
	*worker = (struct up_worker){ .server = server,
	    .next = server->workers };
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &usual);
	error = pthread_create(&worker->thread, &server->attributes, run_worker,
	    worker);
	pthread_sigmask(SIG_SETMASK, &usual, NULL);
	if (error != 0) {
		free(worker);
		return error;
	}
	server->workers = worker;
	server->threads++;
	server->idle++;
	return 0;
}

/*
 * Ensure that a leader, an idle thread or a new thread waits for the next
 * client, unless the server is stopping or a limit is reached: 0, or -1 if no
 * thread can be started now.  The lock is held.
 */
int
up_ensure_leader(struct up_server *server)
{
	/* A stopping server may have joined its threads already. */
	if (server->stopping || server->leaders > 0 ||
	    server->serving >= server->clients)
		return 0;
	if (server->idle > 0) {
		pthread_cond_signal(&server->turn);
		return 0;
	}
	if (server->refusing >= REFUSING_THREADS)
		return 0;
	return up_add_worker(server) == 0 ? 0 : -1;
}

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
 * Wake the thread that called unix_serve(), which starts a leader as soon as
 * it can.  If the bell is full, that thread has been woken already.
 */
static void
ring_bell(struct up_server *server)
{
	while (send(server->bell[1], "", 1, MSG_DONTWAIT) == -1 &&
	    (errno == EINTR || up_is_shortage(errno)) && !is_stopping(server) &&
	    up_pause(UP_SHORTAGE_RETRY_MS) == 0)
		;
}

/*
 * Accept no more clients, because of ERROR or 0; the lock is held.  EOF on the
 * bell wakes every leader and the thread that called unix_serve(), and needs no
 * memory.
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
	up_shutdown(server->bell[0], SHUT_WR);
}

/*
 * Record the user of the connection: 1, or 0 if the client has closed it, which
 * is refused then; -1 if the system cannot identify users.
 */
static int
identify_client(struct up_worker *worker)
{
	struct unix_peer peer;
	int error;

	if (worker->server->clients_per_user == 0)
		return 1;
	if (up_peer(worker->ports.descriptor[0], &peer) == 0) {
		worker->user = peer.uid;
		return 1;
	}
	if (errno != ENOTSUP)
		return 0;
	error = errno;
	up_refuse_ports(&worker->ports);
	return up_fail(error);
}

/*
 * Wait for a client: 1, or 0 if it is refused, in both cases with its ports;
 * -1 if the server must stop.
 */
static int
wait_for_client(struct up_worker *worker)
{
	struct up_server *server = worker->server;
	struct pollfd ends[2] = {
		{ .fd = server->listener->wake[0], .events = POLLIN },
		{ .fd = server->bell[1], .events = POLLIN }
	};
	int refused;

	while ((refused = up_accept_client(server->listener, server->bell[1],
	    UP_NEVER, &worker->ports)) == -1)
		if (is_fatal(errno) ||
		    up_poll_retrying(ends, 2,
		    up_deadline(UP_SHORTAGE_RETRY_MS)) == -1)
			return -1;
	return refused ? 0 : identify_client(worker);
}

/*
 * Whether USER may have one more connection.  A connection counts until the
 * server has ended it and the client has closed it, which may be earlier than
 * the end of the handler: a client that waits for EOF, closes and connects
 * again is never refused.  Ended by the server alone it still counts: otherwise
 * a handler that closes its output first could hold any number of connections
 * of one user.
 */
static int
has_room(const struct up_server *server, uid_t user)
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

/*
 * Lead until a client has come, as wait_for_client(); the lock is held before
 * and after.
 */
static int
get_client(struct up_worker *worker)
{
	struct up_server *server = worker->server;
	int got, error;

	while (!server->stopping && (server->leaders >= LEADERS ||
	    server->leaders + server->serving >= server->clients))
		pthread_cond_wait(&server->turn, &server->lock);
	server->idle--;
	if (server->stopping)
		return -1;
	server->leaders++;
	pthread_mutex_unlock(&server->lock);
	got = wait_for_client(worker);
	error = errno;
	pthread_mutex_lock(&server->lock);
	server->leaders--;
	if (got == -1)
		up_stop_server(server, error == ECANCELED ? 0 : error);
	return got == 1 ? has_room(server, worker->user) : got;
}

/* Add the connection to those of the server; the lock is held. */
static void
begin_connection(struct up_worker *worker)
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
static void
forget_connection(struct up_worker *worker)
{
	struct unix_socket *socket = worker->socket;

	pthread_mutex_lock(&worker->server->lock);
	worker->socket = NULL;
	pthread_mutex_unlock(&worker->server->lock);
	up_release_socket(socket);
}

/*
 * No client would be accepted while close(2) blocks on a lingering descriptor
 * that the client has sent, so another thread leads first.
 */
static void
handle_client(struct up_worker *worker, int welcome)
{
	struct up_server *server = worker->server;
	unsigned *count = welcome ? &server->serving : &server->refusing;
	int vacant;

	++*count;
	if (welcome)
		begin_connection(worker);
	vacant = up_ensure_leader(server) == -1;
	pthread_mutex_unlock(&server->lock);
	if (vacant)
		ring_bell(server);
	if (welcome) {
		server->handler(&worker->ports, server->context);
		up_close_ports(&worker->ports);
		forget_connection(worker);
	} else
		up_refuse_ports(&worker->ports);
	pthread_mutex_lock(&server->lock);
	--*count;
	server->idle++;
}

static void *
run_worker(void *argument)
{
	struct up_worker *worker = argument;
	struct up_server *server = worker->server;
	int got;

	pthread_mutex_lock(&server->lock);
	while ((got = get_client(worker)) != -1)
		handle_client(worker, got);
	if (--server->threads == 0)
		up_shutdown(server->bell[1], SHUT_WR);
	pthread_mutex_unlock(&server->lock);
	return NULL;
}
