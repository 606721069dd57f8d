/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_peer_process() and unix_peer_in_group(). */
#include "support.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define PEERGROUPS	59	/* Linux 4.13; not in every emulator */
#define PEERPIDFD	77	/* Linux 6.5; Debian 12 does not have the name */

static struct unix_listener *listener;
static struct unix_ports client, server, pair[2];

/* Whether this kernel has OPTION of a socket. */
static int
has_option(int option)
{
	int values[1000], sockets[2], result;
	socklen_t size = sizeof(values);

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	result = getsockopt(sockets[0], SOL_SOCKET, option, values, &size);
	if (result == 0 && option == PEERPIDFD)
		close(values[0]);
	close(sockets[0]);
	close(sockets[1]);
	return result == 0;
}

/* A child that connects and waits until its input ends. */
static pid_t
start_client(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(unix_connect("s", of_kind(NULL), &client) == 0 &&
		    getc(client.in) == EOF ? 0 : 1);
	succeeds(unix_accept(listener, &server));
	return child;
}

static int
is_readable(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	return poll(&wait, 1, 0) == 1;
}

START_TEST(process_is_the_one_that_connected)
{
	int process, status;
	pid_t child;

	listener = listen_at("s", NULL);
	child = start_client();
	if (has_option(PEERPIDFD)) {
		errno = EDOM;
		process = unix_peer_process(&server);
		ck_assert_int_eq(errno, EDOM);
		ck_assert_int_ge(process, 3);
		ck_assert_int_eq(fcntl(process, F_GETFD), FD_CLOEXEC);
		ck_assert(!is_readable(process));
		ck_assert_int_eq(syscall(SYS_pidfd_send_signal, process,
		    SIGKILL, NULL, 0), 0);
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		ck_assert(is_readable(process));
		close(process);
	} else {
		fails(unix_peer_process(&server), ENOTSUP);
		succeeds(unix_close_ports(&server));
		ck_assert_int_eq(child_status(child), 0);
	}
	(void)unix_close_ports(&server);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(pidfd_of_an_ended_process_is_of_no_other)
{
	int process;
	pid_t child;

	listener = listen_at("s", NULL);
	child = start_client();
	kill(child, SIGKILL);
	(void)child_status(child);
	process = unix_peer_process(&server);
	if (process == -1)
		ck_assert(errno == ESRCH || errno == ENOTSUP);
	else {
		ck_assert(is_readable(process));
		fails((int)syscall(SYS_pidfd_send_signal, process, 0, NULL, 0),
		    ESRCH);
		close(process);
	}
	(void)unix_close_ports(&server);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(process_is_3_or_greater)
{
	int process;

	succeeds(unix_pair(of_kind(NULL), pair));
	close_standard(_i);
	process = unix_peer_process(&pair[0]);
	restore_standard();
	if (has_option(PEERPIDFD)) {
		ck_assert_int_ge(process, 3);
		close(process);
	}
	abandon_all(pair, 2);
}
END_TEST

START_TEST(process_without_a_free_descriptor_is_EMFILE)
{
	int process;

	succeeds(unix_pair(of_kind(NULL), pair));
	begin_shortage(0);
	process = unix_peer_process(&pair[0]);
	ck_assert_int_eq(process, -1);
	ck_assert(errno == EMFILE || errno == ENOTSUP);
	end_shortage();
	abandon_all(pair, 2);
}
END_TEST

START_TEST(own_groups_are_groups_of_the_peer)
{
	gid_t groups[1000], unused = 4242;
	int i, count = getgroups(1000, groups);

	ck_assert_int_ge(count, 0);
	succeeds(unix_pair(of_kind(NULL), pair));
	answers(unix_peer_in_group(&pair[_i], getegid()), 1);
	if (!has_option(PEERGROUPS)) {
		fails(unix_peer_in_group(&pair[_i], getegid() + 1), ENOTSUP);
		abandon_all(pair, 2);
		return;
	}
	for (i = 0; i < count; i++)
		if (groups[i] != 65534)
			answers(unix_peer_in_group(&pair[_i], groups[i]), 1);
	for (i = 0; i < count; i++)
		if (groups[i] == unused || getegid() == unused) {
			unused++;
			i = -1;
		}
	answers(unix_peer_in_group(&pair[_i], unused), 0);
	abandon_all(pair, 2);
}
END_TEST

START_TEST(invalid_arguments_are_errors)
{
	succeeds(unix_pair(of_kind(NULL), pair));
	fails(unix_peer_in_group(&pair[0], (gid_t)-1), EINVAL);
	fails(unix_peer_in_group(NULL, 1), EBADF);
	fails(unix_peer_process(NULL), EBADF);
	abandon_all(pair, 2);
	fails(unix_peer_in_group(&pair[0], 1), EBADF);
	fails(unix_peer_process(&pair[0]), EBADF);
}
END_TEST

START_TEST(tcp_connection_is_ENOTSUP)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(name);
	int tcp = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(tcp, (struct sockaddr *)&name, size), 0);
	ck_assert_int_eq(listen(tcp, 1), 0);
	ck_assert_int_eq(getsockname(tcp, (struct sockaddr *)&name, &size), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, size), 0);
	succeeds(unix_open_ports(fd, of_kind(NULL), &client));
	fails(unix_peer_process(&client), ENOTSUP);
	fails(unix_peer_in_group(&client, 1), ENOTSUP);
	succeeds(unix_close_ports(&client));
	ck_assert_int_eq(close(tcp), 0);
}
END_TEST

static void
fill(Suite *suite)
{
	/* valgrind has no pidfd_send_signal(2), and simulates RLIMIT_NOFILE. */
	TCase *signals = add_case(suite, "signals");
	TCase *shortage = add_case(suite, "shortage");
	TCase *process = add_case(suite, "process");
	TCase *group = add_case(suite, "group");
	TCase *errors = add_case(suite, "errors");

	tcase_add_test(signals, process_is_the_one_that_connected);
	tcase_add_test(signals, pidfd_of_an_ended_process_is_of_no_other);
	tcase_add_loop_test(process, process_is_3_or_greater, 0, 8);
	tcase_add_test(shortage, process_without_a_free_descriptor_is_EMFILE);
	tcase_add_loop_test(group, own_groups_are_groups_of_the_peer, 0, 2);
	tcase_add_test(errors, invalid_arguments_are_errors);
	tcase_add_test(errors, tcp_connection_is_ENOTSUP);
}

int
main(void)
{
	return run_kinds("peer_process", fill);
}
