/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_peer() and UNIX_SAME_USER with a peer of another user. */
#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

#include "privilege.h"

#define OTHER_USER	65534	/* become_user() */

static struct unix_options public = { .mode = 0666 };
static struct unix_options same_user = { .flags = UNIX_SAME_USER,
    .mode = 0666 };

/* Static: a child ends without releasing them. */
static struct unix_listener *listener;
static struct unix_ports client;

static pid_t
start_other_user(struct unix_ports *ports)
{
	pid_t child = fork();

	if (child == 0) {
		become_user();
		_exit(unix_connect("s", of_kind(NULL), ports) == 0 &&
		    getc(ports->in) == EOF ? 0 : 1);
	}
	return child;
}

START_TEST(other_user_is_identified)
{
	struct unix_ports server;
	struct unix_peer peer;
	pid_t child;

	listener = listen_at("s", &public);
	child = start_other_user(&client);
	succeeds(unix_accept(listener, &server));
	succeeds(unix_peer(&server, &peer));
	ck_assert_int_eq(peer.pid, child);
	ck_assert_uint_eq(peer.uid, OTHER_USER);
	succeeds(unix_close_ports(&server));
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(other_user_is_dropped_and_the_next_client_is_served)
{
	struct unix_ports server;
	pid_t child;

	listener = listen_at("s", &same_user);
	child = start_other_user(&client);
	while (unix_accept_ready(listener) == 0)
		;
	succeeds(unix_connect("s", of_kind(NULL), &client));
	succeeds(unix_accept(listener, &server));
	say(server.out, "you\n");
	expect(client.in, "you\n");
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close_ports(&server));
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(server_of_another_user_is_eacces)
{
	ck_assert_int_eq(chmod(".", 0777), 0);
	become_user();
	listener = listen_at("s", &public);
	become_self();
	cannot_connect("s", &same_user, EACCES);
	succeeds(unix_connect("s", of_kind(NULL), &client));
	succeeds(unix_close_ports(&client));
	become_user();
	succeeds(unix_close(listener));
	become_self();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *user = add_case(suite, "user");

	tcase_add_test(user, other_user_is_identified);
	tcase_add_test(user,
	    other_user_is_dropped_and_the_next_client_is_served);
	tcase_add_test(user, server_of_another_user_is_eacces);
}

int
main(void)
{
	require_root();
	return run_kinds("other_users", fill);
}
