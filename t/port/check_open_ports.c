/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_open_ports() and unix_fileno() on a socket of the caller. */
#include "support.h"

#include <sys/socket.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* unix_open_ports() fails with ERROR and leaves FD unchanged. */
static void
expect_refused(int fd, const struct unix_options *options, int error)
{
	struct unix_ports ports = { .descriptor = { -7, -7 } };
	int file = fcntl(fd, F_GETFL), descriptor = fcntl(fd, F_GETFD);

	fails(unix_open_ports(fd, of_kind(options), &ports), error);
	ck_assert_int_eq(fcntl(fd, F_GETFL), file);
	ck_assert_int_eq(fcntl(fd, F_GETFD), descriptor);
	ck_assert_int_eq(ports.descriptor[0], -7);
}

/* Non-blocking and inherited: the call changes both flags. */
static void
raw_pair(int fd[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	ck_assert_int_eq(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
}

static int
raw_socket(int domain, int type)
{
	int fd = socket(domain, type, 0);

	ck_assert_int_ne(fd, -1);
	return fd;
}

START_TEST(socket_becomes_ports_that_own_it)
{
	struct unix_ports ports;
	int fd[2];

	raw_pair(fd);
	succeeds(unix_open_ports(fd[0], of_kind(NULL), &ports));
	answers(unix_fileno(&ports), fd[0]);
	say(ports.out, "x");
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(fcntl(fd[0], F_GETFD), -1);
	ck_assert_int_eq(close(fd[1]), 0);
}
END_TEST

START_TEST(plain_streams_have_two_descriptors)
{
	struct unix_ports pair[2];

	succeeds(unix_pair(NULL, pair));
	ck_assert_int_eq(fileno(pair[0].in), unix_fileno(&pair[0]));
	ck_assert_int_ne(fileno(pair[0].out), unix_fileno(&pair[0]));
	ck_assert_int_eq(fcntl(fileno(pair[0].out), F_GETFD), FD_CLOEXEC);
	succeeds(unix_close_ports(&pair[0]));
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

/* unix_fileno() returns the descriptor, fileno(3) returns -1. */
START_TEST(guarded_streams_have_one_descriptor)
{
	struct unix_ports ports;
	int fd[2];

	raw_pair(fd);
	begin_shortage(0);
	succeeds(unix_open_ports(fd[0], of_kind(NULL), &ports));
	end_shortage();
	fails(fileno(ports.in), EBADF);
	fails(fileno(ports.out), EBADF);
	answers(unix_fileno(&ports), fd[0]);
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(close(fd[1]), 0);
}
END_TEST

START_TEST(socket_becomes_blocking_and_close_on_exec)
{
	struct unix_ports ports;
	int fd[2];

	raw_pair(fd);
	succeeds(unix_open_ports(fd[0], of_kind(NULL), &ports));
	ck_assert_int_eq(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd[0], F_GETFD), FD_CLOEXEC);
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(close(fd[1]), 0);
}
END_TEST

START_TEST(tcp_connection_is_served)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(name);
	int listener = raw_socket(AF_INET, SOCK_STREAM);
	int client = raw_socket(AF_INET, SOCK_STREAM);
	struct unix_ports at[2];

	ck_assert_int_eq(bind(listener, (struct sockaddr *)&name, size), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&name,
	    &size), 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&name, size), 0);
	succeeds(unix_open_ports(client, of_kind(NULL), &at[0]));
	succeeds(unix_open_ports(accept(listener, NULL, NULL), of_kind(NULL),
	    &at[1]));
	say(at[0].out, "over tcp\n");
	expect(at[1].in, "over tcp\n");
	succeeds(unix_close_output(&at[0]));
	expect_end(at[1].in);
	say(at[1].out, "too\n");
	expect(at[0].in, "too\n");
	succeeds(unix_close_ports(&at[1]));
	succeeds(unix_close_ports(&at[0]));
	ck_assert_int_eq(close(listener), 0);
}
END_TEST

START_TEST(bytes_of_a_closed_peer_are_read_until_EOF)
{
	struct unix_ports ports;
	int fd[2];

	raw_pair(fd);
	ck_assert_int_eq(write(fd[1], "left\n", 5), 5);
	ck_assert_int_eq(close(fd[1]), 0);
	succeeds(unix_open_ports(fd[0], of_kind(NULL), &ports));
	expect(ports.in, "left\n");
	expect_end(ports.in);
	succeeds(unix_close_ports(&ports));
}
END_TEST

START_TEST(closed_descriptor_is_ebadf)
{
	int fd[2];

	raw_pair(fd);
	close(fd[0]);
	close(fd[1]);
	expect_refused(fd[0], NULL, EBADF);
	expect_refused(-1, NULL, EBADF);
}
END_TEST

START_TEST(file_is_ENOTSOCK)
{
	int fd[2], file = open("/dev/null", O_RDWR);

	expect_refused(file, NULL, ENOTSOCK);
	ck_assert_int_eq(close(file), 0);
	ck_assert_int_eq(pipe(fd), 0);
	expect_refused(fd[0], NULL, ENOTSOCK);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

START_TEST(unconnected_socket_is_enotconn)
{
	const int domains[] = { AF_UNIX, AF_INET };
	int fd = raw_socket(domains[_i], SOCK_STREAM);

	expect_refused(fd, NULL, ENOTCONN);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

START_TEST(listener_is_einval)
{
	struct unix_listener *listener = listen_at("s", NULL);

	expect_refused(unix_listener_fileno(listener), NULL, EINVAL);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(datagram_socket_is_EPROTOTYPE)
{
	const int types[] = { SOCK_DGRAM, SOCK_SEQPACKET };
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, types[_i], 0, fd), 0);
	expect_refused(fd[0], NULL, EPROTOTYPE);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

START_TEST(shortage_leaves_the_socket_unchanged)
{
	int fd[2];

	raw_pair(fd);
	begin_shortage(0);
	expect_refused(fd[0], NULL, EMFILE);
	end_shortage();
	close(fd[0]);
	close(fd[1]);
}
END_TEST

START_TEST(null_ports_are_einval)
{
	int fd[2];

	raw_pair(fd);
	fails(unix_open_ports(fd[0], of_kind(NULL), NULL), EINVAL);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

START_TEST(fileno_succeeds_while_a_member_is_open)
{
	struct unix_ports pair[2];
	int end, fd;

	succeeds(unix_pair(of_kind(NULL), pair));
	succeeds(unix_close_input(&pair[0]));
	succeeds(unix_close_output(&pair[1]));
	for (end = 0; end < 2; end++) {
		fd = unix_fileno(&pair[end]);
		ck_assert_int_ne(fcntl(fd, F_GETFD), -1);
		succeeds(unix_close_ports(&pair[end]));
		fails(unix_fileno(&pair[end]), EBADF);
	}
	fails(unix_fileno(NULL), EBADF);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *shortage = add_case(suite, "shortage");
	TCase *errors = add_case(suite, "errors");

	tcase_add_test(core, socket_becomes_ports_that_own_it);
	tcase_add_test(core, socket_becomes_blocking_and_close_on_exec);
	tcase_add_test(core, tcp_connection_is_served);
	tcase_add_test(core, bytes_of_a_closed_peer_are_read_until_EOF);
	tcase_add_test(core, fileno_succeeds_while_a_member_is_open);
	tcase_add_test(errors, closed_descriptor_is_ebadf);
	tcase_add_test(errors, file_is_ENOTSOCK);
	tcase_add_loop_test(errors, unconnected_socket_is_enotconn, 0, 2);
	tcase_add_test(errors, listener_is_einval);
	tcase_add_loop_test(errors, datagram_socket_is_EPROTOTYPE,
	    0, 2);
	if (guarded) {
		tcase_add_test(shortage, guarded_streams_have_one_descriptor);
	} else {
		tcase_add_test(core, plain_streams_have_two_descriptors);
		tcase_add_test(shortage, shortage_leaves_the_socket_unchanged);
	}
	tcase_add_test(errors, null_ports_are_einval);
}

int
main(void)
{
	return run_kinds("open_ports", fill);
}
