/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of different real-time priority that need one lock, on one processor.
 * A thread that waits for a lock must let the holder run.  A spinning thread
 * never does, and without priority inheritance a third thread prevents it.
 * Linux throttles real-time threads after a second, so the test measures their
 * processor time.
 */
#include "servers.h"
#include "traffic.h"

#include <sched.h>
#include <semaphore.h>
#include <time.h>

#include "interpose.h"
#include "privilege.h"

#define LEAST_SPIN	10		/* milliseconds of processor time */

static struct connection c;
static struct unix_listener *listener;
static sem_t start;
static _Atomic int is_passed;

static void
use_one_processor(void)
{
	cpu_set_t all, one;
	int i;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(all), &all), 0);
	for (i = 0; !CPU_ISSET(i, &all); i++)
		;
	CPU_ZERO(&one);
	CPU_SET(i, &one);
	ck_assert_int_eq(sched_setaffinity(0, sizeof(one), &one), 0);
}

static void
become(int policy, int priority)
{
	struct sched_param parameters = { .sched_priority = priority };

	ck_assert_int_eq(pthread_setschedparam(pthread_self(), policy,
	    &parameters), 0);
}

static long
own_milliseconds(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * 1000L + used.tv_nsec / 1000000;
}

static void
start_the_other(void)
{
	sem_post(&start);
}

static void *
close_output_urgently(void *argument)
{
	become(SCHED_FIFO, 2);
	while (sem_wait(&start) == -1)
		;
	succeeds(unix_close_output(&c.client));
	ck_assert_int_lt(own_milliseconds(), LEAST_SPIN);
	return argument;
}

/* Starts while a thread without real-time priority is inside the tie. */
START_TEST(urgent_close_lets_the_tie_finish)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader, closer;

	use_one_processor();
	ck_assert_int_eq(sem_init(&start, 0, 0), 0);
	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	closer = start_thread(close_output_urgently, NULL);
	before_next("send", start_the_other);
	reader = start_call(call_fgets, &reading);
	join_thread(closer);
	expect(c.server.in, "question\n");
	expect_end(c.server.in);
	say(c.server.out, "answer\n");
	join_thread(reader);
	ck_assert_str_eq(reading.line, "answer\n");
	close_connection(&c);
	sem_destroy(&start);
}
END_TEST

static void
note_passed(void)
{
	is_passed = 1;
}

/*
 * The first shutdown(2) is of the bell, the next under the lock of the
 * connection.
 */
static void
await_next_shutdown(void)
{
	before_next("shutdown", note_passed);
}

/* The server wakes first, then the third thread if it can run. */
static void
end_the_server(void)
{
	before_next("shutdown", await_next_shutdown);
	unix_interrupt(listener);
	sem_post(&start);
}

static void
tie_during_the_end(struct unix_ports *ports, void *context)
{
	char line[20];

	(void)context;
	become(SCHED_OTHER, 0);
	fputs("question\n", ports->out);
	before_next("send", end_the_server);
	ck_assert_ptr_null(fgets(line, sizeof(line), ports->in));
}

static void *
spin_in_between(void *argument)
{
	become(SCHED_FIFO, 2);
	while (sem_wait(&start) == -1)
		;
	while (!is_passed && own_milliseconds() < 5 * LEAST_SPIN)
		;
	ck_assert_int_lt(own_milliseconds(), LEAST_SPIN);
	return argument;
}

START_TEST(holder_inherits_the_priority_of_the_end)
{
	struct unix_ports client;
	pthread_t spinner;

	use_one_processor();
	is_passed = 0;
	ck_assert_int_eq(sem_init(&start, 0, 0), 0);
	spinner = start_thread(spin_in_between, NULL);
	listener = listen_at("s", NULL);
	enter(&client);
	become(SCHED_FIFO, 3);
	succeeds(unix_serve(listener, tie_during_the_end, NULL, NULL));
	become(SCHED_OTHER, 0);
	ck_assert_int_lt(own_milliseconds(), LEAST_SPIN);
	join_thread(spinner);
	expect(client.in, "question\n");
	expect_end(client.in);
	succeeds(unix_abandon_ports(&client));
	succeeds(unix_close(listener));
	sem_destroy(&start);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");

	tcase_add_loop_test(core, urgent_close_lets_the_tie_finish, 0, WAYS);
	tcase_add_test(core, holder_inherits_the_priority_of_the_end);
}

int
main(void)
{
	require_realtime();
	return run_guarded("realtime", fill);
}
