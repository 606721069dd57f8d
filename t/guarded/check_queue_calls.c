/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queue of ports that never wait, at the moment of one call of libc:
 * another thread ends the ports, the process forks, or memory is short.
 */
#include "traffic.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interpose.h"
#include "original.h"

/* Either fits into the first block, but not both. */
#define QUEUED	3000
#define MORE	2000

static struct connection c;
static size_t filled;

static void
open_queued(int way)
{
	struct unix_options options = { .read_timeout = -1,
	    .write_timeout = -1, .sigpipe = UNIX_SIGPIPE_ERROR };

	open_connection(&c, way, &options);
	filled = fill_socket(&c.client);
	ck_assert_int_eq(put_bytes(c.client.out, 0, QUEUED), 0);
	answers(unix_flush(&c.client), QUEUED);
}

/* Another thread. */

static struct call ending;
static pthread_t ender;

static void *
call_abandon(void *argument)
{
	struct call *call = argument;

	call->id = thread_id();
	call->result = unix_abandon_ports(call->ports);
	return NULL;
}

static void
abandon_elsewhere(void)
{
	ending = (struct call){ .ports = &c.client };
	ender = block_call(call_abandon, &ending);
}

START_TEST(abandoning_waits_for_a_thread_that_sends_the_queue)
{
	FILE *in;

	open_queued(_i % WAYS);
	drain(c.server.in, filled);
	in = c.client.in;
	flockfile(in);
	before_next("send", abandon_elsewhere);
	if (_i < WAYS)
		fails(getc(in), ETIMEDOUT);
	else
		succeeds(unix_flush(&c.client));
	ck_assert(!is_pending());
	funlockfile(in);
	join_thread(ender);
	ck_assert_int_eq(ending.result, 0);
	expect_bytes(c.server.in, 0, QUEUED);
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

/*
 * A fork while another thread writes.  glibc renews the locks of the streams in
 * the child.  In musl a child cannot use a stream that was locked at the fork.
 */
#ifdef __GLIBC__

static int status;

static void
fork_and_write(void)
{
	pid_t child = fork();

	ck_assert_int_ne(child, -1);
	if (child == 0) {
		alarm(20);
		if (put_bytes(c.client.out, 0, 100) != 0 ||
		    unix_flush(&c.client) <= 0)
			_exit(1);
		_exit(unix_abandon_ports(&c.client) == 0 ? 0 : 2);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
}

START_TEST(child_that_is_forked_while_the_queue_changes_can_write)
{
	open_queued(_i % WAYS);
	ck_assert_int_eq(put_bytes(c.client.out, QUEUED, MORE), 0);
	status = -1;
	before_next(_i < WAYS ? "realloc" : "send", fork_and_write);
	answers(unix_flush(&c.client), QUEUED + MORE);
	ck_assert_int_eq(status, 0);
	drain(c.server.in, filled);
	succeeds(unix_flush(&c.client));
	expect_bytes(c.server.in, 0, QUEUED + MORE);
	close_connection(&c);
}
END_TEST

static void
add_fork_tests(Suite *suite)
{
	/* valgrind replaces realloc(3). */
	tcase_add_loop_test(add_case(suite, "memory"),
	    child_that_is_forked_while_the_queue_changes_can_write,
	    0, WAYS);
	tcase_add_loop_test(add_case(suite, "process"),
	    child_that_is_forked_while_the_queue_changes_can_write,
	    WAYS, 2 * WAYS);
}

#else

static void
add_fork_tests(Suite *suite)
{
	(void)suite;
}

#endif

/* Memory. */

START_TEST(exact_block_suffices_if_a_double_one_is_refused)
{
	open_queued(_i);
	ck_assert_int_eq(put_bytes(c.client.out, QUEUED, MORE), 0);
	fail_next("realloc", 1, ENOMEM);
	answers(unix_flush(&c.client), QUEUED + MORE);
	ck_assert_int_eq(count_failures(), 1);
	drain(c.server.in, filled);
	succeeds(unix_flush(&c.client));
	expect_bytes(c.server.in, 0, QUEUED + MORE);
	close_connection(&c);
}
END_TEST

static int changes_errno;

/* Check uses it as well. */
int
fflush(FILE *stream)
{
	static int (*real)(FILE *);
	int result;

	find_original(&real, "fflush");
	result = real(stream);
	if (changes_errno)
		errno = EXDEV;
	changes_errno = 0;
	return result;
}

START_TEST(successful_flush_keeps_errno)
{
	struct unix_options options = { .flags = _i == 0 ? 0 : UNIX_GUARDED };
	struct unix_ports pair[2];

	succeeds(unix_pair(&options, pair));
	ck_assert_int_ne(putc('x', pair[0].out), EOF);
	changes_errno = 1;
	succeeds(unix_flush(&pair[0]));
	ck_assert(!changes_errno);
	ck_assert_int_eq(getc(pair[1].in), 'x');
	abandon_all(pair, 2);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *threads = add_case(suite, "threads");
	TCase *memory = add_case(suite, "memory");

	tcase_add_loop_test(threads,
	    abandoning_waits_for_a_thread_that_sends_the_queue, 0, 2 * WAYS);
	add_fork_tests(suite);
	tcase_add_loop_test(add_case(suite, "errno"),
	    successful_flush_keeps_errno, 0, 2);
	tcase_add_loop_test(memory,
	    exact_block_suffices_if_a_double_one_is_refused, 0, WAYS);
}

int
main(void)
{
	return run_guarded("queue_calls", fill);
}
