/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads of a server take turns in waiting for the next client.  Who has
 * got one starts its program while another waits: starting stands still until
 * the program has been loaded.
 */
#include "command.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define PAUSE	100		/* milliseconds, between two tries */

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static atomic_int failed;
static atomic_int is_short;	/* a shortage that has been reported */

static int
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
	    error == ENOBUFS || error == EAGAIN;
}

/*
 * Errors of the listener or of the process.  All others of unix_accept(3)
 * concern one client, as EPERM of a packet filter does, or pass.
 */
static int
is_final(int error)
{
	static const int final[] = { ECANCELED, EBADF, EINVAL, ENOTSOCK,
	    EOPNOTSUPP, ENOTSUP, ENOSYS, EFAULT };
	size_t i;

	for (i = 0; i < COUNT(final); i++)
		if (error == final[i])
			return 1;
	return 0;
}

/* An error of one client may come again with each: the first is reported. */
static void
report_client(int error)
{
	static atomic_int reported[256];
	char text[200];

	if (atomic_exchange(&reported[(unsigned)error % COUNT(reported)], 1))
		return;
	snprintf(text, sizeof(text), "%s; trying again", strerror(error));
	report("cannot accept a client", text);
}

/*
 * Let ERROR pass.  A shortage ends when a program can be started, and is
 * reported once until then, although its errno may change.  0 where the
 * process may not call poll(2): a loop around it would spin.
 */
static int
wait_out(int error)
{
	if (!is_shortage(error))
		report_client(error);
	else if (atomic_exchange(&is_short, 1) == 0)
		complain("clients have to wait", error);
	return poll(NULL, 0, PAUSE) == 0;
}

/* End the service, for an error that stays. */
static void
fail_service(const struct service *service, int error)
{
	if (atomic_exchange(&failed, 1) == 0)
		explain(service->address, error);
	kill(getpid(), SIGTERM);
}

int
service_failed(void)
{
	return failed;
}

/* A client and a place for its program; NULL when there will be none. */
static struct child *
next_client(const struct service *service, struct unix_ports *client)
{
	struct child *child;
	int error = 0;

	pthread_mutex_lock(&turn);
	child = take_child();
	while (child != NULL &&
	    unix_accept(service->listener, client) == -1) {
		error = errno;
		if (!is_final(error) && wait_out(error))
			continue;
		release_child(child);
		child = NULL;
	}
	pthread_mutex_unlock(&turn);
	if (error != 0 && error != ECANCELED && child == NULL)
		fail_service(service, error);
	return child;
}

/* Its user is entitled to a program, whose variables are made. */
static int
is_welcome(struct child *child, const struct unix_ports *client,
    const struct service *service, struct environment *environment)
{
	struct unix_peer peer;
	int known = unix_peer(client, &peer) == 0;

	set_peer(environment, known ? &peer : NULL);
	return name_child(child, known ? peer.uid : (uid_t)-1,
	    service->clients_per_user);
}

/* Start its program, which may have to wait for the end of a shortage. */
static int
serve(struct child *child, const struct unix_ports *client,
    const struct service *service, struct environment *environment)
{
	pid_t pid;
	int error;

	do {
		pid = start_program(service->path, service->argv,
		    environment->entries, unix_fileno(client));
		error = errno;
	} while (pid == -1 && is_shortage(error) && wait_out(error) &&
	    !children_stopped());
	if (pid == -1) {
		if (!children_stopped())
			complain(service->argv[0], error);
		return 0;
	}
	start_child(child, pid);
	atomic_store(&is_short, 0);
	return 1;
}

void *
work(void *argument)
{
	struct worker *worker = argument;
	const struct service *service = worker->service;
	struct unix_ports client;
	struct child *child;

	while ((child = next_client(service, &client)) != NULL) {
		if (is_welcome(child, &client, service,
		    &worker->environment) &&
		    serve(child, &client, service, &worker->environment)) {
			unix_close_ports(&client);
			continue;
		}
		release_child(child);
		refuse_client(&client);
	}
	return NULL;
}
