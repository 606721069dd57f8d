/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deadlines, in nanoseconds of the monotonic clock; poll(2) until then; pauses of
 * loops that would spin.
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
 * The milliseconds until DEADLINE, or -1 for UP_NEVER, for poll(2).  They are
 * rounded up: in the last fraction of a millisecond, a timeout of 0 would make
 * a loop around poll(2) spin.
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

/* A signal handler interrupts poll(2) even if it has SA_RESTART. */
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
 * Fails if poll(2) does: the loop around the pause would spin if, for example,
 * a seccomp filter rejects the system call.
 */
int
up_pause(int ms)
{
	return poll(NULL, 0, ms) == -1 && errno != EINTR ? -1 : 0;
}

/*
 * Sleep for MS milliseconds, or until a signal.  Returns 0, or -1 after which a
 * loop would spin.  A system call filter can deny poll(2), so it is not used.
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

/* A shortage of kernel memory passes, so poll(2) is repeated until DEADLINE. */
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
