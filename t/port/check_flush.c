/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_flush() on ports whose writes may wait. */
#include "traffic.h"

static struct connection c;

START_TEST(flush_sends_buffered_output)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("line\n", c.client.out), EOF);
	succeeds(unix_flush(&c.client));
	expect(c.server.in, "line\n");
	close_connection(&c);
}
END_TEST

START_TEST(success_leaves_errno_alone)
{
	open_connection(&c, _i, NULL);
	succeeds(unix_flush(&c.client));
	ck_assert_int_eq(put_bytes(c.client.out, 0, 100), 0);
	succeeds(unix_flush(&c.client));
	succeeds(unix_flush(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(flush_without_output_is_EBADF)
{
	open_connection(&c, _i, NULL);
	fails(unix_flush(NULL), EBADF);
	succeeds(unix_close_output(&c.client));
	fails(unix_flush(&c.client), EBADF);
	succeeds(unix_close_ports(&c.client));
	fails(unix_flush(&c.client), EBADF);
	close_connection(&c);
}
END_TEST

START_TEST(flush_requires_no_input)
{
	open_connection(&c, _i, NULL);
	succeeds(unix_close_input(&c.client));
	ck_assert_int_ne(fputs("line\n", c.client.out), EOF);
	succeeds(unix_flush(&c.client));
	expect(c.server.in, "line\n");
	close_connection(&c);
}
END_TEST

START_TEST(dead_peer_is_EPIPE)
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };

	open_connection(&c, _i, &options);
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	fails(unix_flush(&c.client), EPIPE);
	fails(unix_close_ports(&c.client), KEPT(EPIPE));
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *flush = add_case(suite, "flush");

	tcase_add_loop_test(flush, flush_sends_buffered_output, 0, WAYS);
	tcase_add_loop_test(flush, success_leaves_errno_alone, 0, WAYS);
	tcase_add_loop_test(flush, flush_without_output_is_EBADF, 0, WAYS);
	tcase_add_loop_test(flush, flush_requires_no_input, 0, WAYS);
	tcase_add_loop_test(flush, dead_peer_is_EPIPE, 0, WAYS);
}

int
main(void)
{
	return run_kinds("flush", fill);
}
