/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_accept() and unix_accept_ready(): limits, shortages, errors. */
#include "support.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <fcntl.h>
#include <unistd.h>

static struct connection c;

/* A plain connection has two descriptors, and accept(2) requires a third. */
#define NEEDED	(guarded ? 1 : 3)

START_TEST(no_client_in_time_is_ETIMEDOUT)
{
	struct unix_options options = { .accept_timeout = 50 };
	struct unix_listener *listener = listen_at("s", &options);
	struct unix_ports ports = { .descriptor = { -7, -7 } };
	long long start = milliseconds();

	fails(unix_accept(listener, &ports), ETIMEDOUT);
	ck_assert_int_ge(milliseconds() - start, 49);
	ck_assert_int_eq(ports.descriptor[0], -7);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(accept_without_waiting_takes_a_queued_client)
{
	struct unix_options options = { .accept_timeout = -1 };
	struct unix_listener *listener = listen_at("s", &options);
	struct unix_ports client, server;

	fails(unix_accept(listener, &server), ETIMEDOUT);
	succeeds(unix_connect("s", of_kind(NULL), &client));
	succeeds(unix_accept(listener, &server));
	fails(unix_accept(listener, &client), ETIMEDOUT);
	succeeds(unix_close_ports(&server));
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(accepted_ports_block_and_close_on_exec)
{
	open_connection(&c, 0, NULL);
	expect_close_on_exec();
	ck_assert_int_eq(fcntl(unix_fileno(&c.server), F_GETFL) & O_NONBLOCK,
	    0);
	close_connection(&c);
}
END_TEST

START_TEST(client_that_has_closed_is_accepted_and_read)
{
	struct unix_listener *listener = listen_at("s", NULL);
	struct unix_ports client, server;

	succeeds(unix_connect("s", of_kind(NULL), &client));
	say(client.out, "last words\n");
	succeeds(unix_close_ports(&client));
	succeeds(unix_accept(listener, &server));
	expect(server.in, "last words\n");
	expect_end(server.in);
	succeeds(unix_close_ports(&server));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(shortage_leaves_the_client_in_the_queue)
{
	open_waiting(&c, NULL);
	c.server.descriptor[0] = -7;
	say(c.client.out, "patience\n");
	begin_shortage(_i);
	fails(unix_accept(c.listener, &c.server), EMFILE);
	ck_assert_int_eq(c.server.descriptor[0], -7);
	answers(unix_accept_ready(c.listener), 1);
	end_shortage();
	succeeds(unix_accept(c.listener, &c.server));
	expect(c.server.in, "patience\n");
	close_connection(&c);
}
END_TEST

START_TEST(exactly_the_required_descriptors_are_sufficient)
{
	open_waiting(&c, NULL);
	begin_shortage(NEEDED);
	succeeds(unix_accept(c.listener, &c.server));
	end_shortage();
	close_connection(&c);
}
END_TEST

/* As by a program to which the descriptor was passed. */
START_TEST(listener_that_another_made_blocking_does_not_block)
{
	const struct unix_options options = { .accept_timeout = 50,
	    .flags = _i == 0 ? 0 : UNIX_INHERIT };
	int fd;

	open_waiting(&c, &options);
	fd = unix_listener_fileno(c.listener);
	ck_assert_int_eq(fcntl(fd, F_SETFL, 0), 0);
	succeeds(unix_accept(c.listener, &c.server));
	ck_assert_int_eq(fcntl(fd, F_SETFL, 0), 0);
	fails(unix_accept(c.listener, &c.client), ETIMEDOUT);
	close_connection(&c);
}
END_TEST

START_TEST(accepted_socket_has_no_receive_timeout)
{
	struct timeval limit = { .tv_sec = 1 };
	socklen_t size = sizeof(limit);

	open_connection(&c, 0, NULL);
	ck_assert_int_eq(getsockopt(unix_fileno(&c.server), SOL_SOCKET,
	    SO_RCVTIMEO, &limit, &size), 0);
	ck_assert_int_eq(limit.tv_sec, 0);
	ck_assert_int_eq(limit.tv_usec, 0);
	close_connection(&c);
}
END_TEST

/* accept4(2) fails with EMFILE whether or not a client is in the queue. */
START_TEST(shortage_without_a_client_is_ETIMEDOUT)
{
	const struct unix_options options = { .accept_timeout = _i == 0 ? 50 :
	    -1 };
	struct unix_listener *listener = listen_at("s", &options);
	struct unix_ports server;

	begin_shortage(0);
	fails(unix_accept(listener, &server), ETIMEDOUT);
	end_shortage();
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(shutdown_by_another_holder_is_einval)
{
	struct unix_listener *listener = listen_at("s", NULL);
	struct unix_ports server;

	ck_assert_int_eq(shutdown(unix_listener_fileno(listener), SHUT_RDWR),
	    0);
	fails(unix_accept(listener, &server), EINVAL);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(listener_whose_descriptor_was_closed_is_ebadf)
{
	struct unix_listener *listener = listen_at("s", NULL);
	int fd = unix_listener_fileno(listener);
	struct unix_ports server;

	ck_assert_int_eq(close(fd), 0);
	fails(unix_accept_ready(listener), EBADF);
	fails(unix_accept(listener, &server), EBADF);
	succeeds(unix_close(listener));
}
END_TEST

/* As by closefrom(3).  This must not be reported as an interrupt. */
START_TEST(listener_whose_descriptors_were_all_closed_is_ebadf)
{
	struct unix_listener *listener = listen_at("s", NULL);
	struct unix_ports server;

	close_all_opened();
	fails(unix_accept(listener, &server), EBADF);
	fails(unix_interrupt(listener), EBADF);
	fails(unix_close(listener), EBADF);
	ck_assert_int_eq(unlink("s"), 0);
}
END_TEST

START_TEST(null_is_einval)
{
	struct unix_listener *listener = listen_at("s", NULL);
	struct unix_ports server;

	fails(unix_accept(NULL, &server), EINVAL);
	fails(unix_accept(listener, NULL), EINVAL);
	fails(unix_accept_ready(NULL), EINVAL);
	fails(unix_interrupt(NULL), EINVAL);
	succeeds(unix_close(listener));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *shortage = add_case(suite, "shortage");
	TCase *errors = add_case(suite, "errors");

	tcase_add_test(core, accept_without_waiting_takes_a_queued_client);
	tcase_add_loop_test(core,
	    listener_that_another_made_blocking_does_not_block, 0, 2);
	tcase_add_test(core, accepted_socket_has_no_receive_timeout);
	tcase_add_test(core, accepted_ports_block_and_close_on_exec);
	tcase_add_test(core,
	    client_that_has_closed_is_accepted_and_read);
	tcase_add_test(shortage,
	    exactly_the_required_descriptors_are_sufficient);
	tcase_add_test(errors, no_client_in_time_is_ETIMEDOUT);
	tcase_add_loop_test(shortage,
	    shortage_leaves_the_client_in_the_queue, 0, NEEDED);
	tcase_add_loop_test(shortage, shortage_without_a_client_is_ETIMEDOUT,
	    0, 2);
	tcase_add_test(errors, shutdown_by_another_holder_is_einval);
	tcase_add_test(errors, listener_whose_descriptor_was_closed_is_ebadf);
	tcase_add_test(errors,
	    listener_whose_descriptors_were_all_closed_is_ebadf);
	tcase_add_test(errors, null_is_einval);
}

int
main(void)
{
	return run_kinds("accept", fill);
}
