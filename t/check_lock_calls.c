/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks of guarded ports: none that a parent's thread held stops a child.
 * The moment is brought about by interposition.
 */
#include "traffic.h"

#include <sched.h>
#include <unistd.h>

#include "interpose.h"

static struct connection c;
static _Atomic int is_reached, is_passed;

static void
await_the_fork(void)
{
	is_reached = 1;
	while (!is_passed)
		sched_yield();
}

static int abandoned;

/* Of the program, and from before the library has one. */
static void
abandon_in_the_child(void)
{
	alarm(10);
	abandoned = unix_abandon_ports(&c.client) == 0;
}

static void
expect_tie_divided_by_fork(int in_handler)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader;
	pid_t child;

	is_reached = is_passed = 0;
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	before_next("send", await_the_fork);
	reader = start_call(call_fgets, &reading);
	while (!is_reached)
		sched_yield();
	child = fork();
	if (child == 0) {
		if (!in_handler)
			abandon_in_the_child();
		_exit(abandoned ? 0 : 1);
	}
	is_passed = 1;
	ck_assert_int_eq(child_status(child), 0);
	expect(c.server.in, "question\n");
	say(c.server.out, "answer\n");
	join_thread(reader);
	ck_assert_str_eq(reading.line, "answer\n");
	close_connection(&c);
}

/* The second time the system clears no page in a child. */
static void
open_divided(int i)
{
	if (i >= WAYS)
		fail_next("madvise", 1, EINVAL);
	open_connection(&c, i % WAYS, NULL);
	ck_assert(!is_pending());
}

START_TEST(child_abandons_ports_in_an_earlier_handler_of_fork)
{
	ck_assert_int_eq(pthread_atfork(NULL, NULL, abandon_in_the_child), 0);
	open_divided(_i);
	expect_tie_divided_by_fork(1);
}
END_TEST

START_TEST(child_abandons_ports_whose_lock_a_thread_held)
{
	open_divided(_i);
	expect_tie_divided_by_fork(0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *memory = add_case(suite, "memory");

	tcase_add_loop_test(memory,
	    child_abandons_ports_in_an_earlier_handler_of_fork, 0, 2 * WAYS);
	tcase_add_loop_test(memory,
	    child_abandons_ports_whose_lock_a_thread_held, 0, 2 * WAYS);
}

int
main(void)
{
	return run_guarded("lock_calls", fill);
}
