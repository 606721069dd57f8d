/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two threads that close both streams of guarded ports at once: the moment
 * between two calls is brought about by interposition.
 */
#include "support.h"

#include <sys/socket.h>
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
 * The other thread closes the last stream, and its number is given to
 * somebody else; unless it waits for us, as it should.
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

START_TEST(end_of_a_direction_never_hits_another_connection)
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
fill(Suite *suite)
{
	tcase_add_test(add_case(suite, "calls"),
	    end_of_a_direction_never_hits_another_connection);
}

int
main(void)
{
	return run_guarded("close_calls", fill);
}
