/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes to a closed peer, of every size and by every function of stdio, and to
 * a peer that closes while they are blocked.  Each libc requires another result
 * of a failed write hook.  With a wrong result, stdio reads beyond the memory
 * of the caller, which valgrind and ASan detect, or reports success.
 */
#include "traffic.h"

#include <sys/socket.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct connection c;
static volatile sig_atomic_t caught;
static pthread_t caught_in;

static void
catch_it(int signal)
{
	(void)signal;
	caught++;
	caught_in = pthread_self();
}

static void
open_raising(int way, void (*handler)(int), enum unix_sigpipe policy)
{
	struct unix_options options = { .sigpipe = policy };

	caught = 0;
	ck_assert(signal(SIGPIPE, handler) != SIG_ERR);
	open_connection(&c, way, &options);
}

static int
by_fwrite(const char *text, size_t length, FILE *out)
{
	return fwrite(text, 1, length, out) == length ? 0 : EOF;
}

static int
by_fputs(const char *text, size_t length, FILE *out)
{
	(void)length;
	return fputs(text, out);
}

static int
by_fprintf(const char *text, size_t length, FILE *out)
{
	int count = fprintf(out, "%s", text);

	return count == (int)length ? 0 : EOF;
}

static int
by_putc(const char *text, size_t length, FILE *out)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (putc(text[i], out) == EOF)
			return EOF;
	return 0;
}

static int (*const writers[])(const char *, size_t, FILE *) = {
	by_fwrite, by_fputs, by_fprintf, by_putc
};

static const size_t buffers[] = { 0, 1, 100, 4096 };

/* The function of stdio, or fflush(3) after it, fails with EPIPE. */
static void
write_to_nobody(int (*writer)(const char *, size_t, FILE *), size_t length,
    size_t buffer_size)
{
	struct unix_options options = { .buffer_size = buffer_size };
	char *text = malloc(length + 1);

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', length);
	text[length] = '\0';
	open_connection(&c, 2, &options);
	succeeds(unix_close_ports(&c.server));
	errno = 0;
	ck_assert(writer(text, length, c.client.out) == EOF ||
	    fflush(c.client.out) == EOF);
	ck_assert_int_eq(errno, EPIPE);
	ck_assert(ferror(c.client.out));
	fails(unix_close_ports(&c.client), EPIPE);
	free(text);
}

START_TEST(write_of_every_size_is_epipe_without_a_signal)
{
	size_t size;

	ck_assert(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
	for (size = 1; size <= MIB; size *= 2) {
		write_to_nobody(writers[_i % 4], size, buffers[_i / 4]);
		write_to_nobody(writers[_i % 4], size + 1, buffers[_i / 4]);
		if (size > 1)
			write_to_nobody(writers[_i % 4], size - 1,
			    buffers[_i / 4]);
	}
}
END_TEST

START_TEST(fflush_and_every_way_of_closing_report_it)
{
	open_raising(0, SIG_DFL, UNIX_SIGPIPE_DEFAULT);
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	if (_i == 0)
		fails(fflush(c.client.out), EPIPE);
	else if (_i == 1)
		fails(fclose(c.client.out), EPIPE);
	else if (_i == 2)
		fails(unix_close_output(&c.client), EPIPE);
	else
		fails(unix_close_ports(&c.client), EPIPE);
	if (_i == 1)
		c.client.out = NULL;
	close_connection(&c);
}
END_TEST

START_TEST(closed_peer_with_unread_bytes_is_EPIPE_too)
{
	open_raising(_i % WAYS, SIG_DFL, UNIX_SIGPIPE_DEFAULT);
	say(c.client.out, "unread\n");
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	fails(fflush(c.client.out), EPIPE);
	fails(unix_close_ports(&c.client), EPIPE);
	close_connection(&c);
}
END_TEST

/*
 * The peer closes while a writer is blocked, after a part was sent, or after no
 * byte was sent; Linux reports ECONNRESET first in the latter case.
 */
static void
leave_writer(struct call *call, int none)
{
	pthread_t writer;

	*call = (struct call){ .ports = &c.client, .length = MIB };
	if (none) {
		fill_socket(&c.client);
		call->length = 10;
	}
	writer = block_call(call_fwrite, call);
	succeeds(unix_abandon_ports(&c.server));
	join_thread(writer);
	ck_assert_int_eq(call->result, EOF);
	ck_assert_int_eq(call->error, EPIPE);
	ck_assert(!caught || pthread_equal(caught_in, writer));
	fails(unix_close_ports(&c.client), EPIPE);
	close_connection(&c);
}

START_TEST(blocked_writer_gets_EPIPE_when_the_peer_closes)
{
	struct call call;

	open_raising(_i % WAYS, SIG_DFL, UNIX_SIGPIPE_ERROR);
	leave_writer(&call, _i / WAYS);
}
END_TEST

START_TEST(blocked_writer_gets_EPIPE_when_the_peer_ends_input)
{
	struct call call = { .ports = &c.client, .length = MIB };
	pthread_t writer;

	open_raising(_i % WAYS, SIG_DFL, UNIX_SIGPIPE_ERROR);
	writer = block_call(call_fwrite, &call);
	succeeds(unix_close_input(&c.server));
	join_thread(writer);
	ck_assert_int_eq(call.error, EPIPE);
	close_connection(&c);
}
END_TEST

/* UNIX_SIGPIPE_RAISE is the behaviour of the system. */

START_TEST(raising_ends_the_process)
{
	open_raising(_i % WAYS, SIG_DFL, UNIX_SIGPIPE_RAISE);
	succeeds(unix_close_ports(&c.server));
	fputs("lost\n", c.client.out);
	fflush(c.client.out);
}
END_TEST

START_TEST(raising_ends_the_process_of_a_blocked_writer)
{
	struct call call;

	open_raising(_i % WAYS, SIG_DFL, UNIX_SIGPIPE_RAISE);
	leave_writer(&call, _i / WAYS);
}
END_TEST

START_TEST(raising_is_in_the_writing_thread)
{
	struct call call = { .ports = &c.client, .length = 10 };
	pthread_t writer;

	open_raising(_i % WAYS, catch_it, UNIX_SIGPIPE_RAISE);
	succeeds(unix_close_ports(&c.server));
	writer = start_call(call_fwrite, &call);
	join_thread(writer);
	ck_assert_int_eq(call.error, EPIPE);
	ck_assert_int_ge(caught, 1);
	ck_assert(pthread_equal(caught_in, writer));
	close_connection(&c);
}
END_TEST

START_TEST(raising_is_in_the_thread_of_the_blocked_writer)
{
	struct call call;

	open_raising(_i % WAYS, catch_it, UNIX_SIGPIPE_RAISE);
	leave_writer(&call, _i / WAYS);
	ck_assert_int_ge(caught, 1);
}
END_TEST

START_TEST(handler_is_not_called_unless_raising)
{
	struct call call;

	open_raising(_i % WAYS, catch_it, UNIX_SIGPIPE_DEFAULT);
	leave_writer(&call, _i / WAYS);
	ck_assert_int_eq(caught, 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *sizes = add_case(suite, "sizes");
	TCase *core = add_case(suite, "core");
	TCase *raising = add_case(suite, "raising");

	tcase_set_timeout(sizes, 60);
	tcase_add_loop_test(sizes,
	    write_of_every_size_is_epipe_without_a_signal,
	    0, COUNT(writers) * COUNT(buffers));
	tcase_add_loop_test(core, fflush_and_every_way_of_closing_report_it,
	    0, 4);
	tcase_add_loop_test(core, closed_peer_with_unread_bytes_is_EPIPE_too,
	    0, WAYS);
	tcase_add_loop_test(core,
	    blocked_writer_gets_EPIPE_when_the_peer_closes,
	    0, 2 * WAYS);
	tcase_add_loop_test(core,
	    blocked_writer_gets_EPIPE_when_the_peer_ends_input, 0, WAYS);
	tcase_add_loop_test_raise_signal(raising, raising_ends_the_process,
	    SIGPIPE, 0, WAYS);
	tcase_add_loop_test_raise_signal(raising,
	    raising_ends_the_process_of_a_blocked_writer, SIGPIPE,
	    0, 2 * WAYS);
	tcase_add_loop_test(raising, raising_is_in_the_writing_thread,
	    0, WAYS);
	tcase_add_loop_test(raising,
	    raising_is_in_the_thread_of_the_blocked_writer, 0, 2 * WAYS);
	tcase_add_loop_test(raising, handler_is_not_called_unless_raising,
	    0, 2 * WAYS);
}

int
main(void)
{
	return run_guarded("dead_peer", fill);
}
