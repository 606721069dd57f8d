/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads of a server: each accepts a client and starts its program.  With
 * one thread clients would wait for the disk: posix_spawn(3) blocks until the
 * program is loaded.
 */
#include "command.h"

#include <sys/socket.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define ACCEPT_RETRY_MS	100

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static atomic_int has_failed;
static atomic_int has_shortage;	/* reported once */

static int
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
	    error == ENOBUFS || error == EAGAIN;
}

/*
 * Other errors of unix_accept(3) concern one client and must not end the
 * server: Linux, for example, returns EPERM for a client that a filter rejects.
 */
static int
is_permanent(int error)
{
	static const int permanent[] = { ECANCELED, EBADF, EINVAL, ENOTSOCK,
	    EOPNOTSUPP, ENOTSUP, ENOSYS, EFAULT };
	size_t i;

	for (i = 0; i < COUNT(permanent); i++)
		if (error == permanent[i])
			return 1;
	return 0;
}

/* A client could fill the log with the same error, so it is reported once. */
static void
report_client_error(int error)
{
	static atomic_int reported[256];
	char text[200];

	if (atomic_exchange(&reported[(unsigned)error % COUNT(reported)], 1))
		return;
	snprintf(text, sizeof(text), "%s; trying again", strerror(error));
	report("accept", text);
}

static void
report_shortage(int error)
{
	char text[200];

	snprintf(text, sizeof(text), "%s; clients wait", strerror(error));
	report("shortage", text);
}

/*
 * The errno of a shortage can change with each attempt, ten times a second, so
 * a shortage is reported once until a program can be started.  Returns 0 if a
 * filter of system calls rejects poll(2), since the caller would spin.
 */
static int
report_and_wait(int error)
{
	if (!is_shortage(error))
		report_client_error(error);
	else if (atomic_exchange(&has_shortage, 1) == 0)
		report_shortage(error);
	return poll(NULL, 0, ACCEPT_RETRY_MS) == 0;
}

int
has_service_failed(void)
{
	return has_failed;
}

/* Returns a slot for the program of CLIENT, or NULL if the service ends. */
static struct child *
accept_client(const struct service *service, struct unix_ports *client)
{
	struct child *child;
	int error = 0;

	pthread_mutex_lock(&turn);
	child = reserve_child();
	while (child != NULL &&
	    unix_accept(service->listener, client) == -1) {
		error = errno;
		if (!is_permanent(error) && report_and_wait(error))
			continue;
		release_child(child);
		child = NULL;
	}
	pthread_mutex_unlock(&turn);
	if (error != 0 && error != ECANCELED && child == NULL) {
		if (atomic_exchange(&has_failed, 1) == 0)
			explain(service->address, error);
		/* Without a signal the main thread would not wake. */
		kill(getpid(), SIGTERM);
	}
	return child;
}

/* Returns 0 if the user of CLIENT has reached the limit of programs. */
static int
assign_client(struct child *child, const struct unix_ports *client,
    struct worker *worker)
{
	struct unix_peer peer;
	int known = unix_peer(client, &peer) == 0;

	set_peer(&worker->environment, known ? &peer : NULL);
	return assign_child(child, known ? peer.uid : (uid_t)-1,
	    worker->service->clients_per_user);
}

/*
 * An accepted client cannot return to the backlog, so a start that fails in a
 * shortage is repeated.
 */
static int
start_program_for(struct child *child, const struct unix_ports *client,
    const struct worker *worker)
{
	const struct service *service = worker->service;
	pid_t pid;
	int error;

	do {
		pid = start_program(service->path, service->argv,
		    worker->environment.entries, unix_fileno(client));
		error = errno;
	} while (pid == -1 && is_shortage(error) && report_and_wait(error) &&
	    !are_children_stopped());
	if (pid == -1) {
		if (!are_children_stopped())
			complain(service->argv[0], error);
		return 0;
	}
	set_child_pid(child, pid);
	atomic_store(&has_shortage, 0);
	return 1;
}

/*
 * Close a client that gets no program.  After shutdown(2) it can pass no more
 * descriptors, of which the library looks through those in the queue.
 */
static void
refuse_client(struct unix_ports *client)
{
	shutdown(unix_fileno(client), SHUT_RD);
	unix_abandon_ports(client);
}

void *
accept_clients(void *argument)
{
	struct worker *worker = argument;
	struct unix_ports client;
	struct child *child;

	while ((child = accept_client(worker->service, &client)) != NULL) {
		if (assign_client(child, &client, worker) &&
		    start_program_for(child, &client, worker)) {
			unix_close_ports(&client);
			continue;
		}
		release_child(child);
		refuse_client(&client);
	}
	return NULL;
}
