/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command between two pipes: other processes read, write and close them
 * without waiting for it.  If the command waited while it holds a pipe, a test
 * would wait as well, until Check kills both.
 */
#include "traffic.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STREAM_BYTES (2 * MIB)	/* more than sockets and pipes can hold */

/* How the command gets its connection. */
enum { CONNECTING, LISTENING, INHERITING, CONNECTIONS };

static char command[4096];

struct copying {
	pid_t process;		/* the command */
	int input, output;	/* other ends of its standard streams */
	int peer;		/* the other side of its connection */
	int shared;		/* its side, if the test has it open */
};

static void
set_flag(int fd, int flag)
{
	ck_assert_int_ne(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | flag), -1);
}

static void
make_pipe(int ends[2])
{
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_ne(fcntl(ends[0], F_SETFD, FD_CLOEXEC), -1);
	ck_assert_int_ne(fcntl(ends[1], F_SETFD, FD_CLOEXEC), -1);
}

static void
make_sockets(int ends[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_ne(fcntl(ends[0], F_SETFD, FD_CLOEXEC), -1);
	ck_assert_int_ne(fcntl(ends[1], F_SETFD, FD_CLOEXEC), -1);
}

/* From here on only the command has both descriptors. */
static pid_t
start(const char *subcommand, const char *address, int input, int output)
{
	pid_t process = fork();
	int said;

	ck_assert_int_ne(process, -1);
	if (process == 0) {
		said = open("said", O_WRONLY | O_CREAT, 0600);
		if (dup2(input, STDIN_FILENO) != -1 &&
		    dup2(output, STDOUT_FILENO) != -1 &&
		    dup2(said, STDERR_FILENO) != -1)
			execl(command, command, subcommand, address,
			    (char *)NULL);
		_exit(127);
	}
	close(input);
	close(output);
	return process;
}

/* A socket without streams. */
static int
keep_socket(struct unix_ports *ports)
{
	int fd = fcntl(unix_fileno(ports), F_DUPFD_CLOEXEC, 0);

	ck_assert_int_ne(fd, -1);
	succeeds(unix_abandon_ports(ports));
	return fd;
}

static void
connect_command(struct copying *c, int input, int output)
{
	struct unix_listener *listener = listen_at("s", NULL);
	struct unix_ports ports;

	c->process = start("connect", "s", input, output);
	succeeds(unix_accept(listener, &ports));
	c->peer = keep_socket(&ports);
	succeeds(unix_close(listener));
}

static void
meet_listener(struct copying *c, int input, int output)
{
	struct unix_options options = { .flags = UNIX_WAIT };
	struct unix_ports ports;

	c->process = start("listen", "s", input, output);
	succeeds(unix_connect("s", &options, &ports));
	c->peer = keep_socket(&ports);
}

static void
pass_socket(struct copying *c, int input, int output)
{
	char address[20];
	int ends[2];

	make_sockets(ends);
	c->peer = ends[0];
	c->shared = ends[1];
	ck_assert_int_ne(fcntl(c->shared, F_SETFD, 0), -1);
	snprintf(address, sizeof(address), "fd:%d", c->shared);
	c->process = start("connect", address, input, output);
}

/* Starts the command with this output and waits for a byte to pass. */
static struct copying
begin_with_output(int connection, int reading, int writing)
{
	struct copying c = { .output = reading, .shared = -1 };
	int input[2];
	char byte;

	make_pipe(input);
	c.input = input[1];
	switch (connection) {
	case CONNECTING:
		connect_command(&c, input[0], writing);
		break;
	case LISTENING:
		meet_listener(&c, input[0], writing);
		break;
	default:
		pass_socket(&c, input[0], writing);
	}
	ck_assert_int_eq(write(c.peer, "x", 1), 1);
	ck_assert_int_eq(read(c.output, &byte, 1), 1);
	wait_idle(c.process);
	return c;
}

static struct copying
begin(int connection)
{
	int output[2];

	make_pipe(output);
	return begin_with_output(connection, output[0], output[1]);
}

/* The command ends with this status and message. */
static void
expect_status(const struct copying *c, int value, const char *words)
{
	int status = child_status(c->process);
	FILE *file = fopen("said", "r");
	char said[200];

	ck_assert_ptr_nonnull(file);
	said[fread(said, 1, sizeof(said) - 1, file)] = '\0';
	fclose(file);
	ck_assert_str_eq(said, words);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), value);
}

static void
close_end(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

static void
close_copying(struct copying *c)
{
	close_end(&c->input);
	close_end(&c->output);
	close_end(&c->peer);
	close_end(&c->shared);
}

/* Both sides end, then the command ends. */
static void
end(struct copying *c)
{
	close_end(&c->peer);
	close_end(&c->input);
	close_end(&c->shared);
	expect_status(c, 0, "");
	close_copying(c);
}

/*
 * Writes to the non-blocking FD until it is full although the command waits.
 * Returns the number of bytes.
 */
static size_t
fill(const struct copying *c, int fd)
{
	static char bytes[STREAM_BYTES];
	size_t sent = 0, before;
	ssize_t done;

	make_bytes(bytes, 0, sizeof(bytes));
	set_flag(fd, O_NONBLOCK);
	do {
		before = sent;
		while ((done = write(fd, bytes + sent, KIB)) > 0) {
			sent += (size_t)done;
			ck_assert_uint_le(sent, sizeof(bytes) - KIB);
		}
		ck_assert_int_eq(done, -1);
		ck_assert_int_eq(errno, EAGAIN);
		wait_idle(c->process);
	} while (sent > before);
	return sent;
}

static FILE *
stream_of(int fd)
{
	FILE *in = fdopen(dup(fd), "r");

	ck_assert_ptr_nonnull(in);
	return in;
}

START_TEST(output_is_not_held_while_the_peer_is_idle)
{
	struct copying c = begin(_i);
	char byte;

	set_flag(c.output, O_NONBLOCK);
	fails(read(c.output, &byte, 1), EAGAIN);
	close_end(&c.output);
	end(&c);
}
END_TEST

START_TEST(input_is_not_held_while_the_peer_is_full)
{
	struct copying c = begin(_i);
	FILE *in = stream_of(c.peer);
	size_t sent = fill(&c, c.input);

	fails(write(c.input, "x", 1), EAGAIN);
	close_end(&c.input);
	ck_assert_uint_eq(take_bytes(in, 0, sent), sent);
	expect_end(in);
	fclose(in);
	end(&c);
}
END_TEST

START_TEST(peer_is_not_held_while_the_output_is_full)
{
	struct copying c = begin(_i);
	FILE *in = stream_of(c.output);
	size_t sent = fill(&c, c.peer);

	fails(write(c.peer, "x", 1), EAGAIN);
	ck_assert_int_eq(shutdown(c.peer, SHUT_WR), 0);
	ck_assert_uint_eq(take_bytes(in, 0, sent), sent);
	expect_end(in);
	fclose(in);
	end(&c);
}
END_TEST

/* A shell reads single bytes, since it must not read beyond the line. */
START_TEST(each_answer_is_read_byte_by_byte_before_the_next_question)
{
	struct copying c = begin(_i);
	char line[4];
	int i, j;

	for (i = 0; i < 300; i++) {
		ck_assert_int_eq(write(c.input, "ask\n", 4), 4);
		ck_assert_int_eq(recv(c.peer, line, 4, MSG_WAITALL), 4);
		ck_assert_int_eq(write(c.peer, "said", 4), 4);
		for (j = 0; j < 4; j++)
			ck_assert_int_eq(read(c.output, line + j, 1), 1);
		ck_assert_int_eq(memcmp(line, "said", 4), 0);
	}
	end(&c);
}
END_TEST

START_TEST(killed_reader_ends_while_both_sides_are_idle)
{
	struct copying c = begin(_i);
	pid_t reader = fork();
	char byte;

	if (reader == 0)
		_exit(read(c.output, &byte, 1) != 0);
	close_end(&c.output);
	wait_idle(reader);
	ck_assert_int_eq(kill(reader, SIGKILL), 0);
	ck_assert_int_eq(WTERMSIG(child_status(reader)), SIGKILL);
	ck_assert_int_eq(write(c.peer, "y", 1), 1);
	expect_status(&c, 1, "unixport: standard output: Broken pipe\n");
	close_copying(&c);
}
END_TEST

START_TEST(killed_writer_ends_while_the_peer_is_full)
{
	struct copying c = begin(_i);
	size_t sent = fill(&c, c.input);
	FILE *in = stream_of(c.peer);
	pid_t writer = fork();

	if (writer == 0) {
		fcntl(c.input, F_SETFL, 0);
		_exit(write(c.input, "x", 1) != 0);
	}
	close_end(&c.input);
	wait_idle(writer);
	ck_assert_int_eq(kill(writer, SIGKILL), 0);
	ck_assert_int_eq(WTERMSIG(child_status(writer)), SIGKILL);
	ck_assert_uint_eq(take_bytes(in, 0, sent), sent);
	expect_end(in);
	fclose(in);
	end(&c);
}
END_TEST

START_TEST(no_descriptor_of_others_is_made_non_blocking)
{
	struct copying c = begin(INHERITING);
	char byte;

	ck_assert_int_eq(write(c.input, "x", 1), 1);
	ck_assert_int_eq(read(c.peer, &byte, 1), 1);
	wait_idle(c.process);
	ck_assert_int_eq(fcntl(c.input, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(c.output, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(c.shared, F_GETFL) & O_NONBLOCK, 0);
	end(&c);
}
END_TEST

/* splice(2) into such a socket fails after it has read the input. */
START_TEST(socket_with_O_APPEND_gets_every_byte)
{
	struct copying c = begin(INHERITING);
	FILE *in = stream_of(c.peer);
	FILE *out = fdopen(c.input, "w");

	set_flag(c.shared, O_APPEND);
	ck_assert_int_eq(put_bytes(out, 0, 10 * KIB), 0);
	ck_assert_int_eq(fflush(out), 0);
	ck_assert_uint_eq(take_bytes(in, 0, 10 * KIB), 10 * KIB);
	ck_assert_int_eq(put_bytes(out, 0, 10 * KIB), 0);
	fclose(out);
	c.input = -1;
	ck_assert_uint_eq(take_bytes(in, 0, 10 * KIB), 10 * KIB);
	expect_end(in);
	fclose(in);
	end(&c);
}
END_TEST

/* Another process can set O_NONBLOCK at any time, here when it is full. */
START_TEST(file_is_sent_to_a_non_blocking_socket)
{
	struct copying c = { .input = -1, .output = -1, .shared = -1 };
	int output = open("/dev/null", O_WRONLY | O_CLOEXEC);
	FILE *file = fopen("file", "w+"), *in;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(put_bytes(file, 0, STREAM_BYTES), 0);
	rewind(file);
	pass_socket(&c, dup(fileno(file)), output);
	in = stream_of(c.peer);
	ck_assert_uint_eq(take_bytes(in, 0, KIB), KIB);
	wait_idle(c.process);
	set_flag(c.shared, O_NONBLOCK);
	ck_assert_uint_eq(take_bytes(in, KIB, MIB), MIB);
	wait_idle(c.process);
	ck_assert_uint_eq(take_bytes(in, KIB + MIB, STREAM_BYTES),
	    STREAM_BYTES - KIB -
	    MIB);
	expect_end(in);
	fclose(in);
	fclose(file);
	end(&c);
}
END_TEST

/* poll(2) does not report that the reader of a full socket has stopped. */
START_TEST(reader_that_leaves_a_full_non_blocking_socket_is_noticed)
{
	struct copying c;
	int output[2];

	make_sockets(output);
	set_flag(output[1], O_NONBLOCK);
	c = begin_with_output(_i, output[0], output[1]);
	fill(&c, c.peer);
	ck_assert_int_eq(shutdown(c.output, SHUT_RD), 0);
	expect_status(&c, 1, "unixport: standard output: Broken pipe\n");
	close_copying(&c);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("the command between pipes");
	TCase *tests;

	if (realpath("unixport", command) == NULL)
		return EXIT_FAILURE;
	tests = add_case(suite, "pipes");
	tcase_add_loop_test(tests, output_is_not_held_while_the_peer_is_idle,
	    0, CONNECTIONS);
	tcase_add_loop_test(tests, input_is_not_held_while_the_peer_is_full,
	    0, CONNECTIONS);
	tcase_add_loop_test(tests, peer_is_not_held_while_the_output_is_full,
	    0, CONNECTIONS);
	tcase_add_loop_test(tests,
	    each_answer_is_read_byte_by_byte_before_the_next_question,
	    0, CONNECTIONS);
	tcase_add_loop_test(tests,
	    killed_reader_ends_while_both_sides_are_idle, 0, CONNECTIONS);
	tcase_add_loop_test(tests, killed_writer_ends_while_the_peer_is_full,
	    0, CONNECTIONS);
	tcase_add_loop_test(tests,
	    reader_that_leaves_a_full_non_blocking_socket_is_noticed,
	    0, CONNECTIONS);
	tcase_add_test(tests, no_descriptor_of_others_is_made_non_blocking);
	tcase_add_test(tests, file_is_sent_to_a_non_blocking_socket);
	tcase_add_test(tests, socket_with_O_APPEND_gets_every_byte);
	return run_suite(suite);
}
