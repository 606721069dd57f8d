/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_connect() that waits: full backlogs, timeouts, UNIX_WAIT. */
#include "support.h"

#include <sys/socket.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

/* A thread that connects to "s". */
struct dialer {
	struct unix_options options;
	struct unix_ports ports;
	_Atomic pid_t id;
	int result;
	int error;
};

static void *
dial(void *argument)
{
	struct dialer *d = argument;

	d->id = thread_id();
	errno = EDOM;
	d->result = unix_connect("s", of_kind(&d->options), &d->ports);
	d->error = errno;
	return NULL;
}

static pthread_t
start_dialing(struct dialer *d, unsigned flags, int timeout)
{
	pthread_t thread;

	*d = (struct dialer){ .options.flags = flags,
	    .options.connect_timeout = timeout };
	thread = start_thread(dial, d);
	wait_blocked(&d->id);
	return thread;
}

START_TEST(full_backlog_is_ETIMEDOUT_after_the_timeout)
{
	struct unix_options listening = { .backlog = 1 };
	struct unix_options options = { .connect_timeout = 60,
	    .flags = _i == 0 ? 0 : UNIX_WAIT };
	struct unix_listener *listener = listen_at("s", &listening);
	struct unix_ports clients[2];
	long long start;

	fill_backlog("s", clients, 2);
	start = milliseconds();
	cannot_connect("s", &options, ETIMEDOUT);
	ck_assert_int_ge(milliseconds() - start, 59);
	abandon_all(clients, 2);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(connect_timeout_does_not_limit_writes)
{
	struct unix_options options = { .connect_timeout = _i };
	struct timeval limit = { 7, 7 };
	socklen_t size = sizeof(limit);
	struct connection c;

	open_connection(&c, 0, &options);
	ck_assert_int_eq(getsockopt(unix_fileno(&c.client), SOL_SOCKET,
	    SO_SNDTIMEO, &limit, &size), 0);
	ck_assert_int_eq(limit.tv_sec, 0);
	ck_assert_int_eq(limit.tv_usec, 0);
	close_connection(&c);
}
END_TEST

START_TEST(signals_do_not_end_the_wait_for_a_full_backlog)
{
	const int timeouts[] = { 0, 10000 };
	struct unix_options listening = { .backlog = 1 };
	struct unix_listener *listener = listen_at("s", &listening);
	struct unix_ports clients[2], server[3];
	struct dialer d;
	pthread_t thread;
	int i;

	catch_signal(SIGUSR1, do_nothing);
	fill_backlog("s", clients, 2);
	thread = start_dialing(&d, 0, timeouts[_i]);
	for (i = 0; i < 20; i++) {
		pthread_kill(thread, SIGUSR1);
		wait_blocked(&d.id);
	}
	for (i = 0; i < 3; i++)
		succeeds(unix_accept(listener, &server[i]));
	join_thread(thread);
	ck_assert_int_eq(d.result, 0);
	ck_assert_int_eq(d.error, EDOM);
	say(d.ports.out, "at last\n");
	expect(server[2].in, "at last\n");
	abandon_all(clients, 2);
	abandon_all(server, 3);
	succeeds(unix_close_ports(&d.ports));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(queued_client_fails_when_the_listener_closes)
{
	struct unix_options listening = { .backlog = 1 };
	struct unix_listener *listener = listen_at("s", &listening);
	struct unix_ports clients[2];
	struct dialer d;
	pthread_t thread;

	fill_backlog("s", clients, 2);
	thread = start_dialing(&d, 0, 0);
	succeeds(unix_close(listener));
	join_thread(thread);
	ck_assert_int_eq(d.result, -1);
	/* Linux resolves the path again. */
	ck_assert(d.error == ENOENT || d.error == ECONNREFUSED);
	abandon_all(clients, 2);
}
END_TEST

/* The file at the path before the server starts. */
START_TEST(unix_wait_waits_for_the_server)
{
	struct unix_listener *listener;
	struct unix_ports server;
	struct dialer d;
	pthread_t thread;

	if (_i == 1)
		close(bind_socket(SOCK_STREAM));
	thread = start_dialing(&d, UNIX_WAIT, 0);
	if (_i == 1)
		ck_assert_int_eq(unlink("s"), 0);
	listener = listen_at("s", NULL);
	succeeds(unix_accept(listener, &server));
	join_thread(thread);
	ck_assert_int_eq(d.result, 0);
	ck_assert_int_eq(d.error, EDOM);
	succeeds(unix_close_ports(&server));
	succeeds(unix_close_ports(&d.ports));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(unix_wait_ends_with_etimedout)
{
	struct unix_options options = { .flags = UNIX_WAIT,
	    .connect_timeout = 35 };
	long long start = milliseconds();

	if (_i == 1)
		close(bind_socket(SOCK_STREAM));
	cannot_connect("s", &options, ETIMEDOUT);
	ck_assert_int_ge(milliseconds() - start, 34);
}
END_TEST

START_TEST(unix_wait_does_not_wait_after_permanent_errors)
{
	struct unix_options options = { .flags = UNIX_WAIT };
	int fd = bind_socket(SOCK_DGRAM);

	cannot_connect("s", &options, EPROTOTYPE);
	cannot_connect("s/s", &options, ENOTDIR);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *limits = add_case(suite, "limits");

	tcase_add_loop_test(limits, full_backlog_is_ETIMEDOUT_after_the_timeout,
	    0, 2);
	tcase_add_loop_test(limits, connect_timeout_does_not_limit_writes,
	    -1, 2);
	tcase_add_loop_test(limits,
	    signals_do_not_end_the_wait_for_a_full_backlog, 0, 2);
	tcase_add_test(limits,
	    queued_client_fails_when_the_listener_closes);
	tcase_add_loop_test(limits, unix_wait_waits_for_the_server, 0, 2);
	tcase_add_loop_test(limits, unix_wait_ends_with_etimedout, 0, 2);
	tcase_add_test(limits,
	    unix_wait_does_not_wait_after_permanent_errors);
}

int
main(void)
{
	return run_kinds("patience", fill);
}
