/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a server's programs: by themselves, or because they are told. */
#include "command.h"

#include <signal.h>
#include <time.h>

#define PAUSE	100		/* milliseconds between two looks */
#define PATIENCE 5		/* seconds for those that are told to end */

static long
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec;
}

/* Tell them to end, and see to it. */
static void
hurry(void)
{
	long latest = seconds() + PATIENCE;

	signal_children(SIGTERM);
	while (count_children() > 0) {
		wait_signal(PAUSE);
		reap_children();
		if (seconds() > latest)
			signal_children(SIGKILL);
	}
}

/* Wait for all; a second signal is from somebody who cannot wait. */
void
end_children(int at_once)
{
	reap_children();
	while (count_children() > 0 && !at_once) {
		wait_signal(-1);
		reap_children();
		at_once = take_signal(SIGHUP) || take_signal(SIGTERM) ||
		    take_signal(SIGINT);
	}
	hurry();
}
