/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks of guarded ports.  None is held during close(2), which can block, and
 * one that a thread of the parent held during fork(2) does not block a child.
 * Interposed calls produce both moments.
 */
#include "servers.h"
#include "traffic.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "interpose.h"

static const struct unix_options with_files = { .flags = UNIX_FILES };
static struct connection c;
static struct unix_listener *listener;
static _Atomic int is_reached, is_passed;

/* close(2), while another thread needs the lock. */

static void
note_join(void)
{
	is_passed = 1;
}

/* A server that ends hangs up its connections, then joins its threads. */
static void
close_during_the_end(void)
{
	before_next("pthread_join", note_join);
	unix_interrupt(listener);
	while (!is_passed)
		sched_yield();
}

static void
return_and_close_late(struct unix_ports *ports, void *context)
{
	(void)ports;
	(void)context;
	before_next("close", close_during_the_end);
}

START_TEST(server_end_does_not_wait_for_a_close)
{
	const struct unix_serve_options options = { .drain = 1 };
	struct unix_ports client;

	is_passed = 0;
	listener = listen_at("s", NULL);
	enter(&client);
	fails(unix_serve(listener, return_and_close_late, NULL, &options),
	    ETIMEDOUT);
	ck_assert(!is_pending());
	succeeds(unix_close(listener));
	succeeds(unix_abandon_ports(&client));
}
END_TEST

static void
visit(void)
{
	struct unix_ports client;

	enter(&client);
	ask(&client, "visit\n");
	is_passed = 1;
	unix_abandon_ports(&client);
}

static void
close_next_late(void)
{
	before_next("close", visit);
}

static void
echo_and_close_late(struct unix_ports *ports, void *context)
{
	char line[20];

	(void)context;
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), ports->in));
	fputs(line, ports->out);
	if (line[0] != 'v')
		before_next("close", close_next_late);
}

static void *
send_file_and_interrupt(void *context)
{
	struct unix_ports client;
	int fd = open(".", O_RDONLY);

	succeeds(unix_connect("s", of_kind(&with_files), &client));
	succeeds(unix_add_files(&client, &fd, 1));
	close(fd);
	ask(&client, "hello\n");
	expect_end(client.in);
	while (!is_passed)
		sched_yield();
	succeeds(unix_abandon_ports(&client));
	unix_interrupt(listener);
	return context;
}

/* The descriptor is closed after the socket. */
START_TEST(server_serves_while_an_untaken_descriptor_is_closed)
{
	pthread_t thread;

	is_passed = 0;
	listener = listen_at("s", &with_files);
	thread = start_thread(send_file_and_interrupt, NULL);
	succeeds(unix_serve(listener, echo_and_close_late, NULL, NULL));
	join_thread(thread);
	succeeds(unix_close(listener));
}
END_TEST

static void *
write_more(void *argument)
{
	say(c.client.out, "more\n");
	return argument;
}

static void
write_meanwhile(void)
{
	join_thread(start_thread(write_more, NULL));
}

START_TEST(writer_does_not_wait_while_the_tie_closes_sent_files)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader;
	int fd;

	open_connection(&c, _i, &with_files);
	fd = open(".", O_RDONLY);
	succeeds(unix_add_files(&c.client, &fd, 1));
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	before_next("close", write_meanwhile);
	reader = start_call(call_fgets, &reading);
	expect(c.server.in, "question\n");
	expect(c.server.in, "more\n");
	ck_assert(!is_pending());
	fd = unix_take_file(&c.server);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(close(fd), 0);
	say(c.server.out, "answer\n");
	join_thread(reader);
	ck_assert_str_eq(reading.line, "answer\n");
	close_connection(&c);
}
END_TEST

/* fork(2), while another thread holds the lock in the tie. */

static void
await_the_fork(void)
{
	is_reached = 1;
	while (!is_passed)
		sched_yield();
}

static int abandoned;

/* A handler of the program, registered before that of the library. */
static void
abandon_in_the_child(void)
{
	alarm(10);
	abandoned = unix_abandon_ports(&c.client) == 0;
}

static void
expect_tie_divided(pid_t (*divide)(void), int in_handler)
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
	child = divide();
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

/* In the second run, MADV_WIPEONFORK fails. */
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
	expect_tie_divided(fork, 1);
}
END_TEST

START_TEST(child_abandons_ports_whose_lock_a_thread_held)
{
	open_divided(_i);
	expect_tie_divided(fork, 0);
}
END_TEST

/* No handler of pthread_atfork(3) runs. */
#ifdef HAVE__FORK
START_TEST(child_without_handlers_abandons_ports_whose_lock_a_thread_held)
{
	open_divided(_i);
	expect_tie_divided(_Fork, 0);
}
END_TEST

/* The stream itself also remains locked in the child. */
START_TEST(child_without_handlers_abandons_ports_that_a_thread_reads)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader;
	pid_t child;

	open_connection(&c, _i, NULL);
	reader = block_call(call_fgets, &reading);
	child = _Fork();
	if (child == 0) {
		abandon_in_the_child();
		_exit(abandoned ? 0 : 1);
	}
	ck_assert_int_eq(child_status(child), 0);
	say(c.server.out, "answer\n");
	join_thread(reader);
	ck_assert_str_eq(reading.line, "answer\n");
	close_connection(&c);
}
END_TEST
#endif

static void
fill(Suite *suite)
{
	TCase *closing = add_case(suite, "closing");
	TCase *memory = add_case(suite, "memory");

	tcase_add_test(closing, server_end_does_not_wait_for_a_close);
	tcase_add_test(closing,
	    server_serves_while_an_untaken_descriptor_is_closed);
	tcase_add_loop_test(closing,
	    writer_does_not_wait_while_the_tie_closes_sent_files,
	    0, WAYS);
	tcase_add_loop_test(memory,
	    child_abandons_ports_in_an_earlier_handler_of_fork, 0, 2 * WAYS);
	tcase_add_loop_test(memory,
	    child_abandons_ports_whose_lock_a_thread_held, 0, 2 * WAYS);
#ifdef HAVE__FORK
	tcase_add_loop_test(memory,
	    child_without_handlers_abandons_ports_whose_lock_a_thread_held,
	    0, 2 * WAYS);
	tcase_add_loop_test(memory,
	    child_without_handlers_abandons_ports_that_a_thread_reads,
	    0, WAYS);
#endif
}

int
main(void)
{
	return run_guarded("lock_calls", fill);
}
