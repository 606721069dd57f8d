/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads that do not wait, and the turn of an event loop that uses them. */
#include "traffic.h"

#include <sys/socket.h>
#include <poll.h>
#include <string.h>

#define TURN_LINES	64
#define MAX_LINE_BYTES	((size_t)1000)
/* The output of one more turn is within the limit. */
#define MUCH_BYTES	(UNIX_OUTPUT_LIMIT - TURN_LINES * (MAX_LINE_BYTES + 1))

static struct connection c;
static struct unix_buffer line;

static void
open_never(int way)
{
	struct unix_options options = { .read_timeout = -1,
	    .write_timeout = -1 };

	open_connection(&c, way, &options);
}

static void
close_never(void)
{
	unix_free_buffer(&line);
	close_connection(&c);
}

START_TEST(read_without_input_is_ETIMEDOUT_and_reading_continues)
{
	open_never(_i);
	fails(getc(c.client.in), ETIMEDOUT);
	ck_assert(ferror(c.client.in) && !feof(c.client.in));
	clearerr(c.client.in);
	say(c.server.out, "later\n");
	expect(c.client.in, "later\n");
	succeeds(unix_close_ports(&c.server));
	expect_end(c.client.in);
	close_never();
}
END_TEST

/* Each byte arrives in a turn of its own. */
START_TEST(line_continues_where_it_stopped)
{
	const char *text = "a line of several parts";
	size_t i;

	open_never(_i);
	for (i = 0; text[i] != '\0'; i++) {
		fails(unix_get_line(c.client.in, &line, 0), ETIMEDOUT);
		ck_assert(!ferror(c.client.in));
		putc(text[i], c.server.out);
		ck_assert_int_eq(fflush(c.server.out), 0);
	}
	fails(unix_get_line(c.client.in, &line, 0), ETIMEDOUT);
	say(c.server.out, "\n");
	answers(unix_get_line(c.client.in, &line, 0), 1);
	ck_assert_str_eq(line.bytes, text);
	close_never();
}
END_TEST

START_TEST(frame_continues_where_it_stopped)
{
	static const char frame[] = "\0\0\0\5frame";
	size_t i;

	open_never(_i);
	for (i = 0; i < sizeof(frame) - 1; i++) {
		fails(unix_get_frame(c.client.in, &line, 0), ETIMEDOUT);
		ck_assert(!ferror(c.client.in));
		putc(frame[i], c.server.out);
		ck_assert_int_eq(fflush(c.server.out), 0);
	}
	answers(unix_get_frame(c.client.in, &line, 0), 1);
	ck_assert_str_eq(line.bytes, "frame");
	close_never();
}
END_TEST

START_TEST(bytes_are_those_that_have_arrived)
{
	char bytes[10];

	open_never(_i);
	fails(unix_get_bytes(c.client.in, bytes, 10), ETIMEDOUT);
	ck_assert(!ferror(c.client.in));
	say(c.server.out, "abc");
	answers(unix_get_bytes(c.client.in, bytes, 10), 3);
	fails(unix_get_bytes(c.client.in, bytes, 10), ETIMEDOUT);
	close_never();
}
END_TEST

START_TEST(fread_returns_what_has_arrived)
{
	char bytes[10];

	open_never(_i);
	say(c.server.out, "abc");
	ck_assert_uint_eq(fread(bytes, 1, 10, c.client.in), 3);
	clearerr(c.client.in);
	say(c.server.out, "def");
	ck_assert_uint_eq(fread(bytes, 1, 10, c.client.in), 3);
	ck_assert_int_eq(memcmp(bytes, "def", 3), 0);
	close_never();
}
END_TEST

/* Else an edge-triggered loop would never learn of it. */
START_TEST(input_behind_an_out_of_band_byte_is_read)
{
	struct unix_options options = { .flags = _i == 0 ? 0 : UNIX_FILES,
	    .read_timeout = -1 };

	open_connection(&c, 2, &options);
	/* Linux before 5.15 and other systems refuse it. */
	if (send(unix_fileno(&c.server), "!", 1, MSG_OOB) == -1)
		ck_assert_int_eq(errno, EOPNOTSUPP);
	say(c.server.out, "line\n");
	answers(unix_get_line(c.client.in, &line, 0), 1);
	ck_assert_str_eq(line.bytes, "line");
	close_never();
}
END_TEST

/* The two are independent. */

START_TEST(write_waits_if_only_reads_do_not)
{
	struct unix_options options = { .read_timeout = -1 };
	struct call writing = { .ports = &c.client };
	size_t filled;
	pthread_t writer;

	open_connection(&c, _i, &options);
	filled = fill_socket(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 100), 0);
	writer = block_call(call_fflush, &writing);
	fails(getc(c.client.in), ETIMEDOUT);
	drain(c.server.in, filled);
	join_thread(writer);
	ck_assert_int_eq(writing.result, 0);
	expect_bytes(c.server.in, 0, 100);
	close_never();
}
END_TEST

START_TEST(read_waits_if_only_writes_do_not)
{
	struct unix_options options = { .write_timeout = -1 };
	struct call reading = { .ports = &c.client };
	pthread_t reader;

	open_connection(&c, _i, &options);
	reader = block_call(call_fgets, &reading);
	say(c.server.out, "answer\n");
	join_thread(reader);
	ck_assert_str_eq(reading.line, "answer\n");
	close_never();
}
END_TEST

/*
 * The turn of one connection of an event loop: 0 if the connection is finished,
 * else the events to wait for, or POLLNVAL for none.
 */
static short
turn(struct unix_ports *ports)
{
	ssize_t queued = unix_flush(ports);
	int lines, result = 1;

	for (lines = 0; result == 1 && lines < TURN_LINES &&
	    queued < (ssize_t)MUCH_BYTES; lines++) {
		result = unix_get_line(ports->in, &line, MAX_LINE_BYTES);
		if (result == 1)
			fprintf(ports->out, "%s\n", line.bytes);
		else if (result == -1)
			ck_assert_int_eq(errno, ETIMEDOUT);
	}
	queued = unix_flush(ports);
	ck_assert_int_ne(queued, -1);
	if (result == 0 && queued == 0)
		return 0;
	if (result == 1 && queued < (ssize_t)MUCH_BYTES)
		return POLLNVAL;
	return (short)((result == -1 ? POLLIN : 0) |
	    (queued > 0 ? POLLOUT : 0));
}

static void *
serve_in_turns(void *ports)
{
	struct pollfd events = { .fd = unix_fileno(ports) };

	while ((events.events = turn(ports)) != 0)
		if (events.events != POLLNVAL)
			ck_assert_int_eq(poll(&events, 1, 20000), 1);
	ck_assert_int_eq(unix_close_ports(ports), 0);
	return NULL;
}

#define LINES		600
#define LINE_BYTES	900

/* All answers reach a client that asks, half-closes, and reads slowly. */
START_TEST(half_closing_client_gets_all_answers)
{
	struct unix_options never = { .flags = UNIX_GUARDED,
	    .read_timeout = -1, .write_timeout = -1 };
	struct unix_options waits = { .flags = UNIX_GUARDED };
	struct unix_listener *listener = listen_at("s", &never);
	struct unix_ports client, server;
	struct unix_buffer answer = { .bytes = NULL };
	char text[LINE_BYTES + 1];
	pthread_t loop;
	int i;

	succeeds(unix_connect("s", &waits, &client));
	succeeds(unix_accept(listener, &server));
	loop = start_thread(serve_in_turns, &server);
	memset(text, 'x', LINE_BYTES);
	text[LINE_BYTES] = '\0';
	for (i = 0; i < LINES; i++)
		ck_assert_int_gt(fprintf(client.out, "%s\n", text), 0);
	succeeds(unix_close_output(&client));
	for (i = 0; i < LINES; i++) {
		answers(unix_get_line(client.in, &answer, 0), 1);
		if (i % 100 == 0)
			pause_for(20);
	}
	succeeds(unix_get_line(client.in, &answer, 0));
	join_thread(loop);
	unix_free_buffer(&line);
	unix_free_buffer(&answer);
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *reading = add_case(suite, "reading");
	TCase *both = add_case(suite, "both");

	tcase_add_loop_test(reading,
	    read_without_input_is_ETIMEDOUT_and_reading_continues, 0, WAYS);
	tcase_add_loop_test(reading, line_continues_where_it_stopped, 0, WAYS);
	tcase_add_loop_test(reading, frame_continues_where_it_stopped,
	    0, WAYS);
	tcase_add_loop_test(reading, bytes_are_those_that_have_arrived,
	    0, WAYS);
	tcase_add_loop_test(reading, fread_returns_what_has_arrived, 0, WAYS);
	tcase_add_loop_test(reading, input_behind_an_out_of_band_byte_is_read,
	    0, 2);
	tcase_add_loop_test(both, write_waits_if_only_reads_do_not, 0, WAYS);
	tcase_add_loop_test(both, read_waits_if_only_writes_do_not, 0, WAYS);
	tcase_add_test(both, half_closing_client_gets_all_answers);
}

int
main(void)
{
	return run_guarded("nowait", fill);
}
