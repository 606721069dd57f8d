/* SPDX-License-Identifier: BSD-2-Clause */
/* UNIX_DATAGRAM, unix_send() and unix_try_send(). */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct unix_options datagram = { .flags = UNIX_DATAGRAM };

static void
expect_datagram(struct unix_listener *listener, const char *text)
{
	char bytes[200];
	ssize_t length = recv(unix_listener_fileno(listener), bytes,
	    sizeof(bytes), 0);

	ck_assert_int_eq(length, (ssize_t)strlen(text));
	ck_assert_mem_eq(bytes, text, strlen(text));
}

START_TEST(datagrams_arrive_whole_and_in_order)
{
	struct unix_listener *listener = listen_at("s", &datagram);

	succeeds(unix_send("s", "READY=1", 7));
	succeeds(unix_send("unix:s", "STATUS=well\n", 12));
	succeeds(unix_send("./s", NULL, 0));
	expect_datagram(listener, "READY=1");
	expect_datagram(listener, "STATUS=well\n");
	expect_datagram(listener, "");
	fails(recv(unix_listener_fileno(listener), NULL, 0, 0), EAGAIN);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(path_is_claimed_and_removed_as_for_a_listener)
{
	struct unix_options keep = { .flags = UNIX_DATAGRAM | UNIX_KEEP,
	    .mode = 0622 };
	struct unix_listener *listener = listen_at("s", &keep);
	struct stat status;

	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_int_eq(status.st_mode, S_IFSOCK | 0622);
	cannot_listen("s", &datagram, EADDRINUSE);
	cannot_listen("s", NULL, EADDRINUSE);
	answers(unix_listener_owns_path(listener), 1);
	succeeds(unix_close(listener));
	/* The file is stale after this. */
	listener = listen_at("s", &datagram);
	succeeds(unix_send("s", "x", 1));
	expect_datagram(listener, "x");
	succeeds(unix_close(listener));
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

START_TEST(long_path_and_abstract_name_receive)
{
	struct unix_listener *listener;
	char path[301];

	if (_i == 0)
		make_path(path, 300);
	else
		snprintf(path, sizeof(path), "@up.d.%ld", (long)getpid());
	listener = listen_at(path, &datagram);
	succeeds(unix_send(path, "x", 1));
	expect_datagram(listener, "x");
	succeeds(unix_close(listener));
	fails(unix_send(path, "x", 1), _i == 0 ? ENOENT : ECONNREFUSED);
}
END_TEST

START_TEST(accept_of_datagrams_is_EOPNOTSUPP)
{
	struct unix_listener *listener = listen_at("s", &datagram);
	struct unix_ports ports;

	fails(unix_accept(listener, &ports), EOPNOTSUPP);
	cannot_connect("s", NULL, EPROTOTYPE);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(adopted_sockets_send_and_receive)
{
	struct unix_listener *listener;
	char address[20];
	int fd[2], bound = bind_socket(SOCK_DGRAM);

	snprintf(address, sizeof(address), "fd:%d", bound);
	cannot_listen(address, NULL, EPROTOTYPE);
	listener = listen_at(address, &datagram);
	succeeds(unix_send("s", "x", 1));
	expect_datagram(listener, "x");
	succeeds(unix_close(listener));

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
	snprintf(address, sizeof(address), "fd:%d", fd[0]);
	succeeds(unix_send(address, "y", 1));
	cannot_listen(address, &datagram, EINVAL);
	close(fd[0]);
	close(fd[1]);
	fails(unix_send(address, "y", 1), EBADF);
}
END_TEST

static void
count_signal(int signal)
{
	(void)signal;
	ck_abort_msg("a signal");
}

START_TEST(missing_receiver_is_an_error_without_a_signal)
{
	catch_signal(SIGPIPE, count_signal);
	fails(unix_send("s", "x", 1), ENOENT);
	close(bind_socket(SOCK_DGRAM));
	fails(unix_send("s", "x", 1), ECONNREFUSED);
	ck_assert_int_eq(unlink("s"), 0);
	close(open("s", O_CREAT | O_WRONLY, 0600));
	fails(unix_send("s", "x", 1), ECONNREFUSED);
}
END_TEST

/* Fill the queue of "s", whose length is a setting of the system. */
static int
fill_queue(const char *address)
{
	int count = 0;

	while (count < 100000 && unix_try_send(address, "x", 1) == 0)
		count++;
	return count;
}

START_TEST(full_queue_is_EAGAIN_for_try_send)
{
	struct unix_listener *listener = listen_at("s", &datagram);
	int count = fill_queue("s");

	ck_assert_int_gt(count, 0);
	fails(unix_try_send("s", "y", 1), EAGAIN);
	expect_datagram(listener, "x");
	succeeds(unix_try_send("s", "y", 1));
	while (--count > 0)
		expect_datagram(listener, "x");
	expect_datagram(listener, "y");
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(try_send_leaves_the_descriptor_as_it_was)
{
	char address[20];
	int fd[2], flags;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
	flags = fcntl(fd[0], F_GETFL);
	snprintf(address, sizeof(address), "fd:%d", fd[0]);
	ck_assert_int_gt(fill_queue(address), 0);
	fails(unix_try_send(address, "y", 1), EAGAIN);
	ck_assert_int_eq(fcntl(fd[0], F_GETFL), flags);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

START_TEST(try_send_fails_as_send_does)
{
	fails(unix_try_send(NULL, "x", 1), EINVAL);
	fails(unix_try_send("systemd:", "x", 1), EINVAL);
	fails(unix_try_send("s", NULL, 1), EINVAL);
	fails(unix_try_send("s", "x", 1), ENOENT);
	fails(unix_try_send("fd:200", "x", 1), EBADF);
	close(bind_socket(SOCK_STREAM));
	fails(unix_try_send("s", "x", 1), ECONNREFUSED);
}
END_TEST

/* Both calls, through a descriptor. */
static void
cannot_send_through(int fd, int error)
{
	char address[20];

	snprintf(address, sizeof(address), "fd:%d", fd);
	fails(unix_send(address, "x", 1), error);
	fails(unix_try_send(address, "x", 1), error);
}

START_TEST(full_queue_is_EAGAIN_for_a_nonblocking_descriptor)
{
	char address[20];
	int fd[2], flags;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
	snprintf(address, sizeof(address), "fd:%d", fd[0]);
	ck_assert_int_gt(fill_queue(address), 0);
	flags = fcntl(fd[0], F_GETFL) | O_NONBLOCK;
	ck_assert_int_eq(fcntl(fd[0], F_SETFL, flags), 0);
	cannot_send_through(fd[0], EAGAIN);
	ck_assert_int_eq(fcntl(fd[0], F_GETFL), flags);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

START_TEST(descriptor_that_cannot_send_is_an_error)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	int pair[2], ends[2];

	cannot_send_through(fd, ENOTCONN);
	close(fd);
	ck_assert_int_eq(pipe(ends), 0);
	cannot_send_through(ends[1], ENOTSOCK);
	close(ends[0]);
	close(ends[1]);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	ck_assert_int_eq(shutdown(pair[1], SHUT_RD), 0);
	cannot_send_through(pair[0], EPIPE);
	close(pair[1]);
	fails(unix_send("fd:-1", "x", 1), EINVAL);
	close(pair[0]);
}
END_TEST

START_TEST(receiver_that_takes_no_datagram_is_an_error)
{
	struct unix_listener *listener = listen_at("s", &datagram);
	struct unix_listener *other = listen_at("t", &datagram);
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "t" };
	int fd = unix_listener_fileno(listener);

	ck_assert_int_eq(chmod("s", 0), 0);
	become_user();
	fails(unix_send("s", "x", 1), EACCES);
	fails(unix_try_send("s", "x", 1), EACCES);
	become_self();
	ck_assert_int_eq(chmod("s", 0600), 0);
	/* It is connected to another socket. */
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)),
	    0);
	fails(unix_send("s", "x", 1), EPERM);
	ck_assert_int_eq(shutdown(unix_listener_fileno(other), SHUT_RD), 0);
	fails(unix_send("t", "x", 1), EPIPE);
	fails(unix_try_send("t", "x", 1), EPIPE);
	succeeds(unix_close(listener));
	succeeds(unix_close(other));
}
END_TEST

START_TEST(stream_socket_is_EPROTOTYPE)
{
	struct unix_listener *listener = listen_at("s", NULL);
	int fd[2];
	char address[20];

	fails(unix_send("s", "x", 1), EPROTOTYPE);
	succeeds(unix_close(listener));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	snprintf(address, sizeof(address), "fd:%d", fd[0]);
	fails(unix_send(address, "x", 1), EPROTOTYPE);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

START_TEST(too_long_datagram_is_EMSGSIZE)
{
	static char much[4 << 20];
	struct unix_listener *listener = listen_at("s", &datagram);

	fails(unix_send("s", much, sizeof(much)), EMSGSIZE);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(invalid_arguments_are_EINVAL)
{
	fails(unix_send(NULL, "x", 1), EINVAL);
	fails(unix_send("", "x", 1), EINVAL);
	fails(unix_send("systemd:", "x", 1), EINVAL);
	fails(unix_send("s", NULL, 1), EINVAL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("datagram");
	TCase *core = add_case(suite, "core");
	TCase *errors = add_case(suite, "errors");

	tcase_add_test(core, datagrams_arrive_whole_and_in_order);
	tcase_add_test(core, path_is_claimed_and_removed_as_for_a_listener);
#ifdef __linux__
	tcase_add_loop_test(core, long_path_and_abstract_name_receive, 0, 2);
#endif
	tcase_add_test(core, adopted_sockets_send_and_receive);
	tcase_add_test(errors, accept_of_datagrams_is_EOPNOTSUPP);
	tcase_add_test(errors, missing_receiver_is_an_error_without_a_signal);
	tcase_add_test(core, full_queue_is_EAGAIN_for_try_send);
	tcase_add_test(core, try_send_leaves_the_descriptor_as_it_was);
	tcase_add_test(errors, try_send_fails_as_send_does);
	tcase_add_test(errors,
	    full_queue_is_EAGAIN_for_a_nonblocking_descriptor);
	tcase_add_test(errors, descriptor_that_cannot_send_is_an_error);
#ifdef __linux__
	tcase_add_test(errors, receiver_that_takes_no_datagram_is_an_error);
#endif
	tcase_add_test(errors, stream_socket_is_EPROTOTYPE);
	tcase_add_test(errors, too_long_datagram_is_EMSGSIZE);
	tcase_add_test(errors, invalid_arguments_are_EINVAL);
	return run_suite(suite);
}
