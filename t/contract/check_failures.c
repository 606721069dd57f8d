/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of libc that fail repeatedly or after another error; torture makes each
 * call fail alone.  The last test repeats one point of torture, since coverage
 * is measured without torture.
 */
#include "support.h"

#include <sys/stat.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "interpose.h"

static struct connection c;

/* The client has left the queue and reads EOF. */
START_TEST(accept_without_a_free_number_closes_the_client)
{
	open_waiting(&c, NULL);
	fail_next("dup3", _i, EBUSY);
	fails(unix_accept(c.listener, &c.server), EBUSY);
	ck_assert(!is_pending());
	expect_end(c.client.in);
	close_connection(&c);
}
END_TEST

/* Clients that repeatedly connect and close keep the listener ready. */
START_TEST(accept_ends_in_time_despite_clients)
{
	struct unix_options options = { .accept_timeout = 50 };

	open_waiting(&c, &options);
	fail_next("accept4", 0, ECONNABORTED);
	fails(unix_accept(c.listener, &c.server), ETIMEDOUT);
	forget_next();
	succeeds(unix_accept(c.listener, &c.server));
	close_connection(&c);
}
END_TEST

/* close(2) closes the descriptor even if it fails. */
START_TEST(close_reports_an_error_after_releasing_all)
{
	struct unix_ports pair[2];

	succeeds(unix_pair(of_kind(NULL), pair));
	fail_next("close", 1, EIO);
	fails(unix_close_ports(&pair[0]), EIO);
	ck_assert(!is_pending());
	ck_assert_ptr_null(pair[0].in);
	ck_assert_ptr_null(pair[0].out);
	succeeds(unix_close_ports(&pair[0]));
	fail_next("close", 1, EINTR);
	succeeds(unix_close_ports(&pair[1]));
	ck_assert(!is_pending());
}
END_TEST

START_TEST(close_reports_the_first_error)
{
	struct unix_ports pair[2];

	succeeds(unix_pair(of_kind(NULL), pair));
	succeeds(unix_close_ports(&pair[1]));
	ck_assert_int_ne(fputs("lost\n", pair[0].out), EOF);
	fail_next("close", 1, EIO);
	fails(unix_close_ports(&pair[0]), EPIPE);
	ck_assert(!is_pending());
}
END_TEST

START_TEST(directory_that_cannot_be_made_private_is_not_kept)
{
	char path[4096];

	ck_assert_ptr_nonnull(getcwd(path, sizeof(path)));
	ck_assert_int_eq(chmod(path, 0700), 0);
	ck_assert_int_eq(setenv("XDG_RUNTIME_DIR", path, 1), 0);
	fail_next("chmod", 1, EPERM);
	ck_assert_ptr_null(unix_runtime_path("app/s"));
	ck_assert_int_eq(errno, EPERM);
	ck_assert(!is_pending());
	ck_assert_int_eq(access("app", F_OK), -1);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *calls = add_case(suite, "calls");

	/* The streams of guarded ports store their descriptor. */
	if (!guarded)
		tcase_add_loop_test(calls,
		    accept_without_a_free_number_closes_the_client,
		    1, 3);
	tcase_add_test(calls, accept_ends_in_time_despite_clients);
	tcase_add_test(calls,
	    directory_that_cannot_be_made_private_is_not_kept);
	/* libc closes the descriptors of plain ports. */
	if (guarded) {
		tcase_add_test(calls,
		    close_reports_an_error_after_releasing_all);
		tcase_add_test(calls, close_reports_the_first_error);
	}
}

int
main(void)
{
	return run_kinds("failures", fill);
}
