/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pthread_cancel(3) of a thread in a call on guarded ports: streams must not
 * remain locked, and nothing may leak.
 */
#include "traffic.h"

#include <fcntl.h>
#include <string.h>

static struct connection c;

static void
cancel(pthread_t thread)
{
	ck_assert_int_eq(pthread_cancel(thread), 0);
}

static void
expect_unlocked(FILE *stream)
{
	ck_assert_int_eq(ftrylockfile(stream), 0);
	funlockfile(stream);
}

/* Ends the thread, if the call has not. */
static void *
fgets_then_end(void *argument)
{
	call_fgets(argument);
	pthread_testcancel();
	return NULL;
}

static void *
fflush_then_end(void *argument)
{
	call_fflush(argument);
	pthread_testcancel();
	return NULL;
}

START_TEST(cancelled_reader_leaves_its_stream_unlocked)
{
	struct call call = { .ports = &c.client };
	pthread_t reader;

	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("tied\n", c.client.out), EOF);
	reader = block_call(fgets_then_end, &call);
	cancel(reader);
	say(c.server.out, "line\n");
	ck_assert_ptr_eq(join_thread(reader), PTHREAD_CANCELED);
	expect_unlocked(c.client.in);
	expect_unlocked(c.client.out);
	expect(c.server.in, "tied\n");
	succeeds(unix_close_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(cancelled_reader_is_ended_by_hanging_up)
{
	struct call call = { .ports = &c.client };
	pthread_t reader;

	open_connection(&c, _i, NULL);
	reader = block_call(fgets_then_end, &call);
	cancel(reader);
	succeeds(unix_hang_up(&c.client));
	ck_assert_ptr_eq(join_thread(reader), PTHREAD_CANCELED);
	expect_unlocked(c.client.in);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(cancelled_writer_leaves_its_stream_unlocked)
{
	struct call call = { .ports = &c.client };
	pthread_t writer;
	size_t filled;

	open_connection(&c, _i, NULL);
	filled = fill_socket(&c.client);
	ck_assert_int_ne(fputs("once\n", c.client.out), EOF);
	writer = block_call(fflush_then_end, &call);
	cancel(writer);
	drain(c.server.in, filled);
	ck_assert_ptr_eq(join_thread(writer), PTHREAD_CANCELED);
	expect_unlocked(c.client.out);
	say(c.client.out, "more\n");
	succeeds(unix_close_ports(&c.client));
	expect(c.server.in, "once\n");
	expect(c.server.in, "more\n");
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

/* Calls with a pending cancellation. */

static void *
ask(void *argument)
{
	struct call *call = argument;

	call->result = unix_input_ready(call->ports, 20);
	return NULL;
}

static void *
close_output(void *argument)
{
	struct call *call = argument;

	call->result = unix_close_output(call->ports);
	return NULL;
}

static void *
close_input(void *argument)
{
	struct call *call = argument;

	call->result = unix_close_input(call->ports);
	return NULL;
}

static void *
abandon(void *argument)
{
	struct call *call = argument;

	call->result = unix_abandon_ports(call->ports);
	return NULL;
}

static void *
fclose_both(void *argument)
{
	struct call *call = argument;
	FILE *in = call->ports->in;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	call->ports->in = NULL;
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	call->result = fclose(in);
	return call_fclose_out(call);
}

struct doomed {
	void *(*body)(void *);
	struct call call;
};

static void *
run_doomed(void *argument)
{
	struct doomed *doomed = argument;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	cancel(pthread_self());
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	doomed->body(&doomed->call);
	pthread_testcancel();
	return NULL;
}

static void
doom(void *(*body)(void *))
{
	struct doomed doomed = { body, { .ports = &c.client } };

	ck_assert_ptr_eq(join_thread(start_thread(run_doomed, &doomed)),
	    PTHREAD_CANCELED);
}

START_TEST(cancelled_question_leaves_output_unlocked_and_whole)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("one\n", c.client.out), EOF);
	doom(ask);
	expect_unlocked(c.client.in);
	expect_unlocked(c.client.out);
	say(c.client.out, "two\n");
	expect(c.server.in, "one\n");
	expect(c.server.in, "two\n");
	succeeds(unix_close_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(cancelled_closing_releases_all)
{
	void *(*const bodies[])(void *) = { call_close_ports, abandon,
	    fclose_both };
	int fd;

	open_connection(&c, 0, NULL);
	fd = unix_fileno(&c.client);
	if (bodies[_i] != abandon)
		ck_assert_int_ne(fputs("tail\n", c.client.out), EOF);
	doom(bodies[_i]);
	fails(fcntl(fd, F_GETFD), EBADF);
	if (bodies[_i] != abandon)
		expect(c.server.in, "tail\n");
	expect_end(c.server.in);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(cancelled_closing_of_output_ends_it)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("tail\n", c.client.out), EOF);
	doom(close_output);
	ck_assert_ptr_null(c.client.out);
	expect(c.server.in, "tail\n");
	expect_end(c.server.in);
	say(c.server.out, "answer\n");
	expect(c.client.in, "answer\n");
	close_connection(&c);
}
END_TEST

START_TEST(cancelled_closing_of_input_ends_it)
{
	open_connection(&c, _i, NULL);
	doom(close_input);
	ck_assert_ptr_null(c.client.in);
	ck_assert_int_ne(fputs("lost\n", c.server.out), EOF);
	fails(fflush(c.server.out), EPIPE);
	close_connection(&c);
}
END_TEST

static void *
open_and_close(void *argument)
{
	struct unix_ports pair[2];

	(void)argument;
	if (unix_pair(of_kind(NULL), pair) == -1)
		return NULL;
	unix_close_ports(&pair[0]);
	unix_close_ports(&pair[1]);
	return NULL;
}

/* The fixture counts the descriptors. */
START_TEST(cancelled_opening_leaks_nothing)
{
	int i;

	for (i = 0; i < 10; i++)
		doom(open_and_close);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *blocked = add_case(suite, "blocked");
	TCase *pending = add_case(suite, "pending");
	TCase *unwinding = add_case(suite, "unwinding");

	tcase_add_loop_test(blocked,
	    cancelled_reader_leaves_its_stream_unlocked, 0, WAYS);
	tcase_add_loop_test(blocked, cancelled_reader_is_ended_by_hanging_up,
	    0, WAYS);
	tcase_add_loop_test(blocked,
	    cancelled_writer_leaves_its_stream_unlocked, 0, WAYS);
	/*
	 * Unwinding leaves marks of ASan on the stack, which it reports later.
	 */
	tcase_add_loop_test(unwinding,
	    cancelled_question_leaves_output_unlocked_and_whole, 0, WAYS);
	tcase_add_loop_test(pending, cancelled_closing_releases_all, 0, 3);
	tcase_add_loop_test(pending, cancelled_closing_of_output_ends_it,
	    0, WAYS);
	tcase_add_loop_test(pending, cancelled_closing_of_input_ends_it,
	    0, WAYS);
	tcase_add_test(pending, cancelled_opening_leaks_nothing);
}

int
main(void)
{
	return run_guarded("cancel", fill);
}
