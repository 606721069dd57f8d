/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads of a server take turns in leading, that is in waiting for the
 * next client.  The thread that has got one serves it while another leads:
 * no connection changes threads, and while all threads serve, clients wait
 * in the backlog.  Several lead at a time: when one has got a client another
 * waits already, and under load no thread has to be woken.
 */
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#define LEADERS		3		/* fewer and more were slower */
#define SPARE_THREADS	8		/* while connections are refused */

static void *run_worker(void *);

/*
 * Errors of the listener or of the process.  All others concern one client,
 * as those of a packet filter or a security module (EPERM, EACCES), or pass.
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

/* One more thread, in which no signal is handled; an errno, or 0.  Locked. */
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
 * Have a thread wait for the next client, if one may: a thread that leads or
 * is idle, else a new one.  -1 when none can be made now.  The lock is held.
 */
int
up_ensure_leader(struct up_server *server)
{
	/* The threads may be joined already, and are all that will be. */
	if (server->stopping || server->leaders > 0 ||
	    server->serving >= server->clients)
		return 0;
	if (server->idle > 0) {
		pthread_cond_signal(&server->turn);
		return 0;
	}
	if (server->refusing >= SPARE_THREADS)
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
 * Have the thread that called unix_serve() make a leader as soon as it can.
 * The bell is full only while it is ringing.
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
 * No more clients, because of ERROR or 0; the lock is held.  The end of the
 * bell's input wakes every leader and the thread that called, and needs no
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
 * Whether the connection is to be served (1), or its user has as many as it
 * may (0, decided under the lock); -1 where the system cannot identify users.
 * A client that has gone is refused.
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
	up_abandon_ports(&worker->ports);
	return up_fail(error);
}

/*
 * Wait for a client: 1, or 0 when it is to be refused, in both cases with
 * its ports; -1 when there will be none.
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
 * A connection counts until its client has seen the end and left, and not
 * until its thread is done: a client that waits for the end, closes and
 * connects again is never refused.  Beyond the end alone it counts: else a
 * handler that closes its output first would hold any number of one user's.
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
 * Take the lead until a client has come, as wait_for_client() does; the lock is held
 * before and after.
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

/* The connection is one of the server's; the lock is held. */
static void
begin_connection(struct up_worker *worker)
{
	worker->socket = worker->ports.socket;
	up_retain_socket(worker->socket);
	if (worker->server->stopping)
		up_shutdown_socket(worker->socket, worker->server->ended);
}

/*
 * End a direction, or both, of every connection, also of one that has been
 * accepted and not begun; the lock is held.
 */
void
up_end_connections(struct up_server *server, int how)
{
	struct up_worker *worker;

	server->ended = how;
	for (worker = server->workers; worker != NULL; worker = worker->next)
		if (worker->socket != NULL)
			up_shutdown_socket(worker->socket, how);
}

/* The last holder closes descriptors that were not taken: not locked. */
static void
end_connection(struct up_worker *worker)
{
	struct unix_socket *socket = worker->socket;

	pthread_mutex_lock(&worker->server->lock);
	worker->socket = NULL;
	pthread_mutex_unlock(&worker->server->lock);
	up_release_socket(socket);
}

/*
 * Serve the client, or refuse it, once another thread leads: closing may
 * wait, for as long as a descriptor lingers that the client has sent.
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
		end_connection(worker);
	} else
		up_abandon_ports(&worker->ports);
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
