/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tie beside other threads: it waits for no thread, and no thread for it.
 */
#include "traffic.h"

#include <sched.h>

static struct connection c;

START_TEST(tie_does_not_wait_for_a_thread_that_holds_out)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader;

	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("held\n", c.client.out), EOF);
	flockfile(c.client.out);
	reader = block_call(call_fgets, &reading);
	say(c.server.out, "news\n");
	join_thread(reader);
	ck_assert_str_eq(reading.line, "news\n");
	funlockfile(c.client.out);
	ck_assert_int_eq(fflush(c.client.out), 0);
	expect(c.server.in, "held\n");
	close_connection(&c);
}
END_TEST

static void *
lock_and_read(void *argument)
{
	struct call *call = argument;

	flockfile(call->ports->out);
	call_fgets(call);
	funlockfile(call->ports->out);
	return NULL;
}

START_TEST(reader_may_hold_out_itself)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader;

	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	reader = block_call(lock_and_read, &reading);
	expect(c.server.in, "question\n");
	say(c.server.out, "answer\n");
	join_thread(reader);
	ck_assert_str_eq(reading.line, "answer\n");
	close_connection(&c);
}
END_TEST

/* A blocked reader must not hold the lock of `out`. */
START_TEST(waiting_reader_leaves_out_to_others)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader;
	size_t filled;

	open_connection(&c, _i, NULL);
	filled = fill_socket(&c.client);
	ck_assert_int_ne(fputs("later\n", c.client.out), EOF);
	reader = block_call(call_fgets, &reading);
	ck_assert_int_eq(ftrylockfile(c.client.out), 0);
	funlockfile(c.client.out);
	ck_assert_int_ne(fputs("more\n", c.client.out), EOF);
	drain(c.server.in, filled);
	say(c.client.out, "end\n");
	expect(c.server.in, "later\n");
	expect(c.server.in, "more\n");
	expect(c.server.in, "end\n");
	say(c.server.out, "news\n");
	join_thread(reader);
	close_connection(&c);
}
END_TEST

START_TEST(out_may_be_fclosed_while_another_thread_reads)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader;

	open_connection(&c, _i, NULL);
	reader = block_call(call_fgets, &reading);
	ck_assert_int_ne(fputs("last\n", c.client.out), EOF);
	ck_assert_int_eq(fclose(c.client.out), 0);
	c.client.out = NULL;
	expect(c.server.in, "last\n");
	expect_end(c.server.in);
	say(c.server.out, "news\n");
	join_thread(reader);
	ck_assert_str_eq(reading.line, "news\n");
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

/* The tie and fclose(3) of `out` run at the same time. */
START_TEST(tie_and_fclose_of_out_may_be_concurrent)
{
	struct call reading;
	pthread_t reader;
	size_t filled;
	int i;

	for (i = 0; i < 300; i++) {
		open_connection(&c, 2, NULL);
		filled = _i == 0 ? 0 : fill_socket(&c.client);
		reading = (struct call){ .ports = &c.client };
		ck_assert_int_ne(fputs("last\n", c.client.out), EOF);
		reader = start_call(call_fgets, &reading);
		if (i % 3 == 0)
			sched_yield();
		drain(c.server.in, filled);
		ck_assert_int_eq(fclose(c.client.out), 0);
		c.client.out = NULL;
		expect(c.server.in, "last\n");
		expect_end(c.server.in);
		say(c.server.out, "news\n");
		join_thread(reader);
		ck_assert_str_eq(reading.line, "news\n");
		close_connection(&c);
	}
}
END_TEST

/* One thread writes small pieces, another calls the tie. */

static void *
write_slowly(void *out)
{
	size_t place;

	for (place = 0; place < 50000; place += 10) {
		ck_assert_int_eq(put_bytes(out, place, 10), 0);
		if (place % 1000 == 0)
			sched_yield();
		if (place % 7000 == 0)
			ck_assert_int_eq(fflush(out), 0);
	}
	ck_assert_int_eq(fclose(out), 0);
	return NULL;
}

static void *
speak_slowly(void *argument)
{
	int i;

	for (i = 0; i < 3000; i++) {
		say(argument, "x");
		sched_yield();
	}
	return NULL;
}

START_TEST(ties_between_writes_of_another_thread_keep_the_order)
{
	struct unix_options options = { .buffer_size = _i == 0 ? 0 : 100 };
	pthread_t writer, speaker, reader;
	struct call reading = { .ports = &c.server, .length = 50000 };

	open_connection(&c, 0, &options);
	writer = start_thread(write_slowly, c.client.out);
	speaker = start_thread(speak_slowly, c.server.out);
	reader = start_call(call_expect, &reading);
	drain(c.client.in, 3000);
	join_thread(speaker);
	join_thread(writer);
	join_thread(reader);
	c.client.out = NULL;
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

/* Another thread sets the limits of the ports all the time. */

#define ROUNDS	300

static _Atomic int is_over;

static void *
set_limits(void *ports)
{
	while (!is_over) {
		ck_assert_int_eq(unix_set_deadline(ports, 0), 0);
		sched_yield();
	}
	return NULL;
}

static void *
answer_requests(void *argument)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		expect(c.server.in, "question\n");
		say(c.server.out, "answer\n");
	}
	return argument;
}

START_TEST(request_is_sent_while_another_thread_sets_limits)
{
	pthread_t setter, server;
	int i;

	open_connection(&c, _i, NULL);
	is_over = 0;
	setter = start_thread(set_limits, &c.client);
	server = start_thread(answer_requests, NULL);
	for (i = 0; i < ROUNDS; i++) {
		ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
		expect(c.client.in, "answer\n");
	}
	is_over = 1;
	join_thread(setter);
	join_thread(server);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");

	tcase_add_loop_test(core,
	    tie_does_not_wait_for_a_thread_that_holds_out, 0, WAYS);
	tcase_add_loop_test(core, reader_may_hold_out_itself, 0, WAYS);
	tcase_add_loop_test(core, waiting_reader_leaves_out_to_others,
	    0, WAYS);
	tcase_add_loop_test(core,
	    out_may_be_fclosed_while_another_thread_reads, 0, WAYS);
	tcase_add_loop_test(core, tie_and_fclose_of_out_may_be_concurrent,
	    0, 2);
	tcase_add_loop_test(core,
	    ties_between_writes_of_another_thread_keep_the_order, 0, 2);
	tcase_add_loop_test(core,
	    request_is_sent_while_another_thread_sets_limits, 0, WAYS);
}

int
main(void)
{
	return run_guarded("tie_threads", fill);
}
