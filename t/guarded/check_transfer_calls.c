/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Actions of other threads and processes between two calls of guarded ports, by
 * interposed calls.
 */
#include "support.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interpose.h"

#define STREAM_BYTES	((size_t)4 << 20)
#define TIMEOUT_MS	30		/* milliseconds */

static struct unix_ports ports;
static int peer, polls;
static size_t taken;
static char bytes[STREAM_BYTES];

static void
take(size_t length)
{
	ssize_t n = recv(peer, bytes, length, MSG_DONTWAIT);

	if (n > 0)
		taken += (size_t)n;
}

/*
 * Reads half of the bytes in the socket.  This makes room, but Linux reports a
 * socket as writable only if three quarters are free, so poll(2) times out
 * three times.
 */
static void
take_some(void)
{
	int waiting;

	ck_assert_int_eq(ioctl(peer, FIONREAD, &waiting), 0);
	take(++polls <= 3 ? (size_t)waiting / 2 + 1 : STREAM_BYTES);
	before_next("poll", take_some);
}

START_TEST(write_continues_while_bytes_move)
{
	struct unix_options options = { .write_timeout = TIMEOUT_MS };
	long long start = milliseconds();
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	peer = fd[1];
	succeeds(unix_open_ports(fd[0], of_kind(&options), &ports));
	before_next("poll", take_some);
	ck_assert_uint_eq(fwrite(bytes, 1, STREAM_BYTES, ports.out),
	    STREAM_BYTES);
	ck_assert_int_eq(fflush(ports.out), 0);
	forget_next();
#ifdef __linux__
	ck_assert_int_ge(milliseconds() - start, 3 * TIMEOUT_MS);
#else
	(void)start;
#endif
	succeeds(unix_close_ports(&ports));
	while (taken < STREAM_BYTES)
		take(STREAM_BYTES);
	ck_assert_uint_eq(taken, STREAM_BYTES);
	ck_assert_int_eq(close(peer), 0);
}
END_TEST

/* Output of another thread is sent before or after the descriptors. */

static void *
try_output(void *is_held)
{
	*(int *)is_held = ftrylockfile(ports.out) != 0;
	if (!*(int *)is_held)
		funlockfile(ports.out);
	return NULL;
}

static int is_held;

static void
ask_for_output(void)
{
	join_thread(start_thread(try_output, &is_held));
}

START_TEST(output_is_held_while_files_are_added)
{
	struct unix_options options = { .flags = UNIX_FILES };
	const int input = STDIN_FILENO;
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	succeeds(unix_open_ports(fd[0], of_kind(&options), &ports));
	before_next("F_DUPFD_CLOEXEC", ask_for_output);
	succeeds(unix_add_files(&ports, &input, 1));
	ck_assert(!is_pending());
	ck_assert(is_held);
	succeeds(unix_abandon_ports(&ports));
	ck_assert_int_eq(close(fd[1]), 0);
}
END_TEST

static int lock_attempts;

static void
count_lock_attempts(const char *name)
{
	lock_attempts += strcmp(name, "ftrylockfile") == 0;
}

/* libc has freed the stream, whose memory can be in use by another thread. */
START_TEST(read_uses_no_output_that_was_closed)
{
	struct unix_options options = { .read_timeout = 1 };
	struct unix_ports pair[2];

	succeeds(unix_pair(of_kind(&options), pair));
	watch_calls(count_lock_attempts);
	ck_assert_int_eq(getc(pair[0].in), EOF);
	ck_assert_int_gt(lock_attempts, 0);
	succeeds(unix_close_output(&pair[0]));
	lock_attempts = 0;
	ck_assert_int_eq(getc(pair[0].in), EOF);
	ck_assert_int_eq(lock_attempts, 0);
	watch_calls(NULL);
	succeeds(unix_close_ports(&pair[0]));
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *calls = add_case(suite, "calls");

	tcase_add_test(calls, write_continues_while_bytes_move);
	tcase_add_test(calls, output_is_held_while_files_are_added);
	tcase_add_test(calls, read_uses_no_output_that_was_closed);
}

int
main(void)
{
	return run_guarded("transfer_calls", fill);
}
