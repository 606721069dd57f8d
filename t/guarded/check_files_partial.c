/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors with sends that are partial, delayed or made by the tie: they are
 * sent once, with the first byte.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "traffic.h"

#define LARGE_BYTES	30000		/* more than a narrow socket takes */

static struct connection c;
static _Atomic pid_t id;

/* `out` holds LARGE_BYTES bytes, and three descriptors wait before them. */
static void
write_large(void)
{
	char *text = calloc(1, LARGE_BYTES);

	ck_assert_ptr_nonnull(text);
	add_numbers(&c.client, 1, 3);
	ck_assert_uint_eq(fwrite(text, 1, LARGE_BYTES, c.client.out),
	    LARGE_BYTES);
	free(text);
}

static void *
flush(void *out)
{
	id = thread_id();
	return fflush(out) == 0 ? out : NULL;
}

static void *
send_large(void *out)
{
	id = thread_id();
	write_large();
	ck_assert_int_eq(fflush(out), 0);
	return out;
}

static void
expect_large(void)
{
	drain(c.server.in, 1);
	take_numbers(&c.server, 1, 3);
	drain(c.server.in, LARGE_BYTES - 1);
	expect_none(&c.server);
}

START_TEST(split_message_passes_files_with_its_first_byte)
{
	static const size_t sizes[] = { 0, 1000, 16384, 2 * LARGE_BYTES };
	struct unix_options options = { .buffer_size = sizes[_i] };
	pthread_t sender;

	open_files(&c, 2, &options);
	narrow(&c.client);
	sender = start_thread(send_large, c.client.out);
	expect_large();
	ck_assert_ptr_nonnull(join_thread(sender));
	close_connection(&c);
}
END_TEST

START_TEST(blocked_send_passes_files_when_it_continues)
{
	size_t full;
	pthread_t sender;

	open_files(&c, _i, NULL);
	full = fill_socket(&c.client);
	add_numbers(&c.client, 1, 3);
	ck_assert_int_ne(fputs("late\n", c.client.out), EOF);
	id = 0;
	sender = start_thread(flush, c.client.out);
	wait_blocked(&id);
	drain(c.server.in, full);
	expect(c.server.in, "late\n");
	take_numbers(&c.server, 1, 3);
	expect_none(&c.server);
	ck_assert_ptr_nonnull(join_thread(sender));
	close_connection(&c);
}
END_TEST

/* No byte was sent, so no descriptor was, and the first error is reported. */
START_TEST(send_that_timed_out_passes_no_files)
{
	struct unix_options options = { .write_timeout = 20 };
	size_t full;

	open_files(&c, _i, &options);
	full = fill_socket(&c.client);
	add_numbers(&c.client, 1, 3);
	ck_assert_int_ne(fputs("never\n", c.client.out), EOF);
	ck_assert_int_eq(fflush(c.client.out), EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
	fails(unix_add_files(&c.client, (int []){ 0 }, 1), ETIMEDOUT);
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	drain(c.server.in, full);
	expect_end(c.server.in);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

/* The bytes that were sent before the timeout carried them. */
START_TEST(partial_send_that_timed_out_passes_files)
{
	struct unix_options options = { .write_timeout = 20,
	    .buffer_size = 2 * LARGE_BYTES };

	open_files(&c, 2, &options);
	narrow(&c.client);
	write_large();
	ck_assert_int_eq(fflush(c.client.out), EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
	drain(c.server.in, 1);
	take_numbers(&c.server, 1, 3);
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	while (getc(c.server.in) != EOF)
		continue;
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

/* The tie. */

static void *
answer_one(void *unused)
{
	(void)unused;
	expect(c.server.in, "question\n");
	take_numbers(&c.server, 1, 2);
	say(c.server.out, "answer\n");
	return NULL;
}

START_TEST(reading_sends_files_with_buffered_output)
{
	pthread_t server;

	open_files(&c, _i, NULL);
	server = start_thread(answer_one, NULL);
	add_numbers(&c.client, 1, 2);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	expect(c.client.in, "answer\n");
	join_thread(server);
	say(c.client.out, "more\n");
	expect(c.server.in, "more\n");
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(readiness_check_sends_files_with_output)
{
	open_files(&c, _i, NULL);
	add_numbers(&c.client, 1, 2);
	ck_assert_int_ne(fputs("first\n", c.client.out), EOF);
	answers(unix_input_ready(&c.client, 1), 0);
	answers(unix_input_ready(&c.server, 0), 1);
	expect(c.server.in, "first\n");
	take_numbers(&c.server, 1, 2);
	add_numbers(&c.client, 3, 1);
	say(c.client.out, "second\n");
	expect(c.server.in, "second\n");
	take_numbers(&c.server, 3, 1);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(readiness_check_without_output_sends_no_files)
{
	open_files(&c, _i, NULL);
	add_numbers(&c.client, 1, 2);
	answers(unix_input_ready(&c.client, 1), 0);
	answers(unix_input_ready(&c.server, 0), 0);
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	take_numbers(&c.server, 1, 2);
	close_connection(&c);
}
END_TEST

START_TEST(untied_ports_keep_files_until_the_flush)
{
	struct unix_options options = { .flags = UNIX_UNTIED };

	open_files(&c, _i, &options);
	add_numbers(&c.client, 1, 2);
	ck_assert_int_ne(fputs("line\n", c.client.out), EOF);
	answers(unix_input_ready(&c.client, 1), 0);
	answers(unix_input_ready(&c.server, 0), 0);
	ck_assert_int_eq(fflush(c.client.out), 0);
	expect(c.server.in, "line\n");
	take_numbers(&c.server, 1, 2);
	close_connection(&c);
}
END_TEST

START_TEST(tie_that_cannot_send_keeps_files)
{
	size_t full;

	open_files(&c, _i, NULL);
	full = fill_socket(&c.client);
	add_numbers(&c.client, 1, 3);
	ck_assert_int_ne(fputs("late\n", c.client.out), EOF);
	answers(unix_input_ready(&c.client, 1), 0);
	drain(c.server.in, full);
	expect_none(&c.server);
	answers(unix_input_ready(&c.server, 0), 0);
	ck_assert_int_eq(fflush(c.client.out), 0);
	expect(c.server.in, "late\n");
	take_numbers(&c.server, 1, 3);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

/* The tie sends a part with the descriptors, the flush sends the rest. */
START_TEST(partial_tie_sends_files_once)
{
	struct unix_options options = { .buffer_size = 2 * LARGE_BYTES };
	pthread_t sender;

	open_files(&c, _i, &options);
	narrow(&c.client);
	write_large();
	answers(unix_input_ready(&c.client, 1), 0);
	answers(unix_input_ready(&c.server, 0), 1);
	sender = start_thread(flush, c.client.out);
	expect_large();
	ck_assert_ptr_nonnull(join_thread(sender));
	close_connection(&c);
}
END_TEST

/* After a partial tie, unix_add_files() sends the rest first. */
START_TEST(files_added_after_a_part_follow_the_rest)
{
	struct unix_options options = { .buffer_size = 2 * LARGE_BYTES };
	size_t full;

	open_files(&c, _i, &options);
	full = fill_socket(&c.client);
	ck_assert_int_ne(fputs("one\n", c.client.out), EOF);
	answers(unix_input_ready(&c.client, 1), 0);
	drain(c.server.in, full);
	answers(unix_input_ready(&c.client, 1), 0);
	answers(unix_input_ready(&c.server, 0), 1);
	add_numbers(&c.client, 1, 1);
	say(c.client.out, "two\n");
	expect(c.server.in, "one\n");
	expect(c.server.in, "two\n");
	take_numbers(&c.server, 1, 1);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *parts = add_case(suite, "parts");
	TCase *tie = add_case(suite, "tie");

	tcase_add_loop_test(parts,
	    split_message_passes_files_with_its_first_byte, 0, 4);
	tcase_add_loop_test(parts, blocked_send_passes_files_when_it_continues,
	    0, FILE_WAYS);
	tcase_add_loop_test(parts, send_that_timed_out_passes_no_files,
	    0, FILE_WAYS);
	tcase_add_test(parts, partial_send_that_timed_out_passes_files);
	tcase_add_loop_test(tie, reading_sends_files_with_buffered_output,
	    0, FILE_WAYS);
	tcase_add_loop_test(tie, readiness_check_sends_files_with_output,
	    0, FILE_WAYS);
	tcase_add_loop_test(tie, readiness_check_without_output_sends_no_files,
	    0, FILE_WAYS);
	tcase_add_loop_test(tie, untied_ports_keep_files_until_the_flush,
	    0, FILE_WAYS);
	tcase_add_loop_test(tie,
	    tie_that_cannot_send_keeps_files, 0, FILE_WAYS);
	tcase_add_loop_test(tie, partial_tie_sends_files_once,
	    0, FILE_WAYS);
	tcase_add_loop_test(tie,
	    files_added_after_a_part_follow_the_rest, 0, FILE_WAYS);
}

int
main(void)
{
	return run_guarded("files_partial", fill);
}
