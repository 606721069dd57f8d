/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_peer() and UNIX_SAME_USER with a peer of another user. */
#include "support.h"

#include <sys/stat.h>
#include <grp.h>
#include <sched.h>
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

#define GROUPS	100	/* more than one call to the kernel returns */

START_TEST(supplementary_groups_are_groups_of_the_peer)
{
	gid_t groups[GROUPS];
	struct unix_ports server;
	pid_t child;
	int i;

	for (i = 0; i < GROUPS; i++)
		groups[i] = (gid_t)(1000 + 2 * i);
	listener = listen_at("s", &public);
	child = fork();
	if (child == 0)
		_exit(setgroups(_i == 0 ? 0 : GROUPS, groups) == 0 &&
		    unix_connect("s", of_kind(NULL), &client) == 0 &&
		    getc(client.in) == EOF ? 0 : 1);
	succeeds(unix_accept(listener, &server));
	for (i = 0; i < GROUPS; i++) {
		answers(unix_peer_in_group(&server, groups[i]), _i);
		answers(unix_peer_in_group(&server, groups[i] + 1), 0);
	}
	answers(unix_peer_in_group(&server, getegid()), 1);
	succeeds(unix_close_ports(&server));
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close(listener));
}
END_TEST

/* In a user namespace that maps no group, all have one number. */
START_TEST(overflow_gid_of_a_namespace_is_ENOTSUP)
{
	struct unix_ports pair[2];
	pid_t child;

	succeeds(unix_pair(of_kind(NULL), pair));
	answers(unix_peer_in_group(&pair[0], OTHER_USER), 0);
	child = fork();
	if (child == 0)
		_exit(unshare(CLONE_NEWUSER) == 0 &&
		    unix_peer_in_group(&pair[0], OTHER_USER) == -1 &&
		    errno == ENOTSUP &&
		    unix_peer_in_group(&pair[0], 1) == 0 ? 0 : 1);
	ck_assert_int_eq(child_status(child), 0);
	abandon_all(pair, 2);
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
	tcase_add_loop_test(user, supplementary_groups_are_groups_of_the_peer,
	    0, 2);
	tcase_add_test(user, overflow_gid_of_a_namespace_is_ENOTSUP);
}

int
main(void)
{
	require_root();
	require_namespaces(CLONE_NEWUSER, "user");
	return run_kinds("other_users", fill);
}
