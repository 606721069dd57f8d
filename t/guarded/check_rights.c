/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors that a peer sends and that were not asked for: guarded ports
 * refuse them where the kernel can, and the sender gets EPERM.  Else, and on
 * plain ports, they are closed, and the text arrives in any case.
 */
#include "child.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "rights.h"

#define LINGER		3	/* seconds that a dropped socket would take */
#define READ_TIMEOUT_MS		200	/* milliseconds, of reads */

static const struct raw one_file = { .count = 1 }, text_alone;
static char self[4096];		/* this program, which is the child too */

/* Ports, and a stranger's socket at their other end. */
static struct unix_ports ports;
static int stranger = -1;
static struct unix_listener *listener;

static void
connect_stranger(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path)
	    + strlen(path));

	memcpy(name.sun_path, path, strlen(path));
	if (*path == '@')
		name.sun_path[0] = '\0';
	stranger = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ne(stranger, -1);
	ck_assert_int_eq(connect(stranger, (struct sockaddr *)&name, length),
	    0);
}

static void
accept_at(const char *path, const struct unix_options *options)
{
	listener = listen_at(path, options);
	connect_stranger(path);
	succeeds(unix_accept(listener, &ports));
}

static void
accept_by_path(const struct unix_options *options)
{
	accept_at("s", options);
}

static void
accept_by_name(const struct unix_options *options)
{
	char name[40];

	snprintf(name, sizeof(name), "@unixport.rights.%ld", (long)getpid());
	accept_at(name, options);
}

static void
connect_out(const struct unix_options *options)
{
	int server = bind_socket(SOCK_STREAM);

	ck_assert_int_eq(listen(server, 1), 0);
	succeeds(unix_connect("s", of_kind(options), &ports));
	stranger = accept(server, NULL, NULL);
	ck_assert_int_ne(stranger, -1);
	ck_assert_int_eq(close(server), 0);
}

static void
keep_one_end(const struct unix_options *options, int kept)
{
	struct unix_ports pair[2];

	succeeds(unix_pair(of_kind(options), pair));
	ports = pair[kept];
	stranger = fcntl(unix_fileno(&pair[!kept]), F_DUPFD_CLOEXEC, 0);
	ck_assert_int_ne(stranger, -1);
	succeeds(unix_abandon_ports(&pair[!kept]));
}

static void
keep_first(const struct unix_options *options)
{
	keep_one_end(options, 0);
}

static void
keep_second(const struct unix_options *options)
{
	keep_one_end(options, 1);
}

static int
make_sockets(void)
{
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fd), 0);
	stranger = fd[1];
	return fd[0];
}

static void
open_given(const struct unix_options *options)
{
	succeeds(unix_open_ports(make_sockets(), of_kind(options), &ports));
}

static void
connect_given(const struct unix_options *options)
{
	char address[20];

	snprintf(address, sizeof(address), "fd:%d", make_sockets());
	succeeds(unix_connect(address, of_kind(options), &ports));
}

static void (*const ways[])(const struct unix_options *) = {
	accept_by_path, accept_by_name, connect_out, keep_first, keep_second,
	open_given, connect_given
};

static void
close_all(void)
{
	succeeds(unix_close_ports(&ports));
	if (stranger != -1)
		ck_assert_int_eq(close(stranger), 0);
	if (listener != NULL)
		succeeds(unix_close(listener));
}

/* Whether the ports at hand refuse descriptors. */
static int
are_refusing(void)
{
	return guarded && kernel_refuses();
}

/* The text arrives once, and no descriptor of ours is more. */
static void
expect_text_alone(void)
{
	int before = open_descriptors();
	int error = raw_try(stranger, "line\n", one_file);

	ck_assert_int_eq(error, are_refusing() ? EPERM : 0);
	if (error != 0)
		raw_send(stranger, "line\n", text_alone);
	expect(ports.in, "line\n");
	ck_assert_int_eq(open_descriptors(), before);
}

/* The option, which is that of a fresh socket or off. */
static void
expect_option(int fd, int is_off)
{
	ck_assert_int_eq(takes_files(fd), !(is_off && kernel_refuses()));
}

START_TEST(unrequested_descriptor_is_refused)
{
	ways[_i](NULL);
	expect_option(unix_fileno(&ports), guarded);
	expect_text_alone();
	say(ports.out, "back\n");
	expect_text_alone();
	close_all();
}
END_TEST

/* Not every kernel has urgent bytes. */
START_TEST(descriptor_with_an_urgent_byte_is_refused)
{
	int error;

	ways[_i](NULL);
	error = raw_try(stranger, "!", (struct raw){ .count = 1,
	    .flags = MSG_OOB });
	if (error != EOPNOTSUPP)
		ck_assert_int_eq(error, are_refusing() ? EPERM : 0);
	close_all();
}
END_TEST

START_TEST(requested_descriptor_arrives)
{
	const struct unix_options files = { .flags = UNIX_FILES };

	ways[_i](&files);
	expect_option(unix_fileno(&ports), 0);
	raw_send(stranger, "line\n", one_file);
	expect(ports.in, "line\n");
	take_numbers(&ports, 0, 1);
	close_all();
}
END_TEST

/* A TCP connection that is full, and whose last close(2) takes long. */
static int
make_lingering(int *far)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = LINGER };
	struct sockaddr_in name = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(name);
	int waiter = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	static const char bytes[65536];

	ck_assert_int_eq(bind(waiter, (struct sockaddr *)&name, length), 0);
	ck_assert_int_eq(listen(waiter, 1), 0);
	ck_assert_int_eq(getsockname(waiter, (struct sockaddr *)&name,
	    &length), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, length), 0);
	*far = accept(waiter, NULL, NULL);
	ck_assert_int_ne(*far, -1);
	ck_assert_int_eq(close(waiter), 0);
	while (send(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger,
	    sizeof(linger)), 0);
	return fd;
}

/* FD goes with a byte to PORTS; 0, or an errno. */
static int
pass_socket(int fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = { 0 } };
	char byte = '\n';
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return sendmsg(stranger, &message, MSG_NOSIGNAL) == 1 ? 0 : errno;
}

static void
close_lingering(int fd, int far)
{
	const struct linger none = { .l_onoff = 0 };

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &none,
	    sizeof(none)), 0);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(close(far), 0);
}

/*
 * Where it is let in the test keeps it open, since nothing bounds the read
 * that drops the last copy there.
 */
START_TEST(socket_that_lingers_does_not_hold_us)
{
	const struct unix_options limited = { .read_timeout = READ_TIMEOUT_MS };
	int far, fd = make_lingering(&far);
	long long start;

	ways[_i](&limited);
	ck_assert_int_eq(pass_socket(fd), kernel_refuses() ? EPERM : 0);
	if (!kernel_refuses())
		expect(ports.in, "\n");
	start = milliseconds();
	ck_assert_int_eq(getc(ports.in), EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
	close_all();
	ck_assert_int_lt(milliseconds() - start, 10 * READ_TIMEOUT_MS);
	close_lingering(fd, far);
}
END_TEST

/* Ports that others have a say in. */

START_TEST(abandoned_socket_refuses_for_its_other_holder)
{
	int other;

	ways[_i](NULL);
	other = dup(unix_fileno(&ports));
	succeeds(unix_abandon_ports(&ports));
	expect_option(other, guarded);
	ck_assert_int_eq(close(other), 0);
	close_all();
}
END_TEST

START_TEST(option_that_was_off_before_stays_so)
{
	const int off = 0;
	const struct unix_options files = { .flags = UNIX_FILES };
	int fd = make_sockets();

	if (kernel_refuses())
		ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS,
		    &off, sizeof(off)), 0);
	succeeds(unix_open_ports(fd, of_kind(guarded && _i == 1 ? &files :
	    NULL), &ports));
	expect_option(fd, 1);
	close_all();
}
END_TEST

START_TEST(failed_opening_leaves_the_option)
{
	const struct unix_options unheld = { .flags = UNIX_GUARDED,
	    .buffer_size = UNHELD };
	int fd = make_sockets();
	char address[20];

	snprintf(address, sizeof(address), "fd:%d", fd);
	if (_i == 0)
		fails(unix_open_ports(fd, &unheld, &ports), ENOMEM);
	else
		fails(unix_connect(address, &unheld, &ports), ENOMEM);
	expect_option(fd, 0);
	succeeds(unix_open_ports(fd, of_kind(NULL), &ports));
	expect_text_alone();
	close_all();
}
END_TEST

/* Listeners. */

START_TEST(listener_has_the_option_of_its_connections)
{
	const struct unix_options files = { .flags = UNIX_FILES };
	const struct unix_options datagram = { .flags = UNIX_DATAGRAM };

	listener = listen_at("s", NULL);
	expect_option(unix_listener_fileno(listener), guarded);
	succeeds(unix_close(listener));
	listener = unix_listen("s", guarded ? of_kind(&files) : &datagram);
	ck_assert_ptr_nonnull(listener);
	expect_option(unix_listener_fileno(listener), 0);
	succeeds(unix_close(listener));
}
END_TEST

static int
raw_listener(void)
{
	int fd = bind_socket(SOCK_STREAM);

	ck_assert_int_eq(listen(fd, 5), 0);
	return fd;
}

/*
 * Another process may hold it: descriptors that come before accept(2) are
 * closed, and the connection refuses more.
 */
static void
expect_late_refusal(void)
{
	int before;

	expect_option(unix_listener_fileno(listener), 0);
	connect_stranger("s");
	raw_send(stranger, "early\n", one_file);
	succeeds(unix_accept(listener, &ports));
	expect_option(unix_listener_fileno(listener), 0);
	expect_option(unix_fileno(&ports), guarded);
	before = open_descriptors();
	expect(ports.in, "early\n");
	ck_assert_int_eq(open_descriptors(), before);
	expect_text_alone();
	close_all();
}

START_TEST(inherited_listener_takes_descriptors)
{
	const struct unix_options inherit = { .flags = UNIX_INHERIT };

	listener = listen_at("s", &inherit);
	expect_late_refusal();
}
END_TEST

START_TEST(given_listener_takes_descriptors)
{
	const struct unix_options inherit = { .flags = UNIX_INHERIT };
	char address[20];

	snprintf(address, sizeof(address), "fd:%d", raw_listener());
	listener = listen_at(address, _i == 0 ? NULL : &inherit);
	expect_late_refusal();
}
END_TEST

/* In a child, whose descriptor 3 may be overwritten; 0 if all is as above. */
static int
serve_passed(int takes)
{
	char own[32];

	if (dup2(raw_listener(), 3) == -1)
		return 1;
	snprintf(own, sizeof(own), "%ld", (long)getpid());
	setenv("LISTEN_PID", own, 1);
	setenv("LISTEN_FDS", "1", 1);
	listener = unix_listen("systemd:", of_kind(NULL));
	if (listener == NULL)
		return 2;
	connect_stranger("s");
	if (raw_try(stranger, "early\n", one_file) != 0 ||
	    unix_accept(listener, &ports) == -1)
		return 3;
	return takes_files(3) && takes_files(unix_fileno(&ports)) == takes ?
	    0 : 4;
}

START_TEST(passed_listener_takes_descriptors)
{
	int takes = !are_refusing();
	pid_t child = fork();

	if (child == 0)
		_exit(serve_passed(takes));
	ck_assert_int_eq(child_status(child), 0);
}
END_TEST

/* A server that receives descriptors itself. */
START_TEST(option_that_a_server_sets_is_that_of_its_connections)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char text[10];
	struct iovec part = { text, sizeof(text) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	const int on = 1;
	int fd;

	listener = listen_at("s", NULL);
	if (kernel_refuses())
		ck_assert_int_eq(setsockopt(unix_listener_fileno(listener),
		    SOL_SOCKET, SO_PASSRIGHTS, &on, sizeof(on)), 0);
	connect_stranger("s");
	raw_send(stranger, "line\n", (struct raw){ .first = 7, .count = 1 });
	succeeds(unix_accept(listener, &ports));
	ck_assert_int_eq(recvmsg(unix_fileno(&ports), &message, 0), 5);
	ck_assert_ptr_nonnull(CMSG_FIRSTHDR(&message));
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	expect_number(fd, 7);
	ck_assert_int_eq(close(fd), 0);
	close_all();
}
END_TEST

/* Children. */

static pid_t
start(const char *act)
{
	char argument[20];
	char *const argv[] = { self, argument, NULL };
	pid_t child;

	snprintf(argument, sizeof(argument), "%s", act);
	child = unix_spawn(argv, of_kind(NULL), &ports);
	ck_assert_int_gt(child, 0);
	return child;
}

START_TEST(child_may_receive_and_not_pass)
{
	int status;
	pid_t child = start("rights");

	expect_option(unix_fileno(&ports), guarded);
	expect(ports.in, "1\n");
	close_all();
	ck_assert_int_eq(child_status(child), 0);
	child = start("pass");
	expect(ports.in, "line\n");
	expect_end(ports.in);
	close_all();
	status = child_status(child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), are_refusing() ? EPERM : 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *ends = add_case(suite, "ends");
	TCase *listeners = add_case(suite, "listeners");

	tcase_add_loop_test(ends,
	    unrequested_descriptor_is_refused, 0, COUNT(ways));
	tcase_add_loop_test(ends, descriptor_with_an_urgent_byte_is_refused,
	    0, COUNT(ways));
	tcase_add_loop_test(ends,
	    abandoned_socket_refuses_for_its_other_holder, 0, COUNT(ways));
	tcase_add_loop_test(ends, option_that_was_off_before_stays_so, 0, 2);
	tcase_add_test(ends, child_may_receive_and_not_pass);
	tcase_add_test(listeners, listener_has_the_option_of_its_connections);
	tcase_add_test(listeners, inherited_listener_takes_descriptors);
	tcase_add_loop_test(listeners, given_listener_takes_descriptors, 0, 2);
	tcase_add_test(listeners, passed_listener_takes_descriptors);
	tcase_add_test(listeners,
	    option_that_a_server_sets_is_that_of_its_connections);
	if (!guarded)
		return;
	tcase_add_loop_test(ends, requested_descriptor_arrives,
	    0, COUNT(ways));
	tcase_add_loop_test(ends, socket_that_lingers_does_not_hold_us,
	    0, COUNT(ways));
	tcase_add_loop_test(ends, failed_opening_leaves_the_option, 0, 2);
}

int
main(int argc, char *argv[])
{
	if (argc > 1)
		return be_child(argv[1]);
	if (realpath(argv[0], self) == NULL)
		return 1;
	return run_kinds("rights", fill);
}
