/* SPDX-License-Identifier: BSD-2-Clause */
/* Closing ports: halves in every order, lost output, abandoning. */
#include "support.h"

#include <sys/socket.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct connection c;

/* EPIPE, not death, where a test writes to a peer that is gone. */
static void
open_ignoring(int way)
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };

	open_connection(&c, way, &options);
}

START_TEST(closed_output_is_the_peers_end_and_it_may_answer)
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

/* What a plain port does instead: the socket is still open in `in`. */
START_TEST(fclose_of_out_alone_is_no_end)
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

START_TEST(closed_input_makes_the_peers_writes_fail)
{
	open_ignoring(_i);
	succeeds(unix_close_input(&c.client));
	ck_assert_ptr_null(c.client.in);
	ck_assert_int_ne(fputs("lost\n", c.server.out), EOF);
	ck_assert_int_eq(fflush(c.server.out), EOF);
	ck_assert_int_eq(errno, EPIPE);
	say(c.client.out, "the other way works\n");
	expect(c.server.in, "the other way works\n");
	fails(unix_close_ports(&c.server), EIO);
	close_connection(&c);
}
END_TEST

START_TEST(second_close_of_a_half_is_nothing)
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

START_TEST(closing_flushes_and_the_peer_reads_the_end)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("tail\n", c.client.out), EOF);
	succeeds(unix_close_ports(&c.client));
	ck_assert_ptr_null(c.client.in);
	ck_assert_ptr_null(c.client.out);
	succeeds(unix_close_ports(&c.client));
	expect(c.server.in, "tail\n");
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(closing_goes_with_either_member_fclosed)
{
	FILE **member = _i == 0 ? &c.client.in : &c.client.out;

	open_connection(&c, 0, NULL);
	ck_assert_int_eq(fclose(*member), 0);
	*member = NULL;
	succeeds(unix_close_ports(&c.client));
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(closing_no_ports_is_einval)
{
	fails(unix_close_ports(NULL), EINVAL);
	fails(unix_close_input(NULL), EINVAL);
	fails(unix_close_output(NULL), EINVAL);
	fails(unix_abandon_ports(NULL), EINVAL);
}
END_TEST

START_TEST(zeroed_ports_are_closed_already)
{
	struct unix_ports none = { 0 };

	succeeds(unix_close_ports(&none));
	succeeds(unix_close_input(&none));
	succeeds(unix_close_output(&none));
	succeeds(unix_abandon_ports(&none));
}
END_TEST

START_TEST(unsent_output_to_a_gone_peer_is_epipe)
{
	int (*const close_it[])(struct unix_ports *) = { unix_close_ports,
	    unix_close_output };

	open_ignoring(0);
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	fails(close_it[_i](&c.client), EPIPE);
	ck_assert_ptr_null(c.client.out);
	succeeds(unix_close_output(&c.client));
	succeeds(unix_close_input(&c.client));
	if (close_it[_i] == unix_close_output)
		fails(unix_close_ports(&c.client), EPIPE);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

/* stdio alone would say 0: its buffer is empty after the failed flush. */
START_TEST(earlier_loss_is_told_at_the_end)
{
	int (*const close_it[])(struct unix_ports *) = { unix_close_ports,
	    unix_close_output, unix_abandon_ports };

	open_ignoring(0);
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	ck_assert_int_eq(fflush(c.client.out), EOF);
	fails(close_it[_i](&c.client), EIO);
	ck_assert_ptr_null(c.client.out);
	if (close_it[_i] == unix_close_output)
		fails(unix_abandon_ports(&c.client), EIO);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(descriptor_closed_behind_our_back_is_ebadf)
{
	open_connection(&c, 0, NULL);
	ck_assert_int_eq(close(fileno(c.client.out)), 0);
	ck_assert_int_eq(close(fileno(c.client.in)), 0);
	fails(unix_hang_up(&c.client), EBADF);
	fails(unix_input_ready(&c.client, 0), EBADF);
	fails(unix_close_input(&c.client), EBADF);
	fails(unix_close_output(&c.client), EBADF);
	ck_assert_ptr_null(c.client.in);
	ck_assert_ptr_null(c.client.out);
	fails(unix_close_ports(&c.client), EBADF);
	close_connection(&c);
}
END_TEST

START_TEST(abandoned_output_is_not_sent)
{
	open_connection(&c, _i, NULL);
	say(c.client.out, "sent\n");
	ck_assert_int_ne(fputs("unsent\n", c.client.out), EOF);
	succeeds(unix_abandon_ports(&c.client));
	ck_assert_ptr_null(c.client.in);
	ck_assert_ptr_null(c.client.out);
	succeeds(unix_abandon_ports(&c.client));
	expect(c.server.in, "sent\n");
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(peer_that_leaves_words_unread_is_econnreset_once)
{
	open_connection(&c, _i, NULL);
	say(c.client.out, "unread\n");
	say(c.server.out, "answer\n");
	succeeds(unix_close_ports(&c.server));
	expect(c.client.in, "answer\n");
	ck_assert_int_eq(getc(c.client.in), EOF);
	ck_assert(ferror(c.client.in));
	ck_assert_int_eq(errno, ECONNRESET);
	clearerr(c.client.in);
	expect_end(c.client.in);
	close_connection(&c);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("close");
	TCase *halves = add_case(suite, "halves");
	TCase *whole = add_case(suite, "whole");
	TCase *errors = add_case(suite, "errors");

	tcase_add_loop_test(halves,
	    closed_output_is_the_peers_end_and_it_may_answer, 0, WAYS);
	tcase_add_loop_test(halves, fclose_of_out_alone_is_no_end, 0, WAYS);
	tcase_add_loop_test(halves, closed_input_makes_the_peers_writes_fail,
	    0, WAYS);
	tcase_add_loop_test(halves, second_close_of_a_half_is_nothing,
	    0, WAYS);
	tcase_add_loop_test(halves, halves_close_in_every_order,
	    0, 24 * WAYS);
	tcase_add_loop_test(halves, streams_fclose_in_every_order,
	    0, 24 * WAYS);
	tcase_add_loop_test(whole, closing_flushes_and_the_peer_reads_the_end,
	    0, WAYS);
	tcase_add_loop_test(whole, closing_goes_with_either_member_fclosed,
	    0, 2);
	tcase_add_test(whole, zeroed_ports_are_closed_already);
	tcase_add_loop_test(whole, abandoned_output_is_not_sent, 0, WAYS);
	tcase_add_test(errors, closing_no_ports_is_einval);
	tcase_add_loop_test(errors, unsent_output_to_a_gone_peer_is_epipe,
	    0, 2);
	tcase_add_loop_test(errors, earlier_loss_is_told_at_the_end, 0, 3);
	tcase_add_test(errors, descriptor_closed_behind_our_back_is_ebadf);
	tcase_add_loop_test(errors,
	    peer_that_leaves_words_unread_is_econnreset_once, 0, WAYS);
	return run_suite(suite);
}
