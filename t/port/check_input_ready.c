/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_input_ready(): whether a read would block. */
#include "support.h"

#include <signal.h>
#include <string.h>

static struct connection c;

struct waiter {
	struct unix_ports *ports;
	_Atomic pid_t id;
	int result;
};

static void *
wait_input(void *argument)
{
	struct waiter *w = argument;

	w->id = thread_id();
	w->result = unix_input_ready(w->ports, -1);
	return NULL;
}

START_TEST(no_input_returns_0)
{
	open_connection(&c, _i, NULL);
	answers(unix_input_ready(&c.server, 0), 0);
	close_connection(&c);
}
END_TEST

START_TEST(expired_timeout_returns_0)
{
	long long start;

	open_connection(&c, _i, NULL);
	start = milliseconds();
	answers(unix_input_ready(&c.server, 50), 0);
	ck_assert_int_ge(milliseconds() - start, 49);
	close_connection(&c);
}
END_TEST

START_TEST(bytes_in_the_socket_return_1)
{
	open_connection(&c, _i, NULL);
	say(c.client.out, "x");
	answers(unix_input_ready(&c.server, -1), 1);
	answers(unix_input_ready(&c.server, 0), 1);
	close_connection(&c);
}
END_TEST

/* poll(2) does not report buffered bytes. */
START_TEST(bytes_in_the_stream_return_1)
{
	open_connection(&c, _i, NULL);
	say(c.client.out, "one\ntwo\n");
	expect(c.server.in, "one\n");
	answers(unix_input_ready(&c.server, 0), 1);
	answers(unix_input_ready(&c.server, -1), 1);
	expect(c.server.in, "two\n");
	answers(unix_input_ready(&c.server, 0), 0);
	close_connection(&c);
}
END_TEST

START_TEST(byte_of_ungetc_returns_1)
{
	open_connection(&c, _i, NULL);
	say(c.client.out, "x");
	ck_assert_int_eq(getc(c.server.in), 'x');
	answers(unix_input_ready(&c.server, 0), 0);
	ck_assert_int_eq(ungetc('y', c.server.in), 'y');
	answers(unix_input_ready(&c.server, 0), 1);
	close_connection(&c);
}
END_TEST

/* glibc keeps bytes of ungetc(3) and read-ahead bytes in two buffers. */
START_TEST(bytes_after_one_of_ungetc_return_1)
{
	open_connection(&c, _i, NULL);
	say(c.client.out, "xy\n");
	ck_assert_int_eq(getc(c.server.in), 'x');
	ck_assert_int_eq(ungetc('Z', c.server.in), 'Z');
	ck_assert_int_eq(getc(c.server.in), 'Z');
	answers(unix_input_ready(&c.server, 0), 1);
	expect(c.server.in, "y\n");
	answers(unix_input_ready(&c.server, 0), 0);
	close_connection(&c);
}
END_TEST

static void *
read_byte(void *argument)
{
	struct waiter *w = argument;

	w->id = thread_id();
	w->result = getc(w->ports->in);
	return NULL;
}

START_TEST(query_does_not_wait_for_a_reading_thread)
{
	struct waiter w = { .ports = &c.server };
	pthread_t thread;

	open_connection(&c, _i, NULL);
	thread = start_thread(read_byte, &w);
	wait_blocked(&w.id);
	answers(unix_input_ready(&c.server, 0), 0);
	say(c.client.out, "x");
	join_thread(thread);
	ck_assert_int_eq(w.result, 'x');
	close_connection(&c);
}
END_TEST

START_TEST(unbuffered_stream_is_examined)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_eq(setvbuf(c.server.in, NULL, _IONBF, 0), 0);
	answers(unix_input_ready(&c.server, 0), 0);
	say(c.client.out, "x");
	answers(unix_input_ready(&c.server, 0), 1);
	close_connection(&c);
}
END_TEST

START_TEST(eof_returns_1)
{
	open_connection(&c, _i, NULL);
	succeeds(unix_close_output(&c.client));
	answers(unix_input_ready(&c.server, -1), 1);
	expect_end(c.server.in);
	answers(unix_input_ready(&c.server, 0), 1);
	close_connection(&c);
}
END_TEST

START_TEST(closed_peer_returns_1)
{
	open_connection(&c, _i, NULL);
	succeeds(unix_close_ports(&c.client));
	answers(unix_input_ready(&c.server, -1), 1);
	close_connection(&c);
}
END_TEST

static void *
answer_question(void *argument)
{
	struct unix_ports *ports = argument;

	expect(ports->in, "question\n");
	say(ports->out, "answer\n");
	return NULL;
}

/* stdio ties the two streams of a terminal; guarded ports do the same. */
START_TEST(readiness_check_sends_output_of_tied_ports)
{
	pthread_t thread;

	open_connection(&c, _i, NULL);
	thread = start_thread(answer_question, &c.server);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	answers(unix_input_ready(&c.client, -1), 1);
	join_thread(thread);
	expect(c.client.in, "answer\n");
	close_connection(&c);
}
END_TEST

START_TEST(buffer_of_the_caller_is_sent_once)
{
	static char buffer[5000];

	open_connection(&c, _i, NULL);
	ck_assert_int_eq(setvbuf(c.client.out, buffer, _IOFBF,
	    sizeof(buffer)), 0);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	answers(unix_input_ready(&c.client, 20), 0);
	ck_assert_int_eq(fflush(c.client.out), 0);
	expect(c.server.in, "question\n");
	answers(unix_input_ready(&c.server, 0), 0);
	close_connection(&c);
}
END_TEST

START_TEST(query_sends_nothing_on_untied_ports)
{
	struct unix_options options = { .flags = guarded ? UNIX_UNTIED : 0 };

	open_connection(&c, _i, &options);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	answers(unix_input_ready(&c.client, 0), 0);
	answers(unix_input_ready(&c.client, 20), 0);
	answers(unix_input_ready(&c.server, 0), 0);
	ck_assert_int_eq(fflush(c.client.out), 0);
	expect(c.server.in, "question\n");
	close_connection(&c);
}
END_TEST

START_TEST(signals_do_not_end_the_wait)
{
	struct waiter w = { .ports = &c.server };
	pthread_t thread;
	int i;

	open_connection(&c, _i, NULL);
	catch_signal(SIGUSR1, do_nothing);
	thread = start_thread(wait_input, &w);
	for (i = 0; i < 20; i++) {
		wait_blocked(&w.id);
		pthread_kill(thread, SIGUSR1);
	}
	say(c.client.out, "x");
	join_thread(thread);
	ck_assert_int_eq(w.result, 1);
	close_connection(&c);
}
END_TEST

START_TEST(closed_input_is_ebadf)
{
	open_connection(&c, 0, NULL);
	succeeds(unix_close_input(&c.server));
	fails(unix_input_ready(&c.server, 0), EBADF);
	fails(unix_input_ready(NULL, 0), EBADF);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *errors = add_case(suite, "errors");

	tcase_add_loop_test(core, no_input_returns_0, 0, WAYS);
	tcase_add_loop_test(core, expired_timeout_returns_0, 0, WAYS);
	tcase_add_loop_test(core, bytes_in_the_socket_return_1, 0, WAYS);
	tcase_add_loop_test(core, bytes_in_the_stream_return_1, 0, WAYS);
	tcase_add_loop_test(core, byte_of_ungetc_returns_1, 0, WAYS);
	tcase_add_loop_test(core, bytes_after_one_of_ungetc_return_1,
	    0, WAYS);
	tcase_add_loop_test(core,
	    query_does_not_wait_for_a_reading_thread, 0, WAYS);
	/* The caller cannot replace the buffers of guarded ports. */
	if (!guarded)
		tcase_add_loop_test(core, unbuffered_stream_is_examined,
		    0, WAYS);
	tcase_add_loop_test(core, eof_returns_1, 0, WAYS);
	tcase_add_loop_test(core, closed_peer_returns_1, 0, WAYS);
	if (guarded)
		tcase_add_loop_test(core,
		    readiness_check_sends_output_of_tied_ports, 0, WAYS);
	tcase_add_loop_test(core, buffer_of_the_caller_is_sent_once,
	    0, WAYS);
	tcase_add_loop_test(core,
	    query_sends_nothing_on_untied_ports, 0, WAYS);
	tcase_add_loop_test(core, signals_do_not_end_the_wait, 0, WAYS);
	tcase_add_test(errors, closed_input_is_ebadf);
}

int
main(void)
{
	return run_kinds("input_ready", fill);
}
