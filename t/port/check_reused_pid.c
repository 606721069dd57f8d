/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two clients with the same process ID, one after the other: unix_peer() cannot
 * distinguish them, unix_peer_process() does.
 */
#include "support.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "privilege.h"

#define PEERPIDFD	77	/* Linux 6.5; Debian 12 does not have the name */

static struct unix_listener *listener;
static struct unix_ports servers[2];

static int
has_pidfds(void)
{
	int sockets[2], pidfd, result;
	socklen_t size = sizeof(pidfd);

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	result = getsockopt(sockets[0], SOL_SOCKET, PEERPIDFD, &pidfd, &size);
	if (result == 0)
		close(pidfd);
	close(sockets[0]);
	close(sockets[1]);
	return result == 0;
}

/* The next child of this PID namespace has the process ID PID. */
static int
choose_next(pid_t pid)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	int result = dprintf(fd, "%ld", (long)pid - 1);

	close(fd);
	return result;
}

/* A child that connects and waits until its input ends. */
static pid_t
start_client(struct unix_ports *server)
{
	struct unix_ports client;
	pid_t child = fork();

	if (child == 0)
		_exit(unix_connect("s", of_kind(NULL), &client) == 0 &&
		    getc(client.in) == EOF ? 0 : 1);
	return unix_accept(listener, server) == 0 ? child : -1;
}

static int
end_client(pid_t client)
{
	return kill(client, SIGKILL) == 0 && child_status(client) != 0;
}

/* Returns 0, or the errno of a signal to PROCESS, a pidfd. */
static int
signal_error(int process)
{
	return syscall(SYS_pidfd_send_signal, process, 0, NULL, 0) == 0 ? 0 :
	    errno;
}

static int
is_dead(int process)
{
	return process == -1 ? errno == ESRCH :
	    signal_error(process) == ESRCH;
}

/* Returns 0, or the number of a failed step. */
static int
compare_pids(pid_t first, pid_t second)
{
	struct unix_peer peers[2];

	if (first != second)
		return 20;
	if (unix_peer(&servers[0], &peers[0]) == -1 ||
	    unix_peer(&servers[1], &peers[1]) == -1)
		return 21;
	if (peers[0].pid != first || peers[1].pid != first)
		return 22;
	/* A signal to the first client would reach the second. */
	return kill(peers[0].pid, 0) == 0 ? 0 : 23;
}

/* EARLY is a pidfd of the first client from before its end. */
static int
compare_processes(int early)
{
	const int late = unix_peer_process(&servers[0]);

	if (!is_dead(late))
		return 31;
	if (!is_dead(early))
		return 32;
	return signal_error(unix_peer_process(&servers[1])) == 0 ? 0 : 33;
}

/* The first process of a PID namespace. */
static int
serve_two_clients(int can_distinguish)
{
	pid_t first, second;
	int early, result;

	listener = unix_listen("s", of_kind(NULL));
	if (getpid() != 1 || listener == NULL)
		return 10;
	first = start_client(&servers[0]);
	early = unix_peer_process(&servers[0]);
	if ((early != -1) != can_distinguish ||
	    (early == -1 && errno != ENOTSUP))
		return 11;
	if (!end_client(first) || choose_next(first) == -1)
		return 12;
	second = start_client(&servers[1]);
	result = compare_pids(first, second);
	if (result == 0 && can_distinguish)
		result = compare_processes(early);
	if (!end_client(second) || unix_close(listener) == -1)
		return 13;
	return result;
}

START_TEST(process_of_a_reused_pid_is_distinguished)
{
	const int can_distinguish = has_pidfds();
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (unshare(CLONE_NEWPID) == -1)
			_exit(40);
		child = fork();
		if (child == 0)
			_exit(serve_two_clients(can_distinguish));
		status = child_status(child);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 41);
	}
	status = child_status(child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

static void
fill(Suite *suite)
{
	tcase_add_test(add_case(suite, "pid"),
	    process_of_a_reused_pid_is_distinguished);
}

int
main(void)
{
	require_root();
	require_namespaces(CLONE_NEWPID, "pid namespaces");
	require_choice_of_pids();
	return run_kinds("reused_pid", fill);
}
