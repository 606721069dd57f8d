/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UNIXPORT_MEGABYTES in both directions at the same time, in pieces of random
 * size, with every byte compared: with an interval timer whose handler has no
 * SA_RESTART, with timeouts that expire, and on eight pairs of ports.
 */
#include "traffic.h"

#include <sys/time.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct connection c;

static size_t
megabytes(void)
{
	return from_environment("UNIXPORT_MEGABYTES", 100) * MIB;
}

/* Random numbers, the same every time. */
struct chance {
	unsigned long long state;
};

static size_t
pick(struct chance *chance, size_t below)
{
	chance->state = chance->state * 6364136223846793005u +
	    1442695040888963407u;
	return (size_t)(chance->state >> 33) % below;
}

/* Small and large pieces have the same probability. */
static size_t
pick_length(struct chance *chance)
{
	return 1 + pick(chance, (size_t)1 << pick(chance, 18));
}

/* The timer of this process.  Children do not inherit it. */

static _Atomic unsigned long ticks;

static void
tick(int signal)
{
	(void)signal;
	ticks++;
}

static void
start_timer(void)
{
	const struct itimerval often = { { 0, 333 }, { 0, 333 } };

	catch_signal(SIGALRM, tick);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
}

static void
stop_timer(void)
{
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };

	ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	ck_assert_uint_gt(ticks, 0);
}

/* One end of a connection: a thread that writes, and this one reads. */

struct end {
	struct unix_ports *ports;
	size_t length;
	int dawdling;		/* pauses, so that the peer's timeouts fire */
	size_t written;
};

static int
write_piece(FILE *out, const char *bytes, size_t length, struct chance *chance)
{
	if (fwrite(bytes, 1, length, out) != length)
		return EOF;
	return pick(chance, 8) == 0 ? fflush(out) : 0;
}

/* Pauses sometimes, and for longer before the last piece. */
static void
dawdle(struct end *end, size_t length, struct chance *chance)
{
	if (pick(chance, 50) == 0)
		pause_for(3);
	if (length == end->length - end->written &&
	    fflush(end->ports->out) == 0)
		pause_for(200);
}

/* Writes until the length is reached or a write fails. */
static void *
write_pieces(void *argument)
{
	struct end *end = argument;
	struct chance chance = { end->length };
	char *bytes = malloc(256 * KIB);
	size_t length;

	ck_assert_ptr_nonnull(bytes);
	while (end->written < end->length) {
		length = pick_length(&chance);
		if (length > end->length - end->written)
			length = end->length - end->written;
		make_bytes(bytes, end->written, length);
		if (end->dawdling)
			dawdle(end, length, &chance);
		if (write_piece(end->ports->out, bytes, length, &chance) ==
		    EOF)
			break;
		end->written += length;
	}
	fflush(end->ports->out);
	free(bytes);
	return NULL;
}

static void
read_pieces(struct end *end)
{
	struct chance chance = { ~end->length };
	size_t place = 0, length;

	while (place < end->length) {
		length = pick_length(&chance);
		if (length > end->length - place)
			length = end->length - place;
		expect_bytes(end->ports->in, place, length);
		place += length;
	}
}

/* Writes and reads at one end, until EOF. */
static void
converse(struct unix_ports *ports, size_t length)
{
	struct end end = { .ports = ports, .length = length };
	pthread_t writer = start_thread(write_pieces, &end);

	read_pieces(&end);
	join_thread(writer);
	ck_assert_uint_eq(end.written, length);
	succeeds(unix_close_output(ports));
	expect_end(ports->in);
}

START_TEST(signals_at_both_ends_lose_and_repeat_nothing)
{
	struct unix_options options = { .buffer_size = _i == 0 ? 0 : 1000 };
	size_t length = _i == 0 ? megabytes() : megabytes() / 4;
	pid_t child;

	open_connection(&c, 0, &options);
	if (_i == 1) {
		narrow(&c.server);
		narrow(&c.client);
	}
	child = fork();
	start_timer();
	converse(child == 0 ? &c.server : &c.client, length);
	stop_timer();
	if (child == 0)
		_exit(0);
	ck_assert_int_eq(child_status(child), 0);
	close_connection(&c);
}
END_TEST

/* Timeouts. */

/* Reads up to LENGTH bytes, until ETIMEDOUT. */
static size_t
read_some(FILE *in, size_t place, size_t length)
{
	static char came[64 * KIB], meant[64 * KIB];
	size_t count;

	if (length > sizeof(came))
		length = sizeof(came);
	count = fread(came, 1, length, in);
	make_bytes(meant, place, count);
	ck_assert_int_eq(memcmp(came, meant, count), 0);
	return count;
}

START_TEST(read_timeouts_lose_nothing)
{
	struct unix_options options = { .read_timeout = 1 };
	struct end end = { .ports = &c.server, .length = megabytes() / 4,
	    .dawdling = 1 };
	struct chance chance = { 1 };
	size_t place = 0, length, timeouts = 0;
	pthread_t writer;

	open_connection(&c, 0, &options);
	start_timer();
	writer = start_thread(write_pieces, &end);
	while (place < end.length) {
		length = pick_length(&chance);
		if (length > end.length - place)
			length = end.length - place;
		place += read_some(c.client.in, place, length);
		if (!ferror(c.client.in))
			continue;
		ck_assert_int_eq(errno, ETIMEDOUT);
		clearerr(c.client.in);
		timeouts++;
	}
	join_thread(writer);
	stop_timer();
	ck_assert_uint_eq(end.written, end.length);
	ck_assert_uint_gt(timeouts, 0);
	close_connection(&c);
}
END_TEST

/* A peer that pauses longer each time. */
static void *
stall(void *in)
{
	size_t place = 0, count;
	int time;

	for (time = 1; time < 12; time++) {
		count = read_some(in, place, 64 * KIB);
		place += count;
		if (count == 0)
			break;
		pause_for(time);
	}
	count_bytes(in, place);
	return NULL;
}

START_TEST(write_timeouts_send_an_exact_beginning)
{
	struct unix_options options = { .write_timeout = 2 };
	size_t round, timeouts = 0;
	pthread_t reader;

	start_timer();
	for (round = 0; round < 20; round++) {
		struct end end = { .ports = &c.client, .length = 4 * MIB };

		open_connection(&c, 2, &options);
		reader = start_thread(stall, c.server.in);
		write_pieces(&end);
		if (end.written < end.length) {
			ck_assert_int_eq(errno, ETIMEDOUT);
			fails(unix_close_ports(&c.client), ETIMEDOUT);
			timeouts++;
		}
		unix_close_ports(&c.client);
		join_thread(reader);
		close_connection(&c);
	}
	stop_timer();
	ck_assert_uint_gt(timeouts, 0);
}
END_TEST

/* Threads. */

#define PAIRS	8

struct conversation {
	struct unix_ports *ports;
	size_t length;
};

static void *
converse_in_thread(void *argument)
{
	struct conversation *conversation = argument;

	converse(conversation->ports, conversation->length);
	return NULL;
}

static void
converse_all(int pairs, size_t length)
{
	struct unix_ports pair[PAIRS][2];
	struct conversation conversation[2 * PAIRS];
	pthread_t thread[2 * PAIRS];
	int i;

	for (i = 0; i < 2 * pairs; i++) {
		if (i % 2 == 0)
			succeeds(unix_pair(of_kind(NULL), pair[i / 2]));
		conversation[i].ports = &pair[i / 2][i % 2];
		conversation[i].length = length;
		thread[i] = start_thread(converse_in_thread, &conversation[i]);
	}
	for (i = 0; i < 2 * pairs; i++) {
		join_thread(thread[i]);
		succeeds(unix_close_ports(conversation[i].ports));
	}
}

START_TEST(reader_and_writer_share_one_connection)
{
	converse_all(1, megabytes());
}
END_TEST

START_TEST(eight_pairs_pass_bytes_concurrently)
{
	converse_all(PAIRS, megabytes() / PAIRS);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *handler = add_case(suite, "handler");
	TCase *threads = add_case(suite, "threads");

	tcase_set_timeout(handler, 120);
	tcase_set_timeout(threads, 120);
	tcase_add_loop_test(handler,
	    signals_at_both_ends_lose_and_repeat_nothing, 0, 2);
	tcase_add_test(handler, read_timeouts_lose_nothing);
	tcase_add_test(handler, write_timeouts_send_an_exact_beginning);
	tcase_add_test(threads, reader_and_writer_share_one_connection);
	tcase_add_test(threads, eight_pairs_pass_bytes_concurrently);
}

int
main(void)
{
	return run_guarded("torture", fill);
}
