/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listen without a command: one client, or one after the other, to and from the
 * standard streams.
 */
#include "command.h"

#include <sys/wait.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define STATUS_OUTPUT	3	/* of a child: standard output has failed */

static volatile sig_atomic_t interrupt;	/* number of the last signal */

static void
interrupt_wait(int number)
{
	record_signal(number);
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

	begin_readiness();
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
	copied = copy_both(service->address, &client, NULL);
	log_client(&peer, "process %ld ended with status %d", (long)getpid(),
	    copied);
	return copied != 0 ? copied : status;
}

/* The child does not keep the listener, which could outlive the server. */
static void
copy_in_child(struct service *service, const struct unix_ports *client)
{
	int status;

	unix_abandon(service->listener);
	end_arrivals();
	handle_signals(SIG_DFL);
	release_signals();
	keep_input();
	status = copy_both(service->address, client, NULL);
	_exit(has_output_failed() ? STATUS_OUTPUT : status);
}

/*
 * A child copies, so that a signal can end it although it is blocked in read(2)
 * of standard input.
 */
static void
start_copying(struct service *service, struct child *child,
    struct unix_ports *client)
{
	struct unix_peer peer = peer_of(client);
	pid_t pid;

	assign_child(child, &peer, 0);
	while ((pid = fork()) == -1 && interrupt == 0 &&
	    report_and_wait(errno))
		wait_signal(0);
	if (pid == 0)
		copy_in_child(service, client);
	if (pid != -1) {
		log_client(&peer, "served by process %ld", (long)pid);
		set_child_pid(child, pid);
		end_shortage();
	} else
		release_child(child);
	unix_abandon_ports(client);
}

/* Returns after a signal, too. */
static void
wait_for_child(void)
{
	while (has_children() && interrupt == 0) {
		wait_signal(is_readiness_sent() ? -1 : READINESS_RETRY_MS);
		reap_children();
		send_readiness();
	}
}

static int
is_output_closed(void)
{
	int status = last_program_status();

	return status != -1 && WIFEXITED(status) &&
	    WEXITSTATUS(status) == STATUS_OUTPUT;
}

/* Signals are blocked except during a wait. */
static int
serve_clients_in_turn(struct service *service)
{
	struct unix_ports client;
	struct child *child;
	int accepted, error;

	while (interrupt == 0) {
		child = reserve_child();
		release_signals();
		accepted = accept_and_notify(service, &client);
		error = errno;
		hold_signals();
		if (accepted == -1) {
			release_child(child);
			return error == ECANCELED ? service->status :
			    explain(service->address, error);
		}
		start_copying(service, child, &client);
		wait_for_child();
		if (is_output_closed())
			return STATUS_ERROR;
	}
	return service->status;
}

/* As with a command, a first SIGTERM or SIGINT does not end a running child. */
int
serve_in_turn(struct service *service)
{
	int status, immediately;

	if (allocate_children(1) == -1 || begin_arrivals(service) == -1) {
		status = complain(service->address, errno);
		close_service(service->listener);
		return status;
	}
	close_passed_on_exec();
	begin_readiness();
	handle_signals(interrupt_wait);
	status = serve_clients_in_turn(service);
	send_stopping();
	if (close_service(service->listener) == -1)
		status = explain(service->address, errno);
	take_signal(SIGTERM);
	take_signal(SIGINT);
	immediately = take_signal(SIGHUP);
	end_children(immediately);
	end_log();
	return status;
}
