/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The halves of ports, closed by the library or by fclose(3), in every order.
 */
#include "support.h"

#include <string.h>

static struct connection c;

START_TEST(peer_reads_EOF_after_closed_output_and_may_answer)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	succeeds(unix_close_output(&c.client));
	ck_assert_ptr_null(c.client.out);
	expect(c.server.in, "question\n");
	expect_end(c.server.in);
	say(c.server.out, "answer\n");
	succeeds(unix_close_output(&c.server));
	expect(c.client.in, "answer\n");
	expect_end(c.client.in);
	close_connection(&c);
}
END_TEST

/* Plain ports: `in` still has the socket open. */
START_TEST(fclose_of_out_alone_sends_no_EOF)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_eq(fclose(c.client.out), 0);
	c.client.out = NULL;
	answers(unix_input_ready(&c.server, 0), 0);
	ck_assert_int_eq(fclose(c.client.in), 0);
	c.client.in = NULL;
	expect_end(c.server.in);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(fclose_of_out_sends_output_and_EOF)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	ck_assert_int_eq(fclose(c.client.out), 0);
	c.client.out = NULL;
	expect(c.server.in, "question\n");
	expect_end(c.server.in);
	say(c.server.out, "answer\n");
	expect(c.client.in, "answer\n");
	close_connection(&c);
}
END_TEST

/* Plain ports: the writes of the peer succeed, but no stream receives them. */
START_TEST(fclose_of_in_alone_lets_the_peer_write)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_eq(fclose(c.client.in), 0);
	c.client.in = NULL;
	say(c.server.out, "into the void\n");
	close_connection(&c);
}
END_TEST

START_TEST(fclose_of_in_makes_the_peers_writes_fail)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_eq(fclose(c.client.in), 0);
	c.client.in = NULL;
	ck_assert_int_ne(fputs("lost\n", c.server.out), EOF);
	ck_assert_int_eq(fflush(c.server.out), EOF);
	ck_assert_int_eq(errno, EPIPE);
	fails(unix_close_ports(&c.server), EPIPE);
	close_connection(&c);
}
END_TEST

START_TEST(closed_input_makes_the_peers_writes_fail)
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };

	open_connection(&c, _i, &options);
	succeeds(unix_close_input(&c.client));
	ck_assert_ptr_null(c.client.in);
	ck_assert_int_ne(fputs("lost\n", c.server.out), EOF);
	ck_assert_int_eq(fflush(c.server.out), EOF);
	ck_assert_int_eq(errno, EPIPE);
	say(c.client.out, "the other way works\n");
	expect(c.server.in, "the other way works\n");
	fails(unix_close_ports(&c.server), KEPT(EPIPE));
	close_connection(&c);
}
END_TEST

START_TEST(second_close_of_a_half_does_nothing)
{
	open_connection(&c, _i, NULL);
	succeeds(unix_close_output(&c.client));
	succeeds(unix_close_output(&c.client));
	succeeds(unix_close_input(&c.client));
	succeeds(unix_close_input(&c.client));
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

/* The four halves of a connection, in the order of permutation _i. */
static void
permute(int order[4], int number)
{
	int left[4] = { 0, 1, 2, 3 };
	int i, pick;

	for (i = 4; i > 0; i--) {
		pick = number % i;
		number /= i;
		order[4 - i] = left[pick];
		memmove(&left[pick], &left[pick + 1],
		    (size_t)(i - pick - 1) * sizeof(int));
	}
}

START_TEST(halves_close_in_every_order)
{
	int order[4], i;

	open_connection(&c, _i % WAYS, NULL);
	permute(order, _i / WAYS);
	for (i = 0; i < 4; i++) {
		struct unix_ports *ports = order[i] < 2 ? &c.server :
		    &c.client;

		if (order[i] % 2 == 0)
			succeeds(unix_close_input(ports));
		else
			succeeds(unix_close_output(ports));
	}
	fails(unix_fileno(&c.server), EBADF);
	fails(unix_fileno(&c.client), EBADF);
	close_connection(&c);
}
END_TEST

START_TEST(streams_fclose_in_every_order)
{
	FILE **stream[4] = { &c.server.in, &c.server.out, &c.client.in,
	    &c.client.out };
	int order[4], i;

	open_connection(&c, _i % WAYS, NULL);
	permute(order, _i / WAYS);
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(fclose(*stream[order[i]]), 0);
		*stream[order[i]] = NULL;
	}
	close_connection(&c);
}
END_TEST

/* The kinds differ: fclose(3) of a guarded stream ends its direction. */
static void
add_fclose(TCase *halves)
{
	if (guarded) {
		tcase_add_loop_test(halves,
		    fclose_of_out_sends_output_and_EOF, 0, WAYS);
		tcase_add_loop_test(halves,
		    fclose_of_in_makes_the_peers_writes_fail, 0, WAYS);
	} else {
		tcase_add_loop_test(halves, fclose_of_out_alone_sends_no_EOF,
		    0, WAYS);
		tcase_add_loop_test(halves,
		    fclose_of_in_alone_lets_the_peer_write, 0, WAYS);
	}
}

static void *
close_input(void *ports)
{
	succeeds(unix_close_input(ports));
	return NULL;
}

/* ThreadSanitizer reports a race if one call reads the member of the other. */
START_TEST(threads_close_a_half_each)
{
	pthread_t closer;
	int i;

	for (i = 0; i < 100; i++) {
		open_connection(&c, _i, NULL);
		ck_assert_int_ne(fputs("line\n", c.client.out), EOF);
		closer = start_thread(close_input, &c.client);
		succeeds(unix_close_output(&c.client));
		join_thread(closer);
		expect(c.server.in, "line\n");
		expect_end(c.server.in);
		close_connection(&c);
	}
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *halves = add_case(suite, "halves");

	add_fclose(halves);
	tcase_add_loop_test(halves,
	    peer_reads_EOF_after_closed_output_and_may_answer, 0, WAYS);
	tcase_add_loop_test(halves, closed_input_makes_the_peers_writes_fail,
	    0, WAYS);
	tcase_add_loop_test(halves, second_close_of_a_half_does_nothing,
	    0, WAYS);
	tcase_add_loop_test(halves, threads_close_a_half_each, 0, WAYS);
	tcase_add_loop_test(halves, halves_close_in_every_order,
	    0, 24 * WAYS);
	tcase_add_loop_test(halves, streams_fclose_in_every_order,
	    0, 24 * WAYS);
}

int
main(void)
{
	return run_kinds("halves", fill);
}
