/* SPDX-License-Identifier: BSD-2-Clause */
/* Closing ports: both directions, lost output, abandoning. */
#include "support.h"

#include <fcntl.h>
#include <unistd.h>

#include "lingering.h"

static struct connection c;

/* A write to a closed peer fails with EPIPE instead of killing the test. */
static void
open_ignoring(int way)
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };

	open_connection(&c, way, &options);
}

START_TEST(close_flushes_and_the_peer_reads_EOF)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("tail\n", c.client.out), EOF);
	succeeds(unix_close_ports(&c.client));
	ck_assert_ptr_null(c.client.in);
	ck_assert_ptr_null(c.client.out);
	succeeds(unix_close_ports(&c.client));
	expect(c.server.in, "tail\n");
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(close_accepts_members_closed_by_fclose)
{
	FILE **member = _i == 0 ? &c.client.in : &c.client.out;

	open_connection(&c, 0, NULL);
	ck_assert_int_eq(fclose(*member), 0);
	*member = NULL;
	succeeds(unix_close_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(close_of_NULL_is_EINVAL)
{
	fails(unix_close_ports(NULL), EINVAL);
	fails(unix_close_input(NULL), EINVAL);
	fails(unix_close_output(NULL), EINVAL);
	fails(unix_abandon_ports(NULL), EINVAL);
}
END_TEST

START_TEST(zeroed_ports_are_closed_already)
{
	struct unix_ports none = { 0 };

	succeeds(unix_close_ports(&none));
	succeeds(unix_close_input(&none));
	succeeds(unix_close_output(&none));
	succeeds(unix_abandon_ports(&none));
}
END_TEST

START_TEST(unsent_output_to_a_closed_peer_is_EPIPE)
{
	int (*const close_it[])(struct unix_ports *) = { unix_close_ports,
	    unix_close_output };

	open_ignoring(0);
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	fails(close_it[_i](&c.client), EPIPE);
	ck_assert_ptr_null(c.client.out);
	succeeds(unix_close_output(&c.client));
	succeeds(unix_close_input(&c.client));
	if (close_it[_i] == unix_close_output)
		fails(unix_close_ports(&c.client), EPIPE);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

/* fclose(3) alone returns 0: the buffer is empty after the failed flush. */
START_TEST(earlier_loss_is_reported_by_close)
{
	int (*const close_it[])(struct unix_ports *) = { unix_close_ports,
	    unix_close_output, unix_abandon_ports };

	open_ignoring(0);
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	ck_assert_int_eq(fflush(c.client.out), EOF);
	fails(close_it[_i](&c.client), KEPT(EPIPE));
	ck_assert_ptr_null(c.client.out);
	if (close_it[_i] == unix_close_output)
		fails(unix_abandon_ports(&c.client), KEPT(EPIPE));
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(earlier_loss_is_reported_by_fclose)
{
	open_connection(&c, _i, NULL);
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	ck_assert_int_eq(fflush(c.client.out), EOF);
	clearerr(c.client.out);
	errno = 0;
	ck_assert_int_eq(fclose(c.client.out), EOF);
	ck_assert_int_eq(errno, EPIPE);
	c.client.out = NULL;
	ck_assert_int_eq(fclose(c.client.in), 0);
	c.client.in = NULL;
	close_connection(&c);
}
END_TEST

START_TEST(descriptor_closed_by_the_program_is_EBADF)
{
	open_connection(&c, 0, NULL);
	/* `out` of plain ports has a descriptor of its own. */
	if (!guarded)
		ck_assert_int_eq(close(fileno(c.client.out)), 0);
	ck_assert_int_eq(close(unix_fileno(&c.client)), 0);
	fails(unix_hang_up(&c.client), EBADF);
	fails(unix_input_ready(&c.client, 0), EBADF);
	fails(unix_close_input(&c.client), EBADF);
	fails(unix_close_output(&c.client), EBADF);
	ck_assert_ptr_null(c.client.in);
	ck_assert_ptr_null(c.client.out);
	fails(unix_close_ports(&c.client), EBADF);
	close_connection(&c);
}
END_TEST

START_TEST(abandoned_output_is_not_sent)
{
	open_connection(&c, _i, NULL);
	say(c.client.out, "sent\n");
	ck_assert_int_ne(fputs("unsent\n", c.client.out), EOF);
	succeeds(unix_abandon_ports(&c.client));
	ck_assert_ptr_null(c.client.in);
	ck_assert_ptr_null(c.client.out);
	succeeds(unix_abandon_ports(&c.client));
	expect(c.server.in, "sent\n");
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

/* A peer has passed a socket whose close(2) would block for a minute. */
START_TEST(unread_socket_does_not_delay_the_close)
{
	int file = make_lingering();
	int fd;

	open_connection(&c, _i, NULL);
	fd = fcntl(unix_fileno(&c.client), F_DUPFD_CLOEXEC, 0);
	let_files_in(unix_fileno(&c.server));
	pass(fd, "x", 0, file);
	succeeds(unix_close_ports(&c.server));
	ck_assert(!is_lingering(file));
	close_lingering(file);
	close_far_ends();
	ck_assert_int_eq(close(fd), 0);
	close_connection(&c);
}
END_TEST

START_TEST(unread_output_is_ECONNRESET_once)
{
	open_connection(&c, _i, NULL);
	say(c.client.out, "unread\n");
	say(c.server.out, "answer\n");
	succeeds(unix_close_ports(&c.server));
	expect(c.client.in, "answer\n");
	ck_assert_int_eq(getc(c.client.in), EOF);
	ck_assert(ferror(c.client.in));
	ck_assert_int_eq(errno, ECONNRESET);
	clearerr(c.client.in);
	expect_end(c.client.in);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *whole = add_case(suite, "whole");
	TCase *errors = add_case(suite, "errors");

	tcase_add_loop_test(whole, close_flushes_and_the_peer_reads_EOF,
	    0, WAYS);
	tcase_add_loop_test(whole, close_accepts_members_closed_by_fclose,
	    0, 2);
	tcase_add_test(whole, zeroed_ports_are_closed_already);
	/* Plain ports leave the queue to the kernel. */
	if (guarded)
		tcase_add_loop_test(whole,
		    unread_socket_does_not_delay_the_close, 0, WAYS);
	tcase_add_loop_test(whole, abandoned_output_is_not_sent, 0, WAYS);
	tcase_add_test(errors, close_of_NULL_is_EINVAL);
	tcase_add_loop_test(errors, unsent_output_to_a_closed_peer_is_EPIPE,
	    0, 2);
	tcase_add_loop_test(errors, earlier_loss_is_reported_by_close, 0, 3);
	if (guarded)
		tcase_add_loop_test(errors,
		    earlier_loss_is_reported_by_fclose, 0, WAYS);
	tcase_add_test(errors, descriptor_closed_by_the_program_is_EBADF);
	tcase_add_loop_test(errors,
	    unread_output_is_ECONNRESET_once, 0, WAYS);
}

int
main(void)
{
	return run_kinds("close", fill);
}
