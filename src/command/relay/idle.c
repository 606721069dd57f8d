/* SPDX-License-Identifier: BSD-2-Clause */
/* The idle limit: the time without a byte in either direction. */
#include "command.h"

#include <poll.h>

/*
 * Whether the thread of FLOW could transfer a byte, but has not run.  After
 * SIGCONT, or on a busy machine, the time can be over although bytes are ready.
 * poll(2) of macOS reports POLLNVAL for terminals.
 */
static int
is_ready(const struct flow *flow)
{
	struct pollfd end = { .fd = flow->from, .events = POLLIN };

	if (flow->writing)
		end = (struct pollfd){ .fd = flow->to, .events = POLLOUT };
	return !flow->ended && poll(&end, 1, 0) == 1 &&
	    (end.revents & POLLNVAL) == 0;
}

/* Returns the milliseconds until the limit of LIMIT milliseconds, or 0. */
int
idle_left(struct flow *sending, struct flow *receiving, int limit)
{
	long long now = now_ms(), last = sending->active;

	if (receiving->active > last)
		last = receiving->active;
	if (now - last < limit)
		return (int)(limit - (now - last));
	if (!is_ready(sending) && !is_ready(receiving))
		return 0;
	sending->active = now;
	return limit;
}
