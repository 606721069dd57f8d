/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads of a server, as leaders and followers.  A leader waits for the
 * next client and serves it while another thread leads.  Clients of a burst are
 * queued for other threads.  While all threads serve, clients wait in the
 * backlog.  Up to LEADERS threads lead at a time, so that under load no thread
 * has to be woken for each client.
 */
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#define LEADERS			3	/* measured: fewer or more are slower */
#define REFUSING_THREADS	8	/* in addition to those that serve */
#define MIN_LOOK_MS		10	/* for the end of the last handler */

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

/* Starts a thread, all signals blocked.  0 or an errno.  The lock is held. */
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

static int
needs_thread(const struct up_server *server)
{
	return server->idle == 0 && server->refusing < REFUSING_THREADS;
}

/*
 * Ensures that an idle or a new thread takes the next client of the queue, or
 * leads.  Does nothing if a limit is reached or the server is stopping.
 * Returns -1 if no thread can be started now.  The lock is held.
 */
int
up_ensure_leader(struct up_server *server)
{
	/* After the drain timeout, join_threads() traverses the list. */
	if (server->ended == SHUT_RDWR)
		return 0;
	if (server->queue == NULL && (server->stopping ||
	    server->leaders > 0 || server->serving >= server->clients))
		return 0;
	if (server->idle > 0)
		pthread_cond_signal(&server->turn);
	return needs_thread(server) && up_add_worker(server) != 0 ? -1 : 0;
}

/*
 * Waits for a client.  Returns UP_WELCOME or UP_REFUSED with its ports, or
 * UP_NO_CLIENT, with ETIMEDOUT at the deadline, or if the server must stop.
 */
static enum up_admission
wait_for_client(struct up_worker *worker)
{
	struct up_server *server = worker->server;
	struct pollfd ends[2] = {
		{ .fd = server->listener->interrupt.pipe[0],
		    .events = POLLIN },
		{ .fd = server->bell[1], .events = POLLIN }
	};
	int refused, ended;

	while ((refused = up_accept_client(server->listener, server->bell[1],
	    worker->deadline, &worker->ports)) == -1) {
		if (is_fatal(errno) || (errno == ETIMEDOUT &&
		    up_has_passed(worker->deadline)))
			return UP_NO_CLIENT;
		ended = up_poll_retrying(ends, 2,
		    up_deadline(UP_SHORTAGE_RETRY_MS));
		if (ended > 0)
			errno = ECANCELED;
		if (ended != 0)
			return UP_NO_CLIENT;
	}
	return refused ? UP_REFUSED : up_identify_client(worker);
}

/* wait_for_client() without a wait: after any error UP_NO_CLIENT. */
static enum up_admission
look_for_client(struct up_worker *worker)
{
	struct up_server *server = worker->server;
	int refused = up_accept_client(server->listener, server->bell[1],
	    up_deadline(0), &worker->ports);

	return refused == -1 ? UP_NO_CLIENT : refused == 1 ? UP_REFUSED :
	    up_identify_client(worker);
}

/*
 * The end of a leader's wait.  While clients are served, the idle time ends no
 * earlier than this.  A short one must not keep the processor busy.
 */
static long long
next_look(const struct up_server *server)
{
	int ms = server->idle_ms;

	if (server->serving == 0)
		return server->idle_end;
	return up_timeout_deadline(ms == 0 || ms > MIN_LOOK_MS ? ms :
	    MIN_LOOK_MS);
}

static int
is_idle(const struct up_server *server)
{
	return server->serving == 0 && up_has_passed(server->idle_end);
}

/*
 * Stops the server if it is idle.  Only the last leader decides: another one
 * may have accepted a client that is not counted yet, and whose input
 * up_stop_server() would end.  A client that connects after this poll(2)
 * remains in the queue.  Clients that are refused without a pause must not keep
 * the server running.  The lock is held.
 */
static void
stop_if_idle(struct up_server *server, enum up_admission got)
{
	if (server->leaders == 0 && is_idle(server) && (got == UP_REFUSED ?
	    ++server->late_refusals == UP_MAX_REFUSALS :
	    up_wait_client(server->listener, -1, up_deadline(0)) == 0))
		up_stop_server(server, 0);
}

/*
 * Leads until FIND returns a client, and counts the client.  The lock is held
 * before and after.  After a shortage in look_for_client(), the next
 * wait_for_client() retries.
 */
static enum up_admission
get_client(struct up_worker *worker,
    enum up_admission (*find)(struct up_worker *))
{
	struct up_server *server = worker->server;
	enum up_admission got;
	int error;

	server->leaders++;
	worker->deadline = next_look(server);
	pthread_mutex_unlock(&server->lock);
	got = find(worker);
	error = errno;
	pthread_mutex_lock(&server->lock);
	server->leaders--;
	if (got == UP_WELCOME && !up_has_room(server, worker->user))
		got = UP_REFUSED;
	if (got == UP_WELCOME) {
		server->serving++;
		up_begin_connection(worker);
	} else if (got == UP_REFUSED || error == ETIMEDOUT)
		stop_if_idle(server, got);
	else if (find == wait_for_client || is_fatal(error))
		up_stop_server(server, error == ECANCELED ? 0 : error);
	if (got == UP_REFUSED)
		server->refusing++;
	return got;
}

static int
is_full(const struct up_server *server)
{
	return server->leaders + server->serving >= server->clients;
}

/*
 * Leads until WORKER has a client, or the server stops.  A burst would overflow
 * the backlog if each client waited for the start of a thread.  If no other
 * thread can lead, this one therefore queues all clients of the backlog.
 */
static void
lead(struct up_worker *worker)
{
	struct up_server *server = worker->server;

	server->idle--;
	worker->admission = get_client(worker, wait_for_client);
	while (worker->admission != UP_NO_CLIENT && server->leaders == 0 &&
	    needs_thread(server) && !is_full(server) && !server->stopping &&
	    up_queue_client(worker) == 0)
		worker->admission = get_client(worker, look_for_client);
	if (worker->admission == UP_NO_CLIENT)
		server->idle++;
}

/* Takes a queued or new client.  Returns 0 at the end.  The lock is held. */
static int
find_client(struct up_worker *worker)
{
	struct up_server *server = worker->server;

	worker->admission = UP_NO_CLIENT;
	while (worker->admission == UP_NO_CLIENT) {
		if (server->queue != NULL) {
			up_take_queued(worker);
			server->idle--;
		} else if (server->stopping) {
			server->idle--;
			return 0;
		} else if (server->leaders >= LEADERS || is_full(server) ||
		    (server->leaders > 0 && is_idle(server)))
			pthread_cond_wait(&server->turn, &server->lock);
		else
			lead(worker);
	}
	return 1;
}

/*
 * Calls the handler, or refuses the client.  Another thread must lead first: no
 * client would be accepted while the handler runs, or while close(2) of a
 * refused client blocks.  The lock is held before and after.
 */
static void
handle_client(struct up_worker *worker)
{
	struct up_server *server = worker->server;
	unsigned *count = worker->admission == UP_WELCOME ? &server->serving :
	    &server->refusing;
	int is_vacant = up_ensure_leader(server) == -1;
	int is_hung_up = server->ended == SHUT_RDWR;

	pthread_mutex_unlock(&server->lock);
	if (is_vacant)
		up_ring_bell(server);
	if (worker->admission == UP_WELCOME) {
		if (!is_hung_up)
			server->handler(&worker->ports, server->context);
		up_close_ports(&worker->ports);
		up_forget_connection(worker);
	} else
		up_refuse_ports(&worker->ports);
	pthread_mutex_lock(&server->lock);
	--*count;
	server->idle++;
	if (worker->admission == UP_WELCOME) {
		server->idle_end = up_timeout_deadline(server->idle_ms);
		server->late_refusals = 0;
	}
}

static void *
run_worker(void *argument)
{
	struct up_worker *worker = argument;
	struct up_server *server = worker->server;

	pthread_mutex_lock(&server->lock);
	while (find_client(worker))
		handle_client(worker);
	if (--server->threads == 0)
		up_end_bell(server->bell[1]);
	pthread_mutex_unlock(&server->lock);
	return NULL;
}
