/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The facts that the test suite of Racket's unix-socket collection checks,
 * checked for this library.
 */
#include "support.h"

#include <poll.h>
#include <unistd.h>

static struct connection c;
static struct unix_listener *listener;

static void *
interrupt_it(void *argument)
{
	return unix_interrupt(argument) == 0 ? NULL : argument;
}

static void *
connect_and_leave(void *path)
{
	struct unix_ports ports;

	return unix_connect(path, of_kind(NULL), &ports) == 0 &&
	    unix_close_ports(&ports) == 0 ? NULL : path;
}

START_TEST(listen_connect_accept_exchange_and_half_close)
{
	const char *path = _i == 0 ? "s" : "./s";
	struct unix_ports client, server;

	listener = listen_at(path, NULL);
	answers(unix_accept_ready(listener), 0);
	succeeds(unix_connect(path, of_kind(NULL), &client));
	answers(unix_accept_ready(listener), 1);
	succeeds(unix_accept(listener, &server));
	answers(unix_accept_ready(listener), 0);
	say(client.out, "hello\n");
	expect(server.in, "hello\n");
	say(server.out, "charmed\n");
	expect(client.in, "charmed\n");
	say(client.out, "well\ngoodbye, then\n");
	expect(server.in, "well\n");
	expect(server.in, "goodbye, then\n");
	succeeds(unix_close_output(&client));
	answers(unix_input_ready(&server, -1), 1);
	expect_end(server.in);
	say(server.out, "still talking\n");
	expect(client.in, "still talking\n");
	succeeds(unix_close_output(&server));
	expect_end(client.in);
	succeeds(unix_close_ports(&server));
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(shut_down_listener_wakes_waiters)
{
	struct unix_ports server;
	pthread_t thread;

	listener = listen_at("s", NULL);
	thread = start_thread(interrupt_it, listener);
	fails(unix_accept(listener, &server), ECANCELED);
	ck_assert_ptr_null(join_thread(thread));
	fails(unix_accept(listener, &server), ECANCELED);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(process_that_ends_ends_its_connections)
{
	struct unix_ports client, server;
	pid_t child;

	listener = listen_at("s", NULL);
	child = fork();
	if (child == 0)
		_exit(unix_accept(listener, &server) == 0 ? 0 : 1);
	succeeds(unix_connect("s", of_kind(NULL), &client));
	expect_end(client.in);
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(disconnected_ports_close_without_an_error)
{
	open_connection(&c, _i, NULL);
	succeeds(unix_close_ports(&c.server));
	succeeds(unix_close_output(&c.client));
	succeeds(unix_close_input(&c.client));
	close_connection(&c);
}
END_TEST

/* More than the socket accepts: a flush would block for ever. */
START_TEST(abandoning_unsent_output_does_not_block)
{
	static char buffer[1 << 20], text[(1 << 20) - 64];
	struct unix_options options = { .buffer_size = guarded ?
	    sizeof(buffer) : 0 };

	open_connection(&c, _i, &options);
	if (!guarded)	/* guarded ports have an option */
		ck_assert_int_eq(setvbuf(c.client.out, buffer, _IOFBF,
		    sizeof(buffer)), 0);
	ck_assert_uint_eq(fwrite(text, 1, sizeof(text), c.client.out),
	    sizeof(text));
	succeeds(unix_abandon_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(client_that_has_closed_is_accepted)
{
	char path[] = "s";
	struct unix_ports server;
	pthread_t thread;

	listener = listen_at(path, NULL);
	thread = start_thread(connect_and_leave, path);
	succeeds(unix_accept(listener, &server));
	ck_assert_ptr_null(join_thread(thread));
	expect_end(server.in);
	succeeds(unix_close_ports(&server));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(interrupted_listener_accepts_no_queued_client)
{
	struct unix_ports client, server;

	listener = listen_at("s", NULL);
	succeeds(unix_connect("s", of_kind(NULL), &client));
	succeeds(unix_interrupt(listener));
	fails(unix_accept(listener, &server), ECANCELED);
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(accept_ready_has_no_effect)
{
	struct pollfd fd = { .events = POLLIN };
	struct unix_ports client, server;

	listener = listen_at("s", NULL);
	fd.fd = unix_listener_fileno(listener);
	answers(unix_accept_ready(listener), 0);
	ck_assert_int_eq(poll(&fd, 1, 0), 0);
	succeeds(unix_connect("s", of_kind(NULL), &client));
	ck_assert_int_eq(poll(&fd, 1, -1), 1);
	answers(unix_accept_ready(listener), 1);
	answers(unix_accept_ready(listener), 1);
	succeeds(unix_accept(listener, &server));
	answers(unix_accept_ready(listener), 0);
	succeeds(unix_close_output(&server));
	expect_end(client.in);
	succeeds(unix_close_ports(&server));
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *facts = add_case(suite, "facts");

	tcase_add_loop_test(facts,
	    listen_connect_accept_exchange_and_half_close, 0, 2);
	tcase_add_test(facts, shut_down_listener_wakes_waiters);
	tcase_add_test(facts, process_that_ends_ends_its_connections);
	tcase_add_loop_test(facts, disconnected_ports_close_without_an_error,
	    0, WAYS);
	tcase_add_loop_test(facts, abandoning_unsent_output_does_not_block,
	    0, WAYS);
	tcase_add_test(facts, client_that_has_closed_is_accepted);
	tcase_add_test(facts,
	    interrupted_listener_accepts_no_queued_client);
	tcase_add_test(facts, accept_ready_has_no_effect);
}

int
main(void)
{
	return run_kinds("racket", fill);
}
