/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_serve() that ends after an idle time, by interposition. */
#include "servers.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "interpose.h"

#define LEADERS		3	/* of a server that had as many clients */
#define IDLE_MS		50
#define LATE_CLIENTS	8

static struct server server;

/* Serves the listener, or serves it again, until it is idle. */
static void
serve_until_idle(int idle)
{
	static struct unix_serve_options options;

	options = (struct unix_serve_options){ .idle = idle };
	serve(&server, echo, &options);
}

/*
 * Starts a server for COUNT clients, which are in the queue already: the idle
 * time begins when they leave.
 */
static struct unix_ports early[LEADERS];

static void
start_leaders(int count, int idle)
{
	int i;

	server.listener = listen_at("s", NULL);
	for (i = 0; i < count; i++)
		enter(&early[i]);
	serve_until_idle(idle);
	for (i = 0; i < count; i++)
		ask(&early[i], "hello\n");
}

static void
leave_early(int count)
{
	int i;

	for (i = 0; i < count; i++)
		leave(&early[i]);
}

START_TEST(server_ends_after_the_idle_time)
{
	long long start = milliseconds();

	server.listener = listen_at("s", NULL);
	serve_until_idle(IDLE_MS);
	expect_served(&server, 0);
	ck_assert_int_ge(milliseconds() - start, IDLE_MS);
	/* The listener is not interrupted. */
	answers(unix_accept_ready(server.listener), 0);
	start = milliseconds();
	serve_until_idle(IDLE_MS);
	end_server_so(&server, 0);
	ck_assert_int_ge(milliseconds() - start, IDLE_MS);
}
END_TEST

START_TEST(server_without_an_idle_time_continues)
{
	struct unix_ports client;

	start_leaders(_i, 0);
	leave_early(_i);
	poll(NULL, 0, 2 * IDLE_MS);
	enter(&client);
	ask(&client, "hello\n");
	leave(&client);
	end_server(&server);
}
END_TEST

START_TEST(interrupt_ends_the_idle_time)
{
	start_leaders(_i, INT_MAX);
	leave_early(_i);
	end_server(&server);
}
END_TEST

/* The client is served for several idle times. */
START_TEST(idle_time_begins_with_the_end_of_the_last_handler)
{
	long long start;
	int i;

	start_leaders(_i, IDLE_MS);
	leave_early(_i - 1);
	/* The client does not leave when a leader has begun its wait. */
	for (i = 0; i < 3; i++) {
		poll(NULL, 0, 5 * IDLE_MS / 2);
		ask(&early[_i - 1], "hello\n");
	}
	start = milliseconds();
	leave(&early[_i - 1]);
	end_server_so(&server, 0);
	ck_assert_int_ge(milliseconds() - start, IDLE_MS);
}
END_TEST

/* While a client is served, no thread waits for another. */
START_TEST(server_with_one_place_ends_when_idle)
{
	const struct unix_serve_options one = { .clients = 1,
	    .idle = IDLE_MS };
	struct unix_ports client;

	server.listener = listen_at("s", NULL);
	enter(&client);
	serve(&server, echo, &one);
	ask(&client, "hello\n");
	poll(NULL, 0, 3 * IDLE_MS);
	ask(&client, "hello\n");
	leave(&client);
	end_server_so(&server, 0);
}
END_TEST

/*
 * Clients that connect after poll(2) has found no client.  Each sends a line
 * and EOF.
 */
static struct unix_ports late[LATE_CLIENTS];
static _Atomic int late_count;

static void
connect_late(void *answer)
{
	int number;

	if (*(int *)answer == 0 && (number = late_count++) < LATE_CLIENTS) {
		enter(&late[number]);
		say(late[number].out, "hello\n");
		succeeds(unix_close_output(&late[number]));
	}
	after_next("poll", connect_late);
}

static void
expect_late_answers(void)
{
	int i;

	ck_assert_int_ge(late_count, LATE_CLIENTS);
	for (i = 0; i < LATE_CLIENTS; i++) {
		expect(late[i].in, "hello\n");
		expect_end(late[i].in);
		leave(&late[i]);
	}
}

/* In every poll(2), the last one before the end included. */
START_TEST(client_of_the_last_poll_is_served_or_stays_queued)
{
	int i;

	late_count = 0;
	start_leaders(_i, IDLE_MS);
	after_next("poll", connect_late);
	leave_early(_i);
	expect_served(&server, 0);
	for (i = 0; i < LATE_CLIENTS; i++) {
		serve_until_idle(1);
		expect_served(&server, 0);
	}
	after_next("poll", NULL);
	expect_late_answers();
	succeeds(unix_close(server.listener));
}
END_TEST

/* The end of a server whose clients no other process serves. */
START_TEST(own_listener_ends_without_a_lost_client)
{
	late_count = LATE_CLIENTS - 1;
	server.listener = listen_at("s", NULL);
	after_next("poll", connect_late);
	serve_until_idle(1);
	while (late_count < LATE_CLIENTS)
		poll(NULL, 0, 1);
	expect_served(&server, 0);
	ck_assert_int_eq(unlink("s"), 0);
	serve_until_idle(1);
	end_server_so(&server, 0);
	after_next("poll", NULL);
	expect(late[LATE_CLIENTS - 1].in, "hello\n");
	leave(&late[LATE_CLIENTS - 1]);
}
END_TEST

/* Keeps a leader that has accepted a client from counting the client. */
static void
keep_leader(void *answer)
{
	(void)answer;
	poll(NULL, 0, 10 * IDLE_MS);
}

/*
 * The idle time of the other leaders ends meanwhile.  If they ended the server,
 * the connection would be shut down when it is counted.
 */
START_TEST(client_that_is_not_counted_yet_is_not_lost)
{
	struct unix_ports client;

	start_leaders(_i, IDLE_MS);
	after_next("accept4", keep_leader);
	enter(&client);
	leave_early(_i);
	/* After the first answer, the leader has counted the client. */
	ask(&client, "hello\n");
	ask(&client, "hello\n");
	leave(&client);
	end_server_so(&server, 0);
}
END_TEST

/* A client that waits because of a shortage keeps the server running. */
START_TEST(client_that_cannot_be_accepted_is_waited_for)
{
	static const struct {
		const char *call;
		int error;
	} shortages[] = {
		{ "accept4", EMFILE }, { "accept4", ENFILE },
		{ "accept4", ENOMEM }, { "accept4", EPERM },
		{ "fopencookie", ENOMEM },
	};
	struct unix_ports client;

	server.listener = listen_at("s", NULL);
	enter(&client);
	fail_next(shortages[_i].call, 0, shortages[_i].error);
	serve_until_idle(1);
	while (count_failures() < 5)
		poll(NULL, 0, 1);
	forget_next();
	ask(&client, "hello\n");
	leave(&client);
	end_server_so(&server, 0);
}
END_TEST

/* A burst for which no further thread can be created. */
START_TEST(client_without_a_thread_is_waited_for)
{
	struct unix_ports clients[3];
	int i;

	start_leaders(1, IDLE_MS);
	fail_next("pthread_create", 0, EAGAIN);
	for (i = 0; i < 3; i++) {
		enter(&clients[i]);
		say(clients[i].out, "hello\n");
	}
	poll(NULL, 0, 3 * IDLE_MS);
	leave_early(1);
	for (i = 0; i < 3; i++) {
		expect(clients[i].in, "hello\n");
		leave(&clients[i]);
	}
	end_server_so(&server, 0);
	forget_next();
}
END_TEST

/* Refused clients. */

static _Atomic int is_ended;

static void
be_refused_once(void)
{
	const struct sockaddr_un name = { .sun_family = AF_UNIX,
	    .sun_path = "s" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	ck_assert_int_ne(fd, -1);
	(void)connect(fd, (const struct sockaddr *)&name, sizeof(name));
	close(fd);
}

/* Connects without a pause. */
static void *
be_refused(void *argument)
{
	while (!is_ended)
		be_refused_once();
	return argument;
}

START_TEST(refused_clients_do_not_extend_the_idle_time)
{
	const struct unix_options own = { .flags = UNIX_GUARDED |
	    UNIX_SAME_USER };
	pthread_t threads[2];
	int i;

	is_ended = 0;
	server.listener = listen_at("s", &own);
	/* The user of a client is not identified. */
	fail_next("getsockopt", 0, ENOTCONN);
	for (i = 0; i < 2; i++)
		threads[i] = start_thread(be_refused, NULL);
	serve_until_idle(IDLE_MS);
	expect_served(&server, 0);
	ck_assert_int_gt(count_failures(), 0);
	is_ended = 1;
	for (i = 0; i < 2; i++)
		join_thread(threads[i]);
	forget_next();
	succeeds(unix_close(server.listener));
}
END_TEST

/* For each accepted client, two are added to the queue, which becomes full. */
static void
be_refused_again(void *answer)
{
	if (*(int *)answer != -1) {
		be_refused_once();
		be_refused_once();
	}
	after_next("accept4", be_refused_again);
}

START_TEST(queue_of_refused_clients_does_not_extend_the_idle_time)
{
	const struct unix_options own = { .flags = UNIX_GUARDED |
	    UNIX_SAME_USER };

	server.listener = listen_at("s", &own);
	fail_next("getsockopt", 0, ENOTCONN);
	be_refused_once();
	after_next("accept4", be_refused_again);
	serve_until_idle(IDLE_MS);
	expect_served(&server, 0);
	after_next("accept4", NULL);
	ck_assert_int_gt(count_failures(), 0);
	forget_next();
	succeeds(unix_close(server.listener));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *times = add_case(suite, "times");
	TCase *clients = add_case(suite, "clients");

	tcase_add_test(times, server_ends_after_the_idle_time);
	tcase_add_loop_test(times, server_without_an_idle_time_continues,
	    0, LEADERS + 1);
	tcase_add_loop_test(times, interrupt_ends_the_idle_time,
	    0, LEADERS + 1);
	tcase_add_loop_test(times,
	    idle_time_begins_with_the_end_of_the_last_handler, 1, LEADERS + 1);
	tcase_add_test(times, server_with_one_place_ends_when_idle);
	tcase_add_loop_test(clients,
	    client_of_the_last_poll_is_served_or_stays_queued,
	    0, LEADERS + 1);
	tcase_add_test(clients, own_listener_ends_without_a_lost_client);
	tcase_add_loop_test(clients,
	    client_that_is_not_counted_yet_is_not_lost, 1, LEADERS + 1);
	tcase_add_loop_test(clients,
	    client_that_cannot_be_accepted_is_waited_for, 0, 5);
	tcase_add_test(clients, client_without_a_thread_is_waited_for);
	tcase_add_test(clients, refused_clients_do_not_extend_the_idle_time);
	tcase_add_test(clients,
	    queue_of_refused_clients_does_not_extend_the_idle_time);
}

int
main(void)
{
	return run_guarded("serve_idle", fill);
}
