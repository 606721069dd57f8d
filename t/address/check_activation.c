/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets that another program passed: `fd:' and `systemd:' addresses. */
#include "support.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char address[32];

static const char *
fd_address(int fd)
{
	snprintf(address, sizeof(address), "fd:%d", fd);
	return address;
}

static int
raw_listener(void)
{
	int fd = bind_socket(SOCK_STREAM);

	ck_assert_int_eq(listen(fd, 5), 0);
	return fd;
}

/* unix_listen() on FD fails with ERROR and leaves FD unchanged. */
static void
expect_refused(int fd, int error)
{
	int file = fcntl(fd, F_GETFL), descriptor = fcntl(fd, F_GETFD);

	cannot_listen(fd_address(fd), NULL, error);
	ck_assert_int_eq(fcntl(fd, F_GETFL), file);
	ck_assert_int_eq(fcntl(fd, F_GETFD), descriptor);
}

START_TEST(given_listener_serves_and_keeps_its_file)
{
	int fd = raw_listener();
	struct unix_listener *listener = listen_at(fd_address(fd), NULL);

	answers(unix_listener_fileno(listener), fd);
	ck_assert_str_eq(unix_listener_path(listener), "s");
	answers(unix_listener_owns_path(listener), 1);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	expect_reachable(listener, "s");
	succeeds(unix_close(listener));
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	ck_assert_int_eq(unlink("s"), 0);
}
END_TEST

/* The path fills sun_path and has no NUL. */
START_TEST(adopted_listener_reports_its_longest_path)
{
	/* Zeros follow, since valgrind searches for a NUL. */
	static struct sockaddr_un name = { .sun_family = AF_UNIX };
	char path[sizeof(name.sun_path) + 1];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct unix_listener *listener;

	make_path(path, sizeof(name.sun_path));
	memcpy(name.sun_path, path, sizeof(name.sun_path));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	listener = listen_at(fd_address(fd), NULL);
	ck_assert_str_eq(unix_listener_path(listener), path);
	expect_reachable(listener, path);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(adopted_listener_reports_its_abstract_name)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct unix_listener *listener;

	/* Linux binds the socket to an abstract name. */
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name,
	    sizeof(sa_family_t)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	listener = listen_at(fd_address(fd), NULL);
	ck_assert_int_eq(*unix_listener_path(listener), '@');
	expect_reachable(listener, unix_listener_path(listener));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(inherited_listener_survives_exec)
{
	struct unix_options inherit = { .flags = UNIX_INHERIT };
	int fd = raw_listener();
	struct unix_listener *listener = listen_at(fd_address(fd), &inherit);

	ck_assert_int_eq(fcntl(fd, F_GETFD), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(descriptor_that_does_not_listen_is_rejected)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = -1, error = 0;

	switch (_i) {
	case 0: fd = open("/dev/null", O_RDWR); error = ENOTSOCK; break;
	case 1: fd = bind_socket(SOCK_STREAM); error = EINVAL; break;
	case 2: fd = bind_socket(SOCK_DGRAM); error = EPROTOTYPE; break;
	case 3: fd = socket(AF_UNIX, SOCK_STREAM, 0); error = EINVAL; break;
	case 4: fd = socket(AF_INET, SOCK_STREAM, 0); error = EINVAL;
		ck_assert_int_eq(bind(fd, (struct sockaddr *)&in,
		    sizeof(in)), 0);
		ck_assert_int_eq(listen(fd, 1), 0); break;
	}
	expect_refused(fd, error);
	ck_assert_int_eq(close(fd), 0);
	expect_refused(fd, EBADF);
}
END_TEST

START_TEST(given_connection_becomes_ports)
{
	struct unix_ports ports;
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	succeeds(unix_connect(fd_address(fd[0]), NULL, &ports));
	answers(unix_fileno(&ports), fd[0]);
	say(ports.out, "x");
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(close(fd[1]), 0);
}
END_TEST

START_TEST(unconnected_descriptor_is_rejected)
{
	struct unix_options same_user = { .flags = UNIX_SAME_USER };
	int fd = raw_listener();

	cannot_connect(fd_address(fd), NULL, EINVAL);
	ck_assert_int_eq(close(fd), 0);
	cannot_connect(address, NULL, EBADF);
	cannot_connect(address, &same_user, EBADF);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	cannot_connect(fd_address(fd), NULL, ENOTCONN);
	cannot_connect(fd_address(fd), &same_user, ENOTCONN);
	ck_assert_int_eq(close(fd), 0);
	cannot_connect("systemd:", NULL, EINVAL);
	cannot_connect("systemd:name", NULL, EINVAL);
}
END_TEST

/* The service manager sets variables, and passes descriptors from 3. */

static void
pass(const char *pid, const char *count, const char *names)
{
	char own[32];

	snprintf(own, sizeof(own), "%ld", (long)getpid());
	setenv("LISTEN_PID", pid == NULL ? own : pid, 1);
	setenv("LISTEN_FDS", count, 1);
	if (names == NULL)
		unsetenv("LISTEN_FDNAMES");
	else
		setenv("LISTEN_FDNAMES", names, 1);
}

/* Runs in a child, since descriptors from 3 are replaced. */
static int
serve_passed(const char *names, const char *wanted, int expected)
{
	struct unix_listener *listener;

	if (dup2(bind_socket(SOCK_STREAM), 4) == -1 || listen(4, 1) == -1 ||
	    unlink("s") == -1 || dup2(raw_listener(), 3) == -1)
		return 1;
	pass(NULL, "2", names);
	listener = unix_listen(wanted, NULL);
	if (listener == NULL)
		return errno == expected ? 0 : 2;
	return unix_listener_fileno(listener) == expected &&
	    strcmp(getenv("LISTEN_FDS"), "2") == 0 &&
	    unix_close(listener) == 0 ? 0 : 3;
}

START_TEST(passed_socket_is_found)
{
	const struct {
		const char *names;
		const char *address;
		int expected;		/* descriptor, or errno */
	} cases[] = {
		{ NULL, "systemd:", 3 },
		{ "web:admin", "systemd:", 3 },
		{ "web:admin", "systemd:web", 3 },
		{ "web:admin", "systemd:admin", 4 },
		{ ":admin", "systemd:admin", 4 },
		{ "web:admin", "systemd:adm", ENOENT },
		{ "web:admin", "systemd:web:admin", ENOENT },
		{ "web:more:third", "systemd:third", ENOENT },
		{ NULL, "systemd:web", ENOENT },
	};
	pid_t child = fork();

	if (child == 0)
		_exit(serve_passed(cases[_i].names, cases[_i].address,
		    cases[_i].expected));
	ck_assert_int_eq(child_status(child), 0);
}
END_TEST

START_TEST(invalid_variables_are_rejected_and_unchanged)
{
	const struct {
		const char *pid;
		const char *count;
		int error;
	} cases[] = {
		{ "1", "1", ENOENT },
		{ "", "1", ENOENT },
		{ "x", "1", ENOENT },
		{ NULL, "0", ENOENT },
		{ NULL, "", ENOENT },
		{ NULL, "-1", ENOENT },
		{ NULL, "x", ENOENT },
		{ NULL, "1x", ENOENT },
		{ NULL, " 1", ENOENT },
		{ NULL, "99999999999999999999", ENOENT },
		{ NULL, "2147483647", ENOENT },
	};

	pass(cases[_i].pid, cases[_i].count, NULL);
	cannot_listen("systemd:", NULL, cases[_i].error);
	ck_assert_str_eq(getenv("LISTEN_FDS"), cases[_i].count);
	ck_assert(cases[_i].pid == NULL ||
	    strcmp(getenv("LISTEN_PID"), cases[_i].pid) == 0);
	unsetenv("LISTEN_FDS");
	cannot_listen("systemd:", NULL, ENOENT);
}
END_TEST

/* The greatest int, and its neighbours. */
START_TEST(number_that_is_not_open_is_EBADF)
{
	const char *const numbers[] = { "fd:2147483647", "fd:2147483646",
	    "fd:2147483640", "fd:2147483639", "fd:1000000" };

	answers(unix_check_address(numbers[_i], 0), 0);
	cannot_listen(numbers[_i], NULL, EBADF);
	cannot_connect(numbers[_i], NULL, EBADF);
	fails(unix_send(numbers[_i], "x", 1), EBADF);
}
END_TEST

START_TEST(passed_descriptor_of_another_type_is_rejected)
{
	pid_t child = fork();

	if (child == 0) {
		pass(NULL, "1", NULL);
		close(3);
		if (unix_listen("systemd:", NULL) != NULL || errno != EBADF)
			_exit(1);
		if (dup2(open("/dev/null", O_RDONLY), 3) == -1 ||
		    unix_listen("systemd:", NULL) != NULL ||
		    errno != ENOTSOCK)
			_exit(2);
		if (dup2(bind_socket(SOCK_DGRAM), 3) == -1 ||
		    unix_listen("systemd:", NULL) != NULL ||
		    errno != EPROTOTYPE)
			_exit(3);
		_exit(0);
	}
	ck_assert_int_eq(child_status(child), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("activation");
	TCase *descriptor = add_case(suite, "descriptor");
	TCase *manager = add_case(suite, "manager");

	tcase_add_test(descriptor, given_listener_serves_and_keeps_its_file);
#ifdef __linux__
	tcase_add_test(descriptor, adopted_listener_reports_its_longest_path);
	tcase_add_test(descriptor,
	    adopted_listener_reports_its_abstract_name);
#endif
	tcase_add_loop_test(descriptor, number_that_is_not_open_is_EBADF, 0,
	    5);
	tcase_add_test(descriptor, inherited_listener_survives_exec);
	tcase_add_loop_test(descriptor,
	    descriptor_that_does_not_listen_is_rejected,
	    0, 5);
	tcase_add_test(descriptor, given_connection_becomes_ports);
	tcase_add_test(descriptor, unconnected_descriptor_is_rejected);
	tcase_add_loop_test(manager, passed_socket_is_found, 0, 9);
	tcase_add_loop_test(manager,
	    invalid_variables_are_rejected_and_unchanged, 0, 11);
	tcase_add_test(manager, passed_descriptor_of_another_type_is_rejected);
	return run_suite(suite);
}
