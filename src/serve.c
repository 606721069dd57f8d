/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serving a listener with threads.  The thread that calls does not serve: it
 * waits for the end, and sees to it.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define CLIENTS	256		/* by default */
#define DRAIN	5000		/* milliseconds, by default */

static int
check(const struct unix_listener *listener, unix_handler *handler,
    const struct unix_serve_options *options)
{
	size_t i;

	for (i = 0; i < COUNT(options->reserved); i++)
		if (options->reserved[i] != NULL)
			break;
	if (listener != NULL && handler != NULL &&
	    (listener->options.flags & UNIX_GUARDED) != 0 &&
	    i == COUNT(options->reserved) && options->drain >= -1)
		return 0;
	errno = EINVAL;
	return -1;
}

/* Attributes of the threads; an errno, or 0. */
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

/* Until somebody stops it; then no idle client keeps a handler waiting. */
static void
serve(struct up_server *server)
{
	struct pollfd fds[2] = {
		{ .fd = server->listener->wake[0], .events = POLLIN },
		{ .fd = server->bell[0], .events = POLLIN }
	};

	up_watch(fds, 2, UP_NEVER);
	pthread_mutex_lock(&server->lock);
	up_stop(server, 0);
	up_end_connections(server, SHUT_RD);
	pthread_mutex_unlock(&server->lock);
}

static int
has_ended(struct up_server *server)
{
	int ended;

	pthread_mutex_lock(&server->lock);
	ended = server->threads == 0;
	pthread_mutex_unlock(&server->lock);
	return ended;
}

/* Wait for the threads; those that are late see their connections end. */
static void
drain(struct up_server *server, long long deadline)
{
	struct pollfd bell = { .fd = server->bell[0], .events = POLLIN };
	char bytes[100];

	while (!has_ended(server) && up_watch(&bell, 1, deadline) == 1)
		while (read(server->bell[0], bytes, sizeof(bytes)) > 0)
			;
	pthread_mutex_lock(&server->lock);
	if (server->threads > 0) {
		if (server->error == 0)
			server->error = ETIMEDOUT;
		up_end_connections(server, SHUT_RDWR);
	}
	pthread_mutex_unlock(&server->lock);
}

/* A late one may still go through the list: it is freed when all are here. */
static void
join(struct up_server *server)
{
	struct up_worker *worker;

	for (worker = server->workers; worker != NULL; worker = worker->next)
		pthread_join(worker->thread, NULL);
	while ((worker = server->workers) != NULL) {
		server->workers = worker->next;
		free(worker);
	}
}

static int
run(struct up_server *server, int ms)
{
	int error;

	pthread_mutex_lock(&server->lock);
	error = up_add_worker(server);
	pthread_mutex_unlock(&server->lock);
	if (error != 0)
		return error;
	serve(server);
	drain(server, up_deadline(ms == 0 ? DRAIN : ms));
	join(server);
	return server->error;
}

UP_API int
unix_serve(struct unix_listener *listener, unix_handler *handler,
    void *context, const struct unix_serve_options *given)
{
	static const struct unix_serve_options defaults;
	const struct unix_serve_options *options = given == NULL ? &defaults :
	    given;
	struct up_server server = {
		.listener = listener, .handler = handler, .context = context,
		.clients = options->clients == 0 ? CLIENTS : options->clients,
		.clients_per_user = options->clients_per_user,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.turn = PTHREAD_COND_INITIALIZER
	};
	int saved = errno;
	int state, error;

	if (check(listener, handler, options) == -1 ||
	    up_pipe(server.bell) == -1)
		return -1;
	/* The threads use what is on our stack. */
	state = up_shield();
	error = set_attributes(&server.attributes, options->stack_size);
	if (error == 0) {
		error = run(&server, options->drain);
		pthread_attr_destroy(&server.attributes);
	}
	up_close(server.bell[0]);
	up_close(server.bell[1]);
	pthread_cond_destroy(&server.turn);
	pthread_mutex_destroy(&server.lock);
	up_unshield(state);
	return up_answer(error, saved);
}
