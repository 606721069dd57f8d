/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_get_bytes(): available bytes of streams of all types. */
#include "sources.h"

#include <signal.h>
#include <string.h>

static struct source s;
static char bytes[20000];

/* One call returns exactly TEXT. */
static void
expect_bytes(const char *text, size_t size)
{
	answers(unix_get_bytes(s.in, bytes, size), (ssize_t)strlen(text));
	ck_assert_mem_eq(bytes, text, strlen(text));
}

START_TEST(bytes_are_returned_without_waiting_for_more)
{
	open_wire(&s, _i);
	put(&s, "one", 3);
	expect_bytes("one", sizeof(bytes));
	put(&s, "twothree", 8);
	expect_bytes("two", 3);
	expect_bytes("three", sizeof(bytes));
	end_output(&s);
	answers(unix_get_bytes(s.in, bytes, 1), 0);
	answers(unix_get_bytes(s.in, bytes, 1), 0);
	ck_assert(!ferror(s.in));
	close_source(&s);
}
END_TEST

START_TEST(buffered_bytes_are_returned_without_a_read)
{
	struct unix_buffer line = { 0 };

	open_wire(&s, _i);
	put(&s, "line\nrest", 9);
	answers(unix_get_line(s.in, &line, 0), 1);
	put(&s, "later", 5);
	expect_bytes("rest", sizeof(bytes));
	expect_bytes("later", sizeof(bytes));
	unix_free_buffer(&line);
	close_source(&s);
}
END_TEST

START_TEST(every_source_is_read_to_its_end)
{
	static char text[10000];
	size_t used = 0, i;
	ssize_t n;

	for (i = 0; i < sizeof(text); i++)
		text[i] = (char)(i % 251);
	open_source(&s, _i, text, sizeof(text));
	while ((n = unix_get_bytes(s.in, bytes + used, 777)) > 0) {
		ck_assert_int_le(n, 777);
		used += (size_t)n;
	}
	ck_assert_int_eq(n, 0);
	ck_assert_uint_eq(used, sizeof(text));
	ck_assert_mem_eq(bytes, text, used);
	ck_assert(feof(s.in));
	close_source(&s);
}
END_TEST

START_TEST(byte_of_ungetc_is_read_first)
{
	open_source(&s, _i, "bc", 2);
	ck_assert_int_eq(ungetc('a', s.in), 'a');
	answers(unix_get_bytes(s.in, bytes, 1), 1);
	ck_assert_int_eq(bytes[0], 'a');
	ck_assert_int_eq(getc(s.in), 'b');
	ck_assert_int_eq(ungetc('b', s.in), 'b');
	answers(unix_get_bytes(s.in, bytes, 1), 1);
	ck_assert_int_eq(bytes[0], 'b');
	expect_bytes("c", sizeof(bytes));
	close_source(&s);
}
END_TEST

START_TEST(unbuffered_stream_is_read_too)
{
	open_source(&s, _i, "ab", 2);
	ck_assert_int_eq(setvbuf(s.in, NULL, _IONBF, 0), 0);
	answers(unix_get_bytes(s.in, bytes, 1), 1);
	ck_assert_int_eq(bytes[0], 'a');
	answers(unix_get_bytes(s.in, bytes, 1), 1);
	ck_assert_int_eq(bytes[0], 'b');
	answers(unix_get_bytes(s.in, bytes, 1), 0);
	close_source(&s);
}
END_TEST

START_TEST(calls_on_one_stream_can_be_mixed)
{
	static const char sent[] = "one\n\0\0\0\2frrest\ntwo";
	struct unix_buffer message = { 0 };

	open_source(&s, _i, sent, sizeof(sent) - 1);
	answers(unix_get_line(s.in, &message, 0), 1);
	ck_assert_str_eq(message.bytes, "one");
	answers(unix_get_frame(s.in, &message, 0), 1);
	ck_assert_str_eq(message.bytes, "fr");
	ck_assert_int_eq(getc(s.in), 'r');
	answers(unix_get_bytes(s.in, bytes, 1), 1);
	ck_assert_int_eq(bytes[0], 'e');
	answers(unix_get_line(s.in, &message, 0), 1);
	ck_assert_str_eq(message.bytes, "st");
	answers(unix_get_bytes(s.in, bytes, 1), 1);
	ck_assert_int_eq(bytes[0], 't');
	ck_assert_int_eq(getc(s.in), 'w');
	answers(unix_get_bytes(s.in, bytes, sizeof(bytes)), 1);
	ck_assert_int_eq(bytes[0], 'o');
	unix_free_buffer(&message);
	close_source(&s);
}
END_TEST

static _Atomic pid_t reader;
static int interrupted;

static void *
get_bytes(void *result)
{
	reader = thread_id();
	while ((*(ssize_t *)result = unix_get_bytes(s.in, bytes,
	    sizeof(bytes))) == -1 && errno == EINTR && !ferror(s.in))
		interrupted++;
	return NULL;
}

START_TEST(nothing_is_lost_when_a_signal_is_caught)
{
	pthread_t thread;
	ssize_t result;

	catch_signal(SIGUSR1, do_nothing);
	open_wire(&s, _i);
	thread = start_thread(get_bytes, &result);
	wait_blocked(&reader);
	ck_assert_int_eq(pthread_kill(thread, SIGUSR1), 0);
	wait_blocked(&reader);
	put(&s, "late", 4);
	join_thread(thread);
	answers(result, 4);
	ck_assert_mem_eq(bytes, "late", 4);
	ck_assert_int_eq(interrupted != 0, !guarded || _i == WAYS);
	close_source(&s);
}
END_TEST

START_TEST(nothing_is_lost_when_a_read_times_out)
{
	open_impatient_wire(&s, _i);
	fails(unix_get_bytes(s.in, bytes, sizeof(bytes)), impatience(_i));
	ck_assert(!ferror(s.in));
	put(&s, "late", 4);
	expect_bytes("late", sizeof(bytes));
	fails(unix_get_bytes(s.in, bytes, sizeof(bytes)), impatience(_i));
	end_output(&s);
	answers(unix_get_bytes(s.in, bytes, sizeof(bytes)), 0);
	close_source(&s);
}
END_TEST

START_TEST(reset_sets_the_error_indicator)
{
	struct unix_ports pair[2];

	succeeds(unix_pair(of_kind(NULL), pair));
	say(pair[1].out, "unread");
	succeeds(unix_close_ports(&pair[0]));
	fails(unix_get_bytes(pair[1].in, bytes, 1), ECONNRESET);
	ck_assert(ferror(pair[1].in));
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

START_TEST(invalid_argument_is_einval)
{
	open_source(&s, _i, "x", 1);
	fails(unix_get_bytes(NULL, bytes, 1), EINVAL);
	fails(unix_get_bytes(s.in, NULL, 1), EINVAL);
	fails(unix_get_bytes(s.in, bytes, 0), EINVAL);
	expect_bytes("x", sizeof(bytes));
	close_source(&s);
}
END_TEST

START_TEST(stream_for_writing_is_ebadf)
{
	FILE *out = fopen("out", "w");

	fails(unix_get_bytes(out, bytes, 1), EBADF);
	ck_assert_int_eq(fclose(out), 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");

	tcase_add_loop_test(core, bytes_are_returned_without_waiting_for_more,
	    0, WIRES);
	tcase_add_loop_test(core, buffered_bytes_are_returned_without_a_read,
	    0, WIRES);
	tcase_add_loop_test(core, every_source_is_read_to_its_end, 0, SOURCES);
	tcase_add_loop_test(core, byte_of_ungetc_is_read_first, 0,
	    SOURCES);
	tcase_add_loop_test(core, unbuffered_stream_is_read_too, 0, SOURCES);
	tcase_add_loop_test(core, calls_on_one_stream_can_be_mixed, 0,
	    SOURCES);
	tcase_add_loop_test(core, nothing_is_lost_when_a_signal_is_caught, 0,
	    WIRES);
	tcase_add_loop_test(core, nothing_is_lost_when_a_read_times_out, 0,
	    WIRES);
	tcase_add_test(core, reset_sets_the_error_indicator);
	tcase_add_loop_test(core, invalid_argument_is_einval, 0, SOURCES);
	tcase_add_test(core, stream_for_writing_is_ebadf);
}

int
main(void)
{
	return run_kinds("bytes", fill);
}
