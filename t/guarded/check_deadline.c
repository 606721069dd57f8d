/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_set_timeouts() and unix_set_deadline(): limits of open ports. */
#include "traffic.h"

#include <signal.h>
#include <string.h>

#define LONG_MS		600000
#define SHORT_MS	60
#define PASSED_MS	1

static struct connection c;
static struct unix_buffer line;
static long long start;

static void
open_with(int way, int read_timeout, int write_timeout)
{
	struct unix_options options = { .read_timeout = read_timeout,
	    .write_timeout = write_timeout };

	open_connection(&c, way, &options);
	start = milliseconds();
}

static void
close_all(void)
{
	unix_free_buffer(&line);
	unix_abandon_ports(&c.client);
	close_connection(&c);
}

/* The deadline of the client has passed. */
static void
let_pass(void)
{
	succeeds(unix_set_deadline(&c.client, PASSED_MS));
	pause_for(PASSED_MS + 1);
}

/* Time fails a test only far beyond the limit. */
static void
took_about(int ms)
{
	ck_assert_int_ge(milliseconds() - start, ms - 1);
	ck_assert_int_lt(milliseconds() - start, 10 * ms + 15000);
}

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
	fails(unix_set_timeouts(&c.client, -1, -2), EINVAL);
	fails(unix_set_timeouts(&c.client, -2, -1), EINVAL);
	fails(unix_set_deadline(&c.client, -1), EINVAL);
	fails(getc(c.client.in), ETIMEDOUT);
	took_about(SHORT_MS);
	clearerr(c.client.in);
	say(c.server.out, "line\n");
	answers(unix_get_line(c.client.in, &line, 0), 1);
	close_all();
}
END_TEST

START_TEST(one_stream_is_enough)
{
	open_with(_i, 0, 0);
	succeeds(_i % 2 == 0 ? unix_close_input(&c.client) :
	    unix_close_output(&c.client));
	succeeds(unix_set_timeouts(&c.client, 5, 5));
	succeeds(unix_set_deadline(&c.client, 5));
	close_all();
}
END_TEST

/* Timeouts. */

START_TEST(timeouts_apply_to_the_next_read)
{
	open_with(_i, LONG_MS, 0);
	succeeds(unix_set_timeouts(&c.client, SHORT_MS, 0));
	fails(unix_get_line(c.client.in, &line, 0), ETIMEDOUT);
	took_about(SHORT_MS);
	succeeds(unix_set_timeouts(&c.client, -1, 0));
	fails(unix_get_line(c.client.in, &line, 0), ETIMEDOUT);
	say(c.server.out, "line\n");
	answers(unix_get_line(c.client.in, &line, 0), 1);
	close_all();
}
END_TEST

START_TEST(timeouts_apply_to_the_next_write)
{
	open_with(_i, 0, 0);
	fill_socket(&c.client);
	succeeds(unix_set_timeouts(&c.client, 0, SHORT_MS));
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	fails(unix_flush(&c.client), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

START_TEST(waiting_read_keeps_its_timeout)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader;

	open_with(_i / 2, _i % 2 == 0 ? 0 : LONG_MS, 0);
	reader = block_call(call_fgets, &reading);
	succeeds(unix_set_timeouts(&c.client, -1, 0));
	succeeds(unix_set_deadline(&c.client, PASSED_MS));
	pause_for(5 * PASSED_MS);
	say(c.server.out, "answer\n");
	join_thread(reader);
	ck_assert_int_eq(reading.result, 0);
	fails(getc(c.client.in), ETIMEDOUT);
	close_all();
}
END_TEST

static int
set_limit(int which)
{
	return which == 0 ? unix_set_deadline(&c.client, SHORT_MS) :
	    unix_set_timeouts(&c.client, which == 1 ? SHORT_MS : -1, 0);
}

/* After a read that waited, the next one waits in recv(2) if it may. */
START_TEST(limits_apply_after_a_read_that_waited)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader;

	open_with(_i / 3, 0, 0);
	reader = block_call(call_fgets, &reading);
	say(c.server.out, "answer\n");
	join_thread(reader);
	ck_assert_int_eq(reading.result, 0);
	succeeds(set_limit(_i % 3));
	fails(unix_get_line(c.client.in, &line, 0), ETIMEDOUT);
	close_all();
}
END_TEST

/* It blocks again and again after the limits have changed. */
START_TEST(waiting_write_keeps_its_timeout)
{
	struct call writing = { .ports = &c.client, .length = 4 * MIB };
	pthread_t writer;
	size_t got = KIB;

	open_with(_i / 2, 0, _i % 2 == 0 ? 0 : LONG_MS);
	/* One write, which has begun when its bytes arrive. */
	ck_assert_int_eq(setvbuf(c.client.out, NULL, _IONBF, 0), 0);
	writer = start_call(call_fwrite, &writing);
	expect_bytes(c.server.in, 0, got);
	wait_blocked(&writing.id);
	succeeds(unix_set_timeouts(&c.client, 0, -1));
	succeeds(unix_set_deadline(&c.client, PASSED_MS));
	pause_for(5 * PASSED_MS);
	for (; got < 2 * MIB; got += KIB * 16) {
		expect_bytes(c.server.in, got, KIB * 16);
		wait_blocked(&writing.id);
	}
	expect_bytes(c.server.in, got, writing.length - got);
	join_thread(writer);
	ck_assert_int_eq(writing.result, 0);
	close_all();
}
END_TEST

/* The limit of the options, also if their write_timeout was another one. */
START_TEST(writes_that_wait_no_more_are_queued_up_to_the_limit)
{
	struct unix_options options = { .output_limit = 100 };

	open_connection(&c, _i, &options);
	fill_socket(&c.client);
	succeeds(unix_set_timeouts(&c.client, 0, -1));
	ck_assert_int_eq(put_bytes(c.client.out, 0, 100), 0);
	answers(unix_flush(&c.client), 100);
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	fails(unix_flush(&c.client), ENOBUFS);
	close_all();
}
END_TEST

START_TEST(queue_is_sent_first_after_writes_wait_again)
{
	struct call flushing = { .ports = &c.client };
	pthread_t writer;
	size_t filled;

	open_with(_i, 0, -1);
	filled = fill_socket(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, MIB / 2), 0);
	ck_assert_int_gt(unix_flush(&c.client), 0);
	succeeds(unix_set_timeouts(&c.client, 0, _i == 0 ? LONG_MS : 0));
	ck_assert_int_eq(put_bytes(c.client.out, MIB / 2, 1000), 0);
	writer = block_call(call_fflush, &flushing);
	drain(c.server.in, filled);
	expect_bytes(c.server.in, 0, MIB / 2 + 1000);
	join_thread(writer);
	ck_assert_int_eq(flushing.result, 0);
	succeeds(unix_close_ports(&c.client));
	close_all();
}
END_TEST

START_TEST(close_waits_for_the_queue_as_the_new_timeout_says)
{
	open_with(_i, 0, -1);
	fill_socket(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 1000), 0);
	answers(unix_flush(&c.client), 1000);
	succeeds(unix_set_timeouts(&c.client, 0, SHORT_MS));
	start = milliseconds();
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

/* Reads and a deadline. */

START_TEST(read_after_the_deadline_fails_despite_input)
{
	open_with(_i, 0, 0);
	say(c.server.out, "line\n");
	let_pass();
	fails(unix_get_line(c.client.in, &line, 0), ETIMEDOUT);
	fails(unix_get_line(c.client.in, &line, 0), ETIMEDOUT);
	succeeds(unix_set_deadline(&c.client, LONG_MS));
	answers(unix_get_line(c.client.in, &line, 0), 1);
	ck_assert_str_eq(line.bytes, "line");
	close_all();
}
END_TEST

static const struct message {
	int (*get)(FILE *, struct unix_buffer *, size_t);
	const char *sent;
	size_t length;
} messages[] = {
	{ unix_get_line, "part\n", 5 },
	{ unix_get_frame, "\0\0\0\4part", 8 },
};

START_TEST(message_continues_after_another_deadline)
{
	const struct message *m = &messages[_i % 2];
	size_t here;

	open_with(_i / 2, 0, 0);
	for (here = 1; here <= m->length; here++) {
		ck_assert_int_ne(putc(m->sent[here - 1], c.server.out), EOF);
		ck_assert_int_eq(fflush(c.server.out), 0);
		let_pass();
		fails(m->get(c.client.in, &line, 0), ETIMEDOUT);
		ck_assert(!ferror(c.client.in));
		if (here == m->length)
			break;
		succeeds(unix_set_deadline(&c.client, SHORT_MS));
		fails(m->get(c.client.in, &line, 0), ETIMEDOUT);
	}
	succeeds(unix_set_deadline(&c.client, here % 2 == 0 ? 0 : LONG_MS));
	answers(m->get(c.client.in, &line, 0), 1);
	ck_assert_str_eq(line.bytes, "part");
	close_all();
}
END_TEST

START_TEST(read_after_the_deadline_fails_at_EOF)
{
	open_with(_i, 0, 0);
	succeeds(unix_close_ports(&c.server));
	let_pass();
	fails(unix_get_line(c.client.in, &line, 0), ETIMEDOUT);
	succeeds(unix_set_deadline(&c.client, 0));
	succeeds(unix_get_line(c.client.in, &line, 0));
	close_all();
}
END_TEST

START_TEST(bytes_that_were_read_ahead_are_returned)
{
	open_with(_i, 0, 0);
	say(c.server.out, "one\ntwo\n");
	answers(unix_get_line(c.client.in, &line, 0), 1);
	let_pass();
	answers(unix_get_line(c.client.in, &line, 0), 1);
	ck_assert_str_eq(line.bytes, "two");
	fails(unix_get_line(c.client.in, &line, 0), ETIMEDOUT);
	close_all();
}
END_TEST

START_TEST(silent_peer_holds_a_read_until_the_deadline)
{
	open_with(_i, _i == 0 ? 0 : LONG_MS, 0);
	succeeds(unix_set_deadline(&c.client, SHORT_MS));
	fails(unix_get_line(c.client.in, &line, 0), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

static _Atomic int is_over;

static void *
send_bytes(void *unused)
{
	while (!is_over) {
		if (putc('x', c.server.out) == EOF ||
		    fflush(c.server.out) == EOF)
			break;
		pause_for(2);
	}
	return unused;
}

START_TEST(bytes_of_the_peer_do_not_prolong_a_read)
{
	pthread_t peer;

	open_with(_i, LONG_MS, 0);
	is_over = 0;
	peer = start_thread(send_bytes, NULL);
	succeeds(unix_set_deadline(&c.client, SHORT_MS));
	fails(unix_get_line(c.client.in, &line, 0), ETIMEDOUT);
	took_about(SHORT_MS);
	is_over = 1;
	join_thread(peer);
	close_all();
}
END_TEST

START_TEST(earlier_timeout_counts)
{
	open_with(_i, SHORT_MS, 0);
	succeeds(unix_set_deadline(&c.client, LONG_MS));
	fails(getc(c.client.in), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

START_TEST(input_ready_returns_1_after_the_deadline)
{
	open_with(_i, 0, 0);
	succeeds(unix_set_deadline(&c.client, SHORT_MS));
	answers(unix_input_ready(&c.client, 0), 0);
	answers(unix_input_ready(&c.client, -1), 1);
	took_about(SHORT_MS);
	answers(unix_input_ready(&c.client, 0), 1);
	fails(getc(c.client.in), ETIMEDOUT);
	close_all();
}
END_TEST

/* Writes and a deadline. */

START_TEST(late_write_that_the_socket_accepts_succeeds)
{
	open_with(_i, 0, 0);
	let_pass();
	say(c.client.out, "late\n");
	succeeds(unix_flush(&c.client));
	expect(c.server.in, "late\n");
	say(c.client.out, "later\n");
	succeeds(unix_close_ports(&c.client));
	expect(c.server.in, "later\n");
	close_all();
}
END_TEST

static const int write_timeouts[] = { 0, LONG_MS, -1 };

START_TEST(late_write_that_would_wait_is_ETIMEDOUT)
{
	size_t filled;

	open_with(_i / 3, 0, write_timeouts[_i % 3]);
	filled = fill_socket(&c.client);
	let_pass();
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	fails(unix_flush(&c.client), ETIMEDOUT);
	/* Finally. */
	drain(c.server.in, filled);
	succeeds(unix_set_deadline(&c.client, 0));
	fails(unix_flush(&c.client), ETIMEDOUT);
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	expect_end(c.server.in);
	close_all();
}
END_TEST

START_TEST(waiting_write_ends_at_the_deadline)
{
	open_with(_i / 2, 0, write_timeouts[_i % 2]);
	fill_socket(&c.client);
	succeeds(unix_set_deadline(&c.client, SHORT_MS));
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	fails(unix_flush(&c.client), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

/* The socket accepts a part, and then nothing more. */
START_TEST(half_done_write_ends_at_the_deadline)
{
	open_with(_i / 2, 0, write_timeouts[_i % 2]);
	succeeds(unix_set_deadline(&c.client, SHORT_MS));
	ck_assert_int_eq(put_bytes(c.client.out, 0, 16 * MIB), EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

static void *
take_slowly(void *unused)
{
	char bytes[4096];

	while (!is_over && fread(bytes, 1, sizeof(bytes), c.server.in) > 0)
		pause_for(1);
	return unused;
}

START_TEST(earlier_timeout_of_a_write_counts)
{
	open_with(_i, 0, SHORT_MS);
	fill_socket(&c.client);
	succeeds(unix_set_deadline(&c.client, LONG_MS));
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	fails(unix_flush(&c.client), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

START_TEST(reading_peer_does_not_prolong_a_write)
{
	pthread_t peer;

	open_with(_i / 2, 0, write_timeouts[_i % 2]);
	is_over = 0;
	peer = start_thread(take_slowly, NULL);
	succeeds(unix_set_deadline(&c.client, SHORT_MS));
	ck_assert_int_eq(put_bytes(c.client.out, 0, 64 * MIB), EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
	took_about(SHORT_MS);
	is_over = 1;
	succeeds(unix_hang_up(&c.client));
	join_thread(peer);
	close_all();
}
END_TEST

START_TEST(flush_of_nothing_succeeds_after_the_deadline)
{
	open_with(_i / 3, 0, write_timeouts[_i % 3]);
	fill_socket(&c.client);
	let_pass();
	succeeds(unix_flush(&c.client));
	succeeds(unix_close_ports(&c.client));
	close_all();
}
END_TEST

START_TEST(close_is_bounded_by_the_deadline)
{
	open_with(_i, 0, 0);
	fill_socket(&c.client);
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	succeeds(unix_set_deadline(&c.client, SHORT_MS));
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

static int
write_more(struct unix_ports *ports)
{
	return putc('x', ports->out) == EOF || fflush(ports->out) == EOF ?
	    -1 : 0;
}

static int
flush(struct unix_ports *ports)
{
	return (int)unix_flush(ports);
}

static int (*const ending[])(struct unix_ports *) = { write_more, flush,
    unix_close_output, unix_close_ports };

START_TEST(queue_that_the_deadline_overtakes_is_ETIMEDOUT)
{
	open_with(_i / 4, -1, -1);
	fill_socket(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 1000), 0);
	answers(unix_flush(&c.client), 1000);
	let_pass();
	/* The tie fails nothing. */
	fails(getc(c.client.in), ETIMEDOUT);
	ck_assert(!ferror(c.client.out));
	fails(ending[_i % 4](&c.client), ETIMEDOUT);
	if (_i % 4 != 3)
		fails(unix_close_ports(&c.client), ETIMEDOUT);
	close_all();
}
END_TEST

START_TEST(queue_is_sent_after_the_deadline_if_the_socket_accepts_it)
{
	size_t filled;

	open_with(_i, -1, -1);
	filled = fill_socket(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 1000), 0);
	answers(unix_flush(&c.client), 1000);
	let_pass();
	drain(c.server.in, filled);
	ck_assert_int_eq(put_bytes(c.client.out, 1000, 1000), 0);
	succeeds(unix_flush(&c.client));
	expect_bytes(c.server.in, 0, 2000);
	close_all();
}
END_TEST

START_TEST(tie_sends_after_the_deadline)
{
	open_with(_i / 2, 0, 0);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	let_pass();
	if (_i % 2 == 0)
		fails(getc(c.client.in), ETIMEDOUT);
	else
		answers(unix_input_ready(&c.client, 0), 1);
	answers(unix_input_ready(&c.server, 0), 1);
	expect(c.server.in, "question\n");
	close_all();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *timeouts = add_case(suite, "timeouts");
	TCase *reads = add_case(suite, "reads");
	TCase *writes = add_case(suite, "writes");

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
	tcase_add_loop_test(reads,
	    read_after_the_deadline_fails_despite_input, 0, WAYS);
	tcase_add_loop_test(reads, message_continues_after_another_deadline,
	    0, 2 * WAYS);
	tcase_add_loop_test(reads, read_after_the_deadline_fails_at_EOF,
	    0, WAYS);
	tcase_add_loop_test(reads, bytes_that_were_read_ahead_are_returned,
	    0, WAYS);
	tcase_add_loop_test(reads,
	    silent_peer_holds_a_read_until_the_deadline, 0, WAYS);
	tcase_add_loop_test(reads, bytes_of_the_peer_do_not_prolong_a_read,
	    0, WAYS);
	tcase_add_loop_test(reads, earlier_timeout_counts, 0, WAYS);
	tcase_add_loop_test(reads, input_ready_returns_1_after_the_deadline,
	    0, WAYS);
	tcase_add_loop_test(writes,
	    late_write_that_the_socket_accepts_succeeds, 0, WAYS);
	tcase_add_loop_test(writes, late_write_that_would_wait_is_ETIMEDOUT,
	    0, 3 * WAYS);
	tcase_add_loop_test(writes, half_done_write_ends_at_the_deadline,
	    0, 2 * WAYS);
	tcase_add_loop_test(writes, waiting_write_ends_at_the_deadline,
	    0, 2 * WAYS);
	tcase_add_loop_test(writes, earlier_timeout_of_a_write_counts,
	    0, WAYS);
	tcase_add_loop_test(writes, reading_peer_does_not_prolong_a_write,
	    0, 2 * WAYS);
	tcase_add_loop_test(writes,
	    flush_of_nothing_succeeds_after_the_deadline, 0, 3 * WAYS);
	tcase_add_loop_test(writes, close_is_bounded_by_the_deadline,
	    0, WAYS);
	tcase_add_loop_test(writes,
	    queue_that_the_deadline_overtakes_is_ETIMEDOUT, 0, 4 * WAYS);
	tcase_add_loop_test(writes,
	    queue_is_sent_after_the_deadline_if_the_socket_accepts_it,
	    0, WAYS);
	tcase_add_loop_test(writes, tie_sends_after_the_deadline,
	    0, 2 * WAYS);
}

int
main(void)
{
	return run_guarded("deadline", fill);
}
