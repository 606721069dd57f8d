/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that two processes share after fork(2). */
#include "traffic.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct connection c;

/* Ends the child.  If it hangs, SIGALRM kills it, and the test fails. */
static void
leave(int (*how)(struct unix_ports *))
{
	alarm(10);
	_exit(how == NULL || how(&c.client) == 0 ? 0 : 1);
}

static int
write_and_abandon(struct unix_ports *ports)
{
	return fputs("unsent\n", ports->out) == EOF ||
	    unix_abandon_ports(ports) == -1 ? -1 : 0;
}

static int (*const leaving[])(struct unix_ports *) = {
	NULL, unix_abandon_ports, write_and_abandon
};

START_TEST(unsent_output_is_sent_once)
{
	pid_t child;

	open_connection(&c, 0, NULL);
	ck_assert_int_ne(fputs("once\n", c.client.out), EOF);
	child = fork();
	if (child == 0)
		leave(leaving[_i]);
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close_ports(&c.client));
	expect(c.server.in, "once\n");
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(other_process_continues_after_one_closed)
{
	int (*const closing[])(struct unix_ports *) = { unix_close_ports,
	    unix_abandon_ports };
	pid_t child;

	open_connection(&c, _i % WAYS, NULL);
	child = fork();
	if (child == 0)
		leave(closing[_i / WAYS]);
	ck_assert_int_eq(child_status(child), 0);
	say(c.client.out, "still here\n");
	expect(c.server.in, "still here\n");
	say(c.server.out, "so am I\n");
	expect(c.client.in, "so am I\n");
	close_connection(&c);
}
END_TEST

START_TEST(child_may_take_the_connection_over)
{
	pid_t child;

	open_connection(&c, _i, NULL);
	child = fork();
	if (child == 0) {
		alarm(10);
		expect(c.client.in, "question\n");
		fputs("answer\n", c.client.out);
		_exit(unix_close_ports(&c.client) == 0 ? 0 : 1);
	}
	succeeds(unix_abandon_ports(&c.client));
	say(c.server.out, "question\n");
	expect(c.server.in, "answer\n");
	expect_end(c.server.in);
	ck_assert_int_eq(child_status(child), 0);
	close_connection(&c);
}
END_TEST

/* The tie has sent half of a large output before fork(2). */
START_TEST(partly_tied_output_is_sent_once)
{
	struct unix_options options = { .buffer_size = MIB };
	struct call reading = { .ports = &c.client }, closing = reading;
	pthread_t reader, closer;
	pid_t child;

	open_connection(&c, 0, &options);
	narrow(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 100 * KIB), 0);
	reader = block_call(call_fgets, &reading);
	say(c.server.out, "news\n");
	join_thread(reader);
	child = fork();
	if (child == 0)
		leave(leaving[_i % 2]);
	ck_assert_int_eq(child_status(child), 0);
	closer = start_call(call_close_ports, &closing);
	ck_assert_uint_eq(count_bytes(c.server.in, 0), 100 * KIB);
	join_thread(closer);
	ck_assert_int_eq(closing.result, 0);
	close_connection(&c);
}
END_TEST

/* Threads of the parent hold locks that no thread of the child releases. */

static void *(*const holders[])(void *) = { call_fgets, call_fwrite,
    call_input_ready };

START_TEST(child_abandons_ports_that_another_thread_uses)
{
	struct call call = { .ports = &c.client, .length = MIB };
	pthread_t thread;
	pid_t child;

	open_connection(&c, 0, NULL);
	thread = block_call(holders[_i], &call);
	child = fork();
	if (child == 0)
		leave(unix_abandon_ports);
	ck_assert_int_eq(child_status(child), 0);
	say(c.server.out, "line\n");
	if (holders[_i] == call_fwrite)
		expect_bytes(c.server.in, 0, call.length);
	join_thread(thread);
	ck_assert_int_eq(call.error, EDOM);
	close_connection(&c);
}
END_TEST

/* Writes a byte when it has abandoned the ports, then waits for EOF of STAY. */
static void
abandon_and_stay(int done[2], int stay[2])
{
	char byte = 0;

	alarm(10);
	close(stay[1]);
	unix_abandon_ports(&c.client);
	unix_abandon_ports(&c.server);
	_exit(write(done[1], &byte, 1) == 1 && read(stay[0], &byte, 1) == 0 ?
	    0 : 1);
}

/* Otherwise the peer would read EOF only at the end of the child. */
START_TEST(child_releases_the_socket_that_another_thread_uses)
{
	struct call call = { .ports = &c.client };
	int done[2], stay[2], i;
	pthread_t thread;
	pid_t child;
	char byte;

	ck_assert_int_eq(pipe(done), 0);
	ck_assert_int_eq(pipe(stay), 0);
	open_connection(&c, 0, NULL);
	thread = block_call(_i == 0 ? call_fgets : call_input_ready, &call);
	child = fork();
	if (child == 0)
		abandon_and_stay(done, stay);
	ck_assert_int_eq((int)read(done[0], &byte, 1), 1);
	say(c.server.out, "line\n");
	join_thread(thread);
	unix_close_ports(&c.client);
	answers(unix_input_ready(&c.server, 5000), 1);
	for (i = 0; i < 2; i++) {
		close(done[i]);
		close(stay[i]);
	}
	ck_assert_int_eq(child_status(child), 0);
	close_connection(&c);
}
END_TEST

static _Atomic int stop;

/* Makes the tie send again and again, which requires its locks. */
static void *
talk_for_long(void *argument)
{
	while (!stop)
		if (putc('x', c.client.out) == EOF || getc(c.client.in) != 'x')
			return NULL;
	return argument;
}

static void *
echo(void *argument)
{
	int byte;

	while ((byte = getc(c.server.in)) != EOF)
		if (putc(byte, c.server.out) == EOF)
			return NULL;
	return argument;
}

START_TEST(child_abandons_ports_that_another_thread_is_tying)
{
	pthread_t talker, echoer;
	pid_t child;
	int i;

	stop = 0;
	open_connection(&c, 0, NULL);
	echoer = start_thread(echo, &stop);
	talker = start_thread(talk_for_long, &stop);
	for (i = 0; i < 300; i++) {
		child = fork();
		if (child == 0)
			leave(unix_abandon_ports);
		ck_assert_int_eq(child_status(child), 0);
	}
	stop = 1;
	ck_assert_ptr_nonnull(join_thread(talker));
	succeeds(unix_close_ports(&c.client));
	ck_assert_ptr_nonnull(join_thread(echoer));
	close_connection(&c);
}
END_TEST

/* Returns 0 or EOF. */
static int
open_talk_and_close(void)
{
	struct unix_ports pair[2];
	int failed;

	if (unix_pair(of_kind(NULL), pair) == -1)
		return EOF;
	failed = fputs("x\n", pair[0].out) == EOF;
	failed |= unix_close_ports(&pair[0]) == -1;
	failed |= getc(pair[1].in) != 'x' || getc(pair[1].in) != '\n' ||
	    getc(pair[1].in) != EOF;
	failed |= unix_close_ports(&pair[1]) == -1;
	return failed ? EOF : 0;
}

static void *
open_talk_and_close_for_long(void *argument)
{
	while (!stop)
		if (open_talk_and_close() == EOF)
			return NULL;
	return argument;
}

START_TEST(child_opens_ports_after_fork_beside_threads)
{
	pthread_t thread;
	pid_t child;
	int i;

	stop = 0;
	thread = start_thread(open_talk_and_close_for_long, &stop);
	for (i = 0; i < 300; i++) {
		child = fork();
		if (child == 0) {
			alarm(10);
			_exit(open_talk_and_close() == 0 ? 0 : 1);
		}
		ck_assert_int_eq(child_status(child), 0);
	}
	stop = 1;
	ck_assert_ptr_nonnull(join_thread(thread));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *threads = add_case(suite, "threads");
	TCase *memory = add_case(suite, "memory");

	tcase_add_loop_test(core, unsent_output_is_sent_once,
	    0, COUNT(leaving));
	tcase_add_loop_test(core, other_process_continues_after_one_closed,
	    0, 2 * WAYS);
	tcase_add_loop_test(core, child_may_take_the_connection_over, 0, WAYS);
	if (!guarded)
		return;
	tcase_add_loop_test(core, partly_tied_output_is_sent_once, 0, 2);
	tcase_add_loop_test(threads,
	    child_abandons_ports_that_another_thread_uses,
	    0, COUNT(holders));
	tcase_add_loop_test(threads,
	    child_releases_the_socket_that_another_thread_uses, 0, 2);
	tcase_add_test(memory,
	    child_abandons_ports_that_another_thread_is_tying);
	/* The allocators of ASan and TSan remain locked in such a child. */
	tcase_add_test(memory,
	    child_opens_ports_after_fork_beside_threads);
}

int
main(void)
{
	return run_kinds("fork", fill);
}
