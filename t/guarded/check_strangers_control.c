/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of other programs: credentials, descriptors of processes, urgent
 * bytes, refused descriptors, EOF.
 */
#include "support.h"

#include <sys/socket.h>
#include <unistd.h>

#include "files.h"
#include "rights.h"

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD	76	/* Linux 6.5 */
#endif

static struct unix_ports ports;
static int stranger;
static const struct raw text_alone;

static void
open_both(unsigned flags)
{
	stranger = open_before_stranger(&ports, flags);
}

static void
close_both(void)
{
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(close(stranger), 0);
}

static int
ask_for(int option)
{
	int on = 1;

	return setsockopt(unix_fileno(&ports), SOL_SOCKET, option, &on,
	    sizeof(on));
}

START_TEST(credentials_take_no_room_from_files)
{
	open_both(UNIX_FILES);
	ck_assert_int_eq(ask_for(SO_PASSCRED), 0);
	raw_send(stranger, "one\n", (struct raw){ .count = MAX_FILES,
	    .credentials = 1 });
	expect(ports.in, "one\n");
	take_numbers(&ports, 0, MAX_FILES);
	expect_none(&ports);
	raw_send(stranger, "two\n", (struct raw){ .credentials = 1 });
	raw_send(stranger, "three\n", text_alone);
	expect(ports.in, "two\n");
	expect(ports.in, "three\n");
	expect_none(&ports);
	close_both();
}
END_TEST

/* Systems without SO_PASSPIDFD are skipped. */
START_TEST(descriptor_of_the_sender_is_closed)
{
	int before, i;

	open_both(_i % 2 == 0 ? UNIX_FILES : 0);
	if (ask_for(SO_PASSPIDFD) == -1)
		ck_assert_int_eq(errno, ENOPROTOOPT);
	if (_i / 2 == 1)
		ck_assert_int_eq(ask_for(SO_PASSCRED), 0);
	before = open_descriptors();
	for (i = 0; i < 100; i++) {
		raw_send(stranger, "line\n", text_alone);
		expect(ports.in, "line\n");
	}
	ck_assert_int_eq(open_descriptors(), before);
	close_both();
}
END_TEST

START_TEST(descriptor_of_the_sender_takes_no_room_from_files)
{
	open_both(UNIX_FILES);
	if (ask_for(SO_PASSPIDFD) == -1)
		ck_assert_int_eq(errno, ENOPROTOOPT);
	ck_assert_int_eq(ask_for(SO_PASSCRED), 0);
	raw_send(stranger, "line\n", (struct raw){ .count = MAX_FILES,
	    .credentials = _i });
	expect(ports.in, "line\n");
	take_numbers(&ports, 0, MAX_FILES);
	expect_none(&ports);
	close_both();
}
END_TEST

START_TEST(pidfd_of_the_sender_is_dropped_in_a_shortage)
{
	open_both(UNIX_FILES);
	if (ask_for(SO_PASSPIDFD) == -1)
		ck_assert_int_eq(errno, ENOPROTOOPT);
	raw_send(stranger, "line\n", (struct raw){ .count = 2 });
	begin_shortage(_i);
	expect(ports.in, "line\n");
	take_numbers(&ports, 0, _i < 2 ? _i : 2);
	end_shortage();
	if (_i < 2)
		expect_dropped(&ports);
	expect_none(&ports);
	close_both();
}
END_TEST

/* If the peer refuses descriptors, the write fails with EPERM. */
START_TEST(peer_that_refuses_files_is_eperm)
{
	int off = 0;

	open_both(UNIX_FILES);
	add_numbers(&ports, 0, 3);
	if (setsockopt(stranger, SOL_SOCKET, SO_PASSRIGHTS, &off,
	    sizeof(off)) == 0) {
		ck_assert_int_ne(fputs("line\n", ports.out), EOF);
		ck_assert_int_eq(fflush(ports.out), EOF);
		ck_assert_int_eq(errno, EPERM);
		fails(unix_close_ports(&ports), EPERM);
	} else {
		ck_assert_int_eq(errno, ENOPROTOOPT);
		say(ports.out, "line\n");
	}
	unix_close_ports(&ports);
	ck_assert_int_eq(close(stranger), 0);
}
END_TEST

/* Ends and urgent bytes. */

START_TEST(files_with_the_last_byte_are_here_at_the_end)
{
	open_both(UNIX_FILES);
	raw_send(stranger, "text without ", text_alone);
	raw_send(stranger, ".", (struct raw){ .count = 2 });
	ck_assert_int_eq(shutdown(stranger, SHUT_WR), 0);
	expect(ports.in, "text without .");
	expect_end(ports.in);
	take_numbers(&ports, 0, 2);
	expect_none(&ports);
	close_both();
}
END_TEST

START_TEST(files_without_bytes_are_ignored)
{
	open_both(UNIX_FILES);
	raw_send(stranger, "", (struct raw){ .count = 2 });
	answers(unix_input_ready(&ports, 0), 0);
	raw_send(stranger, "line\n", text_alone);
	expect(ports.in, "line\n");
	expect_none(&ports);
	close_both();
}
END_TEST

/* Urgent bytes may be part of the text, depending on the system. */
static void
read_to_the_end(int lines)
{
	int byte;

	while ((byte = getc(ports.in)) != EOF)
		lines -= byte == '\n';
	ck_assert(feof(ports.in));
	ck_assert(!ferror(ports.in));
	ck_assert_int_eq(lines, 0);
}

START_TEST(urgent_bytes_lose_no_text)
{
	struct raw urgent = { .count = _i, .flags = MSG_OOB };
	int i, fd;

	open_both(UNIX_FILES);
	for (i = 0; i < 20; i++) {
		raw_send(stranger, "line\n", text_alone);
		raw_send(stranger, "!", urgent);
	}
	raw_send(stranger, "line\n", text_alone);
	ck_assert_int_eq(shutdown(stranger, SHUT_WR), 0);
	read_to_the_end(21);
	while ((fd = unix_take_file(&ports)) != -1)
		ck_assert_int_eq(close(fd), 0);
	close_both();
}
END_TEST

/* poll(2) reports it as input, but recvmsg(2) returns no byte. */
START_TEST(urgent_byte_alone_is_no_input)
{
	struct unix_options options = { .flags = UNIX_GUARDED | UNIX_FILES,
	    .read_timeout = 30 };
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	succeeds(unix_open_ports(fd[0], &options, &ports));
	stranger = fd[1];
	raw_send(stranger, "!", (struct raw){ .flags = MSG_OOB });
	ck_assert_int_eq(getc(ports.in), EOF);
	ck_assert(!feof(ports.in));
	ck_assert(ferror(ports.in));
	ck_assert_int_eq(errno, ETIMEDOUT);
	clearerr(ports.in);
	raw_send(stranger, "line\n", text_alone);
	expect(ports.in, "line\n");
	close_both();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *beside = add_case(suite, "beside");
	TCase *shortage = add_case(suite, "shortage");
	TCase *ends = add_case(suite, "ends");

	tcase_add_test(beside, credentials_take_no_room_from_files);
	tcase_add_loop_test(beside, descriptor_of_the_sender_is_closed, 0, 4);
	tcase_add_loop_test(beside,
	    descriptor_of_the_sender_takes_no_room_from_files, 0, 2);
	tcase_add_loop_test(shortage,
	    pidfd_of_the_sender_is_dropped_in_a_shortage, 0, 4);
	tcase_add_test(beside, peer_that_refuses_files_is_eperm);
	tcase_add_test(ends, files_with_the_last_byte_are_here_at_the_end);
	tcase_add_test(ends, files_without_bytes_are_ignored);
	tcase_add_loop_test(ends, urgent_bytes_lose_no_text, 0, 2);
	tcase_add_test(ends, urgent_byte_alone_is_no_input);
}

int
main(void)
{
	return run_guarded("strangers_control", fill);
}
