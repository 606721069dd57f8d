/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits of unix_serve(): its clients, a user's, the system's. */
#include "servers.h"

#include <poll.h>
#include <time.h>
#include <unistd.h>

static struct server server;
static struct gate gate = GATE;

START_TEST(clients_over_the_limit_wait_and_are_served_later)
{
	const struct unix_serve_options options = { .clients = 2 };
	struct unix_ports clients[5];
	size_t i;

	server.context = &gate;
	start_server(&server, wait_and_echo, &options);
	for (i = 0; i < COUNT(clients); i++) {
		enter(&clients[i]);
		say(clients[i].out, "hello\n");
	}
	await_entered(&gate, 2);
	answers(unix_accept_ready(server.listener), 1);
	open_gate(&gate);
	for (i = 0; i < COUNT(clients); i++) {
		expect(clients[i].in, "hello\n");
		leave(&clients[i]);
	}
	end_server(&server);
	ck_assert_uint_eq(gate.most, 2);
	ck_assert_uint_eq(gate.entered, 5);
}
END_TEST

START_TEST(one_at_a_time_is_a_limit_too)
{
	const struct unix_serve_options options = { .clients = 1 };
	struct unix_ports client;
	int i;

	server.context = &gate;
	open_gate(&gate);
	start_server(&server, wait_and_echo, &options);
	for (i = 0; i < 20; i++) {
		enter(&client);
		ask(&client, "hello\n");
		leave(&client);
	}
	end_server(&server);
	ck_assert_uint_eq(gate.most, 1);
}
END_TEST

START_TEST(user_with_enough_clients_is_refused_until_one_has_gone)
{
	const struct unix_serve_options options = { .clients_per_user = 2 };
	struct unix_ports clients[2], third;
	int i;

	start_server(&server, echo, &options);
	for (i = 0; i < 2; i++)
		ck_assert(is_served(&clients[i]));
	for (i = 0; i < 5; i++)
		ck_assert(!is_served(&third));
	ask(&clients[0], "still here\n");
	leave(&clients[1]);
	/* The handler reads the end a moment later. */
	while (!is_served(&third))
		;
	leave(&third);
	leave(&clients[0]);
	end_server(&server);
}
END_TEST

/* Neither no waiting at all nor a short limit. */
START_TEST(accept_timeout_plays_no_part)
{
	const struct unix_options options = { .accept_timeout = _i == 0 ? -1 :
	    1 };
	struct unix_ports client;
	int i;

	server.listener = listen_at("s", &options);
	serve(&server, echo, NULL);
	for (i = 0; i < 3; i++) {
		poll(NULL, 0, 20);
		enter(&client);
		ask(&client, "hello\n");
		leave(&client);
	}
	end_server(&server);
}
END_TEST

static long long
cpu_time(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return used.tv_sec * 1000LL + used.tv_nsec / 1000000;
}

static void
enter_in_shortage(struct unix_ports clients[2])
{
	start_server(&server, echo, NULL);
	enter(&clients[0]);
	ask(&clients[0], "hello\n");
	begin_shortage(1);
	enter(&clients[1]);
}

START_TEST(shortage_of_descriptors_is_waited_for_without_a_spin)
{
	struct unix_ports clients[2];
	long long used;

	enter_in_shortage(clients);
	used = cpu_time();
	poll(NULL, 0, 400);
	used = cpu_time() - used;
	ask(&clients[0], "still here\n");
	end_shortage();
	ask(&clients[1], "hello\n");
	ck_assert_int_lt(used, 200);
	leave(&clients[0]);
	leave(&clients[1]);
	end_server(&server);
}
END_TEST

START_TEST(interrupt_ends_a_server_that_is_short_of_descriptors)
{
	struct unix_ports clients[2];

	enter_in_shortage(clients);
	succeeds(unix_interrupt(server.listener));
	expect_served(&server, 0);
	end_shortage();
	succeeds(unix_close(server.listener));
	expect_end(clients[0].in);
	abandon_all(clients, 2);
}
END_TEST

START_TEST(shortage_at_the_start_is_emfile)
{
	struct unix_listener *listener = listen_at("s", NULL);
	int spare;

	for (spare = 0; spare < 2; spare++) {
		begin_shortage(spare);
		fails(unix_serve(listener, echo, NULL, NULL), EMFILE);
		end_shortage();
	}
	succeeds(unix_close(listener));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *users = add_case(suite, "users");
	TCase *shortage = add_case(suite, "shortage");

	tcase_add_test(core, clients_over_the_limit_wait_and_are_served_later);
	tcase_add_test(core, one_at_a_time_is_a_limit_too);
	tcase_add_loop_test(core, accept_timeout_plays_no_part, 0, 2);
	tcase_add_test(users,
	    user_with_enough_clients_is_refused_until_one_has_gone);
	tcase_add_test(shortage,
	    shortage_of_descriptors_is_waited_for_without_a_spin);
	tcase_add_test(shortage,
	    interrupt_ends_a_server_that_is_short_of_descriptors);
	tcase_add_test(shortage, shortage_at_the_start_is_emfile);
}

int
main(void)
{
	return run_guarded("serve_limits", fill);
}
