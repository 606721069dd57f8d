/* SPDX-License-Identifier: BSD-2-Clause */
/* listen without a command: one client, to and from the standard streams. */
#include "command.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t interrupt;	/* number of the last signal */

static void
interrupt_wait(int number)
{
	if (number == SIGCHLD)
		return;
	interrupt = number;
	stop_arrivals();
}

/*
 * Sends the readiness notification until the service manager receives it.  If
 * the queue of the manager is full, a notification is lost, and the manager
 * ends a service that does not notify it.
 */
static int
accept_and_notify(struct service *service, struct unix_ports *client)
{
	begin_readiness();
	send_readiness();
	while (!is_readiness_sent() && idle_ms_left(service) != 0 &&
	    wait_arrival(service, READINESS_RETRY_MS) == 0)
		send_readiness();
	return accept_arrival(service, client);
}

/*
 * If a signal arrives before the client is accepted, the command ends with
 * status 0.  If a signal arrives later, it kills the process, since status 0
 * would hide that bytes were lost.  The signal is repeated if it arrived when
 * the client was just being accepted.  Returns with the signals blocked.
 */
static int
accept_until_signal(struct service *service, struct unix_ports *client)
{
	int result, error;

	handle_signals(interrupt_wait);
	release_signals();
	result = accept_and_notify(service, client);
	error = errno;
	hold_signals();
	handle_signals(SIG_DFL);
	if (result == 0 && interrupt != 0)
		raise(interrupt);
	errno = error;
	return result;
}

static int
report_no_client(const struct service *service, int error)
{
	if (error != ECANCELED)
		return explain(service->address, error);
	return are_arrivals_over() ? report(service->address,
	    "no client has connected in time") : 0;
}

/*
 * The socket file is removed before the first byte is copied, since further
 * clients would wait in the backlog for ever.
 */
int
serve_one(struct service *service)
{
	struct unix_ports client;
	struct unix_peer peer;
	int status, copied, error = 0;

	if (allocate_children(1) == -1 || begin_arrivals(service) == -1 ||
	    accept_until_signal(service, &client) == -1)
		error = errno;
	status = service->status;
	if (close_service(service->listener) == -1)
		status = explain(service->address, errno);
	release_signals();
	if (error != 0) {
		copied = report_no_client(service, error);
		return copied != 0 ? copied : status;
	}
	peer = peer_of(&client);
	log_client(&peer, "served by process %ld", (long)getpid());
	copied = copy_both(service->address, &client, 0);
	log_client(&peer, "process %ld ended with status %d", (long)getpid(),
	    copied);
	return copied != 0 ? copied : status;
}
