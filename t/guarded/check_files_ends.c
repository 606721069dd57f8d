/* SPDX-License-Identifier: BSD-2-Clause */
/* Closing with descriptors that were not sent or not taken. */
#include "support.h"

#include <unistd.h>

#include "files.h"

static struct connection c;
static const int standard[] = { 0, 1, 2 };

/* Adds descriptors 0, 1 and 2. */
static void
add_standard(void)
{
	succeeds(unix_add_files(&c.client, standard, 3));
}

static void
pass_line(void)
{
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
}

/* Descriptors that were not sent. */

START_TEST(files_without_a_byte_are_lost_at_the_end)
{
	int (*const close_it[])(struct unix_ports *) = { unix_close_ports,
	    unix_close_output };

	open_files(&c, _i / 2, NULL);
	say(c.client.out, "line\n");
	add_standard();
	fails(close_it[_i % 2](&c.client), EIO);
	ck_assert_ptr_null(c.client.out);
	expect(c.server.in, "line\n");
	expect_end(c.server.in);
	expect_none(&c.server);
	if (_i % 2 == 1)
		fails(unix_close_ports(&c.client), EIO);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(fclose_reports_files_without_a_byte)
{
	open_files(&c, _i, NULL);
	add_standard();
	ck_assert_int_eq(fclose(c.client.out), EOF);
	ck_assert_int_eq(errno, EIO);
	c.client.out = NULL;
	expect_end(c.server.in);
	expect_none(&c.server);
	unix_close_ports(&c.client);
	close_connection(&c);
}
END_TEST

START_TEST(closing_sends_files_with_buffered_output)
{
	int (*const close_it[])(struct unix_ports *) = { unix_close_ports,
	    unix_close_output };

	open_files(&c, _i / 2, NULL);
	add_numbers(&c.client, 1, 3);
	ck_assert_int_ne(fputs("last", c.client.out), EOF);
	succeeds(close_it[_i % 2](&c.client));
	expect(c.server.in, "last");
	expect_end(c.server.in);
	take_numbers(&c.server, 1, 3);
	close_connection(&c);
}
END_TEST

START_TEST(abandoning_drops_files)
{
	open_files(&c, _i, NULL);
	add_standard();
	ck_assert_int_ne(fputs("unsent\n", c.client.out), EOF);
	succeeds(unix_abandon_ports(&c.client));
	expect_end(c.server.in);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(abandoning_in_a_child_leaves_the_parents)
{
	pid_t child;

	open_files(&c, _i, NULL);
	add_numbers(&c.client, 1, 3);
	child = fork();
	if (child == 0)
		_exit(unix_abandon_ports(&c.client) == 0 ? 0 : 1);
	ck_assert_int_eq(child_status(child), 0);
	answers(unix_input_ready(&c.server, 0), 0);
	pass_line();
	take_numbers(&c.server, 1, 3);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

/* Descriptors that were not taken; the fixture counts them. */

static void
close_by_stdio(void)
{
	ck_assert_int_eq(fclose(c.server.in), 0);
	ck_assert_int_eq(fclose(c.server.out), 0);
	c.server.in = c.server.out = NULL;
}

START_TEST(untaken_files_are_closed_with_the_ports)
{
	open_files(&c, _i / 4, NULL);
	add_numbers(&c.client, 1, 9);
	pass_line();
	take_numbers(&c.server, 1, 1);
	if (_i % 4 == 0) {
		succeeds(unix_close_ports(&c.server));
	} else if (_i % 4 == 1) {
		succeeds(unix_abandon_ports(&c.server));
	} else if (_i % 4 == 2) {
		succeeds(unix_close_input(&c.server));
		succeeds(unix_close_output(&c.server));
	} else {
		close_by_stdio();
	}
	close_connection(&c);
}
END_TEST

START_TEST(unread_files_are_closed_with_the_ports)
{
	open_files(&c, _i, NULL);
	add_numbers(&c.client, 1, 9);
	say(c.client.out, "unread\n");
	succeeds(unix_close_ports(&c.server));
	close_connection(&c);
}
END_TEST

START_TEST(new_ports_have_none_of_the_old)
{
	int i;

	for (i = 0; i < 3; i++) {
		open_files(&c, _i, NULL);
		expect_none(&c.server);
		expect_none(&c.client);
		add_numbers(&c.client, 1, 9);
		pass_line();
		add_standard();
		fails(unix_close_ports(&c.client), EIO);
		close_connection(&c);
	}
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *ends = add_case(suite, "ends");

	tcase_add_loop_test(ends, files_without_a_byte_are_lost_at_the_end,
	    0, 2 * FILE_WAYS);
	tcase_add_loop_test(ends, fclose_reports_files_without_a_byte,
	    0, FILE_WAYS);
	tcase_add_loop_test(ends, closing_sends_files_with_buffered_output,
	    0, 2 * FILE_WAYS);
	tcase_add_loop_test(ends, abandoning_drops_files, 0, FILE_WAYS);
	tcase_add_loop_test(ends, abandoning_in_a_child_leaves_the_parents,
	    0, FILE_WAYS);
	tcase_add_loop_test(ends, untaken_files_are_closed_with_the_ports,
	    0, 4 * FILE_WAYS);
	tcase_add_loop_test(ends, unread_files_are_closed_with_the_ports,
	    0, FILE_WAYS);
	tcase_add_loop_test(ends, new_ports_have_none_of_the_old,
	    0, FILE_WAYS);
}

int
main(void)
{
	return run_guarded("files_ends", fill);
}
