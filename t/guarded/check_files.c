/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors travel in order with the bytes, whole and once. */
#include "support.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "files.h"

static struct connection c;

START_TEST(files_arrive_with_their_lines)
{
	struct unix_ports *from, *to;

	open_files(&c, _i / 2, NULL);
	from = _i % 2 == 0 ? &c.client : &c.server;
	to = _i % 2 == 0 ? &c.server : &c.client;
	add_numbers(from, 1, 1);
	ck_assert_int_ne(fputs("one\n", from->out), EOF);
	add_numbers(from, 2, 2);
	say(from->out, "two\n");
	expect(to->in, "one\n");
	take_numbers(to, 1, 1);
	expect(to->in, "two\n");
	take_numbers(to, 2, 2);
	expect_none(to);
	close_connection(&c);
}
END_TEST

START_TEST(files_cross_in_both_directions)
{
	open_files(&c, _i, NULL);
	add_numbers(&c.client, 10, 3);
	add_numbers(&c.server, 20, 2);
	say(c.client.out, "to the server\n");
	say(c.server.out, "to the client\n");
	expect(c.client.in, "to the client\n");
	expect(c.server.in, "to the server\n");
	take_numbers(&c.client, 20, 2);
	take_numbers(&c.server, 10, 3);
	expect_none(&c.client);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(adding_flushes_earlier_output)
{
	open_files(&c, _i, NULL);
	ck_assert_int_ne(fputs("before\n", c.client.out), EOF);
	add_numbers(&c.client, 1, 1);
	answers(unix_input_ready(&c.server, 0), 1);
	expect(c.server.in, "before\n");
	expect_none(&c.server);
	say(c.client.out, "after\n");
	expect(c.server.in, "after\n");
	take_numbers(&c.server, 1, 1);
	close_connection(&c);
}
END_TEST

START_TEST(files_wait_for_a_byte)
{
	open_files(&c, _i, NULL);
	add_numbers(&c.client, 1, 1);
	ck_assert_int_eq(fflush(c.client.out), 0);
	ck_assert_int_eq(fflush(c.client.out), 0);
	answers(unix_input_ready(&c.server, 0), 0);
	say(c.client.out, "!\n");
	expect(c.server.in, "!\n");
	take_numbers(&c.server, 1, 1);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

/* The number is that of another file when the byte is written. */
START_TEST(added_file_may_be_closed_immediately)
{
	int fd, again;

	open_files(&c, _i, NULL);
	fd = make_file(1);
	succeeds(unix_add_files(&c.client, &fd, 1));
	ck_assert_int_eq(close(fd), 0);
	again = make_file(2);
	ck_assert_int_eq(dup2(again, fd), fd);
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	take_numbers(&c.server, 1, 1);
	if (again != fd)
		ck_assert_int_eq(close(again), 0);
	ck_assert_int_eq(close(fd), 0);
	close_connection(&c);
}
END_TEST

START_TEST(passed_file_remains_open_in_the_caller)
{
	int fd = make_file(1);

	open_files(&c, _i, NULL);
	succeeds(unix_add_files(&c.client, &fd, 1));
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	take_numbers(&c.server, 1, 1);
	ck_assert_int_eq(fcntl(fd, F_GETFD), 0);
	expect_number(fd, 1);
	ck_assert_int_eq(close(fd), 0);
	close_connection(&c);
}
END_TEST

START_TEST(files_are_close_on_exec_while_they_wait)
{
	open_files(&c, _i, NULL);
	add_numbers(&c.client, 1, 9);
	expect_close_on_exec();
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	expect_close_on_exec();
	take_numbers(&c.server, 1, 9);
	close_connection(&c);
}
END_TEST

START_TEST(taken_file_outlives_the_ports)
{
	int fd;

	open_files(&c, _i, NULL);
	add_numbers(&c.client, 7, 1);
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	fd = unix_take_file(&c.server);
	close_connection(&c);
	expect_number(fd, 7);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

/* The pipe reaches EOF only if neither side keeps a copy. */
START_TEST(passed_pipe_ends_with_the_receiver)
{
	char byte = '\0';
	int end[2], fd;

	open_files(&c, _i, NULL);
	ck_assert_int_eq(pipe(end), 0);
	succeeds(unix_add_files(&c.client, &end[1], 1));
	ck_assert_int_eq(close(end[1]), 0);
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	fd = unix_take_file(&c.server);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(read(end[0], &byte, 1), 1);
	ck_assert_int_eq(byte, 'x');
	ck_assert_int_eq(read(end[0], &byte, 1), 0);
	ck_assert_int_eq(close(end[0]), 0);
	close_connection(&c);
}
END_TEST

/* With a closed standard input, 0 is a descriptor like any other. */
START_TEST(descriptor_zero_is_received)
{
	int usual = fcntl(0, F_DUPFD_CLOEXEC, 3);

	open_files(&c, _i, NULL);
	ck_assert_int_eq(close(0), 0);
	ck_assert_int_eq(make_file(5), 0);
	answers(unix_add_files(&c.client, (int []){ 0 }, 1), 0);
	ck_assert_int_eq(close(0), 0);
	add_numbers(&c.client, 6, 1);
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	take_numbers(&c.server, 5, 2);
	expect_none(&c.server);
	ck_assert_int_eq(dup2(usual, 0), 0);
	ck_assert_int_eq(close(usual), 0);
	close_connection(&c);
}
END_TEST

START_TEST(connection_travels_over_itself)
{
	int ends[2], fd;

	open_files(&c, _i, NULL);
	ends[0] = unix_fileno(&c.client);
	ends[1] = unix_fileno(&c.server);
	succeeds(unix_add_files(&c.client, ends, 2));
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	fd = unix_take_file(&c.server);
	ck_assert_int_eq(write(fd, "by hand\n", 8), 8);
	expect(c.server.in, "by hand\n");
	ck_assert_int_eq(close(fd), 0);
	close_connection(&c);
}
END_TEST

/* The parent opens files that the child may not open. */
static int
ask_for(struct unix_ports *ports, const char *path)
{
	char line[20], byte = '\0';
	int fd;

	fprintf(ports->out, "%s\n", path);
	if (fflush(ports->out) == EOF ||
	    fgets(line, sizeof(line), ports->in) == NULL)
		return 0;
	fd = unix_take_file(ports);
	return fd != -1 && read(fd, &byte, 1) == 1 && byte == path[0] &&
	    close(fd) == 0;
}

static int
be_child(void)
{
	return unix_abandon_ports(&c.server) == 0 && ask_for(&c.client, "a") &&
	    ask_for(&c.client, "b") && ask_for(&c.client, "a") &&
	    unix_take_file(&c.client) == -1 && errno == ENOMSG &&
	    unix_close_ports(&c.client) == 0 ? 0 : 1;
}

static void
serve_child(void)
{
	char line[20];
	int fd;

	while (fgets(line, sizeof(line), c.server.in) != NULL) {
		line[strlen(line) - 1] = '\0';
		fd = open(line, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		ck_assert_int_eq(pwrite(fd, line, 1, 0), 1);
		succeeds(unix_add_files(&c.server, &fd, 1));
		ck_assert_int_eq(close(fd), 0);
		say(c.server.out, "here it is\n");
	}
}

START_TEST(parent_opens_files_for_its_child)
{
	pid_t child;

	open_files(&c, _i, NULL);
	child = fork();
	if (child == 0)
		_exit(be_child());
	succeeds(unix_abandon_ports(&c.client));
	serve_child();
	ck_assert_int_eq(child_status(child), 0);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *others = add_case(suite, "others");

	tcase_add_loop_test(core, files_arrive_with_their_lines,
	    0, 2 * FILE_WAYS);
	tcase_add_loop_test(core, files_cross_in_both_directions,
	    0, FILE_WAYS);
	tcase_add_loop_test(core, adding_flushes_earlier_output,
	    0, FILE_WAYS);
	tcase_add_loop_test(core, files_wait_for_a_byte, 0, FILE_WAYS);
	tcase_add_loop_test(core, added_file_may_be_closed_immediately,
	    0, FILE_WAYS);
	tcase_add_loop_test(core, passed_file_remains_open_in_the_caller,
	    0, FILE_WAYS);
	tcase_add_loop_test(core, files_are_close_on_exec_while_they_wait,
	    0, FILE_WAYS);
	tcase_add_loop_test(core, taken_file_outlives_the_ports,
	    0, FILE_WAYS);
	tcase_add_loop_test(core, passed_pipe_ends_with_the_receiver,
	    0, FILE_WAYS);
	tcase_add_loop_test(others, descriptor_zero_is_received, 2, FILE_WAYS);
	tcase_add_loop_test(others, connection_travels_over_itself,
	    0, FILE_WAYS);
	tcase_add_loop_test(others, parent_opens_files_for_its_child,
	    0, FILE_WAYS);
}

int
main(void)
{
	return run_guarded("files", fill);
}
