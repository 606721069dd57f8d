/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call that refuses descriptors: when it is made, and kernels without the
 * option.  Interposed calls simulate them.
 */
#include "support.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "files.h"
#include "interpose.h"
#include "lingering.h"
#include "rights.h"

static struct connection c;
static char name[] = "cat";
static char *const copier[] = { name, NULL };

/* Every way to open ports.  Returns 0, or -1 with no descriptor left open. */

static int fd[2];

static int
open_given(void)
{
	return unix_open_ports(fd[0], of_kind(NULL), &c.client);
}

static int
connect_given(void)
{
	char address[20];

	snprintf(address, sizeof(address), "fd:%d", fd[0]);
	return unix_connect(address, of_kind(NULL), &c.client);
}

static int
connect_out(void)
{
	return unix_connect("s", of_kind(NULL), &c.client);
}

static int
make_pair(void)
{
	struct unix_ports pair[2];

	if (unix_pair(of_kind(NULL), pair) == -1)
		return -1;
	c.client = pair[0];
	c.server = pair[1];
	return 0;
}

static int
start_child(void)
{
	return unix_spawn(copier, of_kind(NULL), &c.client) == -1 ? -1 : 0;
}

static int
listen_there(void)
{
	c.listener = unix_listen("s", of_kind(NULL));
	return c.listener == NULL ? -1 : 0;
}

static int
accept_given(void)
{
	return unix_accept(c.listener, &c.server);
}

static void
prepare_nothing(void)
{
}

static void
prepare_sockets(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fd), 0);
}

static void
prepare_server(void)
{
	c.listener = listen_at("s", NULL);
}

/* A listener that other processes may hold, and a client in its queue. */
static void
prepare_client(void)
{
	const struct unix_options inherit = { .flags = UNIX_INHERIT };

	open_waiting(&c, &inherit);
}

static const struct {
	void (*prepare)(void);
	int (*call)(void);
} ways[] = {
	{ prepare_sockets, open_given },
	{ prepare_sockets, connect_given },
	{ prepare_server, connect_out },
	{ prepare_nothing, make_pair },
	{ prepare_nothing, start_child },
	{ prepare_nothing, listen_there },
	{ prepare_client, accept_given },
};

static void
close_all(void)
{
	succeeds(unix_abandon_ports(&c.client));
	succeeds(unix_abandon_ports(&c.server));
	succeeds(unix_close(c.listener));
	if (fd[1] != 0)
		ck_assert_int_eq(close(fd[1]), 0);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

START_TEST(kernel_without_the_option_is_no_error)
{
	ways[_i].prepare();
	fail_next("SO_PASSRIGHTS", 0, ENOPROTOOPT);
	succeeds(ways[_i].call());
	forget_next();
	close_all();
}
END_TEST

/* An unexpected error of the option is reported, not ignored. */
START_TEST(failure_to_set_the_option_is_an_error)
{
	int flags;

	ways[_i].prepare();
	flags = fcntl(fd[0], F_GETFL);
	fail_next("SO_PASSRIGHTS", 1, EPERM);
	fails(ways[_i].call(), EPERM);
	ck_assert(!is_pending());
	ck_assert_int_eq(fcntl(fd[0], F_GETFL), flags);
	ck_assert_ptr_null(c.server.in);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	if (ways[_i].call == accept_given) {
		/* The client is no longer in the queue. */
		expect_end(c.client.in);
		succeeds(unix_abandon_ports(&c.client));
		succeeds(unix_connect("s", of_kind(NULL), &c.client));
	}
	succeeds(ways[_i].call());
	close_all();
}
END_TEST

START_TEST(plain_ports_keep_the_option_of_the_system)
{
	ways[_i].prepare();
	fail_next("SO_PASSRIGHTS", 1, EPERM);
	succeeds(ways[_i].call());
	ck_assert(is_pending());
	forget_next();
	close_all();
}
END_TEST

/* The listener already has the option, which its connections inherit. */
START_TEST(accepted_connection_takes_no_call)
{
	open_waiting(&c, NULL);
	fail_next("SO_PASSRIGHTS", 1, EPERM);
	succeeds(unix_accept(c.listener, &c.server));
	ck_assert(is_pending());
	forget_next();
	close_all();
}
END_TEST

/* Both ends on an older kernel: the text arrives, without the descriptor. */
START_TEST(older_kernel_closes_unrequested_descriptors)
{
	int before;

	fail_next("SO_PASSRIGHTS", 0, ENOPROTOOPT);
	open_connection(&c, _i, NULL);
	raw_send(unix_fileno(&c.client), "line\n", (struct raw){ .count = 1 });
	before = open_descriptors();
	expect(c.server.in, "line\n");
	ck_assert_int_eq(open_descriptors(), before);
	raw_send(unix_fileno(&c.server), "back\n", (struct raw){ .count = 1 });
	expect(c.client.in, "back\n");
	ck_assert_int_eq(open_descriptors(), before);
	forget_next();
	close_connection(&c);
}
END_TEST

/* A passed socket must not delay a read or a close there. */
START_TEST(older_kernel_does_not_wait_for_a_socket)
{
	int file = make_lingering();
	int unread = make_lingering();
	int urgent = make_lingering();
	int error;

	fail_next("SO_PASSRIGHTS", 0, ENOPROTOOPT);
	open_connection(&c, _i, NULL);
	pass(unix_fileno(&c.client), "li", 0, file);
	error = try_pass(unix_fileno(&c.client), "!", MSG_OOB, &urgent, 1);
	say(c.client.out, "ne\n");
	expect(c.server.in, "line\n");
	pass(unix_fileno(&c.client), "x", 0, unread);
	forget_next();
	succeeds(unix_close_ports(&c.server));
	ck_assert(!is_lingering(file));
	ck_assert(!is_lingering(unread));
	ck_assert_int_eq(is_lingering(urgent), error != 0);
	close_lingering(file);
	close_lingering(unread);
	close_lingering(urgent);
	close_far_ends();
	close_connection(&c);
}
END_TEST

/* Descriptors are refused before the peer can send any. */

static int seen;

/* Examines the socket with the highest number. */
static void
look(void)
{
	int socket, type;
	socklen_t size = sizeof(type);

	for (socket = DESCRIPTORS - 1; socket > 0; socket--)
		if (getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0)
			break;
	seen = takes_files(socket);
}

START_TEST(refusal_is_first)
{
	if (_i == 1)
		prepare_server();
	before_next(_i == 0 ? "listen" : "connect", look);
	succeeds(_i == 0 ? listen_there() : connect_out());
	ck_assert(!is_pending());
	ck_assert_int_eq(seen, !(guarded && kernel_refuses()));
	close_all();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *calls = add_case(suite, "calls");

	tcase_add_loop_test(calls, kernel_without_the_option_is_no_error,
	    0, COUNT(ways));
	tcase_add_loop_test(calls, older_kernel_closes_unrequested_descriptors,
	    0, WAYS);
	tcase_add_loop_test(calls, refusal_is_first, 0, 2);
	tcase_add_test(calls, accepted_connection_takes_no_call);
	if (guarded)
		tcase_add_loop_test(calls,
		    older_kernel_does_not_wait_for_a_socket, 0, WAYS);
	if (guarded)
		tcase_add_loop_test(calls,
		    failure_to_set_the_option_is_an_error,
		    0, COUNT(ways));
	else
		tcase_add_loop_test(calls,
		    plain_ports_keep_the_option_of_the_system,
		    0, COUNT(ways));
}

int
main(void)
{
	return run_kinds("rights_calls", fill);
}
