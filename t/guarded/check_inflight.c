/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors in flight whose last close(2) would wait for a minute: no read
 * and no close of guarded ports does so, with UNIX_FILES, and without it after
 * the program has set SO_PASSRIGHTS.
 */
#include "support.h"

#include <sys/socket.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "lingering.h"

static struct unix_ports ports;
static int stranger;

static void
open_mode(int mode)
{
	stranger = open_receiver(&ports, mode);
}

static void
close_stranger(void)
{
	close_sender(stranger);
}

static void
expect_reset(void)
{
	char byte;

	fails(recv(stranger, &byte, 1, 0), ECONNRESET);
	ck_assert_int_eq(recv(stranger, &byte, 1, 0), 0);
}

/* Ways to close. */

static void
close_ports(void)
{
	succeeds(unix_close_ports(&ports));
}

static void
abandon_ports(void)
{
	succeeds(unix_abandon_ports(&ports));
}

static void
close_output_last(void)
{
	succeeds(unix_close_input(&ports));
	succeeds(unix_close_output(&ports));
}

static void
close_input_last(void)
{
	succeeds(unix_close_output(&ports));
	succeeds(unix_close_input(&ports));
}

static void
close_streams(void)
{
	ck_assert_int_eq(fclose(ports.in), 0);
	ck_assert_int_eq(fclose(ports.out), 0);
}

static void (*const closings[])(void) = {
	close_ports, abandon_ports, close_output_last, close_input_last,
	close_streams
};

START_TEST(unread_sockets_do_not_delay_the_close)
{
	open_mode(_i % 2);
	pass_lingering(stranger, 3);
	takes_no_minute(closings[_i / 2]());
	expect_reset();
	close_stranger();
}
END_TEST

START_TEST(unread_socket_behind_much_text_does_not_delay_the_close)
{
	static char text[100001];
	int file = make_lingering();

	memset(text, 'x', sizeof(text) - 1);
	open_mode(_i);
	raw_send(stranger, text, (struct raw){ .count = 0 });
	pass(stranger, text + 90000, 0, file);
	succeeds(unix_close_ports(&ports));
	ck_assert(!is_lingering(file));
	expect_reset();
	close_lingering(file);
	close_stranger();
}
END_TEST

START_TEST(sockets_of_one_message_do_not_delay_the_close)
{
	int files[100];
	int i;

	for (i = 0; i < 100; i++)
		files[i] = make_lingering();
	open_mode(_i);
	ck_assert_int_eq(try_pass(stranger, "x", 0, files, 100), 0);
	succeeds(unix_close_ports(&ports));
	for (i = 0; i < 100; i++) {
		ck_assert(!is_lingering(files[i]));
		close_lingering(files[i]);
	}
	close_stranger();
}
END_TEST

/* Sockets in the queues of sockets. */

START_TEST(nested_socket_does_not_delay_the_close)
{
	int file = make_lingering();
	int outer = nest(fcntl(file, F_DUPFD_CLOEXEC, 0), _i / 2 + 1);

	open_mode(_i % 2);
	pass(stranger, "x", 0, outer);
	ck_assert_int_eq(close(outer), 0);
	succeeds(unix_close_ports(&ports));
	ck_assert(!is_lingering(file));
	expect_reset();
	close_lingering(file);
	close_stranger();
}
END_TEST

START_TEST(untaken_socket_does_not_delay_the_close)
{
	int file = make_lingering();
	int outer = nest(fcntl(file, F_DUPFD_CLOEXEC, 0), _i);

	open_mode(0);
	pass(stranger, "\n", 0, outer);
	ck_assert_int_eq(close(outer), 0);
	expect(ports.in, "\n");
	ck_assert(is_lingering(file));
	succeeds(unix_close_ports(&ports));
	ck_assert(!is_lingering(file));
	close_lingering(file);
	close_stranger();
}
END_TEST

/* Reads. */

START_TEST(unrequested_socket_does_not_delay_the_read)
{
	int file = make_lingering();
	int outer = nest(fcntl(file, F_DUPFD_CLOEXEC, 0), _i);

	open_mode(1);
	pass(stranger, "\n", 0, outer);
	ck_assert_int_eq(close(outer), 0);
	expect(ports.in, "\n");
	ck_assert(!is_lingering(file));
	close_ports();
	close_lingering(file);
	close_stranger();
}
END_TEST

START_TEST(surplus_socket_does_not_delay_the_read)
{
	int file = make_lingering();
	int i;

	open_mode(0);
	raw_send(stranger, "\n", (struct raw){ .count = MAX_FILES });
	pass(stranger, "\n", 0, file);
	for (i = 0; i < 2; i++)
		expect(ports.in, "\n");
	ck_assert(!is_lingering(file));
	take_numbers(&ports, 0, MAX_FILES);
	expect_dropped(&ports);
	expect_none(&ports);
	close_ports();
	close_lingering(file);
	close_stranger();
}
END_TEST

/* It is in the queue before the socket becomes ports. */
START_TEST(socket_passed_before_does_not_delay_a_call)
{
	const struct unix_options options = { .flags = UNIX_GUARDED |
	    receiver_modes[_i / 2] };
	int file = make_lingering(), other = make_lingering();
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fd), 0);
	stranger = fd[1];
	if (try_pass(stranger, "!", _i % 2 == 0 ? 0 : MSG_OOB, &file, 1) != 0)
		pass(stranger, "!", 0, file);
	pass(stranger, "\n", 0, other);
	succeeds(unix_open_ports(fd[0], &options, &ports));
	ck_assert_int_ne(getc(ports.in), EOF);
	close_ports();
	ck_assert(!is_lingering(file));
	ck_assert(!is_lingering(other));
	close_lingering(file);
	close_lingering(other);
	close_stranger();
}
END_TEST

/* A program that takes it has the socket as it was. */
START_TEST(taken_socket_is_unchanged)
{
	int file = make_lingering();
	int taken;

	open_mode(0);
	pass(stranger, "\n", 0, file);
	expect(ports.in, "\n");
	taken = unix_take_file(&ports);
	ck_assert_int_ne(taken, -1);
	ck_assert(is_lingering(taken));
	ck_assert_int_eq(close(taken), 0);
	close_ports();
	close_lingering(file);
	close_stranger();
}
END_TEST

/* Other holders of the connection. */

static int
peek_offset(int fd)
{
	int offset;
	socklen_t size = sizeof(offset);

	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &offset,
	    &size), 0);
	return offset;
}

START_TEST(close_leaves_the_queue_to_another_holder)
{
	const struct unix_options files = { .flags = UNIX_FILES };
	const int offset = _i - 1;
	struct unix_ports others;
	int fd;

	open_mode(0);
	raw_send(stranger, "one\n", (struct raw){ .first = 1, .count = 3 });
	raw_send(stranger, "two\n", (struct raw){ .first = 4, .count = 1 });
	fd = fcntl(unix_fileno(&ports), F_DUPFD_CLOEXEC, 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &offset,
	    sizeof(offset)), 0);
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(peek_offset(fd), offset);
	succeeds(unix_open_ports(fd, of_kind(&files), &others));
	raw_send(stranger, "three\n", (struct raw){ .first = 5, .count = 1 });
	expect(others.in, "one\n");
	take_numbers(&others, 1, 3);
	expect(others.in, "two\n");
	expect(others.in, "three\n");
	take_numbers(&others, 4, 2);
	expect_none(&others);
	say(others.out, "back\n");
	succeeds(unix_close_ports(&others));
	close_stranger();
}
END_TEST

/* A child that was forked before uses the connection. */
START_TEST(close_leaves_the_connection_to_a_child)
{
	struct unix_options files = { .flags = UNIX_GUARDED | UNIX_FILES };
	struct unix_ports pair[2];
	char line[20];
	pid_t child;
	int closed[2];

	ck_assert_int_eq(pipe(closed), 0);
	succeeds(unix_pair(&files, pair));
	add_numbers(&pair[1], 1, 1);
	say(pair[1].out, "before\n");
	child = fork();
	if (child == 0) {
		succeeds(unix_abandon_ports(&pair[1]));
		ck_assert_int_eq(read(closed[0], line, 1), 1);
		expect(pair[0].in, "before\n");
		expect(pair[0].in, "after\n");
		take_numbers(&pair[0], 1, 2);
		say(pair[0].out, "done\n");
		_exit(0);
	}
	succeeds(unix_close_ports(&pair[0]));
	ck_assert_int_eq(write(closed[1], "", 1), 1);
	add_numbers(&pair[1], 2, 1);
	say(pair[1].out, "after\n");
	expect(pair[1].in, "done\n");
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close_ports(&pair[1]));
	ck_assert_int_eq(close(closed[0]), 0);
	ck_assert_int_eq(close(closed[1]), 0);
}
END_TEST

/* The end of a peer that has passed its own end. */

START_TEST(peer_that_passed_its_own_end_ends_with_that_descriptor)
{
	struct unix_options options = { .flags = UNIX_GUARDED | UNIX_FILES,
	    .read_timeout = 50 };
	int fd[2], own;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fd), 0);
	succeeds(unix_open_ports(fd[0], &options, &ports));
	pass(fd[1], "\n", 0, fd[1]);
	ck_assert_int_eq(close(fd[1]), 0);
	expect(ports.in, "\n");
	ck_assert_int_eq(getc(ports.in), EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
	clearerr(ports.in);
	own = unix_take_file(&ports);
	ck_assert_int_ne(own, -1);
	ck_assert_int_eq(close(own), 0);
	expect_end(ports.in);
	close_ports();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *ends = add_case(suite, "close");
	TCase *reads = add_case(suite, "read");
	TCase *holders = add_case(suite, "holders");

	tcase_add_loop_test(ends, unread_sockets_do_not_delay_the_close,
	    0, 2 * COUNT(closings));
	tcase_add_loop_test(ends,
	    unread_socket_behind_much_text_does_not_delay_the_close, 0, 2);
	tcase_add_loop_test(ends, sockets_of_one_message_do_not_delay_the_close,
	    0, 2);
	tcase_add_loop_test(ends, nested_socket_does_not_delay_the_close,
	    0, 6);
	tcase_add_loop_test(ends, untaken_socket_does_not_delay_the_close,
	    0, 4);
	tcase_add_loop_test(reads, unrequested_socket_does_not_delay_the_read,
	    0, 4);
	tcase_add_loop_test(reads, socket_passed_before_does_not_delay_a_call,
	    0, 4);
	tcase_add_test(reads, surplus_socket_does_not_delay_the_read);
	tcase_add_test(reads, taken_socket_is_unchanged);
	tcase_add_loop_test(holders, close_leaves_the_queue_to_another_holder,
	    0, 6);
	tcase_add_test(holders, close_leaves_the_connection_to_a_child);
	tcase_add_test(holders,
	    peer_that_passed_its_own_end_ends_with_that_descriptor);
}

int
main(void)
{
	return run_guarded("inflight", fill);
}
