/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_receive(): datagrams, their senders, and every error. */
#include "support.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lingering.h"

static const struct unix_options datagram = { .flags = UNIX_DATAGRAM };
static const struct unix_options impatient = { .flags = UNIX_DATAGRAM,
    .accept_timeout = -1 };

static struct unix_listener *listener;
static char bytes[200];
static struct unix_peer peer;

static void
expect_datagram(const char *text)
{
	answers(unix_receive(listener, bytes, sizeof(bytes), &peer),
	    (ssize_t)strlen(text));
	ck_assert_mem_eq(bytes, text, strlen(text));
}

#ifdef __linux__
#define expect_sender(process, user, group) do { \
	ck_assert_int_eq(peer.pid, (process)); \
	ck_assert_uint_eq(peer.uid, (user)); \
	ck_assert_uint_eq(peer.gid, (group)); \
	ck_assert_ptr_null(peer.reserved[0]); \
} while (0)
#else
#define expect_sender(process, user, group)	expect_unknown_sender()
#endif
#define expect_unknown_sender() do { \
	ck_assert_int_eq(peer.pid, -1); \
	ck_assert_uint_eq(peer.uid, (uid_t)-1); \
	ck_assert_uint_eq(peer.gid, (gid_t)-1); \
} while (0)

/* valgrind and qemu check that the whole size is memory. */
START_TEST(size_may_exceed_the_maximum_of_the_system)
{
	listener = listen_at("s", &datagram);
	succeeds(unix_send("s", "one", 3));
	answers(unix_receive(listener, bytes, SIZE_MAX, &peer), 3);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(datagrams_arrive_with_their_sender)
{
	listener = listen_at("s", &datagram);
	succeeds(unix_send("s", "one", 3));
	succeeds(unix_send("s", "", 0));
	succeeds(unix_send("s", "three\n", 6));
	expect_datagram("one");
	expect_sender(getpid(), getuid(), getgid());
	expect_datagram("");
	expect_sender(getpid(), getuid(), getgid());
	answers(unix_receive(listener, bytes, 6, NULL), 6);
	succeeds(unix_close(listener));
}
END_TEST

/* Other processes and users. */

#define SENDERS		10
#define EACH		100

/* Each datagram has the text "PID NUMBER". */
static void
send_many(void)
{
	char text[60];
	int i;

	for (i = 0; i < EACH; i++) {
		snprintf(text, sizeof(text), "%ld %d", (long)getpid(), i);
		if (unix_send("s", text, strlen(text)) == -1)
			_exit(1);
	}
	_exit(0);
}

START_TEST(burst_of_1000_datagrams_arrives_with_its_senders)
{
	pid_t senders[SENDERS];
	int next[SENDERS] = { 0 };
	int i, sender;
	ssize_t length;
	char *rest;

	listener = listen_at("s", &datagram);
	for (i = 0; i < SENDERS; i++)
		if ((senders[i] = fork()) == 0)
			send_many();
	for (i = 0; i < SENDERS * EACH; i++) {
		length = unix_receive(listener, bytes, sizeof(bytes) - 1,
		    &peer);
		ck_assert_int_gt(length, 0);
		bytes[length] = '\0';
		for (sender = 0; sender < SENDERS; sender++)
			if (senders[sender] == strtol(bytes, &rest, 10))
				break;
		ck_assert_int_lt(sender, SENDERS);
		expect_sender(senders[sender], getuid(), getgid());
		ck_assert_int_eq(strtol(rest, NULL, 10), next[sender]++);
	}
	for (i = 0; i < SENDERS; i++)
		ck_assert_int_eq(child_status(senders[i]), 0);
	succeeds(unix_close(listener));
}
END_TEST

/* The sender has ended, and is another user if the tests run as root. */
START_TEST(sender_is_the_process_that_sent)
{
	const struct unix_options open = { .flags = UNIX_DATAGRAM,
	    .mode = 0666 };
	uid_t user;
	gid_t group;
	pid_t child;

	listener = listen_at("s", &open);
	child = fork();
	if (child == 0) {
		become_user();
		if (geteuid() != getuid() && setreuid(geteuid(), -1) == -1)
			_exit(1);
		user = getuid();
		group = getgid();
		memcpy(bytes, &user, sizeof(user));
		memcpy(bytes + sizeof(user), &group, sizeof(group));
		_exit(unix_send("s", bytes, sizeof(user) + sizeof(group)));
	}
	ck_assert_int_eq(child_status(child), 0);
	answers(unix_receive(listener, bytes, sizeof(bytes), &peer),
	    sizeof(user) + sizeof(group));
	memcpy(&user, bytes, sizeof(user));
	memcpy(&group, bytes + sizeof(user), sizeof(group));
	expect_sender(child, user, group);
	succeeds(unix_close(listener));
}
END_TEST

#ifdef __linux__
START_TEST(sender_from_before_the_listener_is_unknown)
{
	const int fd = bind_socket(SOCK_DGRAM);
	char address[20];

	succeeds(unix_send("s", "early", 5));
	snprintf(address, sizeof(address), "fd:%d", fd);
	listener = listen_at(address, &datagram);
	succeeds(unix_send("s", "late", 4));
	expect_datagram("early");
	expect_unknown_sender();
	expect_datagram("late");
	expect_sender(getpid(), getuid(), getgid());
	succeeds(unix_close(listener));
	ck_assert_int_eq(unlink("s"), 0);
}
END_TEST

START_TEST(abstract_and_inherited_listeners_receive)
{
	const struct unix_options inherited = {
	    .flags = UNIX_DATAGRAM | UNIX_INHERIT };
	char name[40];

	snprintf(name, sizeof(name), "@up.r.%ld", (long)getpid());
	listener = listen_at(name, _i == 0 ? &datagram : &inherited);
	succeeds(unix_send(name, "x", 1));
	expect_datagram("x");
	expect_sender(getpid(), getuid(), getgid());
	succeeds(unix_close(listener));
}
END_TEST
#endif

/* Lengths. */

START_TEST(datagram_of_the_size_fits)
{
	memset(bytes, '-', sizeof(bytes));
	listener = listen_at("s", &datagram);
	succeeds(unix_send("s", "1234", 4));
	answers(unix_receive(listener, bytes, 4, NULL), 4);
	ck_assert_mem_eq(bytes, "1234-", 5);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(longer_datagram_is_EMSGSIZE_and_lost)
{
	const size_t sizes[] = { 0, 1, 4 };

	memset(bytes, '-', sizeof(bytes));
	listener = listen_at("s", &datagram);
	succeeds(unix_send("s", "12345", 5));
	succeeds(unix_send("s", "next", 4));
	peer.pid = 7;
	fails(unix_receive(listener, bytes, sizes[_i], &peer), EMSGSIZE);
	ck_assert_int_eq(peer.pid, 7);
	ck_assert_int_eq(bytes[sizes[_i]], '-');
	expect_datagram("next");
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(no_bytes_are_allowed_for_an_empty_datagram)
{
	listener = listen_at("s", &impatient);
	succeeds(unix_send("s", "", 0));
	succeeds(unix_send("s", "x", 1));
	answers(unix_receive(listener, NULL, 0, &peer), 0);
	expect_sender(getpid(), getuid(), getgid());
	fails(unix_receive(listener, NULL, 0, &peer), EMSGSIZE);
	fails(unix_receive(listener, NULL, 0, &peer), ETIMEDOUT);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(long_datagram_is_received)
{
	static char sent[60000], got[60000];

	memset(sent, 'x', sizeof(sent));
	listener = listen_at("s", &datagram);
	succeeds(unix_send("s", sent, sizeof(sent)));
	answers(unix_receive(listener, got, sizeof(got), NULL), sizeof(got));
	ck_assert_mem_eq(sent, got, sizeof(got));
	succeeds(unix_close(listener));
}
END_TEST

/* Waiting. */

static _Atomic pid_t receiver;
static int result, error;

static void *
receive(void *size)
{
	receiver = thread_id();
	errno = EDOM;
	result = (int)unix_receive(listener, bytes, *(size_t *)size, &peer);
	error = errno;
	return NULL;
}

static pthread_t
start_receiver(size_t *size)
{
	pthread_t thread;

	receiver = 0;
	thread = start_thread(receive, size);
	wait_blocked(&receiver);
	return thread;
}

static void
expect_received(pthread_t thread, int expected, int expected_error)
{
	join_thread(thread);
	ck_assert_int_eq(result, expected);
	ck_assert_int_eq(error, expected_error);
}

START_TEST(accept_timeout_limits_the_wait)
{
	const struct unix_options patient = { .flags = UNIX_DATAGRAM,
	    .accept_timeout = 50 };
	const struct unix_options *options = _i == 0 ? &impatient : &patient;
	long long start;

	listener = listen_at("s", options);
	start = milliseconds();
	fails(unix_receive(listener, bytes, 1, &peer), ETIMEDOUT);
	if (_i == 1)
		ck_assert_int_ge(milliseconds() - start, 50);
	succeeds(unix_send("s", "x", 1));
	expect_datagram("x");
	fails(unix_receive(listener, bytes, 1, &peer), ETIMEDOUT);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(receiver_waits_for_a_datagram)
{
	size_t size = sizeof(bytes);
	pthread_t thread;

	listener = listen_at("s", &datagram);
	thread = start_receiver(&size);
	succeeds(unix_send("s", "hello", _i));
	expect_received(thread, _i, EDOM);
	expect_sender(getpid(), getuid(), getgid());
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(signal_does_not_end_the_wait)
{
	size_t size = sizeof(bytes);
	pthread_t thread;

	catch_signal(SIGUSR1, do_nothing);
	listener = listen_at("s", &datagram);
	thread = start_receiver(&size);
	ck_assert_int_eq(pthread_kill(thread, SIGUSR1), 0);
	wait_blocked(&receiver);
	succeeds(unix_send("s", "x", 1));
	expect_received(thread, 1, EDOM);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(datagrams_and_interrupts_are_reported_as_ready)
{
	listener = listen_at("s", &datagram);
	answers(unix_accept_ready(listener), 0);
	succeeds(unix_send("s", "", 0));
	answers(unix_accept_ready(listener), 1);
	expect_datagram("");
	answers(unix_accept_ready(listener), 0);
	succeeds(unix_interrupt(listener));
	answers(unix_accept_ready(listener), 1);
	succeeds(unix_close(listener));
}
END_TEST

/* Interrupts. */

START_TEST(interrupt_ends_the_wait)
{
	size_t size = sizeof(bytes);
	pthread_t thread;

	listener = listen_at("s", &datagram);
	thread = start_receiver(&size);
	succeeds(unix_interrupt(listener));
	expect_received(thread, -1, ECANCELED);
	fails(unix_receive(listener, bytes, 1, &peer), ECANCELED);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(interrupt_leaves_datagrams_to_recv)
{
	int fd;

	listener = listen_at("s", _i == 0 ? &datagram : &impatient);
	fd = unix_listener_fileno(listener);
	succeeds(unix_send("s", "one", 3));
	succeeds(unix_send("s", "two", 3));
	expect_datagram("one");
	succeeds(unix_interrupt(listener));
	fails(unix_receive(listener, bytes, sizeof(bytes), &peer), ECANCELED);
	ck_assert_int_eq(recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT), 3);
	ck_assert_mem_eq(bytes, "two", 3);
	fails(recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT), EAGAIN);
	succeeds(unix_close(listener));
}
END_TEST

/* Another holder shuts the socket down. */

static const int directions[] = { SHUT_RD, SHUT_RDWR };

START_TEST(socket_that_is_shut_down_is_EINVAL)
{
	int fd;

	listener = listen_at("s", _i < 2 ? &datagram : &impatient);
	fd = dup(unix_listener_fileno(listener));
	succeeds(unix_send("s", "", 0));
	ck_assert_int_eq(shutdown(fd, directions[_i % 2]), 0);
	/* Queued datagrams come first. */
	expect_datagram("");
	fails(unix_receive(listener, bytes, 1, &peer), EINVAL);
	fails(unix_receive(listener, NULL, 0, NULL), EINVAL);
	fails(unix_accept_ready(listener), EINVAL);
	ck_assert_int_eq(close(fd), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(shutdown_ends_the_wait_with_EINVAL)
{
	size_t size = sizeof(bytes);
	pthread_t thread;
	int fd;

	listener = listen_at("s", &datagram);
	fd = dup(unix_listener_fileno(listener));
	thread = start_receiver(&size);
	ck_assert_int_eq(shutdown(fd, directions[_i]), 0);
	expect_received(thread, -1, EINVAL);
	ck_assert_int_eq(close(fd), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(invalid_arguments_are_EINVAL)
{
	struct unix_listener *stream = listen_at("stream", NULL);

	listener = listen_at("s", &datagram);
	succeeds(unix_send("s", "x", 1));
	fails(unix_receive(NULL, bytes, 1, &peer), EINVAL);
	fails(unix_receive(stream, bytes, 1, &peer), EINVAL);
	fails(unix_receive(stream, NULL, 0, NULL), EINVAL);
	fails(unix_receive(listener, NULL, 1, &peer), EINVAL);
	succeeds(unix_interrupt(stream));
	fails(unix_receive(stream, bytes, 1, &peer), EINVAL);
	expect_datagram("x");
	succeeds(unix_close(listener));
	succeeds(unix_close(stream));
}
END_TEST

/* Descriptors. */

#ifdef __linux__
START_TEST(descriptors_in_datagrams_are_dropped)
{
	int pair[2], count = 0;
	ssize_t got;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	const struct sockaddr_un name = { AF_UNIX, "s" };

	ck_assert_int_eq(pipe(pair), 0);
	listener = listen_at("s", &impatient);
	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&name,
	    sizeof(name)), 0);
	pass(fd, "text", 0, pair[1]);
	close(pair[1]);
	pass_lingering(fd, 3);
	pass(fd, "", 0, pair[0]);
	expect_datagram("text");
	expect_sender(getpid(), getuid(), getgid());
	/* No process has the other end of the pipe any more. */
	ck_assert_int_eq(read(pair[0], bytes, 1), 0);
	takes_no_minute(while ((got = unix_receive(listener, bytes, 1, &peer))
	    != -1) count += got == 0);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_eq(count, 1);
	close(pair[0]);
	close(fd);
	succeeds(unix_close(listener));
	close_far_ends();
}
END_TEST
#endif

int
main(void)
{
	Suite *suite = suite_create("receive");
	TCase *core = add_case(suite, "core");
	TCase *space = add_case(suite, "space");
	TCase *waits = add_case(suite, "waits");
	TCase *errors = add_case(suite, "errors");

	tcase_add_test(space, size_may_exceed_the_maximum_of_the_system);
	tcase_add_test(core, datagrams_arrive_with_their_sender);
	tcase_add_test(core, burst_of_1000_datagrams_arrives_with_its_senders);
	tcase_add_test(core, sender_is_the_process_that_sent);
	tcase_add_test(core, datagram_of_the_size_fits);
	tcase_add_loop_test(core, longer_datagram_is_EMSGSIZE_and_lost, 0, 3);
	tcase_add_test(core, no_bytes_are_allowed_for_an_empty_datagram);
	tcase_add_test(core, long_datagram_is_received);
#ifdef __linux__
	tcase_add_test(core, sender_from_before_the_listener_is_unknown);
	tcase_add_loop_test(core, abstract_and_inherited_listeners_receive,
	    0, 2);
	tcase_add_test(core, descriptors_in_datagrams_are_dropped);
#endif
	tcase_add_loop_test(waits, accept_timeout_limits_the_wait, 0, 2);
	tcase_add_loop_test(waits, receiver_waits_for_a_datagram, 0, 3);
	tcase_add_test(waits, signal_does_not_end_the_wait);
	tcase_add_test(waits, datagrams_and_interrupts_are_reported_as_ready);
	tcase_add_test(waits, interrupt_ends_the_wait);
	tcase_add_loop_test(waits, interrupt_leaves_datagrams_to_recv, 0, 2);
	tcase_add_loop_test(errors, socket_that_is_shut_down_is_EINVAL, 0, 4);
	tcase_add_loop_test(errors, shutdown_ends_the_wait_with_EINVAL, 0, 2);
	tcase_add_test(errors, invalid_arguments_are_EINVAL);
	return run_suite(suite);
}
