/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handlers without SA_RESTART interrupt calls that are blocked.  Guarded ports
 * lose and repeat no byte.  Plain ports are streams of stdio, which fail with
 * EINTR.
 */
#include "traffic.h"

#include <sys/socket.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

static struct connection c;

/* Sends each signal when the thread is blocked again. */
static void
disturb(pthread_t thread, struct call *call)
{
	int i;

	for (i = 0; i < 20; i++) {
		ck_assert_int_eq(pthread_kill(thread, SIGUSR1), 0);
		wait_blocked(&call->id);
	}
}

static void
open_disturbed(int way, const struct unix_options *options)
{
	open_connection(&c, way, options);
	catch_signal(SIGUSR1, do_nothing);
}

START_TEST(line_is_read_whole)
{
	struct call call = { .ports = &c.client };
	pthread_t reader;

	open_disturbed(_i, NULL);
	say(c.server.out, "half, ");
	reader = block_call(call_fgets, &call);
	disturb(reader, &call);
	say(c.server.out, "and ");
	disturb(reader, &call);
	say(c.server.out, "whole\n");
	join_thread(reader);
	ck_assert_int_eq(call.result, 0);
	ck_assert_int_eq(call.error, EDOM);
	ck_assert_str_eq(call.line, "half, and whole\n");
	close_connection(&c);
}
END_TEST

/* Plain ports lose the half that was read. */
START_TEST(line_is_lost_with_EINTR_on_plain_ports)
{
	struct call call = { .ports = &c.client };
	pthread_t reader;

	open_disturbed(_i, NULL);
	say(c.server.out, "half, ");
	reader = block_call(call_fgets, &call);
	pthread_kill(reader, SIGUSR1);
	join_thread(reader);
	ck_assert_int_eq(call.result, EOF);
	ck_assert_int_eq(call.error, EINTR);
	clearerr(c.client.in);
	say(c.server.out, "and whole\n");
	expect(c.client.in, "and whole\n");
	close_connection(&c);
}
END_TEST

START_TEST(blocked_flush_sends_all_once)
{
	struct call call = { .ports = &c.client };
	pthread_t writer;
	size_t filled;

	open_disturbed(_i, NULL);
	filled = fill_socket(&c.client);
	fputs("once\n", c.client.out);
	writer = block_call(call_fflush, &call);
	disturb(writer, &call);
	drain(c.server.in, filled);
	join_thread(writer);
	ck_assert_int_eq(call.result, 0);
	ck_assert_int_eq(call.error, EDOM);
	expect(c.server.in, "once\n");
	succeeds(unix_close_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

/* Plain ports drop the rest of the buffer. */
START_TEST(blocked_flush_loses_its_buffer_with_eintr)
{
	struct call call = { .ports = &c.client };
	pthread_t writer;
	size_t filled;

	open_disturbed(_i, NULL);
	filled = fill_socket(&c.client);
	fputs("lost\n", c.client.out);
	writer = block_call(call_fflush, &call);
	pthread_kill(writer, SIGUSR1);
	join_thread(writer);
	ck_assert_int_eq(call.result, EOF);
	ck_assert_int_eq(call.error, EINTR);
	drain(c.server.in, filled);
	clearerr(c.client.out);
	ck_assert_int_eq(fflush(c.client.out), 0);
	succeeds(unix_close_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(blocked_write_sends_all_once)
{
	struct call call = { .ports = &c.client, .length = 4 * MIB };
	pthread_t writer;

	open_disturbed(_i, NULL);
	writer = block_call(call_fwrite, &call);
	disturb(writer, &call);
	expect_bytes(c.server.in, 0, 2 * MIB);
	wait_blocked(&call.id);
	disturb(writer, &call);
	expect_bytes(c.server.in, 2 * MIB, 2 * MIB);
	join_thread(writer);
	ck_assert_int_eq(call.result, 0);
	succeeds(unix_close_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(blocked_closing_sends_all_once)
{
	void *(*const closers[])(void *) = { call_close_ports,
	    call_fclose_out };
	struct call call = { .ports = &c.client };
	pthread_t writer;
	size_t filled;

	open_disturbed(0, NULL);
	filled = fill_socket(&c.client);
	fputs("once\n", c.client.out);
	writer = block_call(closers[_i], &call);
	disturb(writer, &call);
	drain(c.server.in, filled);
	join_thread(writer);
	ck_assert_int_eq(call.result, 0);
	ck_assert_int_eq(call.error, EDOM);
	expect(c.server.in, "once\n");
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(waiting_for_input_continues)
{
	struct call call = { .ports = &c.client };
	pthread_t waiter;

	open_disturbed(_i, NULL);
	fputs("unsent\n", c.client.out);
	waiter = block_call(call_input_ready, &call);
	disturb(waiter, &call);
	if (guarded)
		expect(c.server.in, "unsent\n");
	say(c.server.out, "x");
	join_thread(waiter);
	ck_assert_int_eq(call.result, 1);
	ck_assert_int_eq(call.error, EDOM);
	close_connection(&c);
}
END_TEST

/* Sends signals to the main thread until *ARGUMENT is set. */
static pthread_t main_thread;

static void *
disturb_for_long(void *argument)
{
	_Atomic int *stop = argument;

	while (!*stop) {
		pthread_kill(main_thread, SIGUSR1);
		pause_for(2);
	}
	return NULL;
}

START_TEST(signals_do_not_extend_timeouts)
{
	struct unix_options options = { .read_timeout = 60,
	    .write_timeout = 60 };
	_Atomic int stop = 0;
	pthread_t other;
	long long start;

	main_thread = pthread_self();
	open_disturbed(0, &options);
	other = start_thread(disturb_for_long, &stop);
	start = milliseconds();
	fails(getc(c.client.in), ETIMEDOUT);
	ck_assert_int_ge(milliseconds() - start, 59);
	fill_socket(&c.client);
	start = milliseconds();
	fputs("stuck\n", c.client.out);
	fails(fflush(c.client.out), ETIMEDOUT);
	ck_assert_int_ge(milliseconds() - start, 59);
	stop = 1;
	join_thread(other);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");

	tcase_add_loop_test(core, waiting_for_input_continues, 0, WAYS);
	if (!guarded) {
		tcase_add_loop_test(core,
		    line_is_lost_with_EINTR_on_plain_ports, 0, WAYS);
		tcase_add_loop_test(core,
		    blocked_flush_loses_its_buffer_with_eintr, 0, WAYS);
		return;
	}
	tcase_add_loop_test(core, line_is_read_whole, 0, WAYS);
	tcase_add_loop_test(core, blocked_flush_sends_all_once, 0, WAYS);
	tcase_add_loop_test(core, blocked_write_sends_all_once, 0, WAYS);
	tcase_add_loop_test(core, blocked_closing_sends_all_once, 0, 2);
	tcase_add_test(core, signals_do_not_extend_timeouts);
}

int
main(void)
{
	return run_kinds("signals", fill);
}
