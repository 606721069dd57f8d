/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of unix_serve(): interrupts, pending requests, the drain timeout. */
#include "servers.h"

#include <poll.h>
#include <signal.h>
#include <string.h>

static struct server server;
static struct gate gate = GATE;

START_TEST(idle_clients_read_EOF)
{
	struct unix_ports clients[3];
	size_t i;

	start_server(&server, echo, NULL);
	for (i = 0; i < COUNT(clients); i++) {
		enter(&clients[i]);
		ask(&clients[i], "hello\n");
	}
	succeeds(unix_interrupt(server.listener));
	for (i = 0; i < COUNT(clients); i++) {
		expect_end(clients[i].in);
		leave(&clients[i]);
	}
	end_server_so(&server, 0);
}
END_TEST

START_TEST(interrupt_before_the_call_ends_it)
{
	struct unix_ports client;

	server.listener = listen_at("s", NULL);
	enter(&client);
	succeeds(unix_interrupt(server.listener));
	serve(&server, echo, NULL);
	end_server_so(&server, 0);
	succeeds(unix_abandon_ports(&client));
}
END_TEST

static void
interrupt_it(int signal)
{
	(void)signal;
	unix_interrupt(server.listener);
}

START_TEST(interrupt_works_from_a_signal_handler)
{
	catch_signal(SIGTERM, interrupt_it);
	start_server(&server, echo, NULL);
	wait_blocked(&server.id);
	ck_assert_int_eq(pthread_kill(server.thread, SIGTERM), 0);
	end_server_so(&server, 0);
}
END_TEST

static void
interrupt_from_handler(struct unix_ports *ports, void *context)
{
	(void)context;
	unix_interrupt(server.listener);
	await_ended(ports);
	fputs("last words\n", ports->out);
}

START_TEST(interrupt_works_from_a_handlers_thread)
{
	struct unix_ports client;

	start_server(&server, interrupt_from_handler, NULL);
	enter(&client);
	expect(client.in, "last words\n");
	expect_end(client.in);
	end_server_so(&server, 0);
	leave(&client);
}
END_TEST

static void
wait_for_the_end_and_echo(struct unix_ports *ports, void *context)
{
	(void)context;
	pass_gate(&gate);
	await_ended(ports);
	echo(ports, NULL);
}

/*
 * At the limit of clients no thread leads, and the interrupt must still end the
 * server.
 */
START_TEST(requests_that_were_sent_before_the_end_are_answered)
{
	const struct unix_serve_options options = { .clients = 2 };
	struct unix_ports clients[3];
	size_t i;

	start_server(&server, wait_for_the_end_and_echo, &options);
	open_gate(&gate);
	for (i = 0; i < COUNT(clients); i++) {
		enter(&clients[i]);
		say(clients[i].out, "one\ntwo\nthree\n");
	}
	await_entered(&gate, 2);
	succeeds(unix_interrupt(server.listener));
	for (i = 0; i < 2; i++) {
		expect(clients[i].in, "one\n");
		expect(clients[i].in, "two\n");
		expect(clients[i].in, "three\n");
		expect_end(clients[i].in);
		fputs("four\n", clients[i].out);
		fails(fflush(clients[i].out), EPIPE);
	}
	end_server_so(&server, 0);
	/* This client was not served. */
	ck_assert_int_eq(getc(clients[2].in), EOF);
	ck_assert_uint_eq(gate.entered, 2);
	for (i = 0; i < COUNT(clients); i++)
		unix_abandon_ports(&clients[i]);
}
END_TEST

/* The drain. */

/* Never reads, so that EOF does not end the handler. */
static void
write_for_ever(struct unix_ports *ports, void *error)
{
	pass_gate(&gate);
	while (fputs("for ever\n", ports->out) != EOF)
		;
	*(int *)error = errno;
}

START_TEST(handler_that_blocks_for_ever_is_hung_up_after_the_drain)
{
	const struct unix_serve_options options = { .drain = 100 };
	struct unix_ports client;
	long long start;
	int error = 0;

	server.context = &error;
	start_server(&server, write_for_ever, &options);
	open_gate(&gate);
	enter(&client);
	await_entered(&gate, 1);
	start = milliseconds();
	succeeds(unix_interrupt(server.listener));
	end_server_so(&server, ETIMEDOUT);
	ck_assert_int_ge(milliseconds() - start, 100);
	ck_assert_int_eq(error, EPIPE);
	succeeds(unix_abandon_ports(&client));
}
END_TEST

/* Leaves output that is sent after the handler has returned. */
static void
leave_much(struct unix_ports *ports, void *context)
{
	static char much[4000000];

	(void)context;
	memset(much, 'x', sizeof(much));
	pass_gate(&gate);
	fwrite(much, 1, sizeof(much), ports->out);
}

START_TEST(unread_output_is_hung_up)
{
	const struct unix_options options = { .buffer_size = 5000000 };
	const struct unix_serve_options limits = { .drain = 50 };
	struct unix_ports client;

	server.listener = listen_at("s", &options);
	serve(&server, leave_much, &limits);
	open_gate(&gate);
	enter(&client);
	await_entered(&gate, 1);
	succeeds(unix_interrupt(server.listener));
	end_server_so(&server, ETIMEDOUT);
	succeeds(unix_abandon_ports(&client));
}
END_TEST

/* 0 is the default, which is longer than the handlers of this test. */
START_TEST(handlers_are_waited_for)
{
	const int drains[] = { 0, -1, 15000 };
	const struct unix_serve_options options = { .drain = drains[_i] };
	struct unix_ports client;

	server.context = &gate;
	start_server(&server, wait_and_echo, &options);
	enter(&client);
	say(client.out, "hello\n");
	await_entered(&gate, 1);
	succeeds(unix_interrupt(server.listener));
	wait_blocked(&server.id);
	poll(NULL, 0, 100);
	open_gate(&gate);
	expect(client.in, "hello\n");
	expect_end(client.in);
	end_server_so(&server, 0);
	leave(&client);
}
END_TEST

/* Closes its connection, so that the shutdown does not wake the handler. */
static void
close_and_wait(struct unix_ports *ports, void *context)
{
	(void)context;
	unix_close_ports(ports);
	pass_gate(&gate);
}

START_TEST(handler_without_a_connection_is_joined_after_the_drain_too)
{
	const struct unix_serve_options options = { .drain = 1 };
	struct unix_ports client;
	int i;

	start_server(&server, close_and_wait, &options);
	enter(&client);
	await_entered(&gate, 1);
	succeeds(unix_interrupt(server.listener));
	for (i = 0; i < 3; i++) {
		poll(NULL, 0, 20);
		wait_blocked(&server.id);
	}
	open_gate(&gate);
	end_server_so(&server, ETIMEDOUT);
	leave(&client);
}
END_TEST

/* Under load. */

static _Atomic int read_requests, got_replies;

static void
count_and_echo(struct unix_ports *ports, void *context)
{
	char line[20];

	(void)context;
	while (fgets(line, sizeof(line), ports->in) != NULL) {
		read_requests++;
		fputs(line, ports->out);
	}
}

/* Sends several at a time and connects again now and then, until the end. */
static void *
press(void *argument)
{
	struct unix_ports client;
	char line[20];
	int turn, i;

	(void)argument;
	while (unix_connect("s", of_kind(NULL), &client) == 0) {
		for (turn = 0; turn < 5 && !ferror(client.out); turn++) {
			fputs("one\ntwo\nthree\n", client.out);
			fflush(client.out);
			for (i = 0; i < 3 && fgets(line, sizeof(line),
			    client.in) != NULL; i++)
				got_replies++;
		}
		unix_abandon_ports(&client);
	}
	return NULL;
}

/* The first five are ended by SIGTERM. */
START_TEST(end_under_load_loses_no_reply)
{
	const struct unix_serve_options options = { .clients = 3 };
	pthread_t threads[6];
	size_t i;

	read_requests = got_replies = 0;
	catch_signal(SIGTERM, interrupt_it);
	start_server(&server, count_and_echo, &options);
	for (i = 0; i < COUNT(threads); i++)
		threads[i] = start_thread(press, NULL);
	while (got_replies < 300)
		poll(NULL, 0, 1);
	if (_i < 5)
		ck_assert_int_eq(pthread_kill(server.thread, SIGTERM), 0);
	else
		succeeds(unix_interrupt(server.listener));
	end_server_so(&server, 0);
	for (i = 0; i < COUNT(threads); i++)
		join_thread(threads[i]);
	ck_assert_int_eq(got_replies, read_requests);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *interrupts = add_case(suite, "interrupts");
	TCase *handler = add_case(suite, "handler");
	TCase *drains = add_case(suite, "drain");

	tcase_add_test(interrupts, idle_clients_read_EOF);
	tcase_add_test(interrupts, interrupt_before_the_call_ends_it);
	tcase_add_test(interrupts, interrupt_works_from_a_handlers_thread);
	tcase_add_test(interrupts,
	    requests_that_were_sent_before_the_end_are_answered);
	tcase_add_test(handler, interrupt_works_from_a_signal_handler);
	tcase_add_loop_test(handler, end_under_load_loses_no_reply, 0, 5);
	tcase_add_loop_test(drains, end_under_load_loses_no_reply, 5, 10);
	tcase_add_test(drains,
	    handler_that_blocks_for_ever_is_hung_up_after_the_drain);
	tcase_add_test(drains, unread_output_is_hung_up);
	tcase_add_loop_test(drains, handlers_are_waited_for, 0, 3);
	tcase_add_test(drains,
	    handler_without_a_connection_is_joined_after_the_drain_too);
}

int
main(void)
{
	return run_guarded("serve_end", fill);
}
