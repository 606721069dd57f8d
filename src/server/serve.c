/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serves a listener with threads.  The thread that calls unix_serve() serves no
 * client: it waits for the end of the server, and then shuts it down.
 */
#include "server.h"

#include <errno.h>
#include <stdlib.h>

#define DEFAULT_CLIENTS		256
#define DEFAULT_DRAIN_MS	5000
#define MIN_BACKLOG		128

static int
check_arguments(const struct unix_listener *listener, unix_handler *handler,
    const struct unix_serve_options *options)
{
	size_t i;

	for (i = 0; i < COUNT(options->reserved); i++)
		if (options->reserved[i] != NULL)
			break;
	if (listener != NULL && handler != NULL &&
	    (listener->options.flags & UNIX_GUARDED) != 0 &&
	    listener->options.read_timeout != -1 &&
	    listener->options.write_timeout != -1 &&
	    i == COUNT(options->reserved) && options->drain >= -1 &&
	    options->idle >= 0)
		return 0;
	return up_fail(EINVAL);
}

/* Sets the attributes of the threads.  Returns 0 or an errno. */
static int
set_attributes(pthread_attr_t *attributes, size_t stack_size)
{
	int error = pthread_attr_init(attributes);

	if (error != 0 || stack_size == 0)
		return error;
	error = pthread_attr_setstacksize(attributes, stack_size);
	if (error != 0)
		pthread_attr_destroy(attributes);
	return error;
}

/* Reads the bytes of up_ring_bell(), which poll(2) would report again. */
static void
clear_bell(const struct up_server *server)
{
	char bytes[100];

	while (recv(server->bell[0], bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

static int
ensure_leader(struct up_server *server)
{
	int result;

	pthread_mutex_lock(&server->lock);
	result = up_ensure_leader(server);
	pthread_mutex_unlock(&server->lock);
	return result;
}

/*
 * Waits until the server is interrupted, is idle or fails, then shuts down the
 * input of all connections, so that no handler waits for an idle client.  If a
 * thread cannot be started, the attempt is repeated; otherwise clients would
 * wait until another client leaves.
 */
static void
wait_for_end(struct up_server *server)
{
	struct pollfd fds[3] = {
		{ .fd = server->listener->interrupt.pipe[0],
		    .events = POLLIN },
		{ .fd = server->bell[1], .events = POLLIN },
		{ .fd = server->bell[0], .events = POLLIN }
	};
	int vacant = 0;
	int ready, error;

	for (;;) {
		ready = up_poll_retrying(fds, 3,
		    up_deadline(vacant ? UP_SHORTAGE_RETRY_MS : -1));
		if (ready == -1 || (ready > 0 &&
		    (fds[0].revents != 0 || fds[1].revents != 0)))
			break;
		clear_bell(server);
		vacant = ensure_leader(server) == -1;
	}
	error = ready == -1 ? errno : 0;
	pthread_mutex_lock(&server->lock);
	up_stop_server(server, error);
	up_shut_down_connections(server, SHUT_RD);
	pthread_mutex_unlock(&server->lock);
}

static int
has_no_threads(struct up_server *server)
{
	int ended;

	pthread_mutex_lock(&server->lock);
	ended = server->threads == 0;
	pthread_mutex_unlock(&server->lock);
	return ended;
}

/*
 * Waits for the threads, the last of which shuts down the bell.  At DEADLINE
 * the remaining connections are shut down.
 */
static void
wait_for_threads(struct up_server *server, long long deadline)
{
	struct pollfd bell = { .fd = server->bell[0], .events = POLLIN };
	int error = 0;
	int ready;

	while (error == 0 && !has_no_threads(server)) {
		ready = up_poll_retrying(&bell, 1, deadline);
		if (ready == 1)
			clear_bell(server);
		else
			error = ready == 0 ? ETIMEDOUT : errno;
	}
	pthread_mutex_lock(&server->lock);
	if (server->threads > 0) {
		if (server->error == 0)
			server->error = error;
		up_shut_down_connections(server, SHUT_RDWR);
	}
	pthread_mutex_unlock(&server->lock);
}

/* The list is freed last, since a running thread may traverse it. */
static void
join_threads(struct up_server *server)
{
	struct up_worker *worker;

	for (worker = server->workers; worker != NULL; worker = worker->next)
		pthread_join(worker->thread, NULL);
	while ((worker = server->workers) != NULL) {
		server->workers = worker->next;
		free(worker);
	}
}

/*
 * If the queue is full, connect(2) of a non-blocking client fails with EAGAIN.
 * The default backlog of unix_listen() is too short for a burst of such
 * clients.  If a system call filter rejects listen(2), the backlog is
 * unchanged.
 */
static void
raise_backlog(const struct up_server *server)
{
	unsigned backlog = server->clients < MIN_BACKLOG ? MIN_BACKLOG :
	    server->clients;

	if (server->listener->has_default_backlog)
		(void)listen(server->listener->fd,
		    backlog > INT_MAX ? INT_MAX : (int)backlog);
}

static int
run_server(struct up_server *server, int ms)
{
	int error;

	raise_backlog(server);
	pthread_mutex_lock(&server->lock);
	error = up_add_worker(server);
	pthread_mutex_unlock(&server->lock);
	if (error != 0)
		return error;
	wait_for_end(server);
	wait_for_threads(server, up_deadline(ms == 0 ? DEFAULT_DRAIN_MS : ms));
	join_threads(server);
	return server->error;
}

UP_API UP_COLD int
unix_serve(struct unix_listener *listener, unix_handler *handler,
    void *context, const struct unix_serve_options *given)
{
	static const struct unix_serve_options defaults;
	const struct unix_serve_options *options = given == NULL ? &defaults :
	    given;
	struct up_server server = {
		.listener = listener, .handler = handler, .context = context,
		.clients = options->clients == 0 ? DEFAULT_CLIENTS :
		    options->clients,
		.clients_per_user = options->clients_per_user,
		.idle_ms = options->idle,
		.idle_end = up_timeout_deadline(options->idle),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.turn = PTHREAD_COND_INITIALIZER
	};
	int saved = errno;
	int state, error;

	if (check_arguments(listener, handler, options) == -1 ||
	    up_socketpair(server.bell) == -1)
		return -1;
	/* The threads use this stack frame, which must not be unwound. */
	state = up_disable_cancel();
	error = set_attributes(&server.attributes, options->stack_size);
	if (error == 0) {
		error = run_server(&server, options->drain);
		pthread_attr_destroy(&server.attributes);
	}
	up_close(server.bell[0]);
	up_close(server.bell[1]);
	pthread_cond_destroy(&server.turn);
	pthread_mutex_destroy(&server.lock);
	up_restore_cancel(state);
	return up_result(error, saved);
}
