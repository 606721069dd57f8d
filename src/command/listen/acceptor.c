/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads of a server.  Each accepts a client and starts its program: with
 * one thread clients would wait for the disk, because posix_spawn(3) blocks
 * until the program is loaded.  A further thread serves postponed clients.
 */
#include "command.h"

#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static atomic_int has_failed;

int
has_service_failed(void)
{
	return has_failed;
}

/*
 * A socket that the client has passed could block close(2) if no program
 * receives it.  Guarded ports look through the queue before they close it.  In
 * a shortage of descriptors CLIENT keeps plain ports.
 */
static void
guard(struct unix_ports *client)
{
	const struct unix_options options = { .flags = UNIX_GUARDED |
	    UNIX_FILES };
	int fd = fcntl(unix_fileno(client), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	struct unix_ports guarded;

	if (fd != -1 && unix_open_ports(fd, &options, &guarded) == 0) {
		unix_abandon_ports(client);
		*client = guarded;
	} else if (fd != -1)
		close(fd);
}

/* Returns a slot for the program of CLIENT, or NULL if the service ends. */
static struct child *
accept_client(struct service *service, struct unix_ports *client)
{
	struct child *child;
	int error = 0;

	pthread_mutex_lock(&turn);
	child = reserve_child();
	if (child != NULL && accept_arrival(service, client) == -1) {
		error = errno;
		release_child(child);
		child = NULL;
	}
	pthread_mutex_unlock(&turn);
	if (error != 0 && error != ECANCELED &&
	    atomic_exchange(&has_failed, 1) == 0)
		explain(service->address, error);
	if (child != NULL)
		guard(client);
	return child;
}

static struct unix_peer
identify_client(const struct unix_ports *client, struct worker *worker)
{
	struct unix_peer peer = peer_of(client);

	set_peer(&worker->environment, &peer);
	return peer;
}

/*
 * A pidfd is opened for one program and closed after its start, so that no
 * other program inherits it.  Linux before 6.18 has none if the client has
 * ended.
 */
static pid_t
start_with_pidfd(const struct unix_ports *client, struct worker *worker)
{
	const struct service *service = worker->service;
	struct pidfd pidfd = { .fd = -1, .number = service->pidfd };
	pid_t pid;
	int error;

	if (service->pidfd != -1) {
		pidfd.fd = unix_peer_process(client);
		if (pidfd.fd == -1 && is_shortage(errno))
			return -1;
	}
	set_pidfd(&worker->environment, pidfd.fd == -1 ? -1 : pidfd.number);
	pid = start_program(service->path, service->argv,
	    worker->environment.entries, unix_fileno(client), &pidfd);
	error = errno;
	if (pidfd.fd != -1)
		close(pidfd.fd);
	errno = error;
	return pid;
}

/*
 * An accepted client cannot return to the backlog, so a start that fails in a
 * shortage is repeated.
 */
static int
start_program_for(struct child *child, const struct unix_ports *client,
    const struct unix_peer *peer, struct worker *worker)
{
	pid_t pid;
	int error;

	do {
		pid = start_with_pidfd(client, worker);
		error = errno;
	} while (pid == -1 && is_shortage(error) && report_and_wait(error) &&
	    !are_children_stopped());
	if (pid == -1) {
		if (!are_children_stopped())
			complain(worker->service->argv[0], error);
		log_client(peer, "refused; the command was not started");
		return 0;
	}
	/* Before set_child_pid(), which can report the end. */
	log_client(peer, "served by process %ld", (long)pid);
	set_child_pid(child, pid);
	end_shortage();
	return 1;
}

/*
 * Closes a client that gets no program.  After shutdown(2) the client cannot
 * add anything to the queue.
 */
static void
refuse_client(struct unix_ports *client)
{
	shutdown(unix_fileno(client), SHUT_RD);
	unix_abandon_ports(client);
}

static void
serve_client(struct child *child, struct unix_ports *client,
    const struct unix_peer *peer, struct worker *worker)
{
	/* If the program has ended already, this is the last close(2). */
	if (start_program_for(child, client, peer, worker)) {
		unix_close_ports(client);
		return;
	}
	release_child(child);
	refuse_client(client);
}

/* A program that has ended counts until it is reaped. */
static int
assign_or_reap(struct child *child, const struct unix_peer *peer,
    unsigned limit)
{
	if (assign_child(child, peer, limit))
		return 1;
	reap_children();
	return assign_child(child, peer, limit);
}

static void
refuse_above_limit(struct unix_ports *client, const struct unix_peer *peer,
    unsigned limit)
{
	log_client(peer, "refused; above the limit -C %u", limit);
	refuse_client(client);
}

void *
accept_clients(void *argument)
{
	struct worker *worker = argument;
	const unsigned limit = worker->service->clients_per_user;
	struct unix_ports client;
	struct child *child;
	struct unix_peer peer;
	int is_postponed;

	while ((child = accept_client(worker->service, &client)) != NULL) {
		peer = identify_client(&client, worker);
		if (assign_or_reap(child, &peer, limit)) {
			serve_client(child, &client, &peer, worker);
			continue;
		}
		/* In this order, so that the server is not idle in between. */
		is_postponed = postpone_client(&client, &peer, limit);
		release_child(child);
		if (!is_postponed)
			refuse_above_limit(&client, &peer, limit);
	}
	/* The main thread may wait for the end; SIGTERM may be ignored. */
	kill(getpid(), SIGCHLD);
	return NULL;
}

void *
serve_postponed(void *argument)
{
	struct worker *worker = argument;
	const unsigned limit = worker->service->clients_per_user;
	struct unix_ports client;
	struct unix_peer peer;
	struct child *child;

	while (take_postponed(limit, &client, &child)) {
		peer = identify_client(&client, worker);
		if (child != NULL)
			serve_client(child, &client, &peer, worker);
		else
			refuse_above_limit(&client, &peer, limit);
	}
	return NULL;
}
