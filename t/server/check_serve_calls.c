/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unix_serve() when calls fail or a client cannot be identified, by
 * interposition.  The thread of the caller is that of the test.
 */
#include "servers.h"

#include <sys/socket.h>

#include "interpose.h"

static struct unix_listener *listener;

START_TEST(server_that_cannot_start_reports_the_error)
{
	static const struct {
		const char *call;
		int error;
	} starts[] = {
		{ "pthread_create", EAGAIN },
		{ "malloc", ENOMEM },
	};

	listener = listen_at("s", NULL);
	fail_next(starts[_i].call, 1, starts[_i].error);
	fails(unix_serve(listener, echo, NULL, NULL), starts[_i].error);
	ck_assert(!is_pending());
	succeeds(unix_close(listener));
}
END_TEST

/* Three clients, one after the other, then an interrupt. */
static void *
visit(void *context)
{
	struct unix_ports client;
	int i;

	(void)context;
	for (i = 0; i < 3; i++) {
		enter(&client);
		ask(&client, "hello\n");
		leave(&client);
	}
	unix_interrupt(listener);
	return NULL;
}

START_TEST(errors_that_pass_are_waited_for)
{
	static const int errors[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS,
	    ECONNABORTED, EINTR, EAGAIN, EPERM, EACCES, EPROTO, ENETDOWN };
	pthread_t thread;

	listener = listen_at("s", NULL);
	thread = start_thread(visit, NULL);
	fail_next("accept4", _i % 2 + 1, errors[_i / 2]);
	succeeds(unix_serve(listener, echo, NULL, NULL));
	ck_assert(!is_pending());
	join_thread(thread);
	succeeds(unix_close(listener));
}
END_TEST

static const int final_errors[] = { EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP,
    ENOSYS };

START_TEST(errors_of_the_listener_end_it)
{
	struct unix_ports client;

	listener = listen_at("s", NULL);
	enter(&client);
	fail_next("accept4", 1, final_errors[_i]);
	fails(unix_serve(listener, echo, NULL, NULL), final_errors[_i]);
	succeeds(unix_close(listener));
	succeeds(unix_abandon_ports(&client));
}
END_TEST

/* 0: all. */
static int shutdown_failures = -1;

/*
 * Three clients side by side, so that three threads lead afterwards.  The
 * fourth does not stay: a thread may accept it before the other has failed.
 */
static void *
visit_with_three(void *context)
{
	struct unix_ports clients[3], fourth;
	int i;

	(void)context;
	for (i = 0; i < 3; i++) {
		enter(&clients[i]);
		ask(&clients[i], "hello\n");
	}
	for (i = 0; i < 3; i++)
		leave(&clients[i]);
	fail_next("accept4", 1, EINVAL);
	if (shutdown_failures >= 0)
		fail_later("shutdown", shutdown_failures, EPERM);
	enter(&fourth);
	unix_abandon_ports(&fourth);
	return NULL;
}

/* Those that wait for a client do not wait for ever, and may come again. */
START_TEST(error_of_the_listener_wakes_every_leader)
{
	pthread_t thread;

	listener = listen_at("s", NULL);
	thread = start_thread(visit_with_three, NULL);
	fails(unix_serve(listener, echo, NULL, NULL), EINVAL);
	join_thread(thread);
	thread = start_thread(visit, NULL);
	succeeds(unix_serve(listener, echo, NULL, NULL));
	join_thread(thread);
	succeeds(unix_close(listener));
}
END_TEST

/* As if a filter of system calls rejects shutdown(2). */
START_TEST(error_of_the_listener_wakes_every_leader_without_shutdown)
{
	pthread_t thread;

	listener = listen_at("s", NULL);
	shutdown_failures = _i;
	thread = start_thread(visit_with_three, NULL);
	fails(unix_serve(listener, echo, NULL, NULL), EINVAL);
	forget_next();
	join_thread(thread);
	succeeds(unix_close(listener));
}
END_TEST

/* No thread waits for clients then, but the handlers do their work. */
START_TEST(poll_that_fails_once_ends_nothing)
{
	pthread_t thread;

	listener = listen_at("s", NULL);
	thread = start_thread(visit, NULL);
	fail_next("poll", _i, ENOMEM);
	succeeds(unix_serve(listener, echo, NULL, NULL));
	forget_next();
	join_thread(thread);
	succeeds(unix_close(listener));
}
END_TEST

/* As where a seccomp filter denies it, or descriptors are limited to none. */
static const int poll_errors[] = { EPERM, ENOSYS, EINVAL, ENOMEM };

START_TEST(server_cannot_start_where_poll_is_denied)
{
	struct unix_ports client, ports;

	listener = listen_at("s", NULL);
	enter(&client);
	fail_next("poll", 0, poll_errors[_i]);
	fails(unix_serve(listener, echo, NULL, NULL), poll_errors[_i]);
	forget_next();
	/* The listener is not interrupted. */
	succeeds(unix_accept(listener, &ports));
	succeeds(unix_abandon_ports(&ports));
	succeeds(unix_abandon_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

static void *
deny_poll_beside_a_client(void *context)
{
	struct unix_ports *clients = context;

	enter(&clients[0]);
	ask(&clients[0], "hello\n");
	fail_next("poll", 0, poll_errors[0]);
	enter(&clients[1]);
	expect_end(clients[0].in);
	return NULL;
}

START_TEST(server_ends_where_poll_is_denied_later)
{
	struct unix_ports clients[2];
	pthread_t thread;

	listener = listen_at("s", NULL);
	thread = start_thread(deny_poll_beside_a_client, clients);
	fails(unix_serve(listener, echo, NULL, NULL), poll_errors[0]);
	forget_next();
	join_thread(thread);
	abandon_all(clients, 2);
	succeeds(unix_close(listener));
}
END_TEST

/*
 * Two clients that are refused; the second while the first is being closed,
 * which may take long.
 */

static void
refuse_another(void)
{
	struct unix_ports client;

	enter(&client);
	expect_end(client.in);
	unix_abandon_ports(&client);
}

static void *
visit_too_often(void *context)
{
	struct unix_ports clients[2];

	enter(&clients[0]);
	ask(&clients[0], "one\n");
	before_next("close of a connection", refuse_another);
	enter(&clients[1]);
	expect_end(clients[1].in);
	ck_assert(!is_pending());
	ask(&clients[0], "two\n");
	abandon_all(clients, 2);
	unix_interrupt(listener);
	return context;
}

START_TEST(refused_client_is_closed_while_another_thread_leads)
{
	const struct unix_serve_options options = { .clients = 2,
	    .clients_per_user = 1 };
	pthread_t thread;

	listener = listen_at("s", NULL);
	thread = start_thread(visit_too_often, NULL);
	succeeds(unix_serve(listener, echo, NULL, &options));
	join_thread(thread);
	succeeds(unix_close(listener));
}
END_TEST

#ifdef __linux__
static void
be_another_user(void *answer)
{
	struct ucred *peer = answer;

	peer->uid++;
}

static void
visit_once(void)
{
	struct unix_ports client;

	enter(&client);
	ask(&client, "hello\n");
	unix_abandon_ports(&client);
}

static void *
visit_as_a_stranger(void *context)
{
	struct unix_ports client;

	after_next("getsockopt", be_another_user);
	before_next("close of a connection", visit_once);
	enter(&client);
	expect_end(client.in);
	ck_assert(!is_pending());
	unix_abandon_ports(&client);
	unix_interrupt(listener);
	return context;
}

START_TEST(foreign_client_is_closed_while_another_thread_leads)
{
	const struct unix_options options = { .flags = UNIX_SAME_USER };
	const struct unix_serve_options limits = { .clients = 1 };
	pthread_t thread;

	listener = listen_at("s", &options);
	thread = start_thread(visit_as_a_stranger, NULL);
	succeeds(unix_serve(listener, echo, NULL, &limits));
	join_thread(thread);
	succeeds(unix_close(listener));
}
END_TEST
#endif

static void *
visit_after_another(void *client)
{
	expect_end(((struct unix_ports *)client)->in);
	return visit(NULL);
}

START_TEST(client_of_unknown_user_is_refused)
{
	const struct unix_serve_options options = { .clients_per_user = 100 };
	struct unix_ports client;
	pthread_t thread;

	listener = listen_at("s", NULL);
	enter(&client);
	thread = start_thread(visit_after_another, &client);
	fail_next("getsockopt", 1, ENOBUFS);
	succeeds(unix_serve(listener, echo, NULL, &options));
	ck_assert(!is_pending());
	join_thread(thread);
	succeeds(unix_abandon_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(server_ends_if_the_system_reports_no_user)
{
	const struct unix_serve_options options = { .clients_per_user = 1 };
	struct unix_ports client;

	listener = listen_at("s", NULL);
	enter(&client);
	fail_next("getsockopt", 1, ENOTSUP);
	fails(unix_serve(listener, echo, NULL, &options), ENOTSUP);
	expect_end(client.in);
	succeeds(unix_abandon_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *calls = add_case(suite, "calls");
	TCase *shortage = add_case(suite, "shortage");
	TCase *credentials = add_case(suite, "credentials");

	tcase_add_loop_test(calls, server_that_cannot_start_reports_the_error,
	    0, 1);
	/* valgrind has a malloc(3) of its own. */
	tcase_add_loop_test(shortage,
	    server_that_cannot_start_reports_the_error,
	    1, 2);
	tcase_add_loop_test(calls, errors_that_pass_are_waited_for, 0, 22);
	tcase_add_loop_test(calls, errors_of_the_listener_end_it, 0,
	    COUNT(final_errors));
	tcase_add_test(calls, error_of_the_listener_wakes_every_leader);
	tcase_add_loop_test(calls,
	    error_of_the_listener_wakes_every_leader_without_shutdown, 0, 2);
	tcase_add_loop_test(calls, poll_that_fails_once_ends_nothing, 1, 6);
	tcase_add_loop_test(calls, server_cannot_start_where_poll_is_denied,
	    0, COUNT(poll_errors));
	tcase_add_test(calls, server_ends_where_poll_is_denied_later);
	tcase_add_test(calls,
	    refused_client_is_closed_while_another_thread_leads);
#ifdef __linux__
	tcase_add_test(credentials,
	    foreign_client_is_closed_while_another_thread_leads);
#endif
	tcase_add_test(credentials, client_of_unknown_user_is_refused);
	tcase_add_test(calls, server_ends_if_the_system_reports_no_user);
}

int
main(void)
{
	return run_guarded("serve_calls", fill);
}
