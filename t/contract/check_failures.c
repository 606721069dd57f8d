/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of libc that fail where no ordinary means makes them.  Each public
 * call then reports that errno, leaves nothing behind (the fixture counts)
 * and succeeds when it is tried again.
 */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "interpose.h"

static struct unix_listener *listener;
static struct connection c;

START_TEST(listen_leaves_nothing)
{
	const struct {
		const char *name;
		int number;
		int error;
		unsigned flags;
	} cases[] = {
		{ "strndup", 1, ENOMEM, 0 },
		{ "strdup", 1, ENOMEM, 0 },
		{ "bind", 1, EIO, 0 },
		{ "F_GETFL", 1, EIO, 0 },
		{ "F_SETFL", 1, EIO, 0 },
		{ "chmod", 1, EIO, 0 },
		{ "listen", 1, EOPNOTSUPP, 0 },
		{ "F_SETFD", 1, EIO, UNIX_INHERIT },
	};
	struct unix_options options = { .flags = cases[_i].flags };
	mode_t usual = umask(0777);	/* so that chmod is needed */

	fail_next(cases[_i].name, cases[_i].number, cases[_i].error);
	ck_assert_ptr_null(unix_listen("s", of_kind(&options)));
	ck_assert_int_eq(errno, cases[_i].error);
	ck_assert(!is_pending());
	ck_assert_int_eq(access("s", F_OK), -1);
	listener = listen_at("s", &options);
	succeeds(unix_close(listener));
	umask(usual);
}
END_TEST

START_TEST(given_socket_is_as_it_was_when_adopting_fails)
{
	static const struct {
		const char *name;
		int number;
	} cases[] = {
		{ "F_SETFL", 1 },
		{ "F_SETFD", 1 },
		{ "strndup", 1 },
		{ "getsockopt", 1 },
		{ "getsockname", 1 },	/* for its family */
		{ "getsockname", 2 },
	};
	int fd = bind_socket(SOCK_STREAM);
	char address[20];

	ck_assert_int_eq(listen(fd, 1), 0);
	snprintf(address, sizeof(address), "fd:%d", fd);
	fail_next(cases[_i].name, cases[_i].number, ENOMEM);
	ck_assert_ptr_null(unix_listen(address, of_kind(NULL)));
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert(!is_pending());
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), 0);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

START_TEST(accept_leaves_nothing)
{
	const struct {
		const char *name;
		int error;
	} cases[] = {
		{ "poll", ENOMEM },
		{ "accept4", ENOBUFS },
		{ "accept4", ENFILE },
	};

	open_waiting(&c, NULL);
	fail_next(cases[_i].name, 1, cases[_i].error);
	fails(unix_accept(c.listener, &c.server), cases[_i].error);
	ck_assert(!is_pending());
	succeeds(unix_accept(c.listener, &c.server));
	close_connection(&c);
}
END_TEST

/* Too late for the queue: the client reads the end. */
START_TEST(accept_without_a_place_for_its_descriptor_ends_the_client)
{
	open_waiting(&c, NULL);
	fail_next("dup3", _i, EBUSY);
	fails(unix_accept(c.listener, &c.server), EBUSY);
	ck_assert(!is_pending());
	expect_end(c.client.in);
	close_connection(&c);
}
END_TEST

START_TEST(accept_goes_on_after_errors_of_one_client)
{
	const int passing[] = { ECONNABORTED, EAGAIN, EINTR };

	open_waiting(&c, NULL);
	fail_next("accept4", 1, passing[_i]);
	succeeds(unix_accept(c.listener, &c.server));
	ck_assert(!is_pending());
	close_connection(&c);
}
END_TEST

/* Clients that go again and again keep the listener ready. */
START_TEST(accept_ends_in_time_whatever_clients_do)
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

START_TEST(accept_ready_and_input_ready_tell)
{
	struct unix_ports pair[2];

	listener = listen_at("s", NULL);
	fail_next("poll", 1, ENOMEM);
	fails(unix_accept_ready(listener), ENOMEM);
	succeeds(unix_close(listener));
	succeeds(unix_pair(of_kind(NULL), pair));
	fail_next("poll", 1, ENOMEM);
	fails(unix_input_ready(&pair[0], 0), ENOMEM);
	abandon_all(pair, 2);
}
END_TEST

START_TEST(connect_leaves_nothing)
{
	struct unix_options options = { .connect_timeout = 1000 };

	listener = listen_at("s", NULL);
	fail_next("setsockopt", _i, ENOMEM);
	fails(unix_connect("s", of_kind(&options), &c.client), ENOMEM);
	ck_assert(!is_pending());
	succeeds(unix_connect("s", of_kind(&options), &c.client));
	succeeds(unix_close_ports(&c.client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(open_ports_leaves_the_socket_as_it_was)
{
	const char *const names[] = { "F_GETFL", "F_SETFL", "F_SETFD",
	    guarded ? "fopencookie" : "fdopen" };
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fd), 0);
	fail_next(names[_i], 1, ENOMEM);
	fails(unix_open_ports(fd[0], of_kind(NULL), &c.client), ENOMEM);
	ck_assert(!is_pending());
	ck_assert_int_ne(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd[0], F_GETFD), 0);
	succeeds(unix_open_ports(fd[0], of_kind(NULL), &c.client));
	succeeds(unix_close_ports(&c.client));
	ck_assert_int_eq(close(fd[1]), 0);
}
END_TEST

/* The BSDs say ENOTCONN when the peer has gone first. */
START_TEST(end_of_a_connection_that_has_ended_is_no_error)
{
	struct unix_ports pair[2];

	succeeds(unix_pair(of_kind(NULL), pair));
	fail_next("shutdown", 1, ENOTCONN);
	succeeds(unix_hang_up(&pair[0]));
	ck_assert(!is_pending());
	fail_next("shutdown", 1, ENOTCONN);
	succeeds(unix_close_output(&pair[0]));
	ck_assert(!is_pending());
	fail_next("shutdown", 1, ENOTCONN);
	succeeds(unix_close_input(&pair[0]));
	ck_assert(!is_pending());
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

/* close(2) has closed it all the same. */
START_TEST(close_tells_of_an_error_once_all_is_released)
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

START_TEST(close_tells_of_the_first_error)
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

START_TEST(signal_during_a_datagram_or_an_interrupt_is_no_error)
{
	struct unix_options datagram = { .flags = UNIX_DATAGRAM };

	listener = unix_listen("s", &datagram);
	ck_assert_ptr_nonnull(listener);
	fail_next("sendto", 1, EINTR);
	succeeds(unix_send("s", "x", 1));
	ck_assert(!is_pending());
	fail_next("write", 1, EINTR);
	succeeds(unix_interrupt(listener));
	ck_assert(!is_pending());
	fail_next("write", 1, ENOMEM);
	fails(unix_interrupt(listener), ENOMEM);
	succeeds(unix_close(listener));
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

	tcase_add_loop_test(calls, listen_leaves_nothing, 0, 8);
	tcase_add_loop_test(calls,
	    given_socket_is_as_it_was_when_adopting_fails, 0, 6);
	tcase_add_loop_test(calls, accept_leaves_nothing, 0, 3);
	/* The streams of a guarded port are told of their descriptor. */
	if (!guarded)
		tcase_add_loop_test(calls,
		    accept_without_a_place_for_its_descriptor_ends_the_client,
		    1, 3);
	tcase_add_loop_test(calls, accept_goes_on_after_errors_of_one_client,
	    0, 3);
	tcase_add_test(calls, accept_ends_in_time_whatever_clients_do);
	tcase_add_test(calls, accept_ready_and_input_ready_tell);
	tcase_add_loop_test(calls, connect_leaves_nothing, 1, 3);
	tcase_add_loop_test(calls, open_ports_leaves_the_socket_as_it_was,
	    0, 4);
	tcase_add_test(calls,
	    end_of_a_connection_that_has_ended_is_no_error);
	/* libc closes the descriptors of plain ports by itself. */
	if (guarded) {
		tcase_add_test(calls,
		    close_tells_of_an_error_once_all_is_released);
		tcase_add_test(calls, close_tells_of_the_first_error);
	}
	tcase_add_test(calls,
	    signal_during_a_datagram_or_an_interrupt_is_no_error);
	tcase_add_test(calls,
	    directory_that_cannot_be_made_private_is_not_kept);
}

int
main(void)
{
	return run_kinds("failures", fill);
}
