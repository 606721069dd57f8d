/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel that does not report the peer, by interposed calls.  Such a peer
 * must not be accepted as the same user.
 */
#include "support.h"

#include <sys/socket.h>
#include <unistd.h>

#include "interpose.h"

static struct unix_listener *listener;
static struct unix_ports client, server, pair[2];

START_TEST(unknown_peer_is_an_error)
{
	const char *const names[] = { "getsockname", "getsockopt" };
	struct unix_peer peer = { .pid = 7 };

	succeeds(unix_pair(of_kind(NULL), pair));
	fail_next(names[_i], 1, ENOBUFS);
	fails(unix_peer(&pair[0], &peer), ENOBUFS);
	ck_assert(!is_pending());
	ck_assert_int_eq(peer.pid, 7);
	succeeds(unix_peer(&pair[0], &peer));
	ck_assert_int_eq(peer.pid, getpid());
	abandon_all(pair, 2);
}
END_TEST

#ifdef __linux__
/* The kernel reports this for a peer in another pid namespace. */
static void
hide_process(void *answer)
{
	((struct ucred *)answer)->pid = 0;
}

START_TEST(process_of_another_namespace_is_unknown)
{
	struct unix_peer peer;

	succeeds(unix_pair(of_kind(NULL), pair));
	after_next("getsockopt", hide_process);
	succeeds(unix_peer(&pair[0], &peer));
	ck_assert(!is_pending());
	ck_assert_int_eq(peer.pid, -1);
	ck_assert_uint_eq(peer.uid, geteuid());
	abandon_all(pair, 2);
}
END_TEST
#endif

#ifdef __linux__
/* Old kernels, a socket that has no peer, and a process that was reaped. */
START_TEST(error_of_the_kernel_is_translated)
{
	static const struct {
		int given, expected;
	} cases[] = { { ENOPROTOOPT, ENOTSUP }, { ENODATA, ENOTSUP },
	    { EINVAL, ESRCH }, { EMFILE, EMFILE } };
	int in_group;

	succeeds(unix_pair(of_kind(NULL), pair));
	fail_next("getsockopt", 1, cases[_i].given);
	fails(unix_peer_process(&pair[0]), cases[_i].expected);
	ck_assert(!is_pending());
	fail_next("getsockopt", 2, cases[_i].given);
	in_group = unix_peer_in_group(&pair[0], getegid() + 1);
	ck_assert_int_eq(in_group, -1);
	ck_assert_int_eq(errno, cases[_i].expected == ENOTSUP ? ENOTSUP :
	    cases[_i].given);
	ck_assert(!is_pending());
	abandon_all(pair, 2);
}
END_TEST
#endif

static struct unix_options same_user = { .flags = UNIX_SAME_USER };

START_TEST(client_of_unknown_user_is_dropped)
{
	struct unix_ports next;

	listener = listen_at("s", &same_user);
	succeeds(unix_connect("s", of_kind(NULL), &client));
	succeeds(unix_connect("s", of_kind(NULL), &next));
	fail_next("getsockopt", 1, ENOBUFS);
	succeeds(unix_accept(listener, &server));
	ck_assert(!is_pending());
	expect_end(client.in);
	say(next.out, "next\n");
	expect(server.in, "next\n");
	succeeds(unix_close_ports(&next));
	succeeds(unix_abandon_ports(&client));
	succeeds(unix_close_ports(&server));
	succeeds(unix_close(listener));
}
END_TEST

/* If the system never reports a user, no other client can be accepted. */
START_TEST(system_that_reports_no_user_is_ENOTSUP)
{
	listener = listen_at("s", &same_user);
	succeeds(unix_connect("s", of_kind(NULL), &client));
	fail_next("getsockopt", 1, ENOTSUP);
	fails(unix_accept(listener, &server), ENOTSUP);
	ck_assert(!is_pending());
	succeeds(unix_abandon_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(server_of_unknown_user_is_rejected)
{
	listener = listen_at("s", NULL);
	fail_next("getsockopt", 1, ENOBUFS);
	fails(unix_connect("s", of_kind(&same_user), &client), ENOBUFS);
	ck_assert(!is_pending());
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(files_require_a_known_address_family)
{
	struct unix_options files = { .flags = UNIX_FILES };
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	fail_next("getsockname", 1, ENOBUFS);
	fails(unix_open_ports(fd[0], of_kind(&files), &client), ENOBUFS);
	ck_assert(!is_pending());
	ck_assert_int_eq(close(fd[0]), 0);
	ck_assert_int_eq(close(fd[1]), 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *calls = add_case(suite, "calls");

	tcase_add_loop_test(calls, unknown_peer_is_an_error, 0, 2);
#ifdef __linux__
	tcase_add_loop_test(calls, error_of_the_kernel_is_translated, 0, 4);
	tcase_add_test(calls, process_of_another_namespace_is_unknown);
#endif
	tcase_add_test(calls, client_of_unknown_user_is_dropped);
	tcase_add_test(calls, system_that_reports_no_user_is_ENOTSUP);
	tcase_add_test(calls, server_of_unknown_user_is_rejected);
	if (guarded)
		tcase_add_test(calls,
		    files_require_a_known_address_family);
}

int
main(void)
{
	return run_kinds("peer_calls", fill);
}
