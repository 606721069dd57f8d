/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deadlines, in nanoseconds of the monotonic clock; poll(2) until then; pauses
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

/* The deadline for a timeout of poll(2): a negative MS sets no limit. */
long long
up_deadline(int ms)
{
	return ms < 0 ? UP_NEVER : monotonic_ns() + ms * NS_PER_MS;
}

/* The deadline for a timeout of unix_options: 0 sets no limit, -1 is now. */
long long
up_timeout_deadline(int ms)
{
	return up_deadline(ms == 0 ? -1 : ms < 0 ? 0 : ms);
}

/*
 * The milliseconds until DEADLINE, or -1 for UP_NEVER, for poll(2).  The result
 * is rounded up: with 0 for the last fraction of a millisecond, a loop around
 * poll(2) would spin.
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

/* A signal interrupts poll(2) despite SA_RESTART, so the call is repeated. */
int
up_poll(struct pollfd *fds, nfds_t count, long long deadline)
{
	int ready;

	do
		ready = poll(fds, count, up_ms_left(deadline));
	while (ready == -1 && errno == EINTR);
	return ready;
}

/*
 * Fails if poll(2) does, so that the caller ends its loop.  If, for example, a
 * seccomp filter rejects poll(2), a loop that continued would spin.
 */
int
up_pause(int ms)
{
	return poll(NULL, 0, ms) == -1 && errno != EINTR ? -1 : 0;
}

/*
 * Sleeps for MS milliseconds, or until a signal.  Returns 0, or -1 if the
 * caller must end its loop, which would spin.  poll(2) is not used, since a
 * system call filter can deny it.
 */
int
up_sleep(int ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * NS_PER_MS };

	return nanosleep(&time, NULL) == -1 && errno != EINTR ? -1 : 0;
}

/* Returns the earlier of DEADLINE and the time MS milliseconds from now. */
long long
up_sooner(long long deadline, int ms)
{
	long long soon = up_deadline(ms);

	return deadline == UP_NEVER || soon < deadline ? soon : deadline;
}

/* Sleeps until DEADLINE, but at most POLL_RETRY_MS milliseconds. */
int
up_pause_until(long long deadline)
{
	return up_sleep(up_ms_left(up_sooner(deadline, POLL_RETRY_MS)));
}

/*
 * Waits until DEADLINE for one descriptor, as poll(2) does, before the caller
 * repeats its call.  *ROUNDS, which the caller sets to 0, counts successive
 * rounds of the caller's loop without a wait.  poll(2) can report a descriptor
 * as ready although the call would wait: another process takes the bytes, or an
 * error queue is not emptied.  After some rounds the loop therefore pauses, and
 * does not spin.
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

/*
 * A shortage of kernel memory is temporary, so poll(2) is repeated until
 * DEADLINE.
 */
int
up_poll_retrying(struct pollfd *fds, nfds_t count, long long deadline)
{
	int ready;

	while ((ready = up_poll(fds, count, deadline)) == -1) {
		/* macOS reports a shortage of memory as EAGAIN. */
		if ((!up_is_shortage(errno) && !up_would_block(errno)) ||
		    up_pause(UP_SHORTAGE_RETRY_MS) == -1)
			return -1;
		if (up_ms_left(deadline) == 0)
			return 0;
	}
	return ready;
}
