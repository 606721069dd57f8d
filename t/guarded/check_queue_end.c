/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of ports with queued output: closing, fork(2), exit(3), and
 * descriptors.
 */
#include "files.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "lingering.h"
#include "traffic.h"

#define QUEUED	100

static struct connection c;
static size_t filled;

static void
open_queued(int way, unsigned flags)
{
	struct unix_options options = { .flags = flags, .read_timeout = -1,
	    .write_timeout = -1 };

	open_connection(&c, way, &options);
	filled = fill_socket(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, QUEUED), 0);
	answers(unix_flush(&c.client), QUEUED);
}

static int
close_stream(struct unix_ports *ports)
{
	int result = fclose(ports->out);

	ports->out = NULL;
	return result;
}

static int (*const closing[])(struct unix_ports *) = { unix_close_ports,
    unix_close_output, close_stream };

START_TEST(output_that_is_still_queued_is_ETIMEDOUT)
{
	open_queued(_i / 3, 0);
	fails(closing[_i % 3](&c.client), ETIMEDOUT);
	/* All was released; the peer gets only what the socket had. */
	unix_close_ports(&c.client);
	drain(c.server.in, filled);
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(closing_sends_what_the_socket_accepts)
{
	open_queued(_i / 3, 0);
	drain(c.server.in, filled);
	ck_assert_int_eq(put_bytes(c.client.out, QUEUED, QUEUED), 0);
	/* stdio may change errno. */
	ck_assert_int_eq(closing[_i % 3](&c.client), 0);
	expect_bytes(c.server.in, 0, 2 * QUEUED);
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(output_is_sent_or_ETIMEDOUT_without_in)
{
	open_queued(0, 0);
	succeeds(unix_close_input(&c.client));
	fails(closing[_i](&c.client), ETIMEDOUT);
	unix_close_ports(&c.client);
	close_connection(&c);
	open_queued(0, 0);
	succeeds(unix_close_input(&c.client));
	drain(c.server.in, filled);
	ck_assert_int_eq(closing[_i](&c.client), 0);
	expect_bytes(c.server.in, 0, QUEUED);
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(lost_output_is_reported_by_the_last_close_too)
{
	open_queued(_i, 0);
	fails(unix_close_output(&c.client), ETIMEDOUT);
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	close_connection(&c);
}
END_TEST

START_TEST(buffer_beyond_the_limit_is_lost_at_the_close)
{
	struct unix_options options = { .write_timeout = -1,
	    .output_limit = 10 };

	open_connection(&c, _i / 3, &options);
	filled = fill_socket(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 11), 0);
	fails(closing[_i % 3](&c.client), ENOBUFS);
	unix_close_ports(&c.client);
	close_connection(&c);
}
END_TEST

START_TEST(abandoned_queue_is_dropped_silently)
{
	open_queued(_i, 0);
	drain(c.server.in, filled);
	succeeds(unix_abandon_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(abandoning_reports_an_earlier_error)
{
	open_queued(_i, 0);
	succeeds(unix_close_ports(&c.server));
	fails(unix_flush(&c.client), EPIPE);
	fails(unix_abandon_ports(&c.client), EPIPE);
	close_connection(&c);
}
END_TEST

START_TEST(hang_up_ends_the_queue)
{
	open_queued(_i, 0);
	succeeds(unix_hang_up(&c.client));
	fails(unix_flush(&c.client), EPIPE);
	drain(c.server.in, filled);
	expect_end(c.server.in);
	fails(unix_close_ports(&c.client), EPIPE);
	close_connection(&c);
}
END_TEST

/* Processes. */

START_TEST(parent_sends_the_queue_if_the_child_abandons_it)
{
	pid_t child;

	open_queued(_i, 0);
	child = fork();
	if (child == 0)
		_exit(unix_abandon_ports(&c.client) == 0 ? 0 : 1);
	ck_assert_int_eq(child_status(child), 0);
	drain(c.server.in, filled);
	succeeds(unix_flush(&c.client));
	expect_bytes(c.server.in, 0, QUEUED);
	succeeds(unix_close_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(child_sends_the_queue_if_the_parent_abandons_it)
{
	pid_t child;

	open_queued(_i, 0);
	drain(c.server.in, filled);
	child = fork();
	if (child == 0)
		_exit(unix_flush(&c.client) == 0 &&
		    unix_close_ports(&c.client) == 0 ? 0 : 1);
	succeeds(unix_abandon_ports(&c.client));
	ck_assert_int_eq(child_status(child), 0);
	expect_bytes(c.server.in, 0, QUEUED);
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

/* The alarm ends a child that waits. */
START_TEST(exit_does_not_wait_for_the_peer)
{
	pid_t child;

	open_queued(_i, 0);
	ck_assert_int_eq(put_bytes(c.client.out, QUEUED, QUEUED), 0);
	child = fork();
	if (child == 0) {
		alarm(20);
		exit(0);
	}
	ck_assert_int_eq(child_status(child), 0);
	drain(c.server.in, filled);
	fails(getc(c.server.in), ETIMEDOUT);
	succeeds(unix_abandon_ports(&c.client));
	close_connection(&c);
}
END_TEST

#if defined(__GLIBC__) && defined(HAVE_FOPENCOOKIE)
static ssize_t
close_late(void *cookie, const char *bytes, size_t length)
{
	(void)cookie;
	(void)bytes;
	if (fclose(c.client.out) != EOF || errno != ETIMEDOUT)
		_exit(1);
	return (ssize_t)length;
}

/* exit(3) of glibc flushes streams after the destructor of the library. */
START_TEST(out_can_be_closed_after_the_library_has_ended)
{
	FILE *late;
	pid_t child;

	open_queued(_i, 0);
	child = fork();
	if (child == 0) {
		late = fopencookie(NULL, "w",
		    (cookie_io_functions_t){ .write = close_late });
		if (late == NULL || putc('x', late) == EOF)
			_exit(2);
		exit(0);
	}
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_abandon_ports(&c.client));
	close_connection(&c);
}
END_TEST
#endif

/* Descriptors. */

START_TEST(files_behind_queued_output_are_ETIMEDOUT)
{
	int fd;

	open_queued(_i, UNIX_FILES);
	fd = make_file(1);
	fails(unix_add_files(&c.client, &fd, 1), ETIMEDOUT);
	ck_assert_int_eq(close(fd), 0);
	/* Also if the output is in the buffer still. */
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	fails(unix_add_files(&c.client, NULL, 0), ETIMEDOUT);
	drain(c.server.in, filled);
	succeeds(unix_flush(&c.client));
	expect_bytes(c.server.in, 0, QUEUED);
	ck_assert_int_eq(getc(c.server.in), 'x');
	expect_none(&c.server);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(adding_files_sends_the_queue_first)
{
	open_queued(_i, UNIX_FILES);
	drain(c.server.in, filled);
	add_numbers(&c.client, 1, 3);
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	succeeds(unix_flush(&c.client));
	expect_bytes(c.server.in, 0, QUEUED);
	ck_assert_int_eq(getc(c.server.in), 'x');
	take_numbers(&c.server, 1, 3);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(files_go_with_the_first_byte_that_is_queued)
{
	struct unix_options options = { .flags = UNIX_FILES,
	    .read_timeout = -1, .write_timeout = -1 };

	open_connection(&c, _i, &options);
	add_numbers(&c.client, 1, 3);
	filled = fill_socket(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, QUEUED), 0);
	answers(unix_flush(&c.client), QUEUED);
	drain(c.server.in, filled);
	expect_none(&c.server);
	succeeds(unix_flush(&c.client));
	expect_bytes(c.server.in, 0, 1);
	take_numbers(&c.server, 1, 3);
	expect_bytes(c.server.in, 1, QUEUED - 1);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(files_are_released_with_a_dropped_queue)
{
	int before = open_descriptors();

	open_queued(0, UNIX_FILES);
	drain(c.server.in, filled);
	add_numbers(&c.client, 1, 3);
	filled = fill_socket(&c.client);
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	answers(unix_flush(&c.client), 1);
	if (_i == 0)
		succeeds(unix_abandon_ports(&c.client));
	else
		fails(unix_close_ports(&c.client), ETIMEDOUT);
	unix_abandon_ports(&c.server);
	close_connection(&c);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

/* Queues the byte that carries a socket whose last close(2) waits. */
static int
queue_lingering(void)
{
	struct unix_options options = { .flags = UNIX_FILES,
	    .read_timeout = -1, .write_timeout = -1 };
	int fd = make_lingering();

	open_connection(&c, 0, &options);
	succeeds(unix_add_files(&c.client, &fd, 1));
	filled = fill_socket(&c.client);
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	answers(unix_flush(&c.client), 1);
	return fd;
}

START_TEST(closing_does_not_linger_for_queued_files)
{
	int fd = queue_lingering();

	ck_assert_int_eq(close(fd), 0);
	takes_no_minute({
		if (_i == 0)
			succeeds(unix_abandon_ports(&c.client));
		else
			fails(closing[_i - 1](&c.client), ETIMEDOUT);
		unix_close_ports(&c.client);
	});
	close_connection(&c);
	close_far_ends();
}
END_TEST

/* The parent can still send the same socket. */
START_TEST(child_leaves_the_linger_of_queued_files)
{
	int fd = queue_lingering();
	pid_t child = fork();

	if (child == 0)
		_exit(unix_abandon_ports(&c.client) == 0 ? 0 : 1);
	ck_assert_int_eq(child_status(child), 0);
	ck_assert(is_lingering(fd));
	close_lingering(fd);
	succeeds(unix_abandon_ports(&c.client));
	close_connection(&c);
	close_far_ends();
}
END_TEST

START_TEST(tie_sends_files_with_their_byte)
{
	int before = open_descriptors(), during;
	struct unix_options options = { .flags = UNIX_FILES,
	    .read_timeout = -1, .write_timeout = -1 };

	open_connection(&c, _i, &options);
	during = open_descriptors();
	filled = fill_socket(&c.client);
	add_numbers(&c.client, 1, 3);
	ck_assert_int_eq(put_bytes(c.client.out, 0, QUEUED), 0);
	answers(unix_flush(&c.client), QUEUED);
	drain(c.server.in, filled);
	fails(getc(c.client.in), ETIMEDOUT);
	ck_assert_int_eq(open_descriptors(), during);
	expect_bytes(c.server.in, 0, QUEUED);
	take_numbers(&c.server, 1, 3);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

START_TEST(files_after_ENOBUFS_are_ENOBUFS)
{
	struct unix_options options = { .flags = UNIX_FILES,
	    .write_timeout = -1, .output_limit = QUEUED };
	int fd = make_file(1);

	open_connection(&c, _i, &options);
	filled = fill_socket(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, QUEUED + 1), 0);
	fails(unix_flush(&c.client), ENOBUFS);
	fails(unix_add_files(&c.client, &fd, 1), ENOBUFS);
	drain(c.server.in, filled);
	fails(unix_add_files(&c.client, &fd, 1), ENOBUFS);
	ck_assert_int_eq(close(fd), 0);
	fails(unix_close_ports(&c.client), ENOBUFS);
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *close = add_case(suite, "close");
	TCase *process = add_case(suite, "process");
	TCase *files = add_case(suite, "files");

	tcase_add_loop_test(close, output_that_is_still_queued_is_ETIMEDOUT,
	    0, 3 * WAYS);
	tcase_add_loop_test(close, closing_sends_what_the_socket_accepts,
	    0, 3 * WAYS);
	tcase_add_loop_test(close, output_is_sent_or_ETIMEDOUT_without_in,
	    0, COUNT(closing));
	tcase_add_loop_test(close,
	    lost_output_is_reported_by_the_last_close_too, 0, WAYS);
	tcase_add_loop_test(close,
	    buffer_beyond_the_limit_is_lost_at_the_close, 0, 3 * WAYS);
	tcase_add_loop_test(close, abandoned_queue_is_dropped_silently,
	    0, WAYS);
	tcase_add_loop_test(close, abandoning_reports_an_earlier_error,
	    0, WAYS);
	tcase_add_loop_test(close, hang_up_ends_the_queue, 0, WAYS);
	tcase_add_loop_test(process,
	    parent_sends_the_queue_if_the_child_abandons_it, 0, WAYS);
	tcase_add_loop_test(process,
	    child_sends_the_queue_if_the_parent_abandons_it, 0, WAYS);
	tcase_add_loop_test(process, exit_does_not_wait_for_the_peer, 0, WAYS);
#if defined(__GLIBC__) && defined(HAVE_FOPENCOOKIE)
	tcase_add_loop_test(process,
	    out_can_be_closed_after_the_library_has_ended, 0, WAYS);
#endif
	tcase_add_loop_test(files, files_behind_queued_output_are_ETIMEDOUT,
	    0, WAYS);
	tcase_add_loop_test(files, adding_files_sends_the_queue_first,
	    0, WAYS);
	tcase_add_loop_test(files, files_go_with_the_first_byte_that_is_queued,
	    0, WAYS);
	tcase_add_loop_test(files, files_are_released_with_a_dropped_queue,
	    0, 2);
	tcase_add_loop_test(files, closing_does_not_linger_for_queued_files,
	    0, 1 + COUNT(closing));
	tcase_add_test(files, child_leaves_the_linger_of_queued_files);
	tcase_add_loop_test(files, tie_sends_files_with_their_byte, 0, WAYS);
	tcase_add_loop_test(files, files_after_ENOBUFS_are_ENOBUFS, 0, WAYS);
}

int
main(void)
{
	return run_guarded("queue_end", fill);
}
