/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deadlines: nanoseconds on the monotonic clock, poll(2) until then, and pauses
 * of loops that would spin.
 */
#include "os.h"

#include <errno.h>
#include <time.h>

#define NS_PER_SECOND	1000000000LL
#define NS_PER_MS		1000000LL
#define POLL_RETRY_MS	10
#define FREE_ROUNDS		2

static long long
monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

/* MS from now as poll(2) counts: 0 is now, negative is never. */
long long
up_deadline(int ms)
{
	return ms < 0 ? UP_NEVER : monotonic_ns() + ms * NS_PER_MS;
}

/* MS from now as the options count: 0 is never, negative is now. */
long long
up_timeout_deadline(int ms)
{
	return up_deadline(ms == 0 ? -1 : ms < 0 ? 0 : ms);
}

/*
 * Milliseconds until DEADLINE, at least 0; -1 if it is UP_NEVER.  Rounded up:
 * otherwise a loop would wake before the deadline, and spin.
 */
int
up_ms_left(long long deadline)
{
	long long left;

	if (deadline == UP_NEVER)
		return -1;
	left = (deadline - monotonic_ns() + NS_PER_MS - 1) / NS_PER_MS;
	return left < 0 ? 0 : (int)left;
}

/* poll(2) until DEADLINE; a signal does not end the wait. */
int
up_poll(struct pollfd *fds, nfds_t count, long long deadline)
{
	int ready;

	do
		ready = poll(fds, count, up_ms_left(deadline));
	while (ready == -1 && errno == EINTR);
	return ready;
}

/* -1 if poll(2) fails, by a seccomp filter for example: a loop would spin. */
int
up_pause(int ms)
{
	return poll(NULL, 0, ms) == -1 && errno != EINTR ? -1 : 0;
}

/*
 * Sleep for MS milliseconds, less if a signal comes: 0, or -1, after which a
 * loop would spin.  Not by poll(2), which a system call filter may deny.
 */
int
up_sleep(int ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * NS_PER_MS };

	return nanosleep(&time, NULL) == -1 && errno != EINTR ? -1 : 0;
}

/* DEADLINE, or MS milliseconds from now if that is sooner. */
long long
up_sooner(long long deadline, int ms)
{
	long long soon = up_deadline(ms);

	return deadline == UP_NEVER || soon < deadline ? soon : deadline;
}

/* Sleep until DEADLINE, but only for a moment. */
int
up_pause_until(long long deadline)
{
	return up_sleep(up_ms_left(up_sooner(deadline, POLL_RETRY_MS)));
}

/*
 * Wait until DEADLINE for one descriptor, before the caller tries its call
 * again, as poll(2).  *ROUNDS, at first 0, counts the rounds of that loop that
 * follow each other without a wait.  poll(2) can report a descriptor as ready
 * although the call would wait: another process takes the bytes, or an error
 * queue is not emptied.  Without a pause such a loop would spin.
 */
int
up_poll_again(struct pollfd *fd, long long deadline, unsigned *rounds)
{
	int ready;

	if (*rounds >= FREE_ROUNDS && up_pause_until(deadline) == -1)
		return -1;
	ready = up_poll(fd, 1, deadline);
	*rounds = ready == 1 ? *rounds + 1 : 0;
	return ready;
}

/* up_poll(), tried again after a pause during a shortage of memory. */
int
up_poll_retrying(struct pollfd *fds, nfds_t count, long long deadline)
{
	int ready;

	while ((ready = up_poll(fds, count, deadline)) == -1) {
		/* EAGAIN: macOS has no memory for it. */
		if ((!up_is_shortage(errno) && !up_would_block(errno)) ||
		    up_pause(UP_SHORTAGE_RETRY_MS) == -1)
			return -1;
		if (up_ms_left(deadline) == 0)
			return 0;
	}
	return ready;
}
