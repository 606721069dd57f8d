/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls of unix_accept(), by interposed calls: their number for a
 * client in the queue, and clients of another user that connect without end.
 */
#include "support.h"

#include <sys/socket.h>
#include <string.h>

#include "interpose.h"

#define MOST_REFUSALS	1000	/* the library stops earlier */

static struct unix_listener *listener;
static struct unix_ports clients[MOST_REFUSALS];

/* A client in the queue. */

static int accepts, others;

static void
count(const char *name)
{
	accepts += strcmp(name, "accept4") == 0;
	others += strcmp(name, "poll") == 0 || strcmp(name, "F_GETFL") == 0 ||
	    strcmp(name, "F_SETFL") == 0 || strcmp(name, "setsockopt") == 0 ||
	    (guarded && strcmp(name, "F_DUPFD_CLOEXEC") == 0) ||
	    strcmp(name, "SO_PASSRIGHTS") == 0;
}

START_TEST(client_in_the_queue_costs_no_further_system_call)
{
	struct unix_ports served[5];
	int i;

	listener = listen_at("s", NULL);
	/* 0, 1 and 2 are examined for the first client. */
	expect_reachable(listener, "s");
	for (i = 0; i < 5; i++)
		succeeds(unix_connect("s", of_kind(NULL), &clients[i]));
	for (i = 0; i < 5; i++) {
		watch_calls(count);
		succeeds(unix_accept(listener, &served[i]));
		watch_calls(NULL);
	}
	ck_assert_int_eq(accepts, 5);
	ck_assert_int_eq(others, 0);
	abandon_all(served, 5);
	abandon_all(clients, 5);
	succeeds(unix_close(listener));
}
END_TEST

/* Clients of another user. */

#ifdef __linux__
static int strangers, others_left;

/* The next OTHERS_LEFT clients belong to another user. */
static void
be_another_user(void *answer)
{
	struct ucred *peer = answer;

	peer->uid++;
	if (--others_left > 0)
		after_next("getsockopt", be_another_user);
}

static void
enter_as_stranger(void)
{
	ck_assert_int_lt(strangers, MOST_REFUSALS);
	succeeds(unix_connect("s", of_kind(NULL), &clients[strangers++]));
}

/* A client connects before each accept4(2). */
static void
enter_again(void)
{
	enter_as_stranger();
	before_next("accept4", enter_again);
}

static void
listen_for_own_user(int accept_timeout, int count_of_others)
{
	const struct unix_options options = { .flags = UNIX_SAME_USER,
	    .accept_timeout = accept_timeout };

	listener = listen_at("s", &options);
	others_left = count_of_others;
	after_next("getsockopt", be_another_user);
}

START_TEST(endless_strangers_do_not_block_a_call_without_wait)
{
	struct unix_ports server;

	listen_for_own_user(-1, MOST_REFUSALS);
	enter_as_stranger();
	before_next("accept4", enter_again);
	fails(unix_accept(listener, &server), ETIMEDOUT);
	forget_next();
	ck_assert_int_gt(strangers, 10);
	abandon_all(clients, strangers);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(client_behind_strangers_is_accepted_without_waiting)
{
	struct unix_ports client, server;

	listen_for_own_user(-1, 5);
	while (strangers < 5)
		enter_as_stranger();
	succeeds(unix_connect("s", of_kind(NULL), &client));
	succeeds(unix_accept(listener, &server));
	abandon_all(clients, strangers);
	succeeds(unix_close_ports(&server));
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST
#endif

static void
fill(Suite *suite)
{
	TCase *calls = add_case(suite, "calls");

	tcase_add_test(calls,
	    client_in_the_queue_costs_no_further_system_call);
#ifdef __linux__
	tcase_add_test(calls,
	    endless_strangers_do_not_block_a_call_without_wait);
	tcase_add_test(calls,
	    client_behind_strangers_is_accepted_without_waiting);
#endif
}

int
main(void)
{
	return run_kinds("accept_calls", fill);
}
