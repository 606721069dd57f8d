/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors in flight whose last close(2) would block for a minute: no call
 * on a listener that refuses or drops a client may block.
 */
#include "servers.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "interpose.h"
#include "lingering.h"

static struct unix_ports ports;

/*
 * MODE selects UNIX_FILES.  Without it, connections do not refuse descriptors.
 */
static struct unix_listener *
listen_in_mode(int mode, unsigned flags)
{
	struct unix_options options = { .flags = flags |
	    (mode == 0 && guarded ? UNIX_FILES : 0) };
	struct unix_listener *listener = listen_at("s", &options);

	let_files_in(unix_listener_fileno(listener));
	return listener;
}

static int
connect_raw(int type)
{
	const struct sockaddr_un name = { .sun_family = AF_UNIX,
	    .sun_path = "s" };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&name,
	    sizeof(name)), 0);
	return fd;
}

static void
expect_reset(int fd)
{
	char byte;

	fails(recv(fd, &byte, 1, 0), ECONNRESET);
}

static void
be_another_user(void *answer)
{
	struct ucred *user = answer;

	user->uid++;
}

START_TEST(refused_user_does_not_delay_accept)
{
	struct unix_listener *listener = listen_in_mode(_i, UNIX_SAME_USER);
	int stranger = connect_raw(SOCK_STREAM);
	int other;

	pass_lingering(stranger, 3);
	other = connect_raw(SOCK_STREAM);
	after_next("getsockopt", be_another_user);
	takes_no_minute(succeeds(unix_accept(listener, &ports)));
	ck_assert(!is_pending());
	expect_reset(stranger);
	say(ports.out, "hello\n");
	succeeds(unix_close_ports(&ports));
	succeeds(unix_close(listener));
	ck_assert_int_eq(close(stranger), 0);
	ck_assert_int_eq(close(other), 0);
	close_far_ends();
}
END_TEST

/* Setting the option, or the second descriptor of plain ports, fails. */
START_TEST(failure_after_accept_does_not_wait)
{
	const struct unix_options inherit = { .flags = UNIX_INHERIT };
	struct unix_listener *listener = listen_at("s", &inherit);
	int stranger = connect_raw(SOCK_STREAM);

	pass_lingering(stranger, 3);
	fail_next(guarded ? "SO_PASSRIGHTS" : "dup3", 1, EPERM);
	takes_no_minute(fails(unix_accept(listener, &ports), EPERM));
	expect_reset(stranger);
	succeeds(unix_close(listener));
	ck_assert_int_eq(close(stranger), 0);
	close_far_ends();
}
END_TEST

static int server_socket;

static void
answer_first(void)
{
	int client = accept(server_socket, NULL, NULL);

	pass_lingering(client, 3);
	ck_assert_int_eq(close(client), 0);
}

/*
 * The server is another user's, and passes descriptors before it is identified.
 */
START_TEST(refused_server_does_not_delay_connect)
{
	struct unix_options same = { .flags = UNIX_SAME_USER |
	    (guarded ? UNIX_FILES : 0) };

	server_socket = bind_socket(SOCK_STREAM);
	ck_assert_int_eq(listen(server_socket, 1), 0);
	before_next("getsockopt", answer_first);
	after_next("getsockopt", be_another_user);
	takes_no_minute(fails(unix_connect("s", of_kind(&same), &ports),
	    EACCES));
	ck_assert_int_eq(close(server_socket), 0);
	close_far_ends();
}
END_TEST

/* unix_serve(): a client over the limit, and one that is served. */

static struct server server;
static struct gate gate = GATE;

START_TEST(refused_client_does_not_delay_a_server)
{
	const struct unix_serve_options one = { .clients_per_user = 1 };
	int first, refused;

	server.listener = listen_in_mode(_i, 0);
	server.context = &gate;
	first = connect_raw(SOCK_STREAM);
	refused = connect_raw(SOCK_STREAM);
	pass_lingering(refused, 3);
	serve(&server, wait_and_echo, &one);
	await_entered(&gate, 1);
	takes_no_minute(expect_reset(refused));
	pass_lingering(first, 3);
	open_gate(&gate);
	takes_no_minute(end_server(&server));
	ck_assert_int_eq(close(first), 0);
	ck_assert_int_eq(close(refused), 0);
	close_far_ends();
}
END_TEST

/* unix_close(). */

START_TEST(waiting_client_does_not_delay_the_close)
{
	struct unix_listener *listener = listen_in_mode(_i, 0);
	int stranger = connect_raw(SOCK_STREAM);
	int other = connect_raw(SOCK_STREAM);

	pass_lingering(stranger, 3);
	takes_no_minute(succeeds(unix_close(listener)));
	expect_reset(stranger);
	ck_assert_int_eq(close(stranger), 0);
	ck_assert_int_eq(close(other), 0);
	close_far_ends();
}
END_TEST

/* Another process accepts the client, as after unix_abandon(). */
START_TEST(close_with_UNIX_KEEP_leaves_the_clients_to_a_child)
{
	const struct unix_options keep = { .flags = UNIX_FILES | UNIX_KEEP };
	struct unix_listener *listener = listen_at("s", &keep);
	int client = connect_raw(SOCK_STREAM);
	int closed[2];
	char byte;
	pid_t child;

	ck_assert_int_eq(pipe(closed), 0);
	child = fork();
	if (child == 0) {
		if (read(closed[0], &byte, 1) != 1 ||
		    unix_accept(listener, &ports) == -1)
			_exit(1);
		say(ports.out, "hello\n");
		_exit(0);
	}
	succeeds(unix_close(listener));
	ck_assert_int_eq(write(closed[1], "", 1), 1);
	ck_assert_int_eq(recv(client, &byte, 1, 0), 1);
	ck_assert_int_eq(child_status(child), 0);
	ck_assert_int_eq(close(client), 0);
	ck_assert_int_eq(close(closed[0]), 0);
	ck_assert_int_eq(close(closed[1]), 0);
}
END_TEST

START_TEST(unread_datagrams_do_not_delay_the_close)
{
	const struct unix_options datagram = { .flags = UNIX_DATAGRAM };
	struct unix_listener *listener = unix_listen("s", &datagram);
	int fd = connect_raw(SOCK_DGRAM);
	int empty = make_lingering();

	ck_assert_ptr_nonnull(listener);
	pass(fd, "", 0, empty);
	pass_lingering(fd, 3);
	pass(fd, "", 0, empty);
	takes_no_minute(succeeds(unix_close(listener)));
	ck_assert(!is_lingering(empty));
	close_lingering(empty);
	ck_assert_int_eq(close(fd), 0);
	close_far_ends();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *refused = add_case(suite, "refused");
	TCase *closed = add_case(suite, "closed");

	tcase_add_loop_test(refused, refused_user_does_not_delay_accept, 0, 2);
	tcase_add_test(refused, failure_after_accept_does_not_wait);
	tcase_add_test(refused, refused_server_does_not_delay_connect);
	if (!guarded) {
		tcase_add_test(closed, unread_datagrams_do_not_delay_the_close);
		return;
	}
	tcase_add_loop_test(refused,
	    refused_client_does_not_delay_a_server, 0, 2);
	tcase_add_loop_test(closed, waiting_client_does_not_delay_the_close,
	    0, 2);
	tcase_add_test(closed,
	    close_with_UNIX_KEEP_leaves_the_clients_to_a_child);
}

int
main(void)
{
	return run_kinds("inflight_server", fill);
}
