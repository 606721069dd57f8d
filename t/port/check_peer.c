/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_peer() and UNIX_SAME_USER: the identity of the peer. */
#include "support.h"

#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static struct unix_options same_user = { .flags = UNIX_SAME_USER,
    .mode = 0666 };

/* Static: a child ends without releasing them. */
static struct unix_listener *listener;
static struct unix_ports client;

static void
expect_peer(const struct unix_ports *ports, pid_t pid)
{
	struct unix_peer peer;

	succeeds(unix_peer(ports, &peer));
	ck_assert_int_eq(peer.pid, pid);
	ck_assert_uint_eq(peer.uid, geteuid());
	ck_assert_uint_eq(peer.gid, getegid());
}

START_TEST(each_end_identifies_the_other)
{
	struct connection c;

	open_connection(&c, _i, NULL);
	expect_peer(&c.server, getpid());
	expect_peer(&c.client, getpid());
	close_connection(&c);
}
END_TEST

START_TEST(server_identifies_the_process_that_connected)
{
	struct unix_ports server;
	pid_t child;

	listener = listen_at("s", NULL);
	child = fork();
	if (child == 0)
		_exit(unix_connect("s", of_kind(NULL), &client) == 0 &&
		    getc(client.in) == EOF ? 0 : 1);
	succeeds(unix_accept(listener, &server));
	expect_peer(&server, child);
	succeeds(unix_close_ports(&server));
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(tcp_connection_is_ENOTSUP)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(name);
	int server = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct unix_peer peer;
	struct unix_ports ports;

	ck_assert_int_eq(bind(server, (struct sockaddr *)&name, size), 0);
	ck_assert_int_eq(listen(server, 1), 0);
	ck_assert_int_eq(getsockname(server, (struct sockaddr *)&name,
	    &size), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, size), 0);
	/* The user is unknown, but these calls do not require it. */
	succeeds(unix_open_ports(fd, of_kind(&same_user), &ports));
	fails(unix_peer(&ports, &peer), ENOTSUP);
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(close(server), 0);
}
END_TEST

START_TEST(closed_ports_and_null_are_errors)
{
	struct unix_ports pair[2];
	struct unix_peer peer;

	succeeds(unix_pair(of_kind(NULL), pair));
	fails(unix_peer(&pair[0], NULL), EINVAL);
	succeeds(unix_close_ports(&pair[0]));
	fails(unix_peer(&pair[0], &peer), EBADF);
	fails(unix_peer(NULL, &peer), EBADF);
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

START_TEST(same_user_is_served)
{
	struct connection c;

	open_connection(&c, _i, &same_user);
	say(c.client.out, "x\n");
	expect(c.server.in, "x\n");
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *user = add_case(suite, "user");

	tcase_add_loop_test(core, each_end_identifies_the_other, 0, WAYS);
	tcase_add_test(core, server_identifies_the_process_that_connected);
	tcase_add_test(core, tcp_connection_is_ENOTSUP);
	tcase_add_test(core, closed_ports_and_null_are_errors);
	tcase_add_loop_test(user, same_user_is_served, 0, WAYS);
}

int
main(void)
{
	return run_kinds("peer", fill);
}
