/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_set_timeouts(), and invalid arguments of unix_set_deadline(). */
#include "timed.h"

/* Arguments. */

START_TEST(arguments_are_checked_in_order)
{
	struct unix_ports plain[2], closed = { .in = NULL };

	fails(unix_set_timeouts(NULL, -2, 0), EBADF);
	fails(unix_set_deadline(NULL, -1), EBADF);
	fails(unix_set_timeouts(&closed, 0, -2), EBADF);
	fails(unix_set_deadline(&closed, -1), EBADF);
	succeeds(unix_pair(NULL, plain));
	fails(unix_set_timeouts(&plain[0], -2, 0), EINVAL);
	fails(unix_set_timeouts(&plain[0], 0, -2), EINVAL);
	fails(unix_set_deadline(&plain[0], -1), EINVAL);
	fails(unix_set_timeouts(&plain[0], 1, 1), ENOTSUP);
	fails(unix_set_timeouts(&plain[0], 0, 0), ENOTSUP);
	fails(unix_set_deadline(&plain[0], 0), ENOTSUP);
	succeeds(unix_close_ports(&plain[0]));
	succeeds(unix_close_ports(&plain[1]));
}
END_TEST

START_TEST(invalid_limits_change_nothing)
{
	open_with(_i, SHORT_MS, 0);
	fails(unix_set_timeouts(&ends.client, -1, -2), EINVAL);
	fails(unix_set_timeouts(&ends.client, -2, -1), EINVAL);
	fails(unix_set_deadline(&ends.client, -1), EINVAL);
	fails(getc(ends.client.in), ETIMEDOUT);
	took_about(SHORT_MS);
	clearerr(ends.client.in);
	say(ends.server.out, "line\n");
	answers(unix_get_line(ends.client.in, &line, 0), 1);
	close_all();
}
END_TEST

START_TEST(one_stream_is_enough)
{
	open_with(_i, 0, 0);
	succeeds(_i % 2 == 0 ? unix_close_input(&ends.client) :
	    unix_close_output(&ends.client));
	succeeds(unix_set_timeouts(&ends.client, 5, 5));
	succeeds(unix_set_deadline(&ends.client, 5));
	close_all();
}
END_TEST

/* Timeouts. */

START_TEST(timeouts_apply_to_the_next_read)
{
	open_with(_i, LONG_MS, 0);
	succeeds(unix_set_timeouts(&ends.client, SHORT_MS, 0));
	fails(unix_get_line(ends.client.in, &line, 0), ETIMEDOUT);
	took_about(SHORT_MS);
	succeeds(unix_set_timeouts(&ends.client, -1, 0));
	fails(unix_get_line(ends.client.in, &line, 0), ETIMEDOUT);
	say(ends.server.out, "line\n");
	answers(unix_get_line(ends.client.in, &line, 0), 1);
	close_all();
}
END_TEST

START_TEST(timeouts_apply_to_the_next_write)
{
	open_with(_i, 0, 0);
	fill_socket(&ends.client);
	succeeds(unix_set_timeouts(&ends.client, 0, SHORT_MS));
	ck_assert_int_ne(putc('x', ends.client.out), EOF);
	fails(unix_flush(&ends.client), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

START_TEST(waiting_read_keeps_its_timeout)
{
	struct call reading = { .ports = &ends.client };
	pthread_t reader;

	open_with(_i / 2, _i % 2 == 0 ? 0 : LONG_MS, 0);
	reader = block_call(call_fgets, &reading);
	succeeds(unix_set_timeouts(&ends.client, -1, 0));
	succeeds(unix_set_deadline(&ends.client, PASSED_MS));
	pause_for(5 * PASSED_MS);
	say(ends.server.out, "answer\n");
	join_thread(reader);
	ck_assert_int_eq(reading.result, 0);
	fails(getc(ends.client.in), ETIMEDOUT);
	close_all();
}
END_TEST

static int
set_limit(int which)
{
	return which == 0 ? unix_set_deadline(&ends.client, SHORT_MS) :
	    unix_set_timeouts(&ends.client, which == 1 ? SHORT_MS : -1, 0);
}

/* After a read that waited, the next one waits in recv(2) if it may. */
START_TEST(limits_apply_after_a_read_that_waited)
{
	struct call reading = { .ports = &ends.client };
	pthread_t reader;

	open_with(_i / 3, 0, 0);
	reader = block_call(call_fgets, &reading);
	say(ends.server.out, "answer\n");
	join_thread(reader);
	ck_assert_int_eq(reading.result, 0);
	succeeds(set_limit(_i % 3));
	fails(unix_get_line(ends.client.in, &line, 0), ETIMEDOUT);
	close_all();
}
END_TEST

/* It blocks again and again after the limits have changed. */
START_TEST(waiting_write_keeps_its_timeout)
{
	struct call writing = { .ports = &ends.client, .length = 4 * MIB };
	pthread_t writer;
	size_t got = KIB;

	open_with(_i / 2, 0, _i % 2 == 0 ? 0 : LONG_MS);
	/* One write, which has begun when its bytes arrive. */
	ck_assert_int_eq(setvbuf(ends.client.out, NULL, _IONBF, 0), 0);
	writer = start_call(call_fwrite, &writing);
	expect_bytes(ends.server.in, 0, got);
	wait_blocked(&writing.id);
	succeeds(unix_set_timeouts(&ends.client, 0, -1));
	succeeds(unix_set_deadline(&ends.client, PASSED_MS));
	pause_for(5 * PASSED_MS);
	for (; got < 2 * MIB; got += KIB * 16) {
		expect_bytes(ends.server.in, got, KIB * 16);
		wait_blocked(&writing.id);
	}
	expect_bytes(ends.server.in, got, writing.length - got);
	join_thread(writer);
	ck_assert_int_eq(writing.result, 0);
	close_all();
}
END_TEST

/* The limit of the options, also if their write_timeout was another one. */
START_TEST(writes_that_wait_no_more_are_queued_up_to_the_limit)
{
	struct unix_options options = { .output_limit = 100 };

	open_connection(&ends, _i, &options);
	fill_socket(&ends.client);
	succeeds(unix_set_timeouts(&ends.client, 0, -1));
	ck_assert_int_eq(put_bytes(ends.client.out, 0, 100), 0);
	answers(unix_flush(&ends.client), 100);
	ck_assert_int_ne(putc('x', ends.client.out), EOF);
	fails(unix_flush(&ends.client), ENOBUFS);
	close_all();
}
END_TEST

START_TEST(queue_is_sent_first_after_writes_wait_again)
{
	struct call flushing = { .ports = &ends.client };
	pthread_t writer;
	size_t filled;

	open_with(_i, 0, -1);
	filled = fill_socket(&ends.client);
	ck_assert_int_eq(put_bytes(ends.client.out, 0, MIB / 2), 0);
	ck_assert_int_gt(unix_flush(&ends.client), 0);
	succeeds(unix_set_timeouts(&ends.client, 0, _i == 0 ? LONG_MS : 0));
	ck_assert_int_eq(put_bytes(ends.client.out, MIB / 2, 1000), 0);
	writer = block_call(call_fflush, &flushing);
	drain(ends.server.in, filled);
	expect_bytes(ends.server.in, 0, MIB / 2 + 1000);
	join_thread(writer);
	ck_assert_int_eq(flushing.result, 0);
	succeeds(unix_close_ports(&ends.client));
	close_all();
}
END_TEST

START_TEST(close_waits_for_the_queue_as_the_new_timeout_says)
{
	open_with(_i, 0, -1);
	fill_socket(&ends.client);
	ck_assert_int_eq(put_bytes(ends.client.out, 0, 1000), 0);
	answers(unix_flush(&ends.client), 1000);
	succeeds(unix_set_timeouts(&ends.client, 0, SHORT_MS));
	start = milliseconds();
	fails(unix_close_ports(&ends.client), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *timeouts = add_case(suite, "timeouts");

	tcase_add_test(timeouts, arguments_are_checked_in_order);
	tcase_add_loop_test(timeouts, invalid_limits_change_nothing, 0, WAYS);
	tcase_add_loop_test(timeouts, one_stream_is_enough, 0, WAYS);
	tcase_add_loop_test(timeouts, timeouts_apply_to_the_next_read,
	    0, WAYS);
	tcase_add_loop_test(timeouts, timeouts_apply_to_the_next_write,
	    0, WAYS);
	tcase_add_loop_test(timeouts, limits_apply_after_a_read_that_waited,
	    0, 3 * WAYS);
	tcase_add_loop_test(timeouts, waiting_read_keeps_its_timeout,
	    0, 2 * WAYS);
	tcase_add_loop_test(timeouts, waiting_write_keeps_its_timeout,
	    0, 2 * WAYS);
	tcase_add_loop_test(timeouts,
	    writes_that_wait_no_more_are_queued_up_to_the_limit, 0, WAYS);
	tcase_add_loop_test(timeouts,
	    queue_is_sent_first_after_writes_wait_again, 0, WAYS);
	tcase_add_loop_test(timeouts,
	    close_waits_for_the_queue_as_the_new_timeout_says, 0, WAYS);
}

int
main(void)
{
	return run_guarded("set_timeouts", fill);
}
