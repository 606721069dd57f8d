/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_get_line(): lines from all types of streams. */
#include "sources.h"

#include <stdlib.h>
#include <string.h>

static struct source s;
static struct unix_buffer line;

static void
expect_bytes(const char *bytes, size_t length)
{
	answers(unix_get_line(s.in, &line, 0), 1);
	ck_assert_uint_eq(line.length, length);
	ck_assert_mem_eq(line.bytes, bytes, length);
	ck_assert_int_eq(line.bytes[length], '\0');
}

static void
expect_line(const char *text)
{
	expect_bytes(text, strlen(text));
}

static void
expect_no_more(void)
{
	answers(unix_get_line(s.in, &line, 0), 0);
	ck_assert_uint_eq(line.length, 0);
}

static void
open_text(int which, const char *text)
{
	open_source(&s, which, text, strlen(text));
}

static void
close_all(void)
{
	unix_free_buffer(&line);
	close_source(&s);
}

START_TEST(each_call_returns_one_line)
{
	open_text(_i, "one\n\nthree is longer than one\n");
	expect_line("one");
	expect_line("");
	expect_line("three is longer than one");
	expect_no_more();
	expect_no_more();
	ck_assert(feof(s.in));
	ck_assert(!ferror(s.in));
	close_all();
}
END_TEST

START_TEST(eof_before_a_line_returns_0)
{
	open_text(_i, "");
	expect_no_more();
	close_all();
}
END_TEST

START_TEST(one_cr_is_removed_with_the_newline)
{
	open_text(_i, "one\r\n\r\n\r\r\na\rb\n\rc\n");
	expect_line("one");
	expect_line("");
	expect_line("\r");
	expect_line("a\rb");
	expect_line("\rc");
	expect_no_more();
	close_all();
}
END_TEST

START_TEST(last_line_needs_no_newline)
{
	open_text(_i, "one\ntwo\r");
	expect_line("one");
	expect_line("two\r");
	expect_no_more();
	close_all();
}
END_TEST

START_TEST(line_that_eof_ends_is_partial)
{
	line.partial = 77;
	open_text(_i, "one\ntwo");
	expect_line("one");
	ck_assert_uint_eq(line.partial, 0);
	expect_line("two");
	ck_assert_uint_eq(line.partial, 1);
	expect_no_more();
	ck_assert_uint_eq(line.partial, 1);
	close_all();
	open_source(&s, _i, "\0\0\0\1x", 5);
	line.partial = 1;
	answers(unix_get_frame(s.in, &line, 0), 1);
	ck_assert_uint_eq(line.partial, 0);
	close_all();
}
END_TEST

START_TEST(nul_is_an_ordinary_byte)
{
	open_source(&s, _i, "a\0b\n\0\n\0", 7);
	expect_bytes("a\0b", 3);
	expect_bytes("\0", 1);
	expect_bytes("\0", 1);
	expect_no_more();
	close_all();
}
END_TEST

/* Lengths around powers of two, beyond the buffer of any stream. */
START_TEST(lines_of_every_length_are_whole)
{
	static char text[30000];
	size_t length, lengths[] = { 1, 15, 16, 17, 31, 32, 33, 255, 256, 257,
	    1023, 1024, 1025, 4095, 4096, 4097, 5000 };
	size_t i, used = 0;

	for (i = 0; i < COUNT(lengths); i++) {
		for (length = 0; length < lengths[i]; length++)
			text[used++] = (char)('a' + length % 26);
		text[used++] = '\n';
	}
	open_source(&s, _i, text, used);
	for (used = i = 0; i < COUNT(lengths); i++) {
		expect_bytes(text + used, lengths[i]);
		used += lengths[i] + 1;
	}
	expect_no_more();
	close_all();
}
END_TEST

START_TEST(bytes_after_the_line_remain_in_the_stream)
{
	open_text(_i, "one\ntwo\nthree\n");
	expect_line("one");
	expect(s.in, "two\n");
	ck_assert_int_eq(getc(s.in), 't');
	expect_line("hree");
	close_all();
}
END_TEST

START_TEST(byte_of_ungetc_is_read_first)
{
	open_text(_i, "one\ntwo\n");
	ck_assert_int_eq(ungetc('X', s.in), 'X');
	expect_line("Xone");
	ck_assert_int_eq(getc(s.in), 't');
	ck_assert_int_eq(ungetc('T', s.in), 'T');
	expect_line("Two");
	ck_assert_int_eq(ungetc('\n', s.in), '\n');
	expect_line("");
	expect_no_more();
	close_all();
}
END_TEST

START_TEST(unbuffered_stream_is_read_too)
{
	open_text(_i, "one\r\ntwo");
	ck_assert_int_eq(setvbuf(s.in, NULL, _IONBF, 0), 0);
	expect_line("one");
	expect_line("two");
	expect_no_more();
	close_all();
}
END_TEST

START_TEST(line_arrives_byte_by_byte)
{
	struct trickle t = { &s, "one\r\ntwo", 8, thread_id() };
	pthread_t thread;

	open_wire(&s, _i);
	thread = start_thread(send_slowly, &t);
	expect_line("one");
	expect_line("two");
	expect_no_more();
	join_thread(thread);
	close_all();
}
END_TEST

START_TEST(memory_is_reused)
{
	char *bytes;

	open_text(_i, "one\ntwo\n");
	expect_line("one");
	bytes = line.bytes;
	expect_line("two");
	ck_assert_ptr_eq(line.bytes, bytes);
	close_all();
}
END_TEST

START_TEST(caller_may_allocate_the_memory)
{
	open_text(_i, "1234567\n12345678\n");
	line = (struct unix_buffer){ .bytes = malloc(8), .capacity = 8 };
	expect_line("1234567");
	ck_assert_uint_eq(line.capacity, 8);
	expect_line("12345678");
	ck_assert_uint_gt(line.capacity, 8);
	close_all();
}
END_TEST

START_TEST(caller_may_keep_the_memory)
{
	char *first;

	open_text(_i, "one\ntwo\n");
	expect_line("one");
	first = line.bytes;
	line = (struct unix_buffer){ .bytes = NULL };
	expect_line("two");
	ck_assert_str_eq(first, "one");
	free(first);
	close_all();
}
END_TEST

START_TEST(freed_buffer_is_all_zeros)
{
	const struct unix_buffer zeros = { .bytes = NULL };

	open_text(_i, "one\n");
	expect_line("one");
	errno = EDOM;
	unix_free_buffer(&line);
	unix_free_buffer(&line);
	unix_free_buffer(NULL);
	ck_assert_int_eq(errno, EDOM);
	ck_assert_mem_eq(&line, &zeros, sizeof(line));
	close_all();
}
END_TEST

/* As with getline(3), EOF is sticky until clearerr(3). */
START_TEST(grown_file_continues_after_clearerr)
{
	FILE *grows = fopen("source", "w");

	s = (struct source){ .in = fopen("source", "r"), .out = grows };
	put(&s, "one\npart", 8);
	expect_line("one");
	expect_line("part");
	put(&s, "two\n", 4);
	expect_no_more();
	clearerr(s.in);
	expect_line("two");
	close_all();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");

	tcase_add_loop_test(core, each_call_returns_one_line, 0, SOURCES);
	tcase_add_loop_test(core, eof_before_a_line_returns_0, 0, SOURCES);
	tcase_add_loop_test(core, one_cr_is_removed_with_the_newline, 0,
	    SOURCES);
	tcase_add_loop_test(core, last_line_needs_no_newline, 0, SOURCES);
	tcase_add_loop_test(core, line_that_eof_ends_is_partial, 0, SOURCES);
	tcase_add_loop_test(core, nul_is_an_ordinary_byte, 0, SOURCES);
	tcase_add_loop_test(core, lines_of_every_length_are_whole, 0, SOURCES);
	tcase_add_loop_test(core, bytes_after_the_line_remain_in_the_stream, 0,
	    SOURCES);
	tcase_add_loop_test(core, byte_of_ungetc_is_read_first, 0,
	    SOURCES);
	tcase_add_loop_test(core, unbuffered_stream_is_read_too, 0, SOURCES);
	tcase_add_loop_test(core, line_arrives_byte_by_byte, 0, WIRES);
	tcase_add_loop_test(core, memory_is_reused, 0, SOURCES);
	tcase_add_loop_test(core, caller_may_allocate_the_memory, 0, SOURCES);
	tcase_add_loop_test(core, caller_may_keep_the_memory, 0, SOURCES);
	tcase_add_loop_test(core, freed_buffer_is_all_zeros, 0, SOURCES);
	tcase_add_test(core, grown_file_continues_after_clearerr);
}

int
main(void)
{
	return run_kinds("line", fill);
}
