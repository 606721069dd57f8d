/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that runs a program for each client, on the connection: its start
 * and its end.  The thread that began takes the signals and reaps.
 */
#include "command.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static struct worker workers[4];

/* How many there are; one would do. */
static size_t
start_workers(const struct service *service)
{
	size_t i;

	for (i = 0; i < COUNT(workers); i++) {
		workers[i].service = service;
		if (make_environment(&workers[i].environment,
		    unix_listener_path(service->listener)) == -1)
			break;
		errno = pthread_create(&workers[i].thread, NULL, work,
		    &workers[i]);
		if (errno != 0)
			break;
	}
	return i;
}

/*
 * Until a signal ends it, or readiness cannot be reported: 0, or an exit
 * status.  Programs are not waited for if AT_ONCE is set.
 */
static int
wait_end(int *at_once)
{
	int status;

	for (;;) {
		status = report_again();
		if (status != 0)
			return status;
		wait_signal(is_reported() ? -1 : REPORT_MS);
		if (take_signal(SIGCHLD))
			reap_children();
		*at_once = take_signal(SIGHUP);
		if (take_signal(SIGTERM) || take_signal(SIGINT) || *at_once)
			return 0;
	}
}

static void
stop_workers(const struct service *service, size_t count)
{
	stop_children();
	unix_interrupt(service->listener);
	while (count > 0)
		pthread_join(workers[--count].thread, NULL);
}

/* Serve; clients that come when it ends are refused, and not kept waiting. */
static int
run(const struct service *service)
{
	size_t count = start_workers(service);
	int at_once = 0, status = 0;

	if (count == 0)
		status = complain("cannot serve", errno);
	begin_report(service->newline);
	if (status == 0)
		status = wait_end(&at_once);
	stop_workers(service, count);
	report_stopping();
	if (unix_close(service->listener) == -1)
		status = explain(service->address, errno);
	end_children(at_once);
	return service_failed() ? STATUS_ERROR : status;
}

/* The listener is closed, whatever comes. */
int
serve_clients(struct service *service)
{
	int error, status;

	keep_passed();
	catch_signals();
	service->path = find_program(service->argv[0]);
	if (service->path == NULL || make_children(service->clients) == -1) {
		error = errno;
		unix_close(service->listener);
		return complain(service->argv[0], error);
	}
	status = run(service);
	free(service->path);
	return status;
}
