/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_put_line(): its bytes and its errors. */
#include "sources.h"

#include <string.h>

static struct source s;
static struct unix_buffer line;

static void
expect_line(const char *bytes, size_t length)
{
	answers(unix_get_line(s.in, &line, 0), 1);
	ck_assert_uint_eq(line.length, length);
	ck_assert_mem_eq(line.bytes, bytes, length);
}

START_TEST(line_is_the_bytes_and_a_newline)
{
	open_wire(&s, _i);
	succeeds(unix_put_line(s.out, "one", 3));
	succeeds(unix_put_line(s.out, NULL, 0));
	succeeds(unix_put_line(s.out, "a\0b\r", 4));
	succeeds(unix_put_line(s.out, "not\nmore", 3));
	end_output(&s);
	expect_line("one", 3);
	expect_line("", 0);
	expect_line("a\0b", 3);		/* its CR was before the newline */
	expect_line("not", 3);
	answers(unix_get_line(s.in, &line, 0), 0);
	unix_free_buffer(&line);
	close_source(&s);
}
END_TEST

START_TEST(line_is_not_flushed)
{
	struct unix_ports pair[2];

	succeeds(unix_pair(of_kind(NULL), pair));
	succeeds(unix_put_line(pair[0].out, "one", 3));
	answers(unix_input_ready(&pair[1], 0), 0);
	ck_assert_int_eq(fflush(pair[0].out), 0);
	answers(unix_input_ready(&pair[1], 0), 1);
	succeeds(unix_close_ports(&pair[0]));
	(void)unix_close_ports(&pair[1]);
}
END_TEST

START_TEST(newline_among_the_bytes_is_einval)
{
	static const char *const texts[] = { "\n", "a\nb", "ab\n", "\nab" };
	size_t i;

	open_wire(&s, _i);
	for (i = 0; i < COUNT(texts); i++)
		fails(unix_put_line(s.out, texts[i], strlen(texts[i])), EINVAL);
	fails(unix_put_line(s.out, "a\0b\n", 4), EINVAL);
	fails(unix_put_line(s.out, NULL, 1), EINVAL);
	fails(unix_put_line(NULL, "a", 1), EINVAL);
	end_output(&s);
	answers(unix_get_line(s.in, &line, 0), 0);
	close_source(&s);
}
END_TEST

START_TEST(stream_for_reading_is_ebadf)
{
	FILE *in = fopen("/dev/null", "r");

	fails(unix_put_line(in, "a", 1), EBADF);
	fails(unix_put_line(in, NULL, 0), EBADF);
	ck_assert_int_eq(fclose(in), 0);
}
END_TEST

START_TEST(full_device_is_enospc)
{
	FILE *out = fopen("/dev/full", "w");

	ck_assert_int_eq(setvbuf(out, NULL, _IONBF, 0), 0);
	fails(unix_put_line(out, "a", 1), ENOSPC);
	ck_assert(ferror(out));
	fclose(out);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");

	tcase_add_loop_test(core, line_is_the_bytes_and_a_newline, 0, WIRES);
	tcase_add_test(core, line_is_not_flushed);
	tcase_add_loop_test(core, newline_among_the_bytes_is_einval, 0, WIRES);
	tcase_add_test(core, stream_for_reading_is_ebadf);
	tcase_add_test(core, full_device_is_enospc);
}

int
main(void)
{
	return run_kinds("put_line", fill);
}
