/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits of unix_serve(): its clients, a user's, the system's. */
#include "servers.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <fcntl.h>
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

START_TEST(limit_of_one_client_is_kept)
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

START_TEST(user_at_the_limit_is_refused_until_a_client_ends)
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
	/* The handler of the closed connection ends a moment later. */
	while (!is_served(&third))
		;
	leave(&third);
	leave(&clients[0]);
	end_server(&server);
}
END_TEST

/* Clients that do not block, as those of event loops. */

static int
enter_without_waiting(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX,
	    .sun_path = "s" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	if (connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0)
		return fd;
	ck_assert_int_eq(close(fd), 0);
	return -1;
}

#ifdef __linux__
static void
close_all(const int *fds, int count)
{
	while (count > 0)
		ck_assert_int_eq(close(fds[--count]), 0);
}

/* Returns net.core.somaxconn, which is 4096 since Linux 5.4. */
static int
highest_backlog(void)
{
	FILE *file = fopen("/proc/sys/net/core/somaxconn", "r");
	int highest = 4096;

	if (file != NULL) {
		ck_assert_int_eq(fscanf(file, "%d", &highest), 1);
		ck_assert_int_eq(fclose(file), 0);
	}
	return highest;
}

/* The first clients occupy all handlers. */
static void
expect_backlog(unsigned handlers, int backlog)
{
	static int fds[1000];
	int count = 0;

	if (backlog > highest_backlog())
		backlog = highest_backlog();
	while (count < (int)handlers) {
		fds[count++] = enter_without_waiting();
		await_entered(&gate, (unsigned)count);
	}
	while ((fds[count] = enter_without_waiting()) != -1)
		count++;
	/* Linux admits one more. */
	ck_assert_int_eq(count, (int)handlers + backlog + 1);
	close_all(fds, count);
	open_gate(&gate);
}

static int
listen_raw(int backlog)
{
	int fd = bind_socket(SOCK_STREAM);

	ck_assert_int_eq(listen(fd, backlog), 0);
	return fd;
}

START_TEST(default_backlog_is_raised_to_the_number_of_clients)
{
	static const struct {
		unsigned clients;
		int given, raised;
	} cases[] = { { 1, 0, 128 }, { 140, 0, 140 }, { 1, 3, 3 } };
	const struct unix_serve_options limits = {
		.clients = cases[_i].clients };
	const struct unix_options options = { .backlog = cases[_i].given };

	server.listener = listen_at("s", &options);
	server.context = &gate;
	serve(&server, wait_and_echo, &limits);
	expect_backlog(cases[_i].clients, cases[_i].raised);
	end_server(&server);
}
END_TEST

START_TEST(backlog_of_an_adopted_listener_is_kept)
{
	const struct unix_serve_options limits = { .clients = 1 };
	char address[20];
	int fd = listen_raw(4);

	snprintf(address, sizeof(address), "fd:%d", fd);
	server.listener = listen_at(address, NULL);
	server.context = &gate;
	serve(&server, wait_and_echo, &limits);
	expect_backlog(1, 4);
	end_server(&server);
	ck_assert_int_eq(unlink("s"), 0);
}
END_TEST
#endif

/* The number of clients that the backlog admits is served at any speed. */
START_TEST(burst_of_clients_that_do_not_block_is_served)
{
	static int fds[200];
	char bytes[10];
	size_t i;

	start_server(&server, echo, NULL);
	/* The backlog is raised before the first client is accepted. */
	fds[0] = enter_without_waiting();
	ck_assert_int_ne(fds[0], -1);
	ck_assert_int_eq(write(fds[0], "hello\n", 6), 6);
	ck_assert_int_eq(fcntl(fds[0], F_SETFL, 0), 0);
	ck_assert_int_eq(read(fds[0], bytes, sizeof(bytes)), 6);
	for (i = 1; i < COUNT(fds); i++) {
		fds[i] = enter_without_waiting();
		ck_assert_int_ne(fds[i], -1);
	}
	for (i = 1; i < COUNT(fds); i++) {
		ck_assert_int_eq(write(fds[i], "hello\n", 6), 6);
		ck_assert_int_eq(fcntl(fds[i], F_SETFL, 0), 0);
	}
	for (i = 1; i < COUNT(fds); i++)
		ck_assert_int_eq(read(fds[i], bytes, sizeof(bytes)), 6);
	for (i = 0; i < COUNT(fds); i++)
		ck_assert_int_eq(close(fds[i]), 0);
	end_server(&server);
}
END_TEST

/* Neither -1 nor a short timeout affects unix_serve(). */
START_TEST(accept_timeout_does_not_affect_serve)
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
	tcase_add_test(core, limit_of_one_client_is_kept);
	tcase_add_loop_test(core, accept_timeout_does_not_affect_serve, 0, 2);
#ifdef __linux__
	tcase_add_loop_test(core,
	    default_backlog_is_raised_to_the_number_of_clients, 0, 3);
	tcase_add_test(core, backlog_of_an_adopted_listener_is_kept);
#endif
	tcase_add_test(core, burst_of_clients_that_do_not_block_is_served);
	tcase_add_test(users,
	    user_at_the_limit_is_refused_until_a_client_ends);
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
