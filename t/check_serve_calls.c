/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unix_serve() when calls fail, and clients that come at the very end:
 * brought about by interposition.  The caller's thread is the test's.
 */
#include "serve.h"

#include <sched.h>
#include <unistd.h>

#include "interpose.h"

static struct unix_listener *listener;
static struct gate gate = GATE;

START_TEST(server_that_cannot_start_tells_why)
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
	    ECONNABORTED, EINTR, EAGAIN };
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

START_TEST(other_errors_end_it)
{
	struct unix_ports client;

	listener = listen_at("s", NULL);
	enter(&client);
	fail_next("accept4", 1, EPERM);
	fails(unix_serve(listener, echo, NULL, NULL), EPERM);
	succeeds(unix_close(listener));
	succeeds(unix_abandon_ports(&client));
}
END_TEST

/* Nobody waits for clients then, but the handlers do their work. */
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

START_TEST(bell_is_rung_until_it_rings)
{
	static const int errors[] = { EINTR, ENOMEM };
	pthread_t thread;

	listener = listen_at("s", NULL);
	thread = start_thread(visit, NULL);
	/* The first is the interrupt's. */
	fail_next("write", 2, errors[_i]);
	succeeds(unix_serve(listener, echo, NULL, NULL));
	ck_assert(!is_pending());
	join_thread(thread);
	succeeds(unix_close(listener));
}
END_TEST

static void *
visit_after_another(void *client)
{
	expect_end(((struct unix_ports *)client)->in);
	return visit(NULL);
}

START_TEST(client_whose_user_is_not_told_is_refused)
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

START_TEST(system_that_tells_no_user_ends_it)
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

static void *
visit_twice(void *context)
{
	struct unix_ports clients[2];

	(void)context;
	enter(&clients[0]);
	enter(&clients[1]);
	await_entered(&gate, 1);
	answers(unix_accept_ready(listener), 1);
	open_gate(&gate);
	ask(&clients[0], "one\n");
	leave(&clients[0]);
	ask(&clients[1], "two\n");
	leave(&clients[1]);
	unix_interrupt(listener);
	return NULL;
}

START_TEST(fewer_threads_serve_all_the_same)
{
	pthread_t thread;

	listener = listen_at("s", NULL);
	thread = start_thread(visit_twice, NULL);
	fail_next("pthread_create", 2, EAGAIN);
	succeeds(unix_serve(listener, wait_and_echo, &gate, NULL));
	ck_assert(!is_pending());
	ck_assert_uint_eq(gate.most, 1);
	join_thread(thread);
	succeeds(unix_close(listener));
}
END_TEST

/*
 * A client that was accepted as the server was interrupted, and begins when
 * the drain has passed and the threads are being joined.
 */

static _Atomic int is_joining;

static void
never(void)
{
	ck_abort_msg("a thread was started at the end");
}

static void
note_join(void)
{
	before_next("pthread_create", never);
	is_joining = 1;
}

static void
come_late(void)
{
	before_next("pthread_join", note_join);
	unix_interrupt(listener);
	while (!is_joining)
		sched_yield();
}

static void
write_for_ever(struct unix_ports *ports, void *context)
{
	(void)context;
	while (fputs("for ever\n", ports->out) != EOF)
		;
}

START_TEST(client_that_comes_after_the_drain_is_hung_up)
{
	const struct unix_serve_options options = { .drain = 1,
	    .clients_per_user = _i };
	struct unix_ports client;

	listener = listen_at("s", NULL);
	enter(&client);
	before_next("accept4", come_late);
	fails(unix_serve(listener, write_for_ever, NULL, &options),
	    ETIMEDOUT);
	ck_assert(is_pending());
	forget_next();
	succeeds(unix_close(listener));
	succeeds(unix_abandon_ports(&client));
}
END_TEST

START_TEST(drain_that_passes_hides_no_earlier_error)
{
	const struct unix_serve_options options = { .drain = 1 };
	struct unix_ports clients[2];

	listener = listen_at("s", NULL);
	enter(&clients[0]);
	enter(&clients[1]);
	fail_next("accept4", 2, EPERM);
	fails(unix_serve(listener, write_for_ever, NULL, &options), EPERM);
	ck_assert(!is_pending());
	succeeds(unix_close(listener));
	abandon_all(clients, 2);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *calls = add_case(suite, "calls");
	TCase *shortage = add_case(suite, "shortage");

	tcase_add_loop_test(calls, server_that_cannot_start_tells_why, 0, 1);
	/* valgrind has a malloc(3) of its own. */
	tcase_add_loop_test(shortage, server_that_cannot_start_tells_why,
	    1, 2);
	tcase_add_loop_test(calls, errors_that_pass_are_waited_for, 0, 14);
	tcase_add_test(calls, other_errors_end_it);
	tcase_add_loop_test(calls, poll_that_fails_once_ends_nothing, 1, 6);
	tcase_add_loop_test(calls, bell_is_rung_until_it_rings, 0, 2);
	tcase_add_test(calls, client_whose_user_is_not_told_is_refused);
	tcase_add_test(calls, system_that_tells_no_user_ends_it);
	tcase_add_test(calls, fewer_threads_serve_all_the_same);
	tcase_add_test(calls, drain_that_passes_hides_no_earlier_error);
	tcase_add_loop_test(calls,
	    client_that_comes_after_the_drain_is_hung_up, 0, 2);
}

int
main(void)
{
	return run_guarded("serve_calls", fill);
}
