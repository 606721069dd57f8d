/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tie under load, with UNIXPORT_LINES lines.  If the tie waited for a lock,
 * a reader, a writer and their peer would deadlock within some thousand lines.
 */
#include "traffic.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct connection c;

static size_t
lines(void)
{
	return from_environment("UNIXPORT_LINES", 300000);
}

/* A peer that returns every line. */
static void *
echo(void *argument)
{
	struct unix_ports *ports = argument;
	char line[100];

	while (fgets(line, sizeof(line), ports->in) != NULL)
		if (fputs(line, ports->out) == EOF || fflush(ports->out) == EOF)
			return argument;
	return ferror(ports->in) ? argument : NULL;
}

/* The peer, in a child or in a thread. */
struct echo {
	pid_t child;
	pthread_t thread;
};

static struct echo
start_echo(int in_child)
{
	struct echo echo_server = { .child = -1 };

	if (!in_child) {
		echo_server.thread = start_thread(echo, &c.server);
		return echo_server;
	}
	echo_server.child = fork();
	if (echo_server.child == 0) {
		succeeds(unix_abandon_ports(&c.client));
		_exit(echo(&c.server) == NULL ? 0 : 1);
	}
	succeeds(unix_abandon_ports(&c.server));
	return echo_server;
}

static void
end_echo(struct echo *echo_server)
{
	if (echo_server->child == -1)
		ck_assert_ptr_null(join_thread(echo_server->thread));
	else
		ck_assert_int_eq(child_status(echo_server->child), 0);
}

static void
expect_number(FILE *in, size_t number)
{
	char line[100];

	ck_assert_ptr_nonnull(fgets(line, sizeof(line), in));
	ck_assert_uint_eq(strtoul(line, NULL, 10), number);
}

static void *
write_numbers(void *argument)
{
	struct unix_ports *ports = argument;
	size_t i, count = lines();

	for (i = 0; i < count; i++)
		ck_assert_int_gt(fprintf(ports->out,
		    "%zu: a line of some length\n", i), 0);
	ck_assert_int_eq(fclose(ports->out), 0);
	ports->out = NULL;
	return NULL;
}

START_TEST(reader_and_writer_against_an_echo_finish)
{
	struct echo echo_server;
	size_t i, count = lines();
	pthread_t writer;

	open_connection(&c, 0, NULL);
	echo_server = start_echo(_i);
	writer = start_thread(write_numbers, &c.client);
	for (i = 0; i < count; i++)
		expect_number(c.client.in, i);
	join_thread(writer);
	end_echo(&echo_server);
	close_connection(&c);
}
END_TEST

START_TEST(rounds_of_request_and_answer_need_no_fflush)
{
	struct echo echo_server;
	size_t i, count = lines() / 3;

	open_connection(&c, 0, NULL);
	echo_server = start_echo(_i);
	for (i = 0; i < count; i++) {
		ck_assert_int_gt(fprintf(c.client.out, "%zu\n", i), 0);
		expect_number(c.client.in, i);
	}
	succeeds(unix_close_output(&c.client));
	end_echo(&echo_server);
	succeeds(unix_close_ports(&c.server));
	expect_end(c.client.in);
	close_connection(&c);
}
END_TEST

/*
 * A peer that writes and never reads.  Its socket is full after some hundred
 * single bytes, and the rest remains in the buffer of the ports.
 */
START_TEST(peer_that_never_reads_is_heard_to_its_end)
{
	struct unix_options options = { .buffer_size = MIB };
	size_t i, count = lines();
	unsigned char byte;
	pthread_t speaker;

	open_connection(&c, 0, &options);
	speaker = start_thread(write_numbers, &c.server);
	for (i = 0; i < count; i++) {
		make_bytes(&byte, i, 1);
		ck_assert_int_eq(putc(byte, c.client.out), byte);
		expect_number(c.client.in, i);
	}
	expect_end(c.client.in);
	join_thread(speaker);
	speaker = start_thread(call_close_ports, &(struct call){
	    .ports = &c.client });
	ck_assert_uint_eq(count_bytes(c.server.in, 0), count);
	join_thread(speaker);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *load = add_case(suite, "load");

	tcase_set_timeout(load, 120);
	tcase_add_loop_test(load,
	    reader_and_writer_against_an_echo_finish, 0, 2);
	tcase_add_loop_test(load,
	    rounds_of_request_and_answer_need_no_fflush, 0, 2);
	tcase_add_test(load, peer_that_never_reads_is_heard_to_its_end);
}

int
main(void)
{
	return run_guarded("tie_load", fill);
}
