/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exit(3) while another thread writes: glibc flushes streams without their
 * locks.  The peer gets the first part of all output, with no byte twice.
 */
#include "traffic.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN	40	/* each of which breaks old versions often */
#define LENGTH		MIB	/* no socket holds it */

static struct unix_ports pair[2];
static size_t written;
static unsigned flags;

static void
open_pair(size_t buffer_size)
{
	struct unix_options options = { .buffer_size = buffer_size,
	    .flags = flags };

	succeeds(unix_pair(of_kind(&options), pair));
}

/* The parent holds only its own end. */
static void
fork_child(void (*run)(void))
{
	pid_t child = fork();

	ck_assert_int_ne(child, -1);
	if (child == 0) {
		unix_abandon_ports(&pair[1]);
		alarm(20);
		run();
	}
	unix_abandon_ports(&pair[0]);
}

/* Checks that the received bytes are a prefix of the output. */
static size_t
count_prefix(void)
{
	size_t count = count_bytes(pair[1].in, 0);

	unix_abandon_ports(&pair[1]);
	return count;
}

/* Writes pieces of varying length without end. */
static void *
write_for_ever(void *unused)
{
	size_t length;

	for (;; written += length) {
		length = written % 7 == 0 ? 3000 : written % 50 + 1;
		if (put_bytes(pair[0].out, written, length) == EOF)
			break;
		if (written % 11 == 0)
			fflush(pair[0].out);
	}
	return unused;
}

static int pause_ms;

static void
exit_beside_a_writer(void)
{
	start_thread(write_for_ever, NULL);
	pause_for(pause_ms);
	exit(0);
}

static const size_t sizes[] = { 0, 100, 4096 };

START_TEST(no_byte_is_repeated_at_exit)
{
	for (pause_ms = 0; pause_ms < CHILDREN; pause_ms++) {
		open_pair(sizes[_i]);
		fork_child(exit_beside_a_writer);
		count_prefix();
		ck_assert_int_ne(waitpid(-1, NULL, 0), -1);
	}
}
END_TEST

/* One write waits for the peer when the process exits. */

static _Atomic pid_t writer;

/*
 * The stream is written before `writer' is set, so that fflush(3) blocks with
 * its locks.
 */
static void *
write_more_than_fits(void *unused)
{
	put_bytes(pair[0].out, 0, LENGTH);
	writer = thread_id();
	fflush(pair[0].out);
	return unused;
}

static pthread_t
block_writer(void)
{
	pthread_t thread = start_thread(write_more_than_fits, NULL);

	wait_blocked(&writer);
	return thread;
}

static void
exit_beside_a_blocked_writer(void)
{
	block_writer();
	exit(0);
}

static void
exit_in_handler(int signal)
{
	(void)signal;
	exit(0);
}

static void
exit_inside_a_blocked_write(void)
{
	catch_signal(SIGUSR1, exit_in_handler);
	write_more_than_fits(NULL);
	_exit(1);
}

static void
exit_of_a_child_beside_a_blocked_writer(void)
{
	pthread_t thread = block_writer();

	if (fork() == 0)
		exit(0);
	wait(NULL);
	join_thread(thread);
	_exit(0);
}

/*
 * After fork(2) of musl, a stream that another thread was using remains locked,
 * and exit(3) of the child blocks for ever.
 */
#ifdef __GLIBC__
#define BLOCKED	3
#else
#define BLOCKED	2
#endif

static void (*const blocked[])(void) = { exit_beside_a_blocked_writer,
	exit_inside_a_blocked_write, exit_of_a_child_beside_a_blocked_writer };

START_TEST(bytes_of_a_blocked_write_are_not_repeated_at_exit)
{
	/* Unlocked ports are used by one thread, also at exit. */
	void (*run)(void) = blocked[_i < BLOCKED ? _i : _i - BLOCKED + 1];
	pid_t child;

	flags = _i < BLOCKED ? 0 : UNIX_UNLOCKED;
	open_pair(2 * LENGTH);
	child = fork();
	ck_assert_int_ne(child, -1);
	if (child == 0) {
		unix_abandon_ports(&pair[1]);
		alarm(20);
		run();
	}
	unix_abandon_ports(&pair[0]);
	wait_idle(child);
	if (run == exit_inside_a_blocked_write)
		kill(child, SIGUSR1);
	ck_assert_uint_le(count_prefix(), LENGTH);
	while (waitpid(child, NULL, 0) == -1)
		;
}
END_TEST

/* Output that was complete before, while another thread is idle. */
static void *
wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void
exit_with_output(void)
{
	start_thread(wait_for_ever, NULL);
	put_bytes(pair[0].out, 0, 1000);
	exit(0);
}

START_TEST(output_is_sent_at_exit)
{
	flags = _i == 0 ? 0 : UNIX_UNLOCKED;
	open_pair(0);
	fork_child(exit_with_output);
	ck_assert_uint_eq(count_prefix(), 1000);
	ck_assert_int_ne(waitpid(-1, NULL, 0), -1);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *exits = add_case(suite, "exits");

	tcase_add_loop_test(exits, no_byte_is_repeated_at_exit,
	    0, (int)COUNT(sizes));
	tcase_add_loop_test(exits,
	    bytes_of_a_blocked_write_are_not_repeated_at_exit,
	    0, 2 * BLOCKED - 1);
	tcase_add_loop_test(exits, output_is_sent_at_exit, 0, 2);
}

int
main(void)
{
	return run_guarded("exit", fill);
}
