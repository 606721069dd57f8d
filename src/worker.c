/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads of a server take turns in leading, that is in waiting for the
 * next client.  Who has got one serves it while another leads: so no
 * connection changes threads, and while all of them serve nobody accepts.
 * Some lead at a time: when one has got a client another waits already, and
 * under load nobody has to be woken.
 */
#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define LEADERS	3		/* fewer and more were slower */
#define PAUSE	50		/* milliseconds, while there is a shortage */

static void *work(void *);

/* Errors that pass when something is closed or freed. */
static int
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
	    error == ENOBUFS;
}

/* poll(2) that cannot be had for the moment is tried again, without a spin. */
int
up_watch(struct pollfd *fds, nfds_t count, long long deadline)
{
	int ready;

	while ((ready = up_poll(fds, count, deadline)) == -1 &&
	    up_left(deadline) != 0)
		poll(NULL, 0, PAUSE);
	return ready;
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
	error = pthread_create(&worker->thread, &server->attributes, work,
	    worker);
	pthread_sigmask(SIG_SETMASK, &usual, NULL);
	if (error != 0) {
		free(worker);
		return error;
	}
	server->workers = worker;
	server->threads++;
	return 0;
}

/*
 * The thread that has called looks up: to stop, or because all have ended.
 * A full pipe says it already; memory for the byte may be short.
 */
static void
ring(struct up_server *server)
{
	while (write(server->bell[1], "", 1) == -1 &&
	    (errno == EINTR || is_shortage(errno)))
		poll(NULL, 0, PAUSE);
}

/* No more clients, because of ERROR or 0; the lock is held. */
void
up_stop(struct up_server *server, int error)
{
	if (server->error == 0)
		server->error = error;
	server->stopping = 1;
	pthread_cond_broadcast(&server->turn);
	ring(server);
}

/* Wait for a client; -1 when there will be none. */
static int
lead(struct up_worker *worker)
{
	struct unix_listener *listener = worker->server->listener;
	struct pollfd wake = { .fd = listener->wake[0], .events = POLLIN };

	while (up_accept_client(listener, UP_NEVER, &worker->ports) == -1) {
		if (!is_shortage(errno))
			return -1;
		up_watch(&wake, 1, up_deadline(PAUSE));
	}
	return 0;
}

/*
 * Whether the user at the other end has as many connections as he may; -1
 * where the system cannot tell who it is.  A client that has gone is refused.
 */
static int
has_enough(struct up_worker *worker)
{
	const struct up_server *server = worker->server;
	const struct up_worker *other;
	struct unix_peer peer;
	unsigned count = 0;

	if (server->clients_per_user == 0)
		return 0;
	if (up_peer(worker->ports.descriptor[0], &peer) == -1)
		return errno == ENOTSUP ? -1 : 1;
	worker->user = peer.uid;
	for (other = server->workers; other != NULL; other = other->next)
		if (other->socket != NULL && other->user == peer.uid)
			count++;
	return count >= server->clients_per_user;
}

/*
 * Somebody else leads now: who does already or is idle, or a new thread.
 * When there can be none, we lead again when we are done.
 */
static void
pass_on(struct up_server *server)
{
	server->leaders--;
	/* The threads may be joined already, and are all that will be. */
	if (server->stopping || server->leaders > 0)
		return;
	if (server->idle > 0)
		pthread_cond_signal(&server->turn);
	else if (server->threads < server->clients)
		up_add_worker(server);
}

static void
begin(struct up_worker *worker)
{
	worker->socket = worker->ports.socket;
	atomic_fetch_add(&worker->socket->holders, 1);
	if (worker->server->stopping)
		up_end_socket(worker->socket, worker->server->ended);
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
			up_end_socket(worker->socket, how);
}

static void
end(struct up_worker *worker)
{
	up_let_go(worker->socket);
	worker->socket = NULL;
}

/* Take the lead until a client has come; 0 when there is one to serve. */
static int
get_client(struct up_worker *worker)
{
	struct up_server *server = worker->server;
	int error, refused;

	server->leaders++;
	do {
		pthread_mutex_unlock(&server->lock);
		error = lead(worker) == -1 ? errno : 0;
		pthread_mutex_lock(&server->lock);
		if (error != 0) {
			up_stop(server, error == ECANCELED ? 0 : error);
			return -1;
		}
		refused = has_enough(worker);
		if (refused != 0)
			up_abandon_ports(&worker->ports);
	} while (refused == 1);
	if (refused == -1)
		up_stop(server, ENOTSUP);
	return refused;
}

static void *
work(void *argument)
{
	struct up_worker *worker = argument;
	struct up_server *server = worker->server;

	pthread_mutex_lock(&server->lock);
	for (;;) {
		server->idle++;
		while (server->leaders >= LEADERS && !server->stopping)
			pthread_cond_wait(&server->turn, &server->lock);
		server->idle--;
		if (server->stopping || get_client(worker) == -1)
			break;
		begin(worker);
		pass_on(server);
		pthread_mutex_unlock(&server->lock);
		server->handler(&worker->ports, server->context);
		up_close_ports(&worker->ports);
		pthread_mutex_lock(&server->lock);
		end(worker);
	}
	if (--server->threads == 0)
		ring(server);
	pthread_mutex_unlock(&server->lock);
	return NULL;
}
