/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors for which the receiver has no room: the loss is reported once, in
 * their place, and the text is not lost.
 */
#include "support.h"

#include <unistd.h>

#include "files.h"

static struct connection c;

/* Sends LINE with COUNT files from number FIRST. */
static void
send_line(const char *line, int first, int count)
{
	add_numbers(&c.client, first, count);
	say(c.client.out, line);
}

/* Reads the next line while SPARE descriptors are free. */
static void
read_in_shortage(const char *line, int spare)
{
	begin_shortage(spare);
	expect(c.server.in, line);
	end_shortage();
}

START_TEST(nothing_is_taken_unless_a_file_was_sent)
{
	open_files(&c, _i, NULL);
	expect_none(&c.server);
	say(c.client.out, "line\n");
	expect_none(&c.server);
	expect(c.server.in, "line\n");
	expect_none(&c.server);
	send_line("with one\n", 1, 1);
	expect(c.server.in, "with one\n");
	take_numbers(&c.server, 1, 1);
	expect_none(&c.server);
	expect_none(&c.server);
	succeeds(unix_close_ports(&c.client));
	expect_end(c.server.in);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

/* The kernel passes the first descriptors and sets MSG_CTRUNC. */
START_TEST(shortage_drops_the_rest_of_a_message)
{
	open_files(&c, 2, NULL);
	send_line("line\n", 1, 5);
	read_in_shortage("line\n", _i);
	take_numbers(&c.server, 1, _i);
	if (_i < 5)
		expect_dropped(&c.server);
	expect_none(&c.server);
	send_line("next\n", 6, 2);
	expect(c.server.in, "next\n");
	take_numbers(&c.server, 6, 2);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(drop_is_reported_in_order)
{
	open_files(&c, _i, NULL);
	send_line("before\n", 1, 1);
	expect(c.server.in, "before\n");
	send_line("dropped\n", 2, 2);
	read_in_shortage("dropped\n", 0);
	send_line("between\n", 4, 1);
	expect(c.server.in, "between\n");
	send_line("cut short\n", 5, 3);
	read_in_shortage("cut short\n", 1);
	send_line("after\n", 8, 1);
	expect(c.server.in, "after\n");
	take_numbers(&c.server, 1, 1);
	expect_dropped(&c.server);
	take_numbers(&c.server, 4, 2);
	expect_dropped(&c.server);
	take_numbers(&c.server, 8, 1);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(adjacent_drops_are_reported_once)
{
	int i;

	open_files(&c, _i, NULL);
	for (i = 0; i < 20; i++)
		send_line("dropped\n", 1, 2);
	begin_shortage(0);
	for (i = 0; i < 20; i++)
		expect(c.server.in, "dropped\n");
	end_shortage();
	expect_dropped(&c.server);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(separate_drops_are_reported_separately)
{
	int i;

	open_files(&c, _i, NULL);
	for (i = 0; i < 20; i++) {
		send_line("dropped\n", 1, 2);
		read_in_shortage("dropped\n", 0);
		expect_dropped(&c.server);
		expect_none(&c.server);
	}
	close_connection(&c);
}
END_TEST

/* A loss that was not reported is no error of closing. */
START_TEST(unreported_drop_ends_with_the_ports)
{
	open_files(&c, _i, NULL);
	send_line("dropped\n", 1, 2);
	read_in_shortage("dropped\n", 1);
	succeeds(unix_close_ports(&c.server));
	close_connection(&c);
}
END_TEST

/* Full queues. */

START_TEST(files_above_the_limit_are_dropped)
{
	open_files(&c, _i, NULL);
	send_line("full\n", 0, MAX_FILES);
	expect(c.server.in, "full\n");
	send_line("one more\n", MAX_FILES, 1);
	expect(c.server.in, "one more\n");
	send_line("full again\n", 0, MAX_FILES);
	expect(c.server.in, "full again\n");
	take_numbers(&c.server, 0, MAX_FILES);
	expect_dropped(&c.server);
	expect_none(&c.server);
	send_line("next\n", 1, MAX_FILES);
	expect(c.server.in, "next\n");
	take_numbers(&c.server, 1, MAX_FILES);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(first_that_fit_are_kept)
{
	open_files(&c, _i, NULL);
	send_line("many\n", 0, MAX_FILES - 2);
	expect(c.server.in, "many\n");
	send_line("five\n", MAX_FILES - 2, 5);
	expect(c.server.in, "five\n");
	take_numbers(&c.server, 0, MAX_FILES);
	expect_dropped(&c.server);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(taking_makes_room_behind_the_drop)
{
	open_files(&c, _i, NULL);
	send_line("full\n", 0, MAX_FILES);
	expect(c.server.in, "full\n");
	send_line("dropped\n", 0, 3);
	expect(c.server.in, "dropped\n");
	take_numbers(&c.server, 0, 2);
	send_line("fits\n", 1000, 2);
	expect(c.server.in, "fits\n");
	send_line("dropped too\n", 0, 3);
	expect(c.server.in, "dropped too\n");
	take_numbers(&c.server, 2, MAX_FILES - 2);
	expect_dropped(&c.server);
	take_numbers(&c.server, 1000, 2);
	expect_dropped(&c.server);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

/* The queue is a ring: no descriptor may be lost or reordered. */
START_TEST(queue_of_files_wraps_around)
{
	int added = 0, taken = 0, count, i;

	open_files(&c, _i, NULL);
	for (i = 0; i < 300; i++) {
		count = i * 37 % 101;
		if (added + count - taken > MAX_FILES)
			count = MAX_FILES - (added - taken);
		add_numbers(&c.client, added, count);
		say(c.client.out, "line\n");
		expect(c.server.in, "line\n");
		added += count;
		count = i * 53 % 97;
		if (count > added - taken)
			count = added - taken;
		take_numbers(&c.server, taken, count);
		taken += count;
	}
	take_numbers(&c.server, taken, added - taken);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *none = add_case(suite, "none");
	TCase *shortage = add_case(suite, "shortage");
	TCase *queue = add_case(suite, "queue");

	tcase_add_loop_test(none, nothing_is_taken_unless_a_file_was_sent,
	    0, FILE_WAYS);
	tcase_add_loop_test(shortage, shortage_drops_the_rest_of_a_message,
	    0, 6);
	tcase_add_loop_test(shortage, drop_is_reported_in_order,
	    0, FILE_WAYS);
	tcase_add_loop_test(shortage, adjacent_drops_are_reported_once,
	    0, FILE_WAYS);
	tcase_add_loop_test(shortage, separate_drops_are_reported_separately,
	    0, FILE_WAYS);
	tcase_add_loop_test(shortage, unreported_drop_ends_with_the_ports,
	    0, FILE_WAYS);
	tcase_add_loop_test(queue, files_above_the_limit_are_dropped,
	    2, FILE_WAYS);
	tcase_add_loop_test(queue, first_that_fit_are_kept, 2, FILE_WAYS);
	tcase_add_loop_test(queue, taking_makes_room_behind_the_drop,
	    2, FILE_WAYS);
	tcase_add_loop_test(queue, queue_of_files_wraps_around,
	    2, FILE_WAYS);
}

int
main(void)
{
	return run_guarded("files_dropped", fill);
}
