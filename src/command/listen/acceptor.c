/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads of a server take turns in accepting clients.  One that has a
 * client starts its program while another accepts, since posix_spawn(3) blocks
 * until the program is loaded.
 */
#include "command.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define RETRY_MS	100

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static atomic_int has_failed;
static atomic_int has_shortage;	/* and it was reported */

static int
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
	    error == ENOBUFS || error == EAGAIN;
}

/*
 * Errors of the listener or of the process.  All others of unix_accept(3)
 * concern one client, as EPERM of a packet filter does, or are temporary.
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

/* Each client may cause the same error again, so only the first is reported. */
static void
report_client_error(int error)
{
	static atomic_int reported[256];
	char text[200];

	if (atomic_exchange(&reported[(unsigned)error % COUNT(reported)], 1))
		return;
	snprintf(text, sizeof(text), "%s; trying again", strerror(error));
	report("cannot accept a client", text);
}

/*
 * A shortage ends when a program can be started, and is reported once until
 * then, although its errno may change.  0 if the process may not call poll(2),
 * since the loop of the caller would use a CPU.
 */
static int
report_and_wait(int error)
{
	if (!is_shortage(error))
		report_client_error(error);
	else if (atomic_exchange(&has_shortage, 1) == 0)
		complain("clients have to wait", error);
	return poll(NULL, 0, RETRY_MS) == 0;
}

int
has_service_failed(void)
{
	return has_failed;
}

/* A client and a place for its program; NULL at the end of the service. */
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
		/* The main thread waits for a signal. */
		kill(getpid(), SIGTERM);
	}
	return child;
}

/* Makes the variables of CLIENT, too.  0 if its user has too many programs. */
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

/* During a shortage it waits until the program can be started. */
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

/* A thread of the server. */
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
