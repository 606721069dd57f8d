/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of ports whose writes do not wait: order, limit, tie, flush. */
#include "traffic.h"

#include <sys/socket.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEVER_WAITS	.read_timeout = -1, .write_timeout = -1

static struct connection c;
static size_t filled;

/* Ports whose socket is full, for a write that is queued. */
static void
open_full(int way, const struct unix_options *options)
{
	open_connection(&c, way, options);
	filled = fill_socket(&c.client);
}

static void
open_never(int way, size_t limit)
{
	struct unix_options options = { NEVER_WAITS, .output_limit = limit };

	open_full(way, &options);
}

/* The client queues LENGTH bytes after PLACE. */
static void
queue_bytes(size_t place, size_t length)
{
	ck_assert_int_eq(put_bytes(c.client.out, place, length), 0);
	answers(unix_flush(&c.client), (ssize_t)(place + length));
	ck_assert(!ferror(c.client.out));
}

/* The server receives LENGTH queued bytes, which the client sends. */
static void
expect_queued(size_t length)
{
	size_t got = 0;

	drain(c.server.in, filled);
	while (got < length) {
		ck_assert_int_ge(unix_flush(&c.client), 0);
		got += take_bytes(c.server.in, got, length - got);
		clearerr(c.server.in);
	}
	succeeds(unix_flush(&c.client));
	fails(getc(c.server.in), ETIMEDOUT);
}

START_TEST(write_that_the_socket_accepts_is_not_queued)
{
	struct unix_options options = { NEVER_WAITS };

	open_connection(&c, _i, &options);
	ck_assert_int_ne(fputs("line\n", c.client.out), EOF);
	succeeds(unix_flush(&c.client));
	expect(c.server.in, "line\n");
	close_connection(&c);
}
END_TEST

START_TEST(flush_returns_the_number_of_queued_bytes)
{
	open_never(_i, 0);
	queue_bytes(0, 100);
	queue_bytes(100, 1);
	answers(unix_flush(&c.client), 101);
	expect_queued(101);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

/* The ring begins again at each place of its block, and grows at many. */
START_TEST(queued_output_precedes_later_output)
{
	struct unix_options options = { NEVER_WAITS, .buffer_size = 1000,
	    .output_limit = SIZE_MAX };
	size_t sent = 0, got = 0, length;
	unsigned turn;

	open_connection(&c, _i, &options);
	srand(1);
	for (turn = 0; turn < 20000 || got < sent; turn++) {
		length = turn < 20000 && sent - got < MIB + MIB / 2 ?
		    (size_t)rand() % 3000 : 0;
		ck_assert_int_eq(put_bytes(c.client.out, sent, length), 0);
		sent += length;
		ck_assert_int_ge(unix_flush(&c.client), 0);
		/* In waves: the queue is filled, and emptied. */
		length = turn / 2000 % 2 == 0 ? (size_t)rand() % 1000 :
		    (size_t)rand() % 9000;
		got += take_bytes(c.server.in, got, length);
		clearerr(c.server.in);
	}
	succeeds(unix_flush(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(queue_follows_a_slow_reader)
{
	struct unix_options options = { .write_timeout = -1 };
	struct call reading = { .ports = &c.server };
	pthread_t reader;

	open_full(_i, &options);
	queue_bytes(0, 3 * MIB / 4);
	reading.length = MIB;
	drain(c.server.in, filled);
	reader = start_call(call_expect, &reading);
	ck_assert_int_eq(put_bytes(c.client.out, 3 * MIB / 4, MIB / 4), 0);
	while (unix_flush(&c.client) > 0)
		ck_assert_int_eq(unix_input_ready(&c.client, 1), 0);
	join_thread(reader);
	close_connection(&c);
}
END_TEST

/* The limit. */

static const size_t limits[] = { 1, 2, 4095, 4096, 4097, 100000, 0, SIZE_MAX };

static size_t
limit_of(int i)
{
	return limits[i] == 0 ? UNIX_OUTPUT_LIMIT : limits[i] == SIZE_MAX ?
	    8 * MIB : limits[i];
}

START_TEST(limit_is_exact)
{
	size_t limit = limit_of(_i);

	open_never(0, limits[_i]);
	if (limit > 1)
		queue_bytes(0, limit / 2);
	queue_bytes(limit / 2, limit - limit / 2);
	expect_queued(limit);
	close_connection(&c);
}
END_TEST

/* The socket accepts a part of one write, and the limit is the rest. */
START_TEST(limit_is_exact_behind_an_accepted_part)
{
	struct unix_options options = { NEVER_WAITS, .buffer_size = MIB };
	ssize_t rest;

	open_connection(&c, _i, &options);
	ck_assert_int_eq(put_bytes(c.client.out, 0, MIB / 2), 0);
	rest = unix_flush(&c.client);
	ck_assert_int_gt(rest, 1);
	ck_assert_int_lt(rest, (ssize_t)MIB / 2);
	close_connection(&c);
	options.output_limit = (size_t)rest;
	open_connection(&c, _i, &options);
	ck_assert_int_eq(put_bytes(c.client.out, 0, MIB / 2), 0);
	answers(unix_flush(&c.client), rest);
	close_connection(&c);
	options.output_limit--;
	open_connection(&c, _i, &options);
	ck_assert_int_eq(put_bytes(c.client.out, 0, MIB / 2), 0);
	fails(unix_flush(&c.client), ENOBUFS);
	close_connection(&c);
}
END_TEST

START_TEST(one_byte_beyond_the_limit_is_ENOBUFS)
{
	size_t limit = limit_of(_i);

	open_never(0, limits[_i]);
	queue_bytes(0, limit);
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	fails(unix_flush(&c.client), ENOBUFS);
	close_connection(&c);
	open_never(0, limits[_i]);
	ck_assert(put_bytes(c.client.out, 0, limit + 1) == EOF ||
	    fflush(c.client.out) == EOF);
	ck_assert_int_eq(errno, ENOBUFS);
	close_connection(&c);
}
END_TEST

static int (*const puts_of_messages[])(FILE *, const void *, size_t) = {
	unix_put_line, unix_put_frame
};

static int
put_messages(int (*put)(FILE *, const void *, size_t))
{
	static const char bytes[1000];

	while (put(c.client.out, bytes, sizeof(bytes)) == 0)
		;
	return -1;
}

START_TEST(message_beyond_the_limit_is_ENOBUFS)
{
	open_never(0, MIB / 8);
	fails(put_messages(puts_of_messages[_i]), ENOBUFS);
	fails(unix_close_ports(&c.client), ENOBUFS);
	close_connection(&c);
}
END_TEST

START_TEST(limit_counts_no_accepted_and_no_buffered_bytes)
{
	struct unix_options options = { NEVER_WAITS, .output_limit = 1 };
	int i;

	open_connection(&c, 0, &options);
	for (i = 0; i < 1000; i++) {
		ck_assert_int_eq(put_bytes(c.client.out, 0, 10000), 0);
		succeeds(unix_flush(&c.client));
		expect_bytes(c.server.in, 0, 10000);
	}
	filled = fill_socket(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 10000), 0);
	drain(c.server.in, filled);
	succeeds(unix_flush(&c.client));
	expect_bytes(c.server.in, 0, 10000);
	close_connection(&c);
}
END_TEST

START_TEST(exceeded_limit_is_final_and_reading_continues)
{
	open_never(_i, 10);
	queue_bytes(0, 10);
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	fails(fflush(c.client.out), ENOBUFS);
	drain(c.server.in, filled);
	fails(unix_flush(&c.client), ENOBUFS);
	fails(unix_flush(&c.client), ENOBUFS);
	say(c.server.out, "news\n");
	expect(c.client.in, "news\n");
	/* Of the queue, nothing is sent, also not by the tie. */
	fails(getc(c.client.in), ETIMEDOUT);
	fails(getc(c.server.in), ETIMEDOUT);
	fails(unix_close_ports(&c.client), ENOBUFS);
	close_connection(&c);
}
END_TEST

START_TEST(dead_peer_is_EPIPE_to_each_flush)
{
	open_never(_i, 0);
	queue_bytes(0, 100);
	succeeds(unix_close_ports(&c.server));
	fails(unix_flush(&c.client), EPIPE);
	fails(unix_flush(&c.client), EPIPE);
	fails(unix_close_ports(&c.client), EPIPE);
	close_connection(&c);
}
END_TEST

static _Atomic int raised;

static void
note(int signal)
{
	(void)signal;
	raised++;
}

START_TEST(each_write_to_a_dead_peer_raises_SIGPIPE)
{
	struct unix_options options = { NEVER_WAITS,
	    .sigpipe = UNIX_SIGPIPE_RAISE };

	catch_signal(SIGPIPE, note);
	raised = 0;
	open_full(_i, &options);
	queue_bytes(0, 100);
	succeeds(unix_close_ports(&c.server));
	fails(unix_flush(&c.client), EPIPE);
	ck_assert_int_eq(raised, 1);
	fails(unix_flush(&c.client), EPIPE);
	ck_assert_int_eq(raised, 2);
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	fails(unix_flush(&c.client), EPIPE);
	ck_assert_int_ge(raised, 3);
	unix_abandon_ports(&c.client);
	close_connection(&c);
}
END_TEST

/* The tie. */

START_TEST(read_sends_the_queue_and_then_the_buffer)
{
	open_never(_i, 0);
	queue_bytes(0, 100);
	ck_assert_int_eq(put_bytes(c.client.out, 100, 50), 0);
	drain(c.server.in, filled);
	fails(getc(c.client.in), ETIMEDOUT);
	expect_bytes(c.server.in, 0, 150);
	succeeds(unix_flush(&c.client));
	fails(getc(c.server.in), ETIMEDOUT);
	close_connection(&c);
}
END_TEST

/* Each part of the buffer that a read sends is not sent again. */
START_TEST(read_sends_no_byte_twice)
{
	struct unix_options options = { NEVER_WAITS };
	size_t length = 180000, got = 0;
	char part[5000];

	open_connection(&c, _i, &options);
	narrow(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, length), 0);
	while (got < length) {
		fails(getc(c.client.in), ETIMEDOUT);
		clearerr(c.client.in);
		got += take_bytes(c.server.in, got, sizeof(part));
		clearerr(c.server.in);
		/* Now the buffer follows, now the queue. */
		if (got > length / 2)
			ck_assert_int_ge(unix_flush(&c.client), 0);
	}
	fails(getc(c.server.in), ETIMEDOUT);
	close_connection(&c);
}
END_TEST

START_TEST(read_does_not_fail_if_the_queue_does)
{
	struct unix_options options = { NEVER_WAITS,
	    .sigpipe = UNIX_SIGPIPE_RAISE };

	catch_signal(SIGPIPE, note);
	raised = 0;
	open_full(_i, &options);
	queue_bytes(0, 100);
	succeeds(unix_close_input(&c.server));
	errno = 0;
	fails(getc(c.client.in), ETIMEDOUT);
	clearerr(c.client.in);
	say(c.server.out, "news\n");
	expect(c.client.in, "news\n");
	ck_assert(!raised);
	fails(unix_flush(&c.client), EPIPE);
	ck_assert(raised);
	unix_abandon_ports(&c.client);
	close_connection(&c);
}
END_TEST

START_TEST(untied_read_sends_nothing)
{
	struct unix_options options = { NEVER_WAITS, .flags = UNIX_UNTIED };

	open_full(_i, &options);
	queue_bytes(0, 100);
	drain(c.server.in, filled);
	fails(getc(c.client.in), ETIMEDOUT);
	fails(getc(c.server.in), ETIMEDOUT);
	clearerr(c.server.in);
	succeeds(unix_flush(&c.client));
	expect_bytes(c.server.in, 0, 100);
	close_connection(&c);
}
END_TEST

START_TEST(waiting_read_sends_the_queue)
{
	struct unix_options options = { .write_timeout = -1 };
	struct call reading = { .ports = &c.client };
	pthread_t reader;

	open_full(_i, &options);
	queue_bytes(0, 100);
	reader = block_call(_i % 2 == 0 ? call_fgets : call_input_ready,
	    &reading);
	drain(c.server.in, filled);
	expect_bytes(c.server.in, 0, 100);
	say(c.server.out, "answer\n");
	join_thread(reader);
	close_connection(&c);
}
END_TEST

/* unix_flush() of other ports. */

START_TEST(flush_of_ports_that_wait_waits)
{
	struct call reading = { .ports = &c.server };
	pthread_t reader;

	open_connection(&c, _i, NULL);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 100), 0);
	filled = fill_socket(&c.client);
	drain(c.server.in, filled);
	reading.length = 100;
	reader = start_call(call_expect, &reading);
	succeeds(unix_flush(&c.client));
	join_thread(reader);
	succeeds(unix_flush(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(flush_reports_an_expired_timeout_again)
{
	struct unix_options options = { .write_timeout = 20 };

	open_full(_i, &options);
	ck_assert_int_ne(fputs("stuck\n", c.client.out), EOF);
	fails(unix_flush(&c.client), ETIMEDOUT);
	drain(c.server.in, filled);
	fails(unix_flush(&c.client), ETIMEDOUT);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *order = add_case(suite, "order");
	TCase *limit = add_case(suite, "limit");
	TCase *tie = add_case(suite, "tie");
	TCase *flush = add_case(suite, "flush");

	tcase_add_loop_test(order, write_that_the_socket_accepts_is_not_queued,
	    0, WAYS);
	tcase_add_loop_test(order, flush_returns_the_number_of_queued_bytes,
	    0, WAYS);
	tcase_add_loop_test(order, queued_output_precedes_later_output,
	    0, WAYS);
	tcase_add_loop_test(order, queue_follows_a_slow_reader,
	    0, WAYS);
	tcase_add_loop_test(limit, limit_is_exact, 0, COUNT(limits));
	tcase_add_loop_test(limit, limit_is_exact_behind_an_accepted_part,
	    0, WAYS);
	tcase_add_loop_test(limit, one_byte_beyond_the_limit_is_ENOBUFS,
	    0, COUNT(limits) - 1);
	tcase_add_loop_test(limit, message_beyond_the_limit_is_ENOBUFS,
	    0, COUNT(puts_of_messages));
	tcase_add_test(limit, limit_counts_no_accepted_and_no_buffered_bytes);
	tcase_add_loop_test(limit,
	    exceeded_limit_is_final_and_reading_continues, 0, WAYS);
	tcase_add_loop_test(limit, dead_peer_is_EPIPE_to_each_flush, 0, WAYS);
	tcase_add_loop_test(limit, each_write_to_a_dead_peer_raises_SIGPIPE,
	    0, WAYS);
	tcase_add_loop_test(tie, read_sends_the_queue_and_then_the_buffer,
	    0, WAYS);
	tcase_add_loop_test(tie, read_sends_no_byte_twice, 0, WAYS);
	tcase_add_loop_test(tie, read_does_not_fail_if_the_queue_does,
	    0, WAYS);
	tcase_add_loop_test(tie, untied_read_sends_nothing, 0, WAYS);
	tcase_add_loop_test(tie, waiting_read_sends_the_queue, 0, WAYS);
	tcase_add_loop_test(flush, flush_of_ports_that_wait_waits, 0, WAYS);
	tcase_add_loop_test(flush, flush_reports_an_expired_timeout_again,
	    0, WAYS);
}

int
main(void)
{
	return run_guarded("queue", fill);
}
