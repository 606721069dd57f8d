/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unix_explain(): errors of abstract names and of passed sockets.  A call has
 * failed with each of them.
 */
#include "explained.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char text[2000];
static char own[1000];

/* Abstract names. */

/* An abstract name of this process: ADDRESS, and NAME for bind(2). */
static char address[60];
static struct sockaddr_un name = { .sun_family = AF_UNIX };
static socklen_t name_length;

static void
choose_name(void)
{
	snprintf(address, sizeof(address), "@up.%ld", (long)getpid());
	memcpy(name.sun_path + 1, address + 1, strlen(address));
	name_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(address));
}

static int
bind_name(int type)
{
	int fd = socket(AF_UNIX, type, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, name_length), 0);
	return fd;
}

/* The sentence for ERROR at this name. */
static void
expect_name(int error, const char *sentence)
{
	char expected[300];

	snprintf(expected, sizeof(expected), "%s: %s", address, sentence);
	expect_text(address, error, expected);
}

START_TEST(abstract_name_without_a_server_is_explained)
{
	const char *sentence = "no server is bound to this name in this "
	    "network namespace; is it running?";
	const struct unix_options wait = { .flags = UNIX_WAIT,
	    .connect_timeout = 1 };
	char expected[300];
	int fd;

	choose_name();
	cannot_connect(address, NULL, ECONNREFUSED);
	expect_name(ECONNREFUSED, sentence);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	fails(connect(fd, (struct sockaddr *)&name, name_length),
	    ECONNREFUSED);
	close(fd);
	snprintf(expected, sizeof(expected), "%s: %s", address, sentence);
	expect_text(name.sun_path, ECONNREFUSED, expected);
	cannot_connect(address, &wait, ETIMEDOUT);
	expect_name(ETIMEDOUT, "no answer or client before the timeout; is the "
	    "server running, or is it busy?");
}
END_TEST

START_TEST(abstract_name_in_use_is_explained)
{
	int fd;

	choose_name();
	fd = bind_name(SOCK_STREAM);
	cannot_listen(address, NULL, EADDRINUSE);
	expect_name(EADDRINUSE, "a server is bound to this name; stop it or "
	    "choose another name");
	close(fd);
}
END_TEST

START_TEST(abstract_receiver_of_another_sender_is_explained)
{
	int fd;

	choose_name();
	fd = bind_name(SOCK_DGRAM);
	/* The sender that it accepts is itself. */
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, name_length),
	    0);
	fails(unix_send(address, "x", 1), EPERM);
	expect_name(EPERM, "not permitted: the receiver is connected to "
	    "another sender, or a security module, such as Landlock, denies "
	    "this name; use a path");
	close(fd);
}
END_TEST

START_TEST(too_long_name_is_explained)
{
	char path[200], expected[400];
	size_t limit = sizeof(((struct sockaddr_un *)0)->sun_path);

	memset(path, 'x', sizeof(path));
	*path = '@';
	path[limit + 3] = '\0';
	snprintf(expected, sizeof(expected), "%s: too long: the name has "
	    "%zu bytes, 3 more than the limit of %zu; choose a shorter one",
	    path, limit + 2, limit - 1);
	expect_listen(path, ENAMETOOLONG, expected);
	memset(path, 'x', sizeof(path));
	memcpy(path, "unix:@", 6);
	path[limit + 6] = '\0';
	snprintf(expected, sizeof(expected), "%s: too long: the name has "
	    "%zu bytes, 1 more than the limit of %zu; choose a shorter one",
	    path, limit, limit - 1);
	expect_listen(path, ENAMETOOLONG, expected);
}
END_TEST

/* Passed sockets. */

START_TEST(descriptor_that_is_not_passed_is_explained)
{
	expect_listen("systemd:web", ENOENT, "systemd:web: the service manager "
	    "passed no such socket; start the program through its socket unit");
	expect_listen("fd:200", EBADF, "fd:200: the descriptor is not open; "
	    "specify an open socket");
}
END_TEST

/* The sentence for the socket FD, at whose number call fails with ERROR. */
static void
expect_passed(int fd, int error, const char *sentence)
{
	char passed[20], expected[700];

	snprintf(passed, sizeof(passed), "fd:%d", fd);
	snprintf(expected, sizeof(expected), "%s: %s", passed, sentence);
	cannot_listen(passed, NULL, error);
	expect_text(passed, error, expected);
	close(fd);
}

START_TEST(unfit_passed_socket_is_explained)
{
	int pair[2], fd;

	expect_passed(socket(AF_INET, SOCK_STREAM, 0), EINVAL, "the socket is "
	    "of another family, such as TCP; specify a Unix domain socket");
	expect_passed(socket(AF_UNIX, SOCK_DGRAM, 0), EPROTOTYPE, "the socket "
	    "is of another type (datagram); pass one of the right type");
	expect_passed(socket(AF_UNIX, SOCK_SEQPACKET, 0), EPROTOTYPE, "the "
	    "socket is of another type (SEQPACKET); pass one of the right "
	    "type");
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	expect_passed(pair[0], EINVAL, "unix_listen() requires a listening "
	    "socket, or " NOT_VALID "; mode, group and owner require a path");
	close(pair[1]);
	fd = bind_socket(SOCK_STREAM);
	ck_assert_int_eq(listen(fd, 1), 0);
	snprintf(own, sizeof(own), "fd:%d", fd);
	cannot_connect(own, NULL, EINVAL);
	unix_explain(own, EINVAL, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, ": unix_connect() requires a "
	    "connected socket, or an argument is not valid"));
	close(fd);
	expect_passed(open("/dev/null", O_RDONLY), ENOTSOCK, "the descriptor "
	    "is not a socket; specify an open socket");
}
END_TEST

START_TEST(unfit_passed_datagram_socket_is_explained)
{
	const struct unix_options datagram = { .flags = UNIX_DATAGRAM };
	int pair[2], fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(own, sizeof(own), "fd:%d", fd);
	fails(unix_send(own, "x", 1), ENOTCONN);
	unix_explain(own, ENOTCONN, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, ": the socket is not connected; "
	    "connect it, or specify another one"));
	cannot_listen(own, &datagram, EINVAL);
	unix_explain(own, EINVAL, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, ": unix_listen() requires a bound "
	    "socket, or an argument is not valid"));
	close(fd);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	close(pair[1]);
	snprintf(own, sizeof(own), "fd:%d", pair[0]);
	fails(unix_send(own, "x", 1), ECONNREFUSED);
	unix_explain(own, ECONNREFUSED, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, ": the receiver of this socket has "
	    "ended; connect another socket"));
	close(pair[0]);
}
END_TEST

/*
 * The sentence for UNIT in a process to which the service manager PID has
 * passed FD as number 3, named "web": in a child, since Check may use 3.
 */
static void
expect_activation(int fd, const char *pid, const char *unit, int error,
    const char *sentence)
{
	pid_t child = fork();

	ck_assert_int_ne(child, -1);
	if (child == 0) {
		snprintf(own, sizeof(own), "%ld", (long)getpid());
		setenv("LISTEN_PID", pid == NULL ? own : pid, 1);
		setenv("LISTEN_FDS", "1", 1);
		setenv("LISTEN_FDNAMES", "web", 1);
		if (dup2(fd, 3) != 3 || unix_listen(unit, NULL) != NULL ||
		    errno != error)
			_exit(1);
		snprintf(own, sizeof(own), "%s: %s", unit, sentence);
		unix_explain(unit, error, text, sizeof(text));
		_exit(strcmp(text, own) == 0 ? 0 : 2);
	}
	ck_assert_int_eq(child_status(child), 0);
}

START_TEST(unfit_socket_of_the_service_manager_is_explained)
{
	int tcp = socket(AF_INET, SOCK_STREAM, 0), pair[2];

	expect_activation(tcp, NULL, "systemd:web", EINVAL, "only "
	    "unix_listen() supports systemd:, or the service manager passed a "
	    "socket of another family, such as TCP; specify a path in "
	    "ListenStream=");
	expect_activation(tcp, NULL, "systemd:no", ENOENT, "the service "
	    "manager passed sockets, but none of this name; specify "
	    "FileDescriptorName= in the socket unit");
	expect_activation(tcp, "1", "systemd:", ENOENT, "LISTEN_PID and "
	    "LISTEN_FDS pass no socket to this process; start the program "
	    "without a shell between");
	close(tcp);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	expect_activation(pair[0], NULL, "systemd:", EINVAL, "only "
	    "unix_listen() supports systemd:, or the service manager passed a "
	    "connection, or a socket that does not listen; specify Accept=no "
	    "in the socket unit");
	close(pair[0]);
	close(pair[1]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("explain_nameless");
	TCase *abstract = add_case(suite, "abstract");
	TCase *passed = add_case(suite, "passed");

	tcase_add_test(abstract, abstract_name_without_a_server_is_explained);
	tcase_add_test(abstract, abstract_name_in_use_is_explained);
	tcase_add_test(abstract,
	    abstract_receiver_of_another_sender_is_explained);
	tcase_add_test(abstract, too_long_name_is_explained);
	tcase_add_test(passed, descriptor_that_is_not_passed_is_explained);
	tcase_add_test(passed, unfit_passed_socket_is_explained);
	tcase_add_test(passed, unfit_passed_datagram_socket_is_explained);
	tcase_add_test(passed,
	    unfit_socket_of_the_service_manager_is_explained);
	return run_suite(suite);
}
