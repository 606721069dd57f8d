/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waits without poll(2), which RLIMIT_NOFILE or a system call filter takes from
 * a process, and rounds of a wait that another process causes.
 */
#include "traffic.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <unistd.h>

#include "interpose.h"

#define TIMEOUT_MS	60
#define ERRORS		((int)COUNT(errors))

static const int errors[] = { EINVAL, EPERM, ENOSYS, ENOMEM };
static struct connection c;
static struct rlimit usual;

/* The second half of the cases has the limit itself. */
static void
deny_poll(int i)
{
	const struct rlimit none = { .rlim_max = usual.rlim_max };

	if (i < ERRORS)
		fail_next("poll", 0, errors[i]);
	else
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
}

static void
open_denied(int i, const struct unix_options *options)
{
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
	open_connection(&c, 0, options);
	deny_poll(i);
}

static void
close_denied(void)
{
	forget_next();
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
	close_connection(&c);
}

static void *
answer(void *unused)
{
	expect(c.server.in, "question\n");
	say(c.server.out, "answer\n");
	return unused;
}

START_TEST(read_without_a_timeout_waits)
{
	pthread_t peer;

	open_denied(_i, NULL);
	peer = start_thread(answer, NULL);
	say(c.client.out, "question\n");
	expect(c.client.in, "answer\n");
	join_thread(peer);
	close_denied();
}
END_TEST

/* With unsent output, the read cannot begin with a blocking recv(2). */
START_TEST(read_sends_output_that_did_not_fit_while_it_waits)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader;
	size_t filled;

	open_denied(_i, NULL);
	filled = fill_socket(&c.client);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	reader = block_call(call_fgets, &reading);
	drain(c.server.in, filled);
	answer(NULL);
	join_thread(reader);
	ck_assert_str_eq(reading.line, "answer\n");
	close_denied();
}
END_TEST

START_TEST(read_of_a_nonblocking_socket_waits)
{
	struct call reading = { .ports = &c.client };
	pthread_t reader;

	open_denied(_i, NULL);
	ck_assert_int_eq(fcntl(unix_fileno(&c.client), F_SETFL, O_NONBLOCK),
	    0);
	reader = block_call(call_fgets, &reading);
	say(c.server.out, "answer\n");
	join_thread(reader);
	ck_assert_str_eq(reading.line, "answer\n");
	close_denied();
}
END_TEST

START_TEST(read_has_its_timeout)
{
	struct unix_options options = { .read_timeout = TIMEOUT_MS };
	long long start;

	open_denied(_i, &options);
	start = milliseconds();
	fails(getc(c.client.in), ETIMEDOUT);
	ck_assert_int_ge(milliseconds() - start, TIMEOUT_MS - 1);
	clearerr(c.client.in);
	say(c.server.out, "answer\n");
	expect(c.client.in, "answer\n");
	close_denied();
}
END_TEST

START_TEST(write_has_its_timeout)
{
	struct unix_options options = { .write_timeout = TIMEOUT_MS };
	long long start;

	open_denied(_i, &options);
	fill_socket(&c.client);
	ck_assert_int_ne(fputs("stuck\n", c.client.out), EOF);
	start = milliseconds();
	fails(fflush(c.client.out), ETIMEDOUT);
	ck_assert_int_ge(milliseconds() - start, TIMEOUT_MS - 1);
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	close_denied();
}
END_TEST

static const struct unix_options limits[] = {
	{ 0 }, { .write_timeout = 60000 }
};

START_TEST(write_waits_for_room)
{
	struct call writing = { .ports = &c.client };
	pthread_t writer;
	size_t filled;

	open_denied(_i / 2, &limits[_i % 2]);
	ck_assert_int_eq(fcntl(unix_fileno(&c.client), F_SETFL, O_NONBLOCK),
	    0);
	filled = fill_socket(&c.client);
	ck_assert_int_ne(fputs("late\n", c.client.out), EOF);
	writer = block_call(call_fflush, &writing);
	drain(c.server.in, filled);
	expect(c.server.in, "late\n");
	join_thread(writer);
	ck_assert_int_eq(writing.result, 0);
	close_denied();
}
END_TEST

START_TEST(input_ready_answers)
{
	struct call asking = { .ports = &c.client };
	pthread_t asker;
	long long start;

	open_denied(_i, NULL);
	answers(unix_input_ready(&c.client, 0), 0);
	start = milliseconds();
	answers(unix_input_ready(&c.client, TIMEOUT_MS), 0);
	ck_assert_int_ge(milliseconds() - start, TIMEOUT_MS - 1);
	asker = block_call(call_input_ready, &asking);
	say(c.server.out, "x");
	join_thread(asker);
	ck_assert_int_eq(asking.result, 1);
	answers(unix_input_ready(&c.client, 0), 1);
	ck_assert_int_eq(getc(c.client.in), 'x');
	close_denied();
}
END_TEST

/* The call requires descriptors, so only the filter is tested. */
START_TEST(connect_waits_for_a_server)
{
	struct unix_options options = { .flags = UNIX_WAIT,
	    .connect_timeout = TIMEOUT_MS };

	fail_next("poll", 0, errors[_i]);
	cannot_connect("s", of_kind(&options), ETIMEDOUT);
	forget_next();
}
END_TEST

/* Rounds that another process causes. */

static int rounds;

static void
take_first(void)
{
	char byte;

	ck_assert_int_eq(recv(unix_fileno(&c.client), &byte, 1, MSG_DONTWAIT),
	    1);
}

/* After each poll(2) that has reported a byte, another reader takes it. */
static void
send_and_take(void)
{
	if (++rounds > 200)
		return;
	say(c.server.out, "x");
	before_next("recvmsg", take_first);
}

static void
count_and_send(const char *name)
{
	if (name[0] == 'p' && name[1] == 'o')
		send_and_take();
}

START_TEST(bytes_that_others_take_do_not_extend_a_read)
{
	struct unix_options options = { .read_timeout = TIMEOUT_MS };

	rounds = 0;
	open_connection(&c, _i, &options);
	watch_calls(count_and_send);
	fails(getc(c.client.in), ETIMEDOUT);
	watch_calls(NULL);
	forget_next();
	/* Two rounds without a pause, then one every 10 ms. */
	ck_assert_int_le(rounds, 2 + TIMEOUT_MS / 10 + 2);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *denied = add_case(suite, "denied");
	TCase *others = add_case(suite, "others");

	tcase_add_loop_test(denied, input_ready_answers, 0, ERRORS + 1);
	tcase_add_loop_test(denied, connect_waits_for_a_server, 0, ERRORS);
	if (!guarded)
		return;
	tcase_add_loop_test(denied, read_without_a_timeout_waits,
	    0, ERRORS + 1);
	tcase_add_loop_test(denied,
	    read_sends_output_that_did_not_fit_while_it_waits, 0, ERRORS + 1);
	tcase_add_loop_test(denied, read_of_a_nonblocking_socket_waits,
	    0, ERRORS + 1);
	tcase_add_loop_test(denied, read_has_its_timeout, 0, ERRORS + 1);
	tcase_add_loop_test(denied, write_has_its_timeout, 0, ERRORS + 1);
	tcase_add_loop_test(denied, write_waits_for_room,
	    0, 2 * (ERRORS + 1));
	tcase_add_loop_test(others,
	    bytes_that_others_take_do_not_extend_a_read, 0, WAYS);
}

int
main(void)
{
	return run_kinds("wait_calls", fill);
}
