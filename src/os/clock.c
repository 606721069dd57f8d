/* SPDX-License-Identifier: BSD-2-Clause */
/* Deadlines: nanoseconds on the monotonic clock, and poll(2) until then. */
#include "os.h"

#include <errno.h>
#include <time.h>

#define PER_SECOND	1000000000LL
#define PER_MS		1000000LL

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * PER_SECOND + t.tv_nsec;
}

/* MS from now as poll(2) counts: 0 is at once, negative is never. */
long long
up_deadline(int ms)
{
	return ms < 0 ? UP_NEVER : now() + ms * PER_MS;
}

/* MS from now as the options count: 0 is never, negative is at once. */
long long
up_limit(int ms)
{
	return up_deadline(ms == 0 ? -1 : ms < 0 ? 0 : ms);
}

/*
 * Milliseconds until DEADLINE, at least 0; -1 when it never comes.  Rounded
 * up, so that nobody wakes before it and spins.
 */
int
up_left(long long deadline)
{
	long long left;

	if (deadline == UP_NEVER)
		return -1;
	left = (deadline - now() + PER_MS - 1) / PER_MS;
	return left < 0 ? 0 : (int)left;
}

/* poll(2) until DEADLINE; a signal does not end the wait. */
int
up_poll(struct pollfd *fds, nfds_t count, long long deadline)
{
	int ready;

	do
		ready = poll(fds, count, up_left(deadline));
	while (ready == -1 && errno == EINTR);
	return ready;
}
