/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_put_frame() and unix_get_frame(). */
#include "sources.h"

#include <poll.h>
#include <stdint.h>
#include <string.h>

static struct source s;
static struct unix_buffer frame;

static void
expect_frame(const void *bytes, size_t length)
{
	answers(unix_get_frame(s.in, &frame, 0), 1);
	ck_assert_uint_eq(frame.length, length);
	if (length > 0)
		ck_assert_mem_eq(frame.bytes, bytes, length);
	ck_assert_int_eq(frame.bytes[length], '\0');
}

static void
expect_no_more(void)
{
	answers(unix_get_frame(s.in, &frame, 0), 0);
	ck_assert_uint_eq(frame.length, 0);
}

static void
close_all(void)
{
	unix_free_buffer(&frame);
	close_source(&s);
}

START_TEST(frame_is_a_length_and_bytes)
{
	char bytes[100];

	open_wire(&s, _i);
	succeeds(unix_put_frame(s.out, "a\0c", 3));
	end_output(&s);
	ck_assert_uint_eq(fread(bytes, 1, sizeof(bytes), s.in), 7);
	ck_assert_mem_eq(bytes, "\0\0\0\3a\0c", 7);
	close_all();
}
END_TEST

START_TEST(each_call_returns_one_frame)
{
	open_source(&s, _i, "\0\0\0\2ab\0\0\0\0\0\0\0\3c\0\n", 17);
	expect_frame("ab", 2);
	expect_frame("", 0);
	expect_frame("c\0\n", 3);
	expect_no_more();
	expect_no_more();
	ck_assert(feof(s.in));
	ck_assert(!ferror(s.in));
	close_all();
}
END_TEST

START_TEST(eof_before_a_frame_returns_0)
{
	open_source(&s, _i, "", 0);
	expect_no_more();
	close_all();
}
END_TEST

START_TEST(frames_of_every_length_are_whole)
{
	static char bytes[5000];
	size_t lengths[] = { 0, 1, 255, 256, 257, 1019, 1020, 1024, 4091, 4092,
	    4096, 5000 };
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i % 251);
	open_wire(&s, _i);
	for (i = 0; i < COUNT(lengths); i++)
		succeeds(unix_put_frame(s.out, bytes, lengths[i]));
	end_output(&s);
	for (i = 0; i < COUNT(lengths); i++)
		expect_frame(bytes, lengths[i]);
	expect_no_more();
	close_all();
}
END_TEST

START_TEST(lines_and_frames_alternate)
{
	open_source(&s, _i, "one\n\0\0\0\3a\nbtwo\n", 15);
	answers(unix_get_line(s.in, &frame, 0), 1);
	ck_assert_str_eq(frame.bytes, "one");
	expect_frame("a\nb", 3);
	answers(unix_get_line(s.in, &frame, 0), 1);
	ck_assert_str_eq(frame.bytes, "two");
	expect_no_more();
	close_all();
}
END_TEST

START_TEST(put_frame_does_not_flush)
{
	struct pollfd arrival = { .events = POLLIN };

	open_wire(&s, _i);
	arrival.fd = _i < WAYS ? unix_fileno(&s.connection.server) :
	    fileno(s.in);
	succeeds(unix_put_frame(s.out, "x", 1));
	ck_assert_int_eq(poll(&arrival, 1, 0), 0);
	ck_assert_int_eq(fflush(s.out), 0);
	expect_frame("x", 1);
	close_all();
}
END_TEST

START_TEST(empty_frame_needs_no_bytes)
{
	open_wire(&s, _i);
	succeeds(unix_put_frame(s.out, NULL, 0));
	end_output(&s);
	expect_frame("", 0);
	close_all();
}
END_TEST

START_TEST(frame_arrives_byte_by_byte)
{
	struct trickle t = { &s, "\0\0\0\2ab\0\0\0\0", 10, thread_id() };
	pthread_t thread;

	open_wire(&s, _i);
	thread = start_thread(send_slowly, &t);
	expect_frame("ab", 2);
	expect_frame("", 0);
	expect_no_more();
	join_thread(thread);
	close_all();
}
END_TEST

START_TEST(unbuffered_stream_is_read_too)
{
	open_source(&s, _i, "\0\0\0\3abc\0\0\0\1d", 12);
	setvbuf(s.in, NULL, _IONBF, 0);
	expect_frame("abc", 3);
	expect_frame("d", 1);
	expect_no_more();
	close_all();
}
END_TEST

START_TEST(eof_at_each_place_inside_is_EBADMSG)
{
	const char bytes[] = "\0\0\0\3abc";
	size_t cut;

	for (cut = 1; cut < sizeof(bytes) - 1; cut++) {
		open_source(&s, _i, bytes, cut);
		fails(unix_get_frame(s.in, &frame, 0), EBADMSG);
		ck_assert_uint_eq(frame.length, 0);
		close_all();
	}
}
END_TEST

START_TEST(eof_inside_a_large_frame_is_EBADMSG)
{
	static char bytes[20000] = "\0\0\x80";

	open_source(&s, _i, bytes, sizeof(bytes));
	fails(unix_get_frame(s.in, &frame, 0), EBADMSG);
	ck_assert_uint_le(frame.capacity, 2 * sizeof(bytes));
	close_all();
}
END_TEST

START_TEST(frame_of_exactly_the_limit_is_returned)
{
	open_source(&s, _i, "\0\0\0\5abcde\0\0\0\6abcdef", 19);
	answers(unix_get_frame(s.in, &frame, 5), 1);
	ck_assert_uint_eq(frame.capacity, 6);
	fails(unix_get_frame(s.in, &frame, 5), EMSGSIZE);
	ck_assert_uint_eq(frame.length, 0);
	ck_assert_uint_eq(frame.capacity, 6);
	close_all();
}
END_TEST

START_TEST(default_limit_is_1_MiB)
{
	open_source(&s, _i, "\0\x10\0\0", 4);
	fails(unix_get_frame(s.in, &frame, 0), EBADMSG);
	close_all();
	open_source(&s, _i, "\0\x10\0\1", 4);
	fails(unix_get_frame(s.in, &frame, 0), EMSGSIZE);
	close_all();
}
END_TEST

START_TEST(announced_4_GiB_allocate_no_memory)
{
	open_source(&s, _i, "\xff\xff\xff\xff" "abc", 7);
	fails(unix_get_frame(s.in, &frame, 0), EMSGSIZE);
	ck_assert_ptr_null(frame.bytes);
	close_all();
	open_source(&s, _i, "\xff\xff\xff\xff" "abc", 7);
	fails(unix_get_frame(s.in, &frame, SIZE_MAX),
	    SIZE_MAX / 2 > UINT32_MAX ? EBADMSG : EMSGSIZE);
	ck_assert_uint_le(frame.capacity, 256);
	close_all();
}
END_TEST

START_TEST(frame_of_4_gib_is_emsgsize)
{
#if SIZE_MAX > UINT32_MAX
	open_wire(&s, _i);
	fails(unix_put_frame(s.out, "", (size_t)UINT32_MAX + 1), EMSGSIZE);
	end_output(&s);
	expect_no_more();
	close_all();
#endif
}
END_TEST

START_TEST(failed_output_is_reported)
{
	FILE *full = fopen("/dev/full", "w");
	char bytes[100] = "";

	ck_assert_ptr_nonnull(full);
	setvbuf(full, NULL, _IONBF, 0);
	fails(unix_put_frame(full, bytes, sizeof(bytes)), ENOSPC);
	fclose(full);
}
END_TEST

START_TEST(stream_for_input_is_ebadf)
{
	FILE *in = fopen("/dev/null", "r");

	fails(unix_put_frame(in, "x", 1), EBADF);
	fclose(in);
}
END_TEST

START_TEST(null_is_einval)
{
	FILE *null = fopen("/dev/null", "r+");

	fails(unix_put_frame(NULL, "x", 1), EINVAL);
	fails(unix_put_frame(null, NULL, 1), EINVAL);
	fails(unix_get_frame(NULL, &frame, 0), EINVAL);
	fails(unix_get_frame(null, NULL, 0), EINVAL);
	fails(unix_get_line(NULL, &frame, 0), EINVAL);
	fails(unix_get_line(null, NULL, 0), EINVAL);
	fclose(null);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *errors = add_case(suite, "errors");

	tcase_add_loop_test(core, frame_is_a_length_and_bytes, 0, WIRES);
	tcase_add_loop_test(core, each_call_returns_one_frame, 0, SOURCES);
	tcase_add_loop_test(core, eof_before_a_frame_returns_0, 0, SOURCES);
	tcase_add_loop_test(core, frames_of_every_length_are_whole, 0, WIRES);
	tcase_add_loop_test(core, lines_and_frames_alternate, 0, SOURCES);
	tcase_add_loop_test(core, put_frame_does_not_flush, 0, WIRES);
	tcase_add_loop_test(core, empty_frame_needs_no_bytes, 0, WIRES);
	tcase_add_loop_test(core, frame_arrives_byte_by_byte, 0, WIRES);
	tcase_add_loop_test(core, unbuffered_stream_is_read_too, 0, SOURCES);
	tcase_add_loop_test(errors, eof_at_each_place_inside_is_EBADMSG, 0,
	    SOURCES);
	tcase_add_loop_test(errors, eof_inside_a_large_frame_is_EBADMSG, 0,
	    SOURCES);
	tcase_add_loop_test(errors, frame_of_exactly_the_limit_is_returned, 0,
	    SOURCES);
	tcase_add_loop_test(errors, default_limit_is_1_MiB, 0, SOURCES);
	tcase_add_loop_test(errors, announced_4_GiB_allocate_no_memory, 0,
	    SOURCES);
	tcase_add_loop_test(errors, frame_of_4_gib_is_emsgsize, 0, WIRES);
	tcase_add_test(errors, failed_output_is_reported);
	tcase_add_test(errors, stream_for_input_is_ebadf);
	tcase_add_test(errors, null_is_einval);
}

int
main(void)
{
	return run_kinds("frame", fill);
}
