/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Closing guarded ports while another thread closes them, or did so during
 * fork(2).  Interposed calls produce these moments.
 */
#include "support.h"

#include <sys/socket.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "interpose.h"

static struct unix_ports pair[2];
static int strangers[2];
static _Atomic int is_closed;
static pthread_t closer;

static void *
close_output(void *context)
{
	(void)context;
	ck_assert_int_eq(fclose(pair[0].out), 0);
	is_closed = 1;
	return NULL;
}

/*
 * The other thread must wait for this one.  Otherwise it closes the last
 * stream, and the number of the descriptor is assigned to another file.
 */
static void
close_the_other(void)
{
	int i;

	closer = start_thread(close_output, NULL);
	for (i = 0; i < 20 && !is_closed; i++)
		poll(NULL, 0, 10);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, strangers), 0);
}

START_TEST(shutdown_never_affects_another_connection)
{
	char byte = 'x';
	int i;

	succeeds(unix_pair(of_kind(NULL), pair));
	before_next("shutdown", close_the_other);
	ck_assert_int_eq(fclose(pair[0].in), 0);
	ck_assert(!is_pending());
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(write(strangers[i], &byte, 1), 1);
		ck_assert_int_eq(read(strangers[!i], &byte, 1), 1);
	}
	join_thread(closer);
	close(strangers[0]);
	close(strangers[1]);
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

static void
never(void)
{
	ck_abort_msg("a stream that is no more was asked for");
}

START_TEST(closed_output_is_not_flushed_by_the_tie)
{
	succeeds(unix_pair(of_kind(NULL), pair));
	ck_assert_int_eq(fclose(pair[0].out), 0);
	pair[0].out = NULL;
	say(pair[1].out, "hello\n");
	before_next("ftrylockfile", never);
	expect(pair[0].in, "hello\n");
	ck_assert(is_pending());
	forget_next();
	abandon_all(pair, 2);
}
END_TEST

/*
 * musl's fork(2) leaves the stream locked.  The parent's connection continues.
 */
START_TEST(locked_stream_is_leaked_after_fork)
{
	pid_t child;
	int fd;

	succeeds(unix_pair(of_kind(NULL), pair));
	fd = unix_fileno(&pair[0]);
	child = fork();
	if (child == 0) {
		fail_next("ftrylockfile", 0, EBUSY);
		if (unix_abandon_ports(&pair[0]) == -1 ||
		    pair[0].in != NULL || pair[0].out != NULL)
			_exit(1);
		_exit(fcntl(fd, F_GETFD) == -1 ? 0 : 2);
	}
	ck_assert_int_eq(child_status(child), 0);
	say(pair[0].out, "still here\n");
	expect(pair[1].in, "still here\n");
	abandon_all(pair, 2);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *calls = add_case(suite, "calls");

	tcase_add_test(calls,
	    shutdown_never_affects_another_connection);
	tcase_add_test(calls, closed_output_is_not_flushed_by_the_tie);
	tcase_add_test(add_case(suite, "exits"),
	    locked_stream_is_leaked_after_fork);
}

int
main(void)
{
	return run_guarded("close_calls", fill);
}
