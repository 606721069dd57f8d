/* SPDX-License-Identifier: BSD-2-Clause */
/* Several servers, in threads and processes, at one listener. */
#include "servers.h"

#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS	8		/* they fit into the backlog */

static struct server servers[2];
static struct gate gate = GATE;

/* Static: a child ends without releasing it. */
static struct unix_listener *listener;

static void
visit_all(void)
{
	struct unix_ports clients[CLIENTS];
	size_t i;

	for (i = 0; i < COUNT(clients); i++) {
		enter(&clients[i]);
		say(clients[i].out, "hello\n");
	}
	for (i = 0; i < COUNT(clients); i++) {
		expect(clients[i].in, "hello\n");
		leave(&clients[i]);
	}
}

START_TEST(two_threads_serve_one_listener)
{
	const struct unix_serve_options options = { .clients = 1 };
	struct unix_ports clients[2];
	int i;

	listener = listen_at("s", NULL);
	for (i = 0; i < 2; i++) {
		servers[i].listener = listener;
		servers[i].context = &gate;
		serve(&servers[i], wait_and_echo, &options);
		enter(&clients[i]);
	}
	/*
	 * Each server has one client: one server alone would serve one at a
	 * time.
	 */
	await_entered(&gate, 2);
	open_gate(&gate);
	for (i = 0; i < 2; i++)
		leave(&clients[i]);
	visit_all();
	succeeds(unix_interrupt(listener));
	for (i = 0; i < 2; i++)
		expect_served(&servers[i], 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(two_processes_serve_one_listener)
{
	pid_t children[2];
	int i;

	listener = listen_at("s", NULL);
	for (i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] == 0)
			_exit(unix_serve(listener, echo, NULL, NULL));
	}
	visit_all();
	succeeds(unix_interrupt(listener));
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(child_status(children[i]), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(interrupt_of_another_process_ends_it)
{
	pid_t child;

	start_server(&servers[0], echo, NULL);
	visit_all();
	child = fork();
	if (child == 0)
		end_child(unix_interrupt(servers[0].listener));
	ck_assert_int_eq(child_status(child), 0);
	end_server_so(&servers[0], 0);
}
END_TEST

/* Its clients are still served until they end. */
START_TEST(listener_that_another_process_shuts_down_is_einval)
{
	struct unix_ports client;
	pid_t child;

	servers[0].context = &gate;
	start_server(&servers[0], wait_and_echo, NULL);
	enter(&client);
	say(client.out, "hello\n");
	await_entered(&gate, 1);
	child = fork();
	if (child == 0)
		end_child(shutdown(unix_listener_fileno(
		    servers[0].listener), SHUT_RDWR));
	ck_assert_int_eq(child_status(child), 0);
	open_gate(&gate);
	expect(client.in, "hello\n");
	expect_end(client.in);
	end_server_so(&servers[0], EINVAL);
	leave(&client);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *threads = add_case(suite, "threads");
	TCase *processes = add_case(suite, "processes");

	tcase_add_test(threads, two_threads_serve_one_listener);
	tcase_add_test(processes, two_processes_serve_one_listener);
	tcase_add_test(processes, interrupt_of_another_process_ends_it);
	tcase_add_test(processes,
	    listener_that_another_process_shuts_down_is_einval);
}

int
main(void)
{
	return run_guarded("serve_shared", fill);
}
