/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other programs that send as many descriptors as they can, in any way: the
 * text arrives, and no descriptor is left open.
 */
#include "support.h"

#include <unistd.h>

#include "files.h"

static struct unix_ports ports;
static int stranger;

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

/*
 * Ports without UNIX_FILES.  A kernel that refuses descriptors passes text
 * alone.
 */

static void
send_unasked(const char *text, int count)
{
	const struct raw files = { .count = count }, none = { .count = 0 };

	if (count == 0 || !kernel_refuses()) {
		raw_send(stranger, text, files);
		return;
	}
	ck_assert_int_eq(raw_try(stranger, text, files), EPERM);
	raw_send(stranger, text, none);
}

START_TEST(ports_without_unix_files_receive_none)
{
	int before;

	open_both(0);
	send_unasked("line\n", _i);
	before = open_descriptors();
	expect(ports.in, "line\n");
	ck_assert_int_eq(open_descriptors(), before);
	fails(unix_take_file(&ports), EOPNOTSUPP);
	close_both();
}
END_TEST

START_TEST(flood_without_unix_files_leaves_none)
{
	int before, i;

	open_both(0);
	before = open_descriptors();
	for (i = 0; i < 1000; i++) {
		send_unasked("line\n", 10);
		expect(ports.in, "line\n");
	}
	ck_assert_int_eq(open_descriptors(), before);
	close_both();
}
END_TEST

/* Too many. */

START_TEST(one_of_the_253_files_of_a_message_is_dropped)
{
	open_both(UNIX_FILES);
	raw_send(stranger, "line\n", (struct raw){ .count = MAX_FILES + 1 });
	expect(ports.in, "line\n");
	take_numbers(&ports, 0, MAX_FILES);
	expect_dropped(&ports);
	expect_none(&ports);
	close_both();
}
END_TEST

START_TEST(flood_of_full_messages_fills_the_queue_once)
{
	int i, full;

	open_both(UNIX_FILES);
	raw_send(stranger, "line\n", (struct raw){ .count = MAX_FILES + 1 });
	expect(ports.in, "line\n");
	full = open_descriptors();
	for (i = 0; i < 100; i++) {
		raw_send(stranger, "line\n",
		    (struct raw){ .first = 1000, .count = MAX_FILES + 1 });
		expect(ports.in, "line\n");
	}
	ck_assert_int_eq(open_descriptors(), full);
	take_numbers(&ports, 0, MAX_FILES);
	expect_dropped(&ports);
	expect_none(&ports);
	close_both();
}
END_TEST

START_TEST(flood_of_single_bytes_leaks_none)
{
	int i;

	open_both(UNIX_FILES);
	for (i = 0; i < 10000; i++) {
		raw_send(stranger, "x", (struct raw){ .first = i, .count = 1 });
		ck_assert_int_eq(getc(ports.in), 'x');
		take_numbers(&ports, i, 1);
	}
	expect_none(&ports);
	close_both();
}
END_TEST

START_TEST(untaken_flood_leaks_no_descriptor)
{
	int i;

	open_both(UNIX_FILES);
	for (i = 0; i < 10000; i++) {
		raw_send(stranger, "x", (struct raw){ .first = i, .count = 1 });
		ck_assert_int_eq(getc(ports.in), 'x');
	}
	if (_i == 1) {
		take_numbers(&ports, 0, MAX_FILES);
		expect_dropped(&ports);
		expect_none(&ports);
	}
	close_both();
}
END_TEST

START_TEST(full_messages_in_a_shortage_are_dropped)
{
	int i;

	open_both(UNIX_FILES);
	/* Not more, since Linux limits the descriptors in flight of a user. */
	for (i = 0; i < 3; i++)
		raw_send(stranger, "line\n", (struct raw){ .count =
		    MAX_FILES + 1 });
	begin_shortage(_i);
	for (i = 0; i < 3; i++)
		expect(ports.in, "line\n");
	take_numbers(&ports, 0, _i);
	end_shortage();
	expect_dropped(&ports);
	expect_none(&ports);
	close_both();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *unasked = add_case(suite, "unasked");
	TCase *floods = add_case(suite, "floods");
	TCase *shortage = add_case(suite, "shortage");

	tcase_add_loop_test(unasked, ports_without_unix_files_receive_none,
	    0, 4);
	tcase_add_test(unasked, flood_without_unix_files_leaves_none);
	tcase_add_test(floods, one_of_the_253_files_of_a_message_is_dropped);
	tcase_add_test(floods, flood_of_full_messages_fills_the_queue_once);
	tcase_add_test(floods, flood_of_single_bytes_leaks_none);
	tcase_add_loop_test(floods, untaken_flood_leaks_no_descriptor, 0, 2);
	tcase_add_loop_test(shortage, full_messages_in_a_shortage_are_dropped,
	    0, 3);
}

int
main(void)
{
	return run_guarded("strangers_files", fill);
}
