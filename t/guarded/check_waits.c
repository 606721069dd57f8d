/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waits that poll(2) does not describe: it reports bytes that a read does not
 * return, and it is silent about the end of output in a full socket.  Another
 * holder of the socket, here a duplicate, changes its state or its options.
 */
#include "traffic.h"

#include <sys/socket.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TIMEOUT_MS	60000	/* beyond the time of a test */
#define END_MS		5000	/* a hundred times the time it takes */
#define WAIT_MS		300
#define MOST_CPU_MS	60	/* of such a wait; a spinning loop uses more */

static struct connection c;
static int holder;		/* a duplicate of the client's socket */

static void
open_held(int way, const struct unix_options *options)
{
	open_connection(&c, way, options);
	holder = dup(unix_fileno(&c.client));
	ck_assert_int_ne(holder, -1);
}

static void
close_held(void)
{
	ck_assert_int_eq(close(holder), 0);
	close_connection(&c);
}

static long
cpu_milliseconds(void)
{
	struct timespec used;

	ck_assert_int_eq(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used), 0);
	return used.tv_sec * 1000L + used.tv_nsec / 1000000;
}

static int
poll_says(int fd)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };

	ck_assert_int_ne(poll(&input, 1, 0), -1);
	return (input.revents & POLLIN) != 0;
}

/* Input. */

/* Sends an urgent byte to the client.  Returns 0 if the kernel lacks them. */
static int
send_urgent_byte(void)
{
	return send(unix_fileno(&c.server), "!", 1, MSG_OOB) == 1;
}

START_TEST(urgent_byte_is_no_input)
{
	long long start;
	long used;

	open_connection(&c, _i, NULL);
	if (send_urgent_byte()) {
		answers(unix_input_ready(&c.client, 0), 0);
		start = milliseconds();
		used = cpu_milliseconds();
		answers(unix_input_ready(&c.client, WAIT_MS), 0);
		ck_assert_int_ge(milliseconds() - start, WAIT_MS - 1);
		ck_assert_int_lt(cpu_milliseconds() - used, MOST_CPU_MS);
	}
	say(c.server.out, "line\n");
	answers(unix_input_ready(&c.client, -1), 1);
	expect(c.client.in, "line\n");
	close_connection(&c);
}
END_TEST

START_TEST(end_after_an_urgent_byte_is_input)
{
	open_connection(&c, _i, NULL);
	(void)send_urgent_byte();
	succeeds(unix_close_output(&c.server));
	answers(unix_input_ready(&c.client, -1), 1);
	expect_end(c.client.in);
	close_connection(&c);
}
END_TEST

static void *
expect_line(void *unused)
{
	expect(c.client.in, "line\n");
	return unused;
}

/* After reads that had to wait, the next reads call recv(2) without poll(2). */
static void
wait_for_lines(void)
{
	struct call call = { .ports = &c.client };
	pthread_t reader;
	int i;

	for (i = 0; i < 2; i++) {
		reader = block_call(call_fgets, &call);
		say(c.server.out, "line\n");
		join_thread(reader);
	}
}

/* A plain read waits for that number of bytes, or for the end. */
START_TEST(low_water_mark_does_not_make_a_ready_read_wait)
{
	int bytes = 100;

	open_held(_i % WAYS, NULL);
	if (_i >= WAYS)
		wait_for_lines();
	ck_assert_int_eq(setsockopt(holder, SOL_SOCKET, SO_RCVLOWAT, &bytes,
	    sizeof(bytes)), 0);
	say(c.server.out, "line\n");
	ck_assert(poll_says(holder));
	answers(unix_input_ready(&c.client, 0), guarded);
	if (!guarded)
		succeeds(unix_close_output(&c.server));
	answers(unix_input_ready(&c.client, -1), 1);
	join_thread(start_thread(expect_line, NULL));
	close_held();
}
END_TEST

/* Also if the queue was empty when the read began. */
START_TEST(low_water_mark_does_not_keep_a_guarded_read_waiting)
{
	struct call call = { .ports = &c.client };
	int bytes = 100;
	pthread_t reader;

	open_held(_i, NULL);
	ck_assert_int_eq(setsockopt(holder, SOL_SOCKET, SO_RCVLOWAT, &bytes,
	    sizeof(bytes)), 0);
	reader = block_call(call_fgets, &call);
	say(c.server.out, "line\n");
	join_thread(reader);
	ck_assert_str_eq(call.line, "line\n");
	close_held();
}
END_TEST

static void *
take_from_holder(void *unused)
{
	char byte;

	while (recv(holder, &byte, 1, 0) == 1)
		;
	return unused;
}

static _Atomic int is_over;

static void *
send_until_over(void *unused)
{
	while (!is_over)
		if (fputc('x', c.server.out) == EOF ||
		    fflush(c.server.out) == EOF)
			break;
	return unused;
}

/* Each byte wakes both readers, and only one receives it. */
START_TEST(read_beside_another_reader_keeps_its_timeout)
{
	struct unix_options options = { .read_timeout = 20 };
	pthread_t reader, writer;
	char block[100];
	int i;

	is_over = 0;
	open_held(_i, &options);
	reader = start_thread(take_from_holder, NULL);
	writer = start_thread(send_until_over, NULL);
	for (i = 0; i < 20; i++) {
		errno = 0;
		if (fread(block, 1, sizeof(block), c.client.in) < sizeof(block))
			ck_assert_int_eq(errno, ETIMEDOUT);
		clearerr(c.client.in);
	}
	is_over = 1;
	succeeds(unix_hang_up(&c.client));
	join_thread(reader);
	join_thread(writer);
	unix_abandon_ports(&c.client);
	unix_abandon_ports(&c.server);
	close_held();
}
END_TEST

/* Output. */

static void
peer_ends_input(void)
{
	succeeds(unix_close_input(&c.server));
}

static void
holder_ends_output(void)
{
	ck_assert_int_eq(shutdown(holder, SHUT_WR), 0);
}

static void
peer_is_closed(void)
{
	succeeds(unix_abandon_ports(&c.server));
}

static void
peer_is_hung_up(void)
{
	succeeds(unix_hang_up(&c.server));
}

static void
own_output_is_ended(void)
{
	succeeds(unix_hang_up(&c.client));
}

static void (*const endings[])(void) = { peer_ends_input, holder_ends_output,
	peer_is_closed, peer_is_hung_up, own_output_is_ended };
#define ENDINGS		((int)COUNT(endings))

static void
expect_epipe(const struct unix_options *options, int nonblocking, int i)
{
	struct call call = { .ports = &c.client };
	pthread_t writer;
	long long start;

	open_held(i / ENDINGS, options);
	if (nonblocking)
		ck_assert_int_eq(fcntl(holder, F_SETFL, O_NONBLOCK), 0);
	fill_socket(&c.client);
	ck_assert_int_ne(fputs("stuck\n", c.client.out), EOF);
	writer = block_call(call_fflush, &call);
	start = milliseconds();
	endings[i % ENDINGS]();
	join_thread(writer);
	ck_assert_int_lt(milliseconds() - start, END_MS);
	ck_assert_int_eq(call.result, EOF);
	ck_assert_int_eq(call.error, EPIPE);
	fails(unix_close_ports(&c.client), EPIPE);
	close_held();
}

START_TEST(end_of_a_full_socket_ends_a_write)
{
	expect_epipe(NULL, 0, _i);
}
END_TEST

START_TEST(end_of_a_full_socket_ends_a_write_with_a_timeout)
{
	struct unix_options options = { .write_timeout = TIMEOUT_MS };

	expect_epipe(&options, 0, _i);
}
END_TEST

START_TEST(end_of_a_full_socket_ends_a_write_that_may_not_block)
{
	expect_epipe(NULL, 1, _i);
}
END_TEST

START_TEST(end_of_a_full_socket_ends_a_write_with_files)
{
	struct unix_options options = { .flags = UNIX_FILES,
	    .write_timeout = TIMEOUT_MS };

	expect_epipe(&options, 1, _i);
}
END_TEST

START_TEST(waiting_write_uses_no_processor_time)
{
	struct unix_options options = { .write_timeout = WAIT_MS };
	long used;

	open_held(_i, &options);
	fill_socket(&c.client);
	ck_assert_int_ne(fputs("stuck\n", c.client.out), EOF);
	used = cpu_milliseconds();
	fails(fflush(c.client.out), ETIMEDOUT);
	ck_assert_int_lt(cpu_milliseconds() - used, MOST_CPU_MS);
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	close_held();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *input = add_case(suite, "input");
	TCase *output = add_case(suite, "output");

	tcase_add_loop_test(input, urgent_byte_is_no_input, 0, WAYS);
	tcase_add_loop_test(input, end_after_an_urgent_byte_is_input, 0, WAYS);
	tcase_add_loop_test(input,
	    low_water_mark_does_not_make_a_ready_read_wait, 0, 2 * WAYS);
	if (!guarded)
		return;
	tcase_add_loop_test(input,
	    low_water_mark_does_not_keep_a_guarded_read_waiting, 0, WAYS);
	tcase_add_loop_test(input,
	    read_beside_another_reader_keeps_its_timeout, 0, WAYS);
	tcase_add_loop_test(output, end_of_a_full_socket_ends_a_write,
	    0, WAYS * ENDINGS);
	tcase_add_loop_test(output,
	    end_of_a_full_socket_ends_a_write_with_a_timeout,
	    0, WAYS * ENDINGS);
	tcase_add_loop_test(output,
	    end_of_a_full_socket_ends_a_write_that_may_not_block,
	    0, WAYS * ENDINGS);
	tcase_add_loop_test(output,
	    end_of_a_full_socket_ends_a_write_with_files,
	    0, WAYS * ENDINGS);
	tcase_add_loop_test(output, waiting_write_uses_no_processor_time,
	    0, WAYS);
}

int
main(void)
{
	return run_kinds("waits", fill);
}
