/* SPDX-License-Identifier: BSD-2-Clause */
/* The SIGPIPE policies, and the state that they preserve. */
#include "support.h"

#include <sys/socket.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t caught;
static _Atomic pid_t caught_in;

static void
catch_it(int signal)
{
	(void)signal;
	caught++;
	caught_in = thread_id();
}

static void
catch_with_details(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	(void)context;
	caught++;
}

static void
set_disposition(void (*handler)(int))
{
	ck_assert(signal(SIGPIPE, handler) != SIG_ERR);
}

static void
expect_disposition(void (*handler)(int))
{
	struct sigaction action;

	ck_assert_int_eq(sigaction(SIGPIPE, NULL, &action), 0);
	ck_assert(action.sa_handler == handler);
}

/* A write to a closed peer fails with EPIPE if no signal is raised. */
static void
write_to_nobody(int way, enum unix_sigpipe policy)
{
	struct unix_options options = { .sigpipe = policy };
	struct connection c;

	open_connection(&c, way, &options);
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	ck_assert_int_eq(fflush(c.client.out), EOF);
	ck_assert_int_eq(errno, EPIPE);
	fails(unix_close_ports(&c.client), KEPT(EPIPE));
	close_connection(&c);
}

static void *
write_and_be_caught(void *way)
{
	write_to_nobody(*(int *)way, UNIX_SIGPIPE_RAISE);
	ck_assert_int_eq(caught_in, thread_id());
	return NULL;
}

/* The signal ends these tests. */
START_TEST(default_is_to_raise_for_plain_ports)
{
	set_disposition(SIG_DFL);
	write_to_nobody(_i, UNIX_SIGPIPE_DEFAULT);
}
END_TEST

START_TEST(default_is_an_error_for_guarded_ports)
{
	set_disposition(catch_it);
	write_to_nobody(_i, UNIX_SIGPIPE_DEFAULT);
	expect_disposition(catch_it);
	ck_assert_int_eq(caught, 0);
}
END_TEST

START_TEST(policy_raise_raises_the_signal)
{
	set_disposition(SIG_DFL);
	write_to_nobody(_i, UNIX_SIGPIPE_RAISE);
}
END_TEST

START_TEST(raise_raises_in_the_thread_that_writes)
{
	set_disposition(catch_it);
	join_thread(start_thread(write_and_be_caught, &_i));
	ck_assert_int_ge(caught, 1);
}
END_TEST

START_TEST(raise_leaves_an_ignored_signal_ignored)
{
	set_disposition(SIG_IGN);
	write_to_nobody(_i, UNIX_SIGPIPE_RAISE);
	expect_disposition(SIG_IGN);
}
END_TEST

START_TEST(policy_ignore_causes_EPIPE)
{
	set_disposition(SIG_DFL);
	write_to_nobody(_i, UNIX_SIGPIPE_IGNORE);
	expect_disposition(SIG_IGN);
}
END_TEST

START_TEST(ignore_keeps_a_handler_of_the_application)
{
	set_disposition(catch_it);
	write_to_nobody(_i, UNIX_SIGPIPE_IGNORE);
	expect_disposition(catch_it);
	/* Guarded ports raise the signal only with UNIX_SIGPIPE_RAISE. */
	ck_assert_int_eq(caught > 0, !guarded);
}
END_TEST

START_TEST(ignore_keeps_a_handler_with_details)
{
	struct sigaction action = { .sa_sigaction = catch_with_details,
	    .sa_flags = SA_SIGINFO };

	ck_assert_int_eq(sigaction(SIGPIPE, &action, NULL), 0);
	write_to_nobody(_i, UNIX_SIGPIPE_IGNORE);
	ck_assert_int_eq(sigaction(SIGPIPE, NULL, &action), 0);
	ck_assert(action.sa_sigaction == catch_with_details);
	ck_assert_int_eq(caught > 0, !guarded);
}
END_TEST

START_TEST(each_call_that_makes_ports_ignores)
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };
	struct unix_listener *listener = listen_at("s", NULL);
	struct unix_ports ports, pair[2];
	int fd[2];

	set_disposition(SIG_DFL);
	succeeds(unix_connect("s", of_kind(&options), &ports));
	expect_disposition(SIG_IGN);
	succeeds(unix_close_ports(&ports));
	succeeds(unix_close(listener));

	set_disposition(SIG_DFL);
	succeeds(unix_pair(of_kind(&options), pair));
	expect_disposition(SIG_IGN);
	succeeds(unix_close_ports(&pair[0]));
	succeeds(unix_close_ports(&pair[1]));

	set_disposition(SIG_DFL);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	succeeds(unix_open_ports(fd[0], of_kind(&options), &ports));
	expect_disposition(SIG_IGN);
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(close(fd[1]), 0);
}
END_TEST

/* The policy of a listener applies to its connections. */
START_TEST(accept_ignores_SIGPIPE_for_its_listener)
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };
	struct unix_listener *listener = listen_at("s", &options);
	struct unix_ports client, server;

	set_disposition(SIG_DFL);
	succeeds(unix_connect("s", of_kind(NULL), &client));
	expect_disposition(SIG_DFL);
	succeeds(unix_accept(listener, &server));
	expect_disposition(SIG_IGN);
	succeeds(unix_close_ports(&server));
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(failure_leaves_the_disposition_unchanged)
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };
	struct unix_ports ports;

	set_disposition(SIG_DFL);
	fails(unix_connect("s", of_kind(&options), &ports), ENOENT);
	fails(unix_open_ports(-1, of_kind(&options), &ports), EBADF);
	expect_disposition(SIG_DFL);
}
END_TEST

START_TEST(shortage_leaves_the_disposition_unchanged)
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };
	struct unix_ports pair[2];

	set_disposition(SIG_DFL);
	begin_shortage(guarded ? 1 : 3);
	fails(unix_pair(of_kind(&options), pair), EMFILE);
	end_shortage();
	expect_disposition(SIG_DFL);
}
END_TEST

START_TEST(no_other_policy_changes_the_disposition)
{
	const enum unix_sigpipe policies[] = { UNIX_SIGPIPE_DEFAULT,
	    UNIX_SIGPIPE_RAISE, UNIX_SIGPIPE_ERROR };
	struct unix_options options = { .sigpipe = policies[_i] };
	struct connection c;

	set_disposition(SIG_DFL);
	open_connection(&c, 0, &options);
	close_connection(&c);
	expect_disposition(SIG_DFL);
}
END_TEST

/* Plain ports support the policy if the system has SO_NOSIGPIPE. */
#ifdef SO_NOSIGPIPE
#define SPARED	1
#else
#define SPARED	guarded
#endif

START_TEST(error_is_epipe_without_a_signal)
{
	set_disposition(catch_it);
	write_to_nobody(_i, UNIX_SIGPIPE_ERROR);
	expect_disposition(catch_it);
	ck_assert_int_eq(caught, 0);
}
END_TEST

START_TEST(error_is_enotsup_for_plain_ports)
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_ERROR };
	struct unix_ports pair[2];
	int fd[2];

	errno = 0;
	ck_assert_ptr_null(unix_listen("s", of_kind(&options)));
	ck_assert_int_eq(errno, ENOTSUP);
	ck_assert_int_eq(access("s", F_OK), -1);
	fails(unix_connect("s", of_kind(&options), pair), ENOTSUP);
	fails(unix_pair(of_kind(&options), pair), ENOTSUP);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	fails(unix_open_ports(fd[0], of_kind(&options), pair), ENOTSUP);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *policies = add_case(suite, "policies");
	TCase *shortage = add_case(suite, "shortage");

	if (guarded)
		tcase_add_loop_test(policies,
		    default_is_an_error_for_guarded_ports, 0, WAYS);
	else
		tcase_add_loop_test_raise_signal(policies,
		    default_is_to_raise_for_plain_ports, SIGPIPE, 0, WAYS);
	tcase_add_loop_test_raise_signal(policies,
	    policy_raise_raises_the_signal, SIGPIPE,
	    0, WAYS);
	tcase_add_loop_test(policies,
	    raise_raises_in_the_thread_that_writes, 0, WAYS);
	tcase_add_loop_test(policies, raise_leaves_an_ignored_signal_ignored,
	    0, WAYS);
	tcase_add_loop_test(policies, policy_ignore_causes_EPIPE, 0, WAYS);
	tcase_add_loop_test(policies,
	    ignore_keeps_a_handler_of_the_application, 0, WAYS);
	tcase_add_loop_test(policies, ignore_keeps_a_handler_with_details,
	    0, WAYS);
	tcase_add_test(policies, each_call_that_makes_ports_ignores);
	tcase_add_test(policies,
	    accept_ignores_SIGPIPE_for_its_listener);
	tcase_add_test(policies, failure_leaves_the_disposition_unchanged);
	tcase_add_test(shortage, shortage_leaves_the_disposition_unchanged);
	tcase_add_loop_test(policies,
	    no_other_policy_changes_the_disposition, 0, SPARED ? 3 : 2);
	if (SPARED)
		tcase_add_loop_test(policies, error_is_epipe_without_a_signal,
		    0, WAYS);
	else
		tcase_add_test(policies, error_is_enotsup_for_plain_ports);
}

int
main(void)
{
	return run_kinds("sigpipe", fill);
}
