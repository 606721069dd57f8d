/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_set_deadline(): the end of reads and writes of open ports. */
#include "timed.h"

/* Reads and a deadline. */

START_TEST(read_after_the_deadline_fails_despite_input)
{
	open_with(_i, 0, 0);
	say(ends.server.out, "line\n");
	let_pass();
	fails(unix_get_line(ends.client.in, &line, 0), ETIMEDOUT);
	fails(unix_get_line(ends.client.in, &line, 0), ETIMEDOUT);
	succeeds(unix_set_deadline(&ends.client, LONG_MS));
	answers(unix_get_line(ends.client.in, &line, 0), 1);
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
		ck_assert_int_ne(putc(m->sent[here - 1], ends.server.out), EOF);
		ck_assert_int_eq(fflush(ends.server.out), 0);
		let_pass();
		fails(m->get(ends.client.in, &line, 0), ETIMEDOUT);
		ck_assert(!ferror(ends.client.in));
		if (here == m->length)
			break;
		succeeds(unix_set_deadline(&ends.client, SHORT_MS));
		fails(m->get(ends.client.in, &line, 0), ETIMEDOUT);
	}
	succeeds(unix_set_deadline(&ends.client, here % 2 == 0 ? 0 : LONG_MS));
	answers(m->get(ends.client.in, &line, 0), 1);
	ck_assert_str_eq(line.bytes, "part");
	close_all();
}
END_TEST

START_TEST(read_after_the_deadline_fails_at_EOF)
{
	open_with(_i, 0, 0);
	succeeds(unix_close_ports(&ends.server));
	let_pass();
	fails(unix_get_line(ends.client.in, &line, 0), ETIMEDOUT);
	succeeds(unix_set_deadline(&ends.client, 0));
	succeeds(unix_get_line(ends.client.in, &line, 0));
	close_all();
}
END_TEST

START_TEST(bytes_that_were_read_ahead_are_returned)
{
	open_with(_i, 0, 0);
	say(ends.server.out, "one\ntwo\n");
	answers(unix_get_line(ends.client.in, &line, 0), 1);
	let_pass();
	answers(unix_get_line(ends.client.in, &line, 0), 1);
	ck_assert_str_eq(line.bytes, "two");
	fails(unix_get_line(ends.client.in, &line, 0), ETIMEDOUT);
	close_all();
}
END_TEST

START_TEST(silent_peer_holds_a_read_until_the_deadline)
{
	open_with(_i, _i == 0 ? 0 : LONG_MS, 0);
	succeeds(unix_set_deadline(&ends.client, SHORT_MS));
	fails(unix_get_line(ends.client.in, &line, 0), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

static _Atomic int is_over;

static void *
send_bytes(void *unused)
{
	while (!is_over) {
		if (putc('x', ends.server.out) == EOF ||
		    fflush(ends.server.out) == EOF)
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
	succeeds(unix_set_deadline(&ends.client, SHORT_MS));
	fails(unix_get_line(ends.client.in, &line, 0), ETIMEDOUT);
	took_about(SHORT_MS);
	is_over = 1;
	join_thread(peer);
	close_all();
}
END_TEST

START_TEST(earlier_timeout_counts)
{
	open_with(_i, SHORT_MS, 0);
	succeeds(unix_set_deadline(&ends.client, LONG_MS));
	fails(getc(ends.client.in), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

START_TEST(input_ready_returns_1_after_the_deadline)
{
	open_with(_i, 0, 0);
	succeeds(unix_set_deadline(&ends.client, SHORT_MS));
	answers(unix_input_ready(&ends.client, 0), 0);
	answers(unix_input_ready(&ends.client, -1), 1);
	took_about(SHORT_MS);
	answers(unix_input_ready(&ends.client, 0), 1);
	fails(getc(ends.client.in), ETIMEDOUT);
	close_all();
}
END_TEST

/* Writes and a deadline. */

START_TEST(late_write_that_the_socket_accepts_succeeds)
{
	open_with(_i, 0, 0);
	let_pass();
	say(ends.client.out, "late\n");
	succeeds(unix_flush(&ends.client));
	expect(ends.server.in, "late\n");
	say(ends.client.out, "later\n");
	succeeds(unix_close_ports(&ends.client));
	expect(ends.server.in, "later\n");
	close_all();
}
END_TEST

static const int write_timeouts[] = { 0, LONG_MS, -1 };

START_TEST(late_write_that_would_wait_is_ETIMEDOUT)
{
	size_t filled;

	open_with(_i / 3, 0, write_timeouts[_i % 3]);
	filled = fill_socket(&ends.client);
	let_pass();
	ck_assert_int_ne(putc('x', ends.client.out), EOF);
	fails(unix_flush(&ends.client), ETIMEDOUT);
	/* Finally. */
	drain(ends.server.in, filled);
	succeeds(unix_set_deadline(&ends.client, 0));
	fails(unix_flush(&ends.client), ETIMEDOUT);
	fails(unix_close_ports(&ends.client), ETIMEDOUT);
	expect_end(ends.server.in);
	close_all();
}
END_TEST

START_TEST(waiting_write_ends_at_the_deadline)
{
	open_with(_i / 2, 0, write_timeouts[_i % 2]);
	fill_socket(&ends.client);
	succeeds(unix_set_deadline(&ends.client, SHORT_MS));
	ck_assert_int_ne(putc('x', ends.client.out), EOF);
	fails(unix_flush(&ends.client), ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

/* The socket accepts a part, and then nothing more. */
START_TEST(half_done_write_ends_at_the_deadline)
{
	open_with(_i / 2, 0, write_timeouts[_i % 2]);
	succeeds(unix_set_deadline(&ends.client, SHORT_MS));
	ck_assert_int_eq(put_bytes(ends.client.out, 0, 16 * MIB), EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
	took_about(SHORT_MS);
	close_all();
}
END_TEST

static void *
take_slowly(void *unused)
{
	char bytes[4096];

	while (!is_over && fread(bytes, 1, sizeof(bytes), ends.server.in) > 0)
		pause_for(1);
	return unused;
}

START_TEST(earlier_timeout_of_a_write_counts)
{
	open_with(_i, 0, SHORT_MS);
	fill_socket(&ends.client);
	succeeds(unix_set_deadline(&ends.client, LONG_MS));
	ck_assert_int_ne(putc('x', ends.client.out), EOF);
	fails(unix_flush(&ends.client), ETIMEDOUT);
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
	succeeds(unix_set_deadline(&ends.client, SHORT_MS));
	ck_assert_int_eq(put_bytes(ends.client.out, 0, 64 * MIB), EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
	took_about(SHORT_MS);
	is_over = 1;
	succeeds(unix_hang_up(&ends.client));
	join_thread(peer);
	close_all();
}
END_TEST

START_TEST(flush_of_nothing_succeeds_after_the_deadline)
{
	open_with(_i / 3, 0, write_timeouts[_i % 3]);
	fill_socket(&ends.client);
	let_pass();
	succeeds(unix_flush(&ends.client));
	succeeds(unix_close_ports(&ends.client));
	close_all();
}
END_TEST

START_TEST(close_is_bounded_by_the_deadline)
{
	open_with(_i, 0, 0);
	fill_socket(&ends.client);
	ck_assert_int_ne(putc('x', ends.client.out), EOF);
	succeeds(unix_set_deadline(&ends.client, SHORT_MS));
	fails(unix_close_ports(&ends.client), ETIMEDOUT);
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
	fill_socket(&ends.client);
	ck_assert_int_eq(put_bytes(ends.client.out, 0, 1000), 0);
	answers(unix_flush(&ends.client), 1000);
	let_pass();
	/* The tie fails nothing. */
	fails(getc(ends.client.in), ETIMEDOUT);
	ck_assert(!ferror(ends.client.out));
	fails(ending[_i % 4](&ends.client), ETIMEDOUT);
	if (_i % 4 != 3)
		fails(unix_close_ports(&ends.client), ETIMEDOUT);
	close_all();
}
END_TEST

START_TEST(queue_is_sent_after_the_deadline_if_the_socket_accepts_it)
{
	size_t filled;

	open_with(_i, -1, -1);
	filled = fill_socket(&ends.client);
	ck_assert_int_eq(put_bytes(ends.client.out, 0, 1000), 0);
	answers(unix_flush(&ends.client), 1000);
	let_pass();
	drain(ends.server.in, filled);
	ck_assert_int_eq(put_bytes(ends.client.out, 1000, 1000), 0);
	succeeds(unix_flush(&ends.client));
	expect_bytes(ends.server.in, 0, 2000);
	close_all();
}
END_TEST

START_TEST(tie_sends_after_the_deadline)
{
	open_with(_i / 2, 0, 0);
	ck_assert_int_ne(fputs("question\n", ends.client.out), EOF);
	let_pass();
	if (_i % 2 == 0)
		fails(getc(ends.client.in), ETIMEDOUT);
	else
		answers(unix_input_ready(&ends.client, 0), 1);
	answers(unix_input_ready(&ends.server, 0), 1);
	expect(ends.server.in, "question\n");
	close_all();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *reads = add_case(suite, "reads");
	TCase *writes = add_case(suite, "writes");

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
