/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors in flight with an out-of-band byte: no call waits for their
 * close(2), and their loss is reported.
 */
#include "support.h"

#include <sys/socket.h>
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
close_ports(void)
{
	succeeds(unix_close_ports(&ports));
}

/* Where the kernel knows such bytes. */
START_TEST(unread_socket_of_an_urgent_byte_does_not_delay_the_close)
{
	int file = make_lingering();
	int error;

	open_mode(_i);
	raw_send(stranger, "text", (struct raw){ .count = 0 });
	error = try_pass(stranger, "!", MSG_OOB, &file, 1);
	raw_send(stranger, "text", (struct raw){ .count = 0 });
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(is_lingering(file), error != 0);
	close_lingering(file);
	close_stranger();
}
END_TEST

START_TEST(socket_of_an_urgent_byte_does_not_delay_the_read)
{
	int file = make_lingering();
	int error;

	open_mode(_i);
	raw_send(stranger, "li", (struct raw){ .count = 0 });
	error = try_pass(stranger, "!", MSG_OOB, &file, 1);
	raw_send(stranger, "ne\n", (struct raw){ .count = 0 });
	expect(ports.in, "line\n");
	ck_assert_int_eq(is_lingering(file), error != 0);
	close_ports();
	close_lingering(file);
	close_stranger();
}
END_TEST

/* Descriptors of out-of-band bytes are lost, and that is reported. */

START_TEST(descriptor_of_an_urgent_byte_is_reported_as_dropped)
{
	int error;

	open_mode(0);
	raw_send(stranger, "1\n", (struct raw){ .first = 1, .count = 1 });
	error = raw_try(stranger, "!", (struct raw){ .first = 2, .count = _i,
	    .flags = MSG_OOB });
	raw_send(stranger, "2\n", (struct raw){ .first = 9, .count = 1 });
	expect(ports.in, "1\n");
	expect(ports.in, "2\n");
	take_numbers(&ports, 1, 1);
	if (error == 0 && _i > 0)
		expect_dropped(&ports);
	take_numbers(&ports, 9, 1);
	expect_none(&ports);
	close_ports();
	close_stranger();
}
END_TEST

/* The program receives such a byte itself; the mark stays in its place. */
START_TEST(received_urgent_byte_takes_no_text_with_it)
{
	char byte;
	int error;

	open_mode(_i);
	error = raw_try(stranger, "!", (struct raw){ .count = 1,
	    .flags = MSG_OOB });
	if (error == 0)
		ck_assert_int_eq(recv(unix_fileno(&ports), &byte, 1, MSG_OOB),
		    1);
	raw_send(stranger, "line\n", (struct raw){ .count = 0 });
	expect(ports.in, "line\n");
	close_ports();
	close_stranger();
}
END_TEST

/* A reader that waits. */

static _Atomic pid_t id;

static void *
read_line(void *unused)
{
	(void)unused;
	id = thread_id();
	expect(ports.in, "line\n");
	return NULL;
}

START_TEST(urgent_byte_does_not_wake_a_reader)
{
	pthread_t reader;
	int error;

	open_mode(0);
	reader = start_thread(read_line, NULL);
	wait_blocked(&id);
	error = raw_try(stranger, "!", (struct raw){ .count = 3,
	    .flags = MSG_OOB });
	raw_send(stranger, "line\n", (struct raw){ .count = 0 });
	join_thread(reader);
	if (error == 0)
		expect_dropped(&ports);
	expect_none(&ports);
	close_ports();
	close_stranger();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *urgent = add_case(suite, "urgent");

	tcase_add_loop_test(urgent,
	    unread_socket_of_an_urgent_byte_does_not_delay_the_close, 0, 2);
	tcase_add_loop_test(urgent,
	    socket_of_an_urgent_byte_does_not_delay_the_read, 0, 2);
	tcase_add_loop_test(urgent,
	    descriptor_of_an_urgent_byte_is_reported_as_dropped, 0, 4);
	tcase_add_loop_test(urgent, received_urgent_byte_takes_no_text_with_it,
	    0, 2);
	tcase_add_test(urgent, urgent_byte_does_not_wake_a_reader);
}

int
main(void)
{
	return run_guarded("inflight_urgent", fill);
}
