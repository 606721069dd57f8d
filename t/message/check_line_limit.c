/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_get_line(): the limit of a line, and its memory. */
#include "sources.h"

#include <sys/resource.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define MIB		((size_t)1 << 20)
#define UNTOUCHED	77

#ifdef __has_feature
#define HAS_FEATURE(feature)	__has_feature(feature)
#else
#define HAS_FEATURE(feature)	0
#endif

static struct source s;
static struct unix_buffer line;

/* A source that contains LENGTH times 'x', then TAIL. */
static void
open_long(int which, size_t length, const char *tail)
{
	static char text[1 << 16];

	memset(text, 'x', length);
	strcpy(text + length, tail);
	open_source(&s, which, text, length + strlen(tail));
}

/* A file that contains LENGTH times 'x', then TAIL. */
static void
open_huge(size_t length, const char *tail)
{
	s = (struct source){ .in = fopen("source", "w+") };
	while (length-- > 0)
		putc('x', s.in);
	fputs(tail, s.in);
	rewind(s.in);
}

static void
expect_length(size_t limit, size_t length)
{
	answers(unix_get_line(s.in, &line, limit), 1);
	ck_assert_uint_eq(line.length, length);
	ck_assert_uint_eq(strlen(line.bytes), length);
	ck_assert_uint_le(line.capacity, limit + 1);
}

static void
expect_too_long(size_t limit)
{
	line.partial = UNTOUCHED;
	fails(unix_get_line(s.in, &line, limit), EMSGSIZE);
	ck_assert_uint_eq(line.length, 0);
	ck_assert_uint_eq(line.partial, UNTOUCHED);
	ck_assert_uint_le(line.capacity, limit + 1);
}

static void
close_all(void)
{
	unix_free_buffer(&line);
	close_source(&s);
}

/* Short lines, and lines that end at the end of a buffer. */
static const size_t limits[] = { 1, 2, 255, 256, 257, 1023, 1024, 4095, 4096,
    5000 };

START_TEST(line_of_exactly_the_limit_is_returned)
{
	const char *const tails[] = { "\n", "\r\n", "" };
	size_t i, tail;

	for (i = 0; i < COUNT(limits); i++) {
		for (tail = 0; tail < COUNT(tails); tail++) {
			open_long(_i, limits[i], tails[tail]);
			expect_length(limits[i], limits[i]);
			answers(unix_get_line(s.in, &line, limits[i]), 0);
			close_all();
		}
	}
}
END_TEST

START_TEST(line_one_byte_longer_is_EMSGSIZE)
{
	const char *const tails[] = { "\n", "\r\n", "", "\r" };
	size_t i, tail;

	for (i = 0; i < COUNT(limits); i++) {
		for (tail = 0; tail < COUNT(tails); tail++) {
			open_long(_i, limits[i] + 1, tails[tail]);
			expect_too_long(limits[i]);
			close_all();
		}
	}
}
END_TEST

START_TEST(cr_beyond_the_limit_requires_a_newline)
{
	const char *const tails[] = { "\rx\n", "\r\r\n", "\r" };
	size_t tail;

	for (tail = 0; tail < COUNT(tails); tail++) {
		open_long(_i, 300, tails[tail]);
		expect_too_long(300);
		close_all();
	}
}
END_TEST

/* Unbuffered: no byte is read ahead. */
START_TEST(limit_applies_to_each_byte)
{
	open_long(_i, 3, "\r\nxxx\r\rxxxx\n");
	setvbuf(s.in, NULL, _IONBF, 0);
	expect_length(3, 3);
	expect_too_long(3);
	close_all();
}
END_TEST

START_TEST(stream_is_inside_the_long_line_afterwards)
{
	int c;

	open_long(_i, 6000, "\nnext\n");
	expect_too_long(100);
	while ((c = getc(s.in)) != '\n')
		ck_assert_int_eq(c, 'x');
	expect_length(100, 4);
	close_all();
}
END_TEST

START_TEST(default_limit_is_1_MiB)
{
	open_huge(MIB, "\r\n");
	answers(unix_get_line(s.in, &line, 0), 1);
	ck_assert_uint_eq(line.length, MIB);
	ck_assert_uint_eq(line.capacity, MIB + 1);
	close_all();
	open_huge(MIB + 1, "\n");
	fails(unix_get_line(s.in, &line, 0), EMSGSIZE);
	ck_assert_uint_le(line.capacity, MIB + 1);
	close_all();
}
END_TEST

START_TEST(short_line_allocates_little_memory_at_any_limit)
{
	open_long(_i, 10, "\n");
	answers(unix_get_line(s.in, &line, SIZE_MAX), 1);
	ck_assert_uint_eq(line.length, 10);
	ck_assert_uint_le(line.capacity, 256);
	close_all();
}
END_TEST

START_TEST(part_longer_than_a_lower_limit_is_EMSGSIZE)
{
	const char *const tails[] = { "x", "\n" };
	size_t tail;

	for (tail = 0; tail < COUNT(tails); tail++) {
		open_impatient_wire(&s, _i);
		put(&s, "1234567", 7);
		fails(unix_get_line(s.in, &line, 7), impatience(_i));
		put(&s, tails[tail], 1);
		fails(unix_get_line(s.in, &line, 6), EMSGSIZE);
		close_all();
	}
}
END_TEST

/* Limits the memory of the process to SPARE bytes more than it has. */
static void
limit_memory(size_t spare, struct rlimit *usual)
{
	struct rlimit limit;
	unsigned long pages;
	FILE *statm = fopen("/proc/self/statm", "r");

	ck_assert_ptr_nonnull(statm);
	ck_assert_int_eq(fscanf(statm, "%lu", &pages), 1);
	fclose(statm);
	ck_assert_int_eq(getrlimit(RLIMIT_AS, usual), 0);
	limit = *usual;
	limit.rlim_cur = pages * (size_t)sysconf(_SC_PAGESIZE) + spare;
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
}

START_TEST(ENOMEM_loses_no_byte)
{
	struct rlimit usual;

	open_huge(20 * MIB, "\n");
	limit_memory(10 * MIB, &usual);
	fails(unix_get_line(s.in, &line, SIZE_MAX), ENOMEM);
	fails(unix_get_line(s.in, &line, SIZE_MAX), ENOMEM);
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &usual), 0);
	answers(unix_get_line(s.in, &line, SIZE_MAX), 1);
	ck_assert_uint_eq(line.length, 20 * MIB);
	close_all();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");

	tcase_add_loop_test(core, line_of_exactly_the_limit_is_returned, 0,
	    SOURCES);
	tcase_add_loop_test(core, line_one_byte_longer_is_EMSGSIZE, 0, SOURCES);
	tcase_add_loop_test(core, cr_beyond_the_limit_requires_a_newline, 0,
	    SOURCES);
	tcase_add_loop_test(core, limit_applies_to_each_byte, 0, SOURCES);
	tcase_add_loop_test(core, stream_is_inside_the_long_line_afterwards, 0,
	    SOURCES);
	tcase_add_test(core, default_limit_is_1_MiB);
	tcase_add_loop_test(core,
	    short_line_allocates_little_memory_at_any_limit,
	    0, SOURCES);
	tcase_add_loop_test(core, part_longer_than_a_lower_limit_is_EMSGSIZE, 0,
	    WIRES);
}

/* The allocators of sanitizers do not fail. */
static void
add_shortage(Suite *suite)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !HAS_FEATURE(address_sanitizer) && defined(__linux__)
	tcase_add_test(add_case(suite, "space"),
	    ENOMEM_loses_no_byte);
#else
	(void)suite;
	(void)ENOMEM_loses_no_byte;
#endif
}

static void
fill_both(Suite *suite)
{
	fill(suite);
	if (!guarded)
		add_shortage(suite);
}

int
main(void)
{
	return run_kinds("line limit", fill_both);
}
