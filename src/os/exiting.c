/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of the process by exit(3), in which glibc flushes streams without
 * their locks while other threads use them.
 */
#include "os.h"

#include <pthread.h>

static pthread_t exit_thread;
static _Atomic int has_begun;

/*
 * The last that runs before streams are flushed, so that functions of atexit(3)
 * can still use ports.
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

/* Whether this thread flushes them. */
int
up_is_exit_thread(void)
{
	return pthread_equal(exit_thread, pthread_self());
}
