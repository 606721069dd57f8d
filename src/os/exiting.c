/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of the process by exit(3), in which glibc flushes streams without
 * their locks while other threads use them.
 */
#include "os.h"

#include <pthread.h>
#include <stdatomic.h>

static pthread_t exit_thread;
static _Atomic int has_begun;

/*
 * Runs after the functions of atexit(3), which can still use ports, and before
 * exit(3) flushes the streams.
 */
UP_DESTRUCTOR static void
note_exit(void)
{
	exit_thread = pthread_self();
	has_begun = 1;
}

/* Whether streams are flushed without their locks, now or soon. */
int
up_is_exiting(void)
{
	return UP_EXIT_IGNORES_LOCKS && has_begun;
}

/* Whether the calling thread is the one in exit(3). */
int
up_is_exit_thread(void)
{
	return pthread_equal(exit_thread, pthread_self());
}
