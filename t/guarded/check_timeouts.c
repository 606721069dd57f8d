/* SPDX-License-Identifier: BSD-2-Clause */
/* read_timeout and write_timeout: the time without progress. */
#include "traffic.h"

#include <sys/socket.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct connection c;
static long long start;

static void
open_reading(int way, int timeout)
{
	struct unix_options options = { .read_timeout = timeout };

	open_connection(&c, way, &options);
	start = milliseconds();
}

static void
open_writing(int way, int timeout)
{
	struct unix_options options = { .write_timeout = timeout };

	open_connection(&c, way, &options);
	start = milliseconds();
}

/* Checks the time since START, with the precision of the clock. */
static void
took(int least)
{
	ck_assert_int_ge(milliseconds() - start, least - 1);
	ck_assert_int_lt(milliseconds() - start, least + 15000);
}

/*
 * A peer that acts several times.  Each wait is shorter than TIMEOUT_MS, and
 * their sum is longer.  If the machine stalls, a wait can be longer, and the
 * test proves nothing.
 */
#define ACTS		8
#define PAUSE_MS	80
#define TIMEOUT_MS	500
#define PORTION		(256 * KIB)	/* more than a socket holds */

static long long idleness;	/* longest time for an act */
static size_t taken;

static void
act_now_and_then(void (*act)(void))
{
	long long last = start, begin, end;
	int i;

	idleness = 0;
	for (i = 0; i < ACTS; i++) {
		pause_for(PAUSE_MS);
		begin = milliseconds();
		act();
		end = milliseconds();
		if (end - last > idleness)
			idleness = end - last;
		last = begin;
	}
}

static void
send_one(void)
{
	say(c.server.out, "x");
}

static void *
drip(void *unused)
{
	act_now_and_then(send_one);
	return unused;
}

static void
take_portion(void)
{
	taken += take_bytes(c.server.in, taken, PORTION);
}

static void *
sip(void *unused)
{
	act_now_and_then(take_portion);
	return unused;
}

/* Reading. */

static int
read_line(FILE *in)
{
	char line[10];

	return fgets(line, sizeof(line), in) == NULL ? -1 : 0;
}

static int
read_block(FILE *in)
{
	char block[10];

	return fread(block, 1, sizeof(block), in) == 0 ? EOF : 0;
}

static int (*const readers[])(FILE *) = { getc, read_line, read_block };

START_TEST(silent_peer_is_ETIMEDOUT_and_reading_continues)
{
	int i;

	open_reading(_i, 60);
	for (i = 0; i < (int)COUNT(readers); i++) {
		start = milliseconds();
		fails(readers[i](c.client.in), ETIMEDOUT);
		took(60);
		ck_assert(ferror(c.client.in));
		ck_assert(!feof(c.client.in));
		clearerr(c.client.in);
		say(c.server.out, "late\n");
		expect(c.client.in, "late\n");
	}
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(other_holder_that_made_it_nonblocking_changes_nothing)
{
	open_reading(0, 60);
	ck_assert_int_eq(fcntl(unix_fileno(&c.client), F_SETFL, O_NONBLOCK),
	    0);
	fails(getc(c.client.in), ETIMEDOUT);
	took(60);
	close_connection(&c);
}
END_TEST

START_TEST(slow_sender_causes_no_timeout)
{
	char block[ACTS];
	pthread_t peer;
	size_t count;

	do {
		open_reading(_i, TIMEOUT_MS);
		peer = start_thread(drip, NULL);
		count = fread(block, 1, ACTS, c.client.in);
		if (count == ACTS)
			took(ACTS * PAUSE_MS);
		join_thread(peer);
		close_connection(&c);
	} while (count < ACTS && idleness >= TIMEOUT_MS);
	ck_assert_uint_eq(count, ACTS);
	ck_assert_int_eq(memcmp(block, "xxxxxxxx", ACTS), 0);
}
END_TEST

START_TEST(bytes_read_singly_are_complete_after_timeouts)
{
	int i;

	open_reading(_i, 10);
	for (i = 0; i < 10; i++) {
		fails(getc(c.client.in), ETIMEDOUT);
		clearerr(c.client.in);
		fputc('0' + i, c.server.out);
		say(c.server.out, "y");
		ck_assert_int_eq(getc(c.client.in), '0' + i);
		ck_assert_int_eq(getc(c.client.in), 'y');
	}
	close_connection(&c);
}
END_TEST

/* stdio loses the part; unix_get_line() keeps it. */
START_TEST(fgets_loses_the_received_half)
{
	open_reading(_i, 20);
	say(c.server.out, "half");
	fails(read_line(c.client.in), ETIMEDOUT);
	clearerr(c.client.in);
	say(c.server.out, " whole\n");
	expect(c.client.in, " whole\n");
	close_connection(&c);
}
END_TEST

START_TEST(fread_returns_received_bytes)
{
	char block[10];

	open_reading(_i, 20);
	say(c.server.out, "half");
	ck_assert_uint_eq(fread(block, 1, sizeof(block), c.client.in), 4);
	ck_assert_int_eq(memcmp(block, "half", 4), 0);
	ck_assert(ferror(c.client.in));
	close_connection(&c);
}
END_TEST

START_TEST(eof_and_received_bytes_are_not_timeouts)
{
	open_reading(_i, 20);
	say(c.server.out, "last\n");
	succeeds(unix_close_ports(&c.server));
	expect(c.client.in, "last\n");
	expect_end(c.client.in);
	close_connection(&c);
}
END_TEST

/* Writing. */

START_TEST(peer_that_never_reads_is_etimedout)
{
	open_writing(_i, 60);
	fill_socket(&c.client);
	ck_assert_int_ne(fputs("stuck\n", c.client.out), EOF);
	fails(fflush(c.client.out), ETIMEDOUT);
	took(60);
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	close_connection(&c);
}
END_TEST

START_TEST(closing_waits_no_longer_than_its_timeout)
{
	open_writing(_i, 60);
	fill_socket(&c.client);
	ck_assert_int_ne(fputs("stuck\n", c.client.out), EOF);
	fails(_i == 0 ? unix_close_ports(&c.client) :
	    _i == 1 ? unix_close_output(&c.client) : fclose(c.client.out),
	    ETIMEDOUT);
	took(60);
	if (_i == 2)
		c.client.out = NULL;
	unix_close_ports(&c.client);
	close_connection(&c);
}
END_TEST

START_TEST(abandoning_does_not_wait)
{
	open_writing(0, 60000);
	fill_socket(&c.client);
	ck_assert_int_ne(fputs("stuck\n", c.client.out), EOF);
	succeeds(unix_abandon_ports(&c.client));
	took(0);
	close_connection(&c);
}
END_TEST

START_TEST(slow_reader_causes_no_timeout)
{
	pthread_t peer;
	int result;

	do {
		open_writing(_i, TIMEOUT_MS);
		taken = 0;
		peer = start_thread(sip, NULL);
		result = put_bytes(c.client.out, 0, ACTS * PORTION);
		if (result == 0 && (result = fflush(c.client.out)) == 0)
			took((ACTS - 1) * PAUSE_MS);
		unix_close_ports(&c.client);
		join_thread(peer);
		close_connection(&c);
	} while (result == EOF && idleness >= TIMEOUT_MS);
	ck_assert_int_eq(result, 0);
	ck_assert_uint_eq(taken, ACTS * PORTION);
}
END_TEST

START_TEST(each_timeout_is_for_its_own_direction)
{
	struct unix_options options = { 0 };
	struct call call = { .ports = &c.client };
	pthread_t thread;
	size_t filled = 0;

	*(_i == 0 ? &options.read_timeout : &options.write_timeout) = 10;
	open_connection(&c, 0, &options);
	if (_i == 0) {
		filled = fill_socket(&c.client);
		fputs("waited\n", c.client.out);
	}
	thread = block_call(_i == 0 ? call_fflush : call_fgets, &call);
	pause_for(50);
	if (_i == 0)
		drain(c.server.in, filled);
	else
		say(c.server.out, "waited\n");
	join_thread(thread);
	ck_assert_int_eq(call.result, 0);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *reading = add_case(suite, "reading");
	TCase *writing = add_case(suite, "writing");

	tcase_add_loop_test(reading,
	    silent_peer_is_ETIMEDOUT_and_reading_continues, 0, WAYS);
	tcase_add_test(reading,
	    other_holder_that_made_it_nonblocking_changes_nothing);
	tcase_add_loop_test(reading, slow_sender_causes_no_timeout,
	    0, WAYS);
	tcase_add_loop_test(reading,
	    bytes_read_singly_are_complete_after_timeouts, 0, WAYS);
	tcase_add_loop_test(reading, fgets_loses_the_received_half, 0, WAYS);
	tcase_add_loop_test(reading, fread_returns_received_bytes, 0, WAYS);
	tcase_add_loop_test(reading, eof_and_received_bytes_are_not_timeouts,
	    0, WAYS);
	tcase_add_loop_test(writing, peer_that_never_reads_is_etimedout,
	    0, WAYS);
	tcase_add_loop_test(writing, closing_waits_no_longer_than_its_timeout,
	    0, 3);
	tcase_add_test(writing, abandoning_does_not_wait);
	tcase_add_loop_test(writing, slow_reader_causes_no_timeout,
	    0, WAYS);
	tcase_add_loop_test(writing, each_timeout_is_for_its_own_direction,
	    0, 2);
}

int
main(void)
{
	return run_guarded("timeouts", fill);
}
