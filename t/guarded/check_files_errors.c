/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of unix_add_files() and unix_take_file(). */
#include "support.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <stdint.h>
#include <unistd.h>

#include "files.h"

static struct connection c;
static const int standard[] = { 0, 1, 2 };

static void
pass_line(void)
{
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
}

START_TEST(ports_without_unix_files_pass_none)
{
	struct unix_options options = { .flags = _i / WAYS == 0 ? 0 :
	    UNIX_GUARDED };

	guarded = 0;
	open_connection(&c, _i % WAYS, &options);
	fails(unix_add_files(&c.client, standard, 3), EOPNOTSUPP);
	fails(unix_take_file(&c.server), EOPNOTSUPP);
	pass_line();
	close_connection(&c);
}
END_TEST

/* TCP would drop the descriptors without an error. */
START_TEST(tcp_passes_none)
{
	struct unix_options options = { .flags = UNIX_FILES };
	struct sockaddr_in name = { .sin_family = AF_INET };
	socklen_t length = sizeof(name);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&name,
	    &length), 0);
	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, length), 0);
	fails(unix_open_ports(fd, of_kind(&options), &c.client), EINVAL);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(close(listener), 0);
}
END_TEST

START_TEST(null_is_einval)
{
	open_files(&c, _i, NULL);
	fails(unix_add_files(NULL, standard, 3), EINVAL);
	fails(unix_add_files(&c.client, NULL, 1), EINVAL);
	fails(unix_take_file(NULL), EINVAL);
	pass_line();
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(adding_no_files_sends_none)
{
	open_files(&c, _i, NULL);
	succeeds(unix_add_files(&c.client, standard, 0));
	succeeds(unix_add_files(&c.client, NULL, 0));
	pass_line();
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(closed_ports_are_ebadf)
{
	open_files(&c, _i, NULL);
	succeeds(unix_close_output(&c.client));
	fails(unix_add_files(&c.client, standard, 3), EBADF);
	succeeds(unix_close_ports(&c.client));
	fails(unix_add_files(&c.client, standard, 3), EBADF);
	fails(unix_take_file(&c.client), EBADF);
	close_connection(&c);
}
END_TEST

START_TEST(bad_descriptor_adds_none)
{
	static const int bad[][3] = { { -1 }, { 1, -1 }, { -1, 1 },
	    { 0, 1, 99999999 }, { 0, 1, INT32_MIN } };
	static const size_t counts[] = { 1, 2, 2, 3, 3 };

	open_files(&c, 2, NULL);
	fails(unix_add_files(&c.client, bad[_i], counts[_i]), EBADF);
	pass_line();
	expect_none(&c.server);
	add_numbers(&c.client, 1, 1);
	fails(unix_add_files(&c.client, bad[_i], counts[_i]), EBADF);
	pass_line();
	take_numbers(&c.server, 1, 1);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(shortage_while_adding_adds_none)
{
	open_files(&c, _i, NULL);
	begin_shortage(2);
	fails(unix_add_files(&c.client, standard, 3), EMFILE);
	succeeds(unix_add_files(&c.client, standard, 2));
	fails(unix_add_files(&c.client, standard, 1), EMFILE);
	end_shortage();
	pass_line();
	ck_assert_int_ge(close(unix_take_file(&c.server)), 0);
	ck_assert_int_ge(close(unix_take_file(&c.server)), 0);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(more_files_than_the_queue_holds_is_E2BIG)
{
	static const size_t more[] = { 3, MAX_FILES, MAX_FILES + 1, SIZE_MAX -
	    MAX_FILES,
	    SIZE_MAX };
	int files[MAX_FILES + 1] = { 0 };
	size_t i;

	open_files(&c, _i, NULL);
	fails(unix_add_files(&c.client, files, MAX_FILES + 1), E2BIG);
	fails(unix_add_files(&c.client, files, SIZE_MAX), E2BIG);
	add_numbers(&c.client, 0, MAX_FILES - 2);
	for (i = 0; i < COUNT(more); i++)
		fails(unix_add_files(&c.client, files, more[i]), E2BIG);
	add_numbers(&c.client, MAX_FILES - 2, 2);
	fails(unix_add_files(&c.client, files, 1), E2BIG);
	succeeds(unix_add_files(&c.client, files, 0));
	pass_line();
	take_numbers(&c.server, 0, MAX_FILES);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

/* The queued descriptors are sent by the flush, which makes room. */
START_TEST(flushed_text_makes_room_for_files)
{
	open_files(&c, _i, NULL);
	add_numbers(&c.client, 0, MAX_FILES);
	ck_assert_int_ne(fputs("one\n", c.client.out), EOF);
	add_numbers(&c.client, MAX_FILES, 1);
	say(c.client.out, "two\n");
	expect(c.server.in, "one\n");
	take_numbers(&c.server, 0, MAX_FILES);
	expect(c.server.in, "two\n");
	take_numbers(&c.server, MAX_FILES, 1);
	close_connection(&c);
}
END_TEST

/* Writes that fail. */

static int
pass_many(void)
{
	int i;

	for (i = 0; i < 3; i++)
		if (unix_add_files(&c.client, (int [150]){ 0 }, 150) == -1 ||
		    fputs("line\n", c.client.out) == EOF ||
		    fflush(c.client.out) == EOF)
			return -1;
	return 0;
}

/*
 * Linux limits the descriptors in flight of all processes of an ordinary user
 * to RLIMIT_NOFILE.
 */
START_TEST(too_many_files_in_flight_fail_the_write)
{
	struct rlimit usual, limit;

	open_files(&c, _i, NULL);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
	limit = usual;
	limit.rlim_cur = 200;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	become_user();
	fails(pass_many(), ETOOMANYREFS);
	become_self();
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
	fails(unix_close_ports(&c.client), ETOOMANYREFS);
	close_connection(&c);
}
END_TEST

START_TEST(failed_flush_adds_none)
{
	open_files(&c, _i, NULL);
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	fails(unix_add_files(&c.client, standard, 3), EPIPE);
	fails(unix_add_files(&c.client, standard, 3), EPIPE);
	clearerr(c.client.out);
	fails(unix_add_files(&c.client, standard, 3), EPIPE);
	fails(unix_close_ports(&c.client), EPIPE);
	close_connection(&c);
}
END_TEST

START_TEST(failed_write_of_files_is_reported_when_closing)
{
	open_files(&c, _i, NULL);
	succeeds(unix_add_files(&c.client, standard, 3));
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	ck_assert_int_eq(fflush(c.client.out), EOF);
	ck_assert_int_eq(errno, EPIPE);
	fails(unix_add_files(&c.client, standard, 3), EPIPE);
	fails(unix_close_ports(&c.client), EPIPE);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *calls = add_case(suite, "calls");
	TCase *writes = add_case(suite, "writes");
	TCase *shortage = add_case(suite, "shortage");

	tcase_add_loop_test(calls, ports_without_unix_files_pass_none,
	    0, 2 * WAYS);
	tcase_add_test(calls, tcp_passes_none);
	tcase_add_loop_test(calls, null_is_einval, 0, FILE_WAYS);
	tcase_add_loop_test(calls, adding_no_files_sends_none, 0, FILE_WAYS);
	tcase_add_loop_test(calls, closed_ports_are_ebadf, 0, FILE_WAYS);
	tcase_add_loop_test(calls, bad_descriptor_adds_none, 0, 5);
	tcase_add_loop_test(calls, more_files_than_the_queue_holds_is_E2BIG,
	    2, FILE_WAYS);
	tcase_add_loop_test(calls, flushed_text_makes_room_for_files,
	    2, FILE_WAYS);
	tcase_add_loop_test(shortage, shortage_while_adding_adds_none,
	    2, FILE_WAYS);
	tcase_add_loop_test(shortage, too_many_files_in_flight_fail_the_write,
	    0, FILE_WAYS);
	tcase_add_loop_test(writes, failed_flush_adds_none, 0, FILE_WAYS);
	tcase_add_loop_test(writes,
	    failed_write_of_files_is_reported_when_closing, 0, FILE_WAYS);
}

int
main(void)
{
	return run_guarded("files_errors", fill);
}
