/* SPDX-License-Identifier: BSD-2-Clause */
/* The first write error of guarded ports is permanent. */
#include "traffic.h"

#include <sys/socket.h>
#include <unistd.h>

static struct connection c;

/* A write that fails with EPIPE. */
static void
open_and_fail(int way)
{
	open_connection(&c, way, NULL);
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	fails(fflush(c.client.out), EPIPE);
}

/* A write that fails with ETIMEDOUT, since the socket is full. */
static void
open_and_time_out(void)
{
	struct unix_options options = { .write_timeout = 20 };

	open_connection(&c, 0, &options);
	if (put_bytes(c.client.out, 0, MIB) == 0)
		ck_assert_int_eq(fflush(c.client.out), EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
}

static int
fclose_out(struct unix_ports *ports)
{
	int saved = errno;
	int result = fclose(ports->out);

	ports->out = NULL;
	if (result == 0)
		errno = saved;	/* as other ways of closing do */
	return result;
}

static int (*const closers[])(struct unix_ports *) = {
	unix_close_ports, unix_close_output, unix_abandon_ports, fclose_out
};

START_TEST(every_way_of_closing_reports_an_earlier_error)
{
	open_and_fail(0);
	fails(closers[_i](&c.client), EPIPE);
	ck_assert_ptr_null(c.client.out);
	unix_close_ports(&c.client);
	close_connection(&c);
}
END_TEST

/* One half was closed by fclose(3) before. */
START_TEST(error_is_reported_after_input_was_closed)
{
	open_and_fail(0);
	ck_assert_int_eq(fclose(c.client.in), 0);
	c.client.in = NULL;
	fails(closers[_i](&c.client), EPIPE);
	close_connection(&c);
}
END_TEST

START_TEST(closing_without_an_error_is_0_after_a_read_failed)
{
	struct unix_options options = { .read_timeout = 10 };

	open_connection(&c, 0, &options);
	ck_assert_int_eq(getc(c.client.in), EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
	succeeds(closers[_i](&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(clearerr_permits_no_further_output)
{
	int i;

	open_and_fail(_i);
	for (i = 0; i < 3; i++) {
		clearerr(c.client.out);
		ck_assert_int_ne(fputs("more\n", c.client.out), EOF);
		fails(fflush(c.client.out), EPIPE);
		ck_assert(ferror(c.client.out));
	}
	fails(unix_close_ports(&c.client), EPIPE);
	close_connection(&c);
}
END_TEST

START_TEST(first_error_stays_when_another_would_follow)
{
	open_and_time_out();
	succeeds(unix_close_ports(&c.server));
	clearerr(c.client.out);
	ck_assert_int_ne(fputs("more\n", c.client.out), EOF);
	fails(fflush(c.client.out), ETIMEDOUT);
	fails(closers[_i](&c.client), ETIMEDOUT);
	unix_close_ports(&c.client);
	close_connection(&c);
}
END_TEST

/* There is room again, but no byte may follow the gap. */
START_TEST(nothing_is_sent_after_a_gap)
{
	size_t count = 100 * KIB;
	int i;

	open_and_time_out();
	expect_bytes(c.server.in, 0, count);
	for (i = 0; i < 3; i++) {
		clearerr(c.client.out);
		fputs("more\n", c.client.out);
		fails(fflush(c.client.out), ETIMEDOUT);
		clearerr(c.client.out);
		ck_assert(put_bytes(c.client.out, 0, 200 * KIB) == EOF ||
		    fflush(c.client.out) == EOF);
		ck_assert_int_eq(errno, ETIMEDOUT);
	}
	fails(closers[_i](&c.client), ETIMEDOUT);
	unix_close_ports(&c.client);
	count += count_bytes(c.server.in, count);
	ck_assert_uint_lt(count, MIB);
	close_connection(&c);
}
END_TEST

START_TEST(later_writes_fail_immediately)
{
	long long start;
	int i;

	open_and_time_out();
	start = milliseconds();
	for (i = 0; i < 1000; i++) {
		clearerr(c.client.out);
		ck_assert_int_ne(putc('x', c.client.out), EOF);
		fails(fflush(c.client.out), ETIMEDOUT);
	}
	ck_assert_int_lt(milliseconds() - start, 1000 * 20);
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	close_connection(&c);
}
END_TEST

START_TEST(input_continues_after_output_failed)
{
	open_and_time_out();
	say(c.server.out, "still heard\n");
	expect(c.client.in, "still heard\n");
	succeeds(unix_close_output(&c.server));
	expect_end(c.client.in);
	close_connection(&c);
}
END_TEST

START_TEST(error_of_one_end_does_not_affect_the_other)
{
	open_and_time_out();
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	ck_assert_uint_lt(count_bytes(c.server.in, 0), MIB);
	succeeds(unix_close_ports(&c.server));
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *kept = add_case(suite, "kept");
	TCase *stop = add_case(suite, "stop");

	tcase_add_loop_test(kept, every_way_of_closing_reports_an_earlier_error,
	    0, COUNT(closers));
	tcase_add_loop_test(kept, error_is_reported_after_input_was_closed,
	    0, COUNT(closers));
	tcase_add_loop_test(kept,
	    closing_without_an_error_is_0_after_a_read_failed,
	    0, COUNT(closers));
	tcase_add_loop_test(kept, first_error_stays_when_another_would_follow,
	    0, COUNT(closers));
	tcase_add_loop_test(stop, clearerr_permits_no_further_output, 0, WAYS);
	tcase_add_loop_test(stop, nothing_is_sent_after_a_gap,
	    0, COUNT(closers));
	tcase_add_test(stop, later_writes_fail_immediately);
	tcase_add_test(stop, input_continues_after_output_failed);
	tcase_add_test(stop, error_of_one_end_does_not_affect_the_other);
}

int
main(void)
{
	return run_guarded("fail_stop", fill);
}
