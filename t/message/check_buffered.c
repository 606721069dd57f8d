/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages at each place of a buffer: they fit, end with it, or exceed it, and
 * streams without a full buffer send them immediately.
 */
#include "sources.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define LONGEST		300
#define BATCH		7

static struct unix_ports pair[2];
static struct unix_buffer message;
static char text[LONGEST];

static const size_t sizes[] = { 1, 16, 100, 256, 257, 4096 };

/* Both ends have a buffer of this size; some messages are longer. */
static char buffers[2][5000];
static size_t size_of_buffer;

static void
open_buffered(size_t size)
{
	struct unix_options options = { .buffer_size = guarded ? size : 0 };

	memset(text, 'x', sizeof(text));
	size_of_buffer = size;
	succeeds(unix_pair(of_kind(&options), pair));
	if (guarded)
		return;
	ck_assert_int_eq(setvbuf(pair[0].out, buffers[0], _IOFBF, size), 0);
	ck_assert_int_eq(setvbuf(pair[1].in, buffers[1], _IOFBF, size), 0);
}

static void
put_message(size_t length)
{
	if (length % 2 == 0)
		succeeds(unix_put_line(pair[0].out, text, length));
	else
		succeeds(unix_put_frame(pair[0].out, text, length));
	if (!guarded)
		ck_assert_int_eq(buffers[0][size_of_buffer], '\0');
}

static void
expect_message(size_t length)
{
	if (length % 2 == 0)
		answers(unix_get_line(pair[1].in, &message, LONGEST), 1);
	else
		answers(unix_get_frame(pair[1].in, &message, LONGEST), 1);
	ck_assert_uint_eq(message.length, length);
	ck_assert_mem_eq(message.bytes, text, length);
	ck_assert_int_eq(message.bytes[length], '\0');
	ck_assert_uint_eq(message.partial, 0);
}

START_TEST(message_of_each_length_is_whole)
{
	size_t i, sent = 0;

	open_buffered(sizes[_i]);
	for (i = 0; i < LONGEST; i++) {
		put_message(i);
		if ((i + 1) % BATCH != 0 && i + 1 < LONGEST)
			continue;
		ck_assert_int_eq(fflush(pair[0].out), 0);
		while (sent <= i)
			expect_message(sent++);
	}
	succeeds(unix_close_ports(&pair[0]));
	answers(unix_get_line(pair[1].in, &message, 0), 0);
	unix_free_buffer(&message);
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

/* The limit is exact, with and without a CR, in a buffer with enough room. */
START_TEST(buffered_message_has_its_limit)
{
	size_t limit = (size_t)_i;

	open_buffered(4096);
	/* The buffer of the message is then longer than the limit. */
	succeeds(unix_put_line(pair[0].out, text, LONGEST));
	ck_assert_int_eq(fflush(pair[0].out), 0);
	answers(unix_get_line(pair[1].in, &message, LONGEST), 1);
	text[limit] = '\r';
	succeeds(unix_put_line(pair[0].out, text, limit + 1));
	succeeds(unix_put_line(pair[0].out, text, limit));
	text[limit] = 'x';
	succeeds(unix_put_frame(pair[0].out, text, limit));
	succeeds(unix_put_line(pair[0].out, text, limit + 1));
	ck_assert_int_eq(fflush(pair[0].out), 0);
	answers(unix_get_line(pair[1].in, &message, limit), 1);
	ck_assert_uint_eq(message.length, limit);
	answers(unix_get_line(pair[1].in, &message, limit), 1);
	ck_assert_uint_eq(message.length, limit);
	answers(unix_get_frame(pair[1].in, &message, limit), 1);
	ck_assert_uint_eq(message.length, limit);
	fails(unix_get_line(pair[1].in, &message, limit), EMSGSIZE);
	succeeds(unix_put_frame(pair[0].out, text, limit + 1));
	ck_assert_int_eq(fflush(pair[0].out), 0);
	answers(unix_get_line(pair[1].in, &message, 0), 1);
	ck_assert_uint_le(message.length, limit + 1);
	/* getc(3) fills the buffer. */
	ck_assert_int_eq(ungetc(getc(pair[1].in), pair[1].in), '\0');
	fails(unix_get_frame(pair[1].in, &message, limit), EMSGSIZE);
	unix_free_buffer(&message);
	succeeds(unix_close_ports(&pair[0]));
	(void)unix_close_ports(&pair[1]);
}
END_TEST

/*
 * The rest of a message is in the buffer when the call is repeated, and looks
 * like a whole message.
 */
START_TEST(part_precedes_the_buffered_rest)
{
	struct unix_options options = { .read_timeout = -1 };
	int (*get)(FILE *, struct unix_buffer *, size_t) =
	    _i == 0 ? unix_get_line : unix_get_frame;
	const char *rest = _i == 0 ? " end\n" : "\0\0\0\1x";
	const size_t first = _i == 0 ? 7 : 11;

	succeeds(unix_pair(of_kind(&options), pair));
	ck_assert_uint_eq(fwrite(_i == 0 ? "one two" : "\0\0\0\14one two", 1,
	    first, pair[0].out), first);
	ck_assert_int_eq(fflush(pair[0].out), 0);
	fails(get(pair[1].in, &message, 0), ETIMEDOUT);
	ck_assert_uint_eq(fwrite(rest, 1, 5, pair[0].out), 5);
	ck_assert_int_eq(fflush(pair[0].out), 0);
	ck_assert_int_eq(ungetc(getc(pair[1].in), pair[1].in), *rest);
	answers(get(pair[1].in, &message, 0), 1);
	ck_assert_uint_eq(message.length, _i == 0 ? 11 : 12);
	ck_assert_mem_eq(message.bytes + 7, rest, 4);
	unix_free_buffer(&message);
	succeeds(unix_close_ports(&pair[0]));
	(void)unix_close_ports(&pair[1]);
}
END_TEST

static const int modes[] = { _IOLBF, _IONBF };

START_TEST(line_of_an_unbuffered_stream_is_sent)
{
	open_buffered(4096);
	ck_assert_int_eq(setvbuf(pair[0].out, modes[_i] == _IONBF ? NULL :
	    buffers[0], modes[_i], sizeof(buffers[0])), 0);
	succeeds(unix_put_line(pair[0].out, "one", 3));
	answers(unix_input_ready(&pair[1], 0), 1);
	expect(pair[1].in, "one\n");
	succeeds(unix_put_line(pair[0].out, "two", 3));
	answers(unix_input_ready(&pair[1], 0), 1);
	expect(pair[1].in, "two\n");
	succeeds(unix_close_ports(&pair[0]));
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

START_TEST(stream_of_both_directions_has_both)
{
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	succeeds(unix_put_line(file, "one", 3));
	succeeds(unix_put_line(file, "two", 3));
	rewind(file);
	answers(unix_get_line(file, &message, 0), 1);
	ck_assert_str_eq(message.bytes, "one");
	ck_assert_int_eq(fseek(file, 0, SEEK_CUR), 0);
	succeeds(unix_put_line(file, "2nd", 3));
	succeeds(unix_put_frame(file, "3rd", 3));
	rewind(file);
	expect(file, "one\n");
	answers(unix_get_line(file, &message, 0), 1);
	ck_assert_str_eq(message.bytes, "2nd");
	answers(unix_get_frame(file, &message, 0), 1);
	ck_assert_str_eq(message.bytes, "3rd");
	unix_free_buffer(&message);
	ck_assert_int_eq(fclose(file), 0);
}
END_TEST

/* glibc then leaves the end of the buffer where it was. */
START_TEST(line_after_setlinebuf_is_sent)
{
	succeeds(unix_pair(of_kind(NULL), pair));
	ck_assert_int_ne(fputs("first\n", pair[0].out), EOF);
	setlinebuf(pair[0].out);
	succeeds(unix_put_line(pair[0].out, "second", 6));
	answers(unix_input_ready(&pair[1], 0), 1);
	expect(pair[1].in, "first\n");
	expect(pair[1].in, "second\n");
	abandon_all(pair, 2);
}
END_TEST

#ifdef __GLIBC__
START_TEST(wide_oriented_stream_is_EBADF)
{
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ne(fputws(L"wide\n", file), -1);
	fails(unix_put_line(file, "narrow", 6), EBADF);
	ck_assert_int_eq(fclose(file), 0);
}
END_TEST
#endif

START_TEST(memory_is_written)
{
	char *bytes;
	size_t size, i;
	FILE *memory = open_memstream(&bytes, &size);

	ck_assert_ptr_nonnull(memory);
	for (i = 0; i < 1000; i++)
		succeeds(unix_put_line(memory, "0123456789", i % 10));
	ck_assert_int_eq(fclose(memory), 0);
	ck_assert_uint_eq(size, 100 * 45 + 1000);
	ck_assert_mem_eq(bytes + size - 10, "012345678\n", 10);
	free(bytes);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");

	tcase_add_loop_test(core, message_of_each_length_is_whole,
	    0, (int)COUNT(sizes));
	tcase_add_loop_test(core, buffered_message_has_its_limit,
	    1, 5);
	tcase_add_loop_test(core, buffered_message_has_its_limit,
	    250, 260);
	tcase_add_test(core, line_after_setlinebuf_is_sent);
	if (guarded) {
		tcase_add_loop_test(core, part_precedes_the_buffered_rest,
		    0, 2);
		return;
	}
	tcase_add_loop_test(core, line_of_an_unbuffered_stream_is_sent,
	    0, (int)COUNT(modes));
	tcase_add_test(core, stream_of_both_directions_has_both);
	tcase_add_test(core, memory_is_written);
#ifdef __GLIBC__
	tcase_add_test(core, wide_oriented_stream_is_EBADF);
#endif
}

int
main(void)
{
	return run_kinds("buffered", fill);
}
