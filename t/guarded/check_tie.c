/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tie of guarded ports: before a read blocks, the buffered output is sent,
 * as far as the socket accepts it without blocking.
 */
#include "traffic.h"

#include <sys/socket.h>
#include <string.h>

static struct connection c;

/* A reader that is blocked after the tie was called. */
static struct call reading;

static pthread_t
block_reader(void)
{
	reading = (struct call){ .ports = &c.client };
	return block_call(call_fgets, &reading);
}

static void
finish_reader(pthread_t reader, const char *line)
{
	say(c.server.out, line);
	join_thread(reader);
	ck_assert_int_eq(reading.result, 0);
	ck_assert_int_eq(reading.error, EDOM);
	ck_assert_str_eq(reading.line, line);
}

/* A read after one that had to wait can begin with a recv(2) that waits. */
START_TEST(request_needs_no_fflush)
{
	pthread_t reader;
	int turn;

	open_connection(&c, _i, NULL);
	for (turn = 0; turn < 3; turn++) {
		ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
		reader = block_reader();
		expect(c.server.in, "question\n");
		finish_reader(reader, "answer\n");
	}
	close_connection(&c);
}
END_TEST

START_TEST(untied_request_waits_for_its_fflush)
{
	struct unix_options options = { .flags = UNIX_UNTIED };
	pthread_t reader;

	open_connection(&c, _i, &options);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	reader = block_reader();
	answers(unix_input_ready(&c.server, 0), 0);
	answers(unix_input_ready(&c.client, 10), 0);
	answers(unix_input_ready(&c.server, 0), 0);
	ck_assert_int_eq(fflush(c.client.out), 0);
	expect(c.server.in, "question\n");
	finish_reader(reader, "answer\n");
	close_connection(&c);
}
END_TEST

START_TEST(waiting_for_input_sends_buffered_output)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	answers(unix_input_ready(&c.client, 1), 0);
	answers(unix_input_ready(&c.server, 0), 1);
	expect(c.server.in, "question\n");
	succeeds(unix_close_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

static _Atomic int has_asked;

static void *
ask(void *call)
{
	call_input_ready(call);
	has_asked = 1;
	return NULL;
}

START_TEST(room_for_output_is_no_input)
{
	struct call asking = { .ports = &c.client };
	pthread_t asker;
	size_t filled;

	open_connection(&c, _i, NULL);
	filled = fill_socket(&c.client);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	has_asked = 0;
	asker = block_call(ask, &asking);
	drain(c.server.in, filled);
	expect(c.server.in, "question\n");
	wait_blocked(&asking.id);
	ck_assert(!has_asked);
	say(c.server.out, "answer\n");
	join_thread(asker);
	ck_assert_int_eq(asking.result, 1);
	expect(c.client.in, "answer\n");
	close_connection(&c);
}
END_TEST

START_TEST(reading_continues_if_the_peer_does_not_read)
{
	pthread_t reader;
	size_t filled;

	open_connection(&c, _i, NULL);
	filled = fill_socket(&c.client);
	ck_assert_int_ne(fputs("later\n", c.client.out), EOF);
	reader = block_reader();
	finish_reader(reader, "news\n");
	drain(c.server.in, filled);
	answers(unix_input_ready(&c.server, 0), 0);
	ck_assert_int_eq(fflush(c.client.out), 0);
	expect(c.server.in, "later\n");
	answers(unix_input_ready(&c.server, 0), 0);
	close_connection(&c);
}
END_TEST

/* Output that makes no progress for this time is not an error of the read. */
START_TEST(unsent_output_does_not_time_out_a_read)
{
	struct unix_options options = { .write_timeout = 10 };
	pthread_t reader;
	size_t filled;

	open_connection(&c, _i, &options);
	filled = fill_socket(&c.client);
	ck_assert_int_ne(fputs("later\n", c.client.out), EOF);
	reader = block_reader();
	pause_for(50);
	finish_reader(reader, "news\n");
	drain(c.server.in, filled);
	ck_assert_int_eq(fflush(c.client.out), 0);
	expect(c.server.in, "later\n");
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(read_timeout_holds_while_output_waits)
{
	struct unix_options options = { .read_timeout = 50 };
	size_t filled;

	open_connection(&c, _i, &options);
	filled = fill_socket(&c.client);
	ck_assert_int_ne(fputs("later\n", c.client.out), EOF);
	fails(getc(c.client.in), ETIMEDOUT);
	drain(c.server.in, filled);
	succeeds(unix_close_ports(&c.client));
	expect(c.server.in, "later\n");
	close_connection(&c);
}
END_TEST

/* Output of which the socket accepts a part. */

#define LARGE_BYTES	(200 * KIB)

static void
open_partly_tied(void)
{
	struct unix_options options = { .buffer_size = MIB };
	pthread_t reader;

	open_connection(&c, 0, &options);
	narrow(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, LARGE_BYTES), 0);
	answers(unix_input_ready(&c.server, 0), 0);
	reader = block_reader();
	answers(unix_input_ready(&c.server, 0), 1);
	finish_reader(reader, "news\n");
}

START_TEST(waiting_reader_keeps_sending)
{
	struct unix_options options = { .buffer_size = MIB };
	pthread_t reader;

	open_connection(&c, _i, &options);
	narrow(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, LARGE_BYTES), 0);
	reader = block_reader();
	expect_bytes(c.server.in, 0, LARGE_BYTES);
	finish_reader(reader, "news\n");
	ck_assert_int_eq(put_bytes(c.client.out, LARGE_BYTES, 2000), 0);
	succeeds(unix_close_ports(&c.client));
	ck_assert_uint_eq(count_bytes(c.server.in, LARGE_BYTES), 2000);
	close_connection(&c);
}
END_TEST

static void *
call_close_output(void *argument)
{
	struct call *call = argument;

	call->result = unix_close_output(call->ports);
	return NULL;
}

static void *(*const senders[])(void *) = {
	call_fflush, call_fclose_out, call_close_output, call_close_ports
};

START_TEST(unsent_rest_is_sent_in_order)
{
	struct call sending = { .ports = &c.client };
	pthread_t sender;

	open_partly_tied();
	sender = start_call(senders[_i], &sending);
	expect_bytes(c.server.in, 0, LARGE_BYTES);
	join_thread(sender);
	ck_assert_int_eq(sending.result, 0);
	succeeds(unix_close_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

/* Writes pieces of every size, which also fill the buffer. */
static void *
write_more(void *argument)
{
	size_t place = LARGE_BYTES, length = 1;
	unsigned char byte;

	for (; place + length < 5 * MIB; length = length * 3 % 100003) {
		ck_assert_int_eq(put_bytes(c.client.out, place, length), 0);
		place += length;
		make_bytes(&byte, place++, 1);
		ck_assert_int_eq(putc(byte, c.client.out), byte);
	}
	succeeds(unix_close_output(&c.client));
	*(size_t *)argument = place;
	return NULL;
}

START_TEST(later_output_follows_a_partial_tie)
{
	pthread_t writer;
	size_t count, sum = 0;

	open_partly_tied();
	writer = start_thread(write_more, &sum);
	count = count_bytes(c.server.in, 0);
	join_thread(writer);
	ck_assert_uint_eq(count, sum);
	close_connection(&c);
}
END_TEST

START_TEST(bytes_put_between_partial_ties_keep_their_order)
{
	struct call sending = { .ports = &c.client };
	unsigned char byte;
	pthread_t thread;
	size_t i;

	open_partly_tied();
	for (i = 0; i < 50; i++) {
		make_bytes(&byte, LARGE_BYTES + i, 1);
		ck_assert_int_eq(putc(byte, c.client.out), byte);
		thread = block_reader();
		expect_bytes(c.server.in, i * 2000, 2000);
		finish_reader(thread, "news\n");
	}
	thread = start_call(call_close_ports, &sending);
	ck_assert_uint_eq(count_bytes(c.server.in, 50 * 2000),
	    LARGE_BYTES + 50 - 50 * 2000);
	join_thread(thread);
	ck_assert_int_eq(sending.result, 0);
	close_connection(&c);
}
END_TEST

START_TEST(abandoned_output_that_was_partly_sent_ends_there)
{
	size_t count;

	open_partly_tied();
	succeeds(unix_abandon_ports(&c.client));
	count = count_bytes(c.server.in, 0);
	ck_assert_uint_gt(count, 0);
	ck_assert_uint_lt(count, LARGE_BYTES);
	close_connection(&c);
}
END_TEST

/* Errors. */

START_TEST(error_of_the_tie_is_reported_by_the_next_write)
{
	pthread_t reader;

	open_connection(&c, 0, NULL);
	succeeds(unix_close_input(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	reader = block_reader();
	finish_reader(reader, "news\n");
	ck_assert(!ferror(c.client.in));
	if (_i == 0) {
		fputs("lost too\n", c.client.out);
		fails(fflush(c.client.out), EPIPE);
	}
	if (_i == 1)
		fails(unix_close_output(&c.client), EPIPE);
	else
		fails(unix_close_ports(&c.client), EPIPE);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *partial = add_case(suite, "partial");

	tcase_add_loop_test(core, request_needs_no_fflush, 0, WAYS);
	tcase_add_loop_test(core, untied_request_waits_for_its_fflush,
	    0, WAYS);
	tcase_add_loop_test(core, waiting_for_input_sends_buffered_output, 0,
	    WAYS);
	tcase_add_loop_test(core, room_for_output_is_no_input, 0, WAYS);
	tcase_add_loop_test(core,
	    reading_continues_if_the_peer_does_not_read, 0, WAYS);
	tcase_add_loop_test(core,
	    unsent_output_does_not_time_out_a_read, 0, WAYS);
	tcase_add_loop_test(core, read_timeout_holds_while_output_waits,
	    0, WAYS);
	tcase_add_loop_test(partial, waiting_reader_keeps_sending, 0, WAYS);
	tcase_add_loop_test(partial, unsent_rest_is_sent_in_order,
	    0, COUNT(senders));
	tcase_add_test(partial, later_output_follows_a_partial_tie);
	tcase_add_test(partial,
	    bytes_put_between_partial_ties_keep_their_order);
	tcase_add_test(partial,
	    abandoned_output_that_was_partly_sent_ends_there);
	tcase_add_loop_test(core,
	    error_of_the_tie_is_reported_by_the_next_write,
	    0, 3);
}

int
main(void)
{
	return run_guarded("tie", fill);
}
