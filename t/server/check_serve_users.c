/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_serve() with clients of another user. */
#include "servers.h"

#include <unistd.h>

#include "privilege.h"

static struct server server;

/* A client of another user: whether it is served. */
static pid_t
start_other_user(void)
{
	struct unix_ports client;
	pid_t child = fork();

	if (child != 0)
		return child;
	become_user();
	end_child(is_served(&client) ? 0 : 1);
	return -1;
}

static void
serve_all_users(unsigned flags, const struct unix_serve_options *options)
{
	const struct unix_options public = { .mode = 0666, .flags = flags };

	server.listener = listen_at("s", &public);
	serve(&server, echo, options);
}

START_TEST(each_user_has_its_own_limit)
{
	const struct unix_serve_options options = { .clients_per_user = 1 };
	struct unix_ports client;

	serve_all_users(0, &options);
	ck_assert(is_served(&client));
	ck_assert_int_eq(child_status(start_other_user()), 0);
	leave(&client);
	end_server(&server);
}
END_TEST

START_TEST(other_users_are_dropped_by_a_listener_with_UNIX_SAME_USER)
{
	struct unix_ports client;

	serve_all_users(UNIX_SAME_USER, NULL);
	ck_assert_int_ne(child_status(start_other_user()), 0);
	ck_assert(is_served(&client));
	leave(&client);
	end_server(&server);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *users = add_case(suite, "users");

	tcase_add_test(users, each_user_has_its_own_limit);
	tcase_add_test(users,
	    other_users_are_dropped_by_a_listener_with_UNIX_SAME_USER);
}

int
main(void)
{
	require_root();
	return run_guarded("serve_users", fill);
}
