/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads of unix_serve(): when they cannot be made, and when they are
 * joined.  By interposition.  The thread of the caller is that of the test.
 */
#include "servers.h"

#include <sched.h>

#include "interpose.h"

static struct unix_listener *listener;

/* The second client comes after some FAILURES, and while the first stays. */
static void *
visit_side_by_side(void *failures)
{
	struct unix_ports clients[2];

	enter(&clients[0]);
	ask(&clients[0], "one\n");
	while (count_failures() < *(int *)failures)
		sched_yield();
	forget_next();
	enter(&clients[1]);
	ask(&clients[1], "two\n");
	leave(&clients[1]);
	leave(&clients[0]);
	unix_interrupt(listener);
	return NULL;
}

static void
expect_served_side_by_side(int failures)
{
	pthread_t thread = start_thread(visit_side_by_side, &failures);

	succeeds(unix_serve(listener, echo, NULL, NULL));
	join_thread(thread);
	succeeds(unix_close(listener));
}

/* The thread is another's to make, which a byte asks for it. */
START_TEST(thread_that_cannot_be_made_is_made_later)
{
	static const int errors[] = { EINTR, ENOMEM };

	listener = listen_at("s", NULL);
	fail_next("pthread_create", 3, EAGAIN);
	if (_i > 0)
		fail_later("send", 1, errors[_i - 1]);
	expect_served_side_by_side(_i > 0 ? 2 : 1);
}
END_TEST

static void
fail_every_thread(void)
{
	fail_next("pthread_create", 0, EAGAIN);
}

START_TEST(threads_are_tried_for_until_one_can_be_made)
{
	listener = listen_at("s", NULL);
	before_next("accept4", fail_every_thread);
	expect_served_side_by_side(5);
}
END_TEST

static void *
leave_in_turn(void *context)
{
	struct unix_ports *clients = context;
	int i;

	for (i = 0; i < 5; i++) {
		expect(clients[i].in, "hello\n");
		leave(&clients[i]);
	}
	unix_interrupt(listener);
	return NULL;
}

/* Until THREAD interrupts the listener. */
static void
serve_short_of_threads(pthread_t thread)
{
	before_next("accept4", fail_every_thread);
	succeeds(unix_serve(listener, echo, NULL, NULL));
	forget_next();
	join_thread(thread);
	succeeds(unix_close(listener));
}

START_TEST(one_thread_serves_a_burst_if_no_other_can_be_made)
{
	struct unix_ports clients[5];
	pthread_t thread;
	int i;

	listener = listen_at("s", NULL);
	for (i = 0; i < 5; i++) {
		enter(&clients[i]);
		say(clients[i].out, "hello\n");
	}
	thread = start_thread(leave_in_turn, clients);
	serve_short_of_threads(thread);
}
END_TEST

static void *
interrupt_after_failures(void *context)
{
	struct unix_ports client;

	enter(&client);
	while (count_failures() < 3)
		sched_yield();
	unix_interrupt(listener);
	expect_end(client.in);
	unix_abandon_ports(&client);
	return context;
}

START_TEST(interrupt_ends_a_server_that_is_short_of_threads)
{
	pthread_t thread;

	listener = listen_at("s", NULL);
	thread = start_thread(interrupt_after_failures, NULL);
	serve_short_of_threads(thread);
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
	fail_next("accept4", 2, EINVAL);
	fails(unix_serve(listener, write_for_ever, NULL, &options), EINVAL);
	ck_assert(!is_pending());
	succeeds(unix_close(listener));
	abandon_all(clients, 2);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *threads = add_case(suite, "threads");

	tcase_add_loop_test(threads, thread_that_cannot_be_made_is_made_later,
	    0, 3);
	tcase_add_test(threads, threads_are_tried_for_until_one_can_be_made);
	tcase_add_test(threads,
	    one_thread_serves_a_burst_if_no_other_can_be_made);
	tcase_add_test(threads,
	    interrupt_ends_a_server_that_is_short_of_threads);
	tcase_add_test(threads, drain_that_passes_hides_no_earlier_error);
	tcase_add_loop_test(threads,
	    client_that_comes_after_the_drain_is_hung_up, 0, 2);
}

int
main(void)
{
	return run_guarded("serve_thread_calls", fill);
}
