/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that are blocked in unix_accept(): interrupts, signals, several
 * threads.
 */
#include "support.h"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

static struct unix_listener *listener;

/* A thread that accepts one client. */
struct acceptor {
	struct unix_ports ports;
	_Atomic pid_t id;
	int result;
	int error;
};

static void *
accept_one(void *argument)
{
	struct acceptor *a = argument;

	a->id = thread_id();
	errno = EDOM;
	a->result = unix_accept(listener, &a->ports);
	a->error = errno;
	return NULL;
}

static pthread_t
start_blocked(struct acceptor *a)
{
	pthread_t thread;

	*a = (struct acceptor){ .id = 0 };
	thread = start_thread(accept_one, a);
	wait_blocked(&a->id);
	return thread;
}

static void
expect_canceled(struct acceptor *a, pthread_t thread)
{
	join_thread(thread);
	ck_assert_int_eq(a->result, -1);
	ck_assert_int_eq(a->error, ECANCELED);
}

static void
interrupt_it(int signal)
{
	(void)signal;
	unix_interrupt(listener);
}

START_TEST(interrupt_is_permanent_and_precedes_clients)
{
	struct connection c;

	open_waiting(&c, NULL);
	succeeds(unix_interrupt(c.listener));
	fails(unix_accept(c.listener, &c.server), ECANCELED);
	fails(unix_accept(c.listener, &c.server), ECANCELED);
	answers(unix_accept_ready(c.listener), 1);
	close_connection(&c);
}
END_TEST

START_TEST(unlimited_interrupts_never_block)
{
	int i;

	listener = listen_at("s", NULL);
	for (i = 0; i < 100000; i++)
		succeeds(unix_interrupt(listener));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(interrupt_wakes_every_blocked_thread)
{
	struct acceptor a[3];
	pthread_t thread[3];
	size_t i;

	listener = listen_at("s", NULL);
	for (i = 0; i < COUNT(a); i++)
		thread[i] = start_blocked(&a[i]);
	succeeds(unix_interrupt(listener));
	for (i = 0; i < COUNT(a); i++)
		expect_canceled(&a[i], thread[i]);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(interrupt_works_from_a_signal_handler)
{
	struct acceptor a;
	pthread_t thread;

	listener = listen_at("s", NULL);
	catch_signal(SIGUSR1, interrupt_it);
	thread = start_blocked(&a);
	pthread_kill(thread, SIGUSR1);
	expect_canceled(&a, thread);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(interrupt_reaches_forked_acceptors)
{
	struct unix_ports ports;
	_Atomic pid_t child[2];
	size_t i;

	listener = listen_at("s", NULL);
	for (i = 0; i < COUNT(child); i++) {
		child[i] = fork();
		if (child[i] == 0)
			_exit(unix_accept(listener, &ports) == -1 &&
			    errno == ECANCELED ? 0 : 1);
		wait_blocked(&child[i]);
	}
	succeeds(unix_interrupt(listener));
	for (i = 0; i < COUNT(child); i++)
		ck_assert_int_eq(child_status(child[i]), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(interrupt_of_a_child_reaches_its_parent)
{
	struct unix_ports ports;
	pid_t child;

	listener = listen_at("s", NULL);
	child = fork();
	if (child == 0)
		_exit(unix_interrupt(listener));
	fails(unix_accept(listener, &ports), ECANCELED);
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(interrupt_of_a_child_precedes_a_client_in_the_queue)
{
	struct connection c;
	pid_t child;

	open_waiting(&c, NULL);
	child = fork();
	if (child == 0)
		_exit(unix_interrupt(c.listener));
	ck_assert_int_eq(child_status(child), 0);
	fails(unix_accept(c.listener, &c.server), ECANCELED);
	answers(unix_accept_ready(c.listener), 1);
	close_connection(&c);
}
END_TEST

START_TEST(signals_do_not_end_the_wait)
{
	struct unix_ports client;
	struct acceptor a;
	pthread_t thread;
	int i;

	listener = listen_at("s", NULL);
	catch_signal(SIGUSR1, do_nothing);
	thread = start_blocked(&a);
	for (i = 0; i < 20; i++) {
		pthread_kill(thread, SIGUSR1);
		wait_blocked(&a.id);
	}
	succeeds(unix_connect("s", of_kind(NULL), &client));
	join_thread(thread);
	ck_assert_int_eq(a.result, 0);
	ck_assert_int_eq(a.error, EDOM);
	succeeds(unix_close_ports(&a.ports));
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(slower_of_two_acceptors_keeps_waiting)
{
	struct unix_ports client;
	struct acceptor a[2];
	pthread_t thread[2];
	int i, round, served;

	listener = listen_at("s", NULL);
	for (round = 0; round < 50; round++) {
		for (i = 0; i < 2; i++)
			thread[i] = start_blocked(&a[i]);
		succeeds(unix_connect("s", of_kind(NULL), &client));
		succeeds(unix_close_ports(&client));
		succeeds(unix_connect("s", of_kind(NULL), &client));
		for (served = i = 0; i < 2; i++) {
			join_thread(thread[i]);
			served += a[i].result == 0;
			succeeds(unix_close_ports(&a[i].ports));
		}
		ck_assert_int_eq(served, 2);
		succeeds(unix_close_ports(&client));
	}
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(one_client_is_accepted_once)
{
	struct unix_ports client;
	struct acceptor a[2];
	pthread_t thread[2];
	int i, round, served;

	for (round = 0; round < 50; round++) {
		listener = listen_at("s", NULL);
		for (i = 0; i < 2; i++)
			thread[i] = start_blocked(&a[i]);
		succeeds(unix_connect("s", of_kind(NULL), &client));
		while (unix_accept_ready(listener) == 1)
			sched_yield();
		succeeds(unix_interrupt(listener));
		for (served = i = 0; i < 2; i++) {
			join_thread(thread[i]);
			served += a[i].result == 0;
			if (a[i].result == 0)
				succeeds(unix_close_ports(&a[i].ports));
			else
				ck_assert_int_eq(a[i].error, ECANCELED);
		}
		ck_assert_int_eq(served, 1);
		succeeds(unix_close_ports(&client));
		succeeds(unix_close(listener));
	}
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *several = add_case(suite, "several");

	tcase_add_test(core, interrupt_is_permanent_and_precedes_clients);
	tcase_add_test(core, unlimited_interrupts_never_block);
	tcase_add_test(core, interrupt_wakes_every_blocked_thread);
	tcase_add_test(core, interrupt_works_from_a_signal_handler);
	tcase_add_test(core, interrupt_reaches_forked_acceptors);
	tcase_add_test(core, interrupt_of_a_child_reaches_its_parent);
	tcase_add_test(core,
	    interrupt_of_a_child_precedes_a_client_in_the_queue);
	tcase_add_test(core, signals_do_not_end_the_wait);
	tcase_add_test(several, slower_of_two_acceptors_keeps_waiting);
	tcase_add_test(several, one_client_is_accepted_once);
}

int
main(void)
{
	return run_kinds("interrupt", fill);
}
