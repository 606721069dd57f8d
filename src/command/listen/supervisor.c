/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starts and ends a server that runs a program for each client.  The main
 * thread handles signals and reaps programs.
 */
#include "command.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static struct worker workers[4];
static struct worker postponer;
static int has_postponer;

static int
prepare_worker(struct worker *worker, struct service *service)
{
	worker->service = service;
	return make_environment(&worker->environment,
	    unix_listener_path(service->listener));
}

/* The first thread can close the listener, so all are prepared before it. */
static int
prepare_workers(struct service *service)
{
	size_t i;

	for (i = 0; i < COUNT(workers); i++)
		if (prepare_worker(&workers[i], service) == -1)
			return -1;
	return prepare_worker(&postponer, service);
}

static int
start_worker(struct worker *worker, void *(*body)(void *))
{
	errno = pthread_create(&worker->thread, NULL, body, worker);
	return errno == 0 ? 0 : -1;
}

/*
 * Returns the number of acceptors; one can serve alone.  The thread of
 * postponed clients is only required if clients are limited by user.
 */
static size_t
start_workers(struct service *service)
{
	size_t i = 0;

	if (prepare_workers(service) == -1)
		return 0;
	if (service->clients_per_user > 0) {
		if (allocate_postponed(service->clients) == -1 ||
		    start_worker(&postponer, serve_postponed) == -1)
			return 0;
		has_postponer = 1;
	}
	while (i < COUNT(workers) &&
	    start_worker(&workers[i], accept_clients) == 0)
		i++;
	return i;
}

/*
 * Returns 0 after a signal, at the end of an idle server or after the failure
 * of a thread, or an exit status if readiness cannot be reported.  SIGHUP sets
 * IMMEDIATELY.
 */
static int
supervise(int *immediately)
{
	int status;

	for (;;) {
		status = send_readiness();
		if (status != 0)
			return status;
		wait_signal(is_readiness_sent() ? -1 : READINESS_RETRY_MS);
		reap_children();
		*immediately = take_signal(SIGHUP);
		if (take_signal(SIGTERM) || take_signal(SIGINT) ||
		    *immediately || has_service_failed() ||
		    (are_arrivals_over() && !has_children()))
			return 0;
	}
}

static void
stop_workers(size_t count)
{
	stop_children();
	stop_arrivals();
	while (count > 0)
		pthread_join(workers[--count].thread, NULL);
	stop_postponed();
	if (has_postponer)
		pthread_join(postponer.thread, NULL);
}

/*
 * The listener is closed before the programs end: new clients would otherwise
 * wait in its backlog for a server that accepts none of them.
 */
static int
serve_until_end(struct service *service)
{
	size_t count = start_workers(service);
	int immediately = 0, status = 0;

	if (count == 0)
		status = complain(service->address, errno);
	begin_readiness();
	if (status == 0)
		status = supervise(&immediately);
	stop_workers(count);
	send_stopping();
	if (close_service(service->listener) == -1)
		status = explain(service->address, errno);
	end_children(immediately);
	end_log();
	if (has_service_failed())
		return STATUS_ERROR;
	return status != 0 ? status : service->status;
}

/* Closes the listener even on failure. */
int
serve_clients(struct service *service)
{
	int error, status;

	close_passed_on_exec();
	catch_signals();
	service->path = find_program(service->argv[0]);
	if (service->path == NULL ||
	    allocate_children(service->clients) == -1 ||
	    begin_arrivals(service) == -1) {
		error = errno;
		close_service(service->listener);
		return complain(service->argv[0], error);
	}
	status = serve_until_end(service);
	free(service->path);
	return status;
}
