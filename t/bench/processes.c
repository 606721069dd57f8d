/* SPDX-License-Identifier: BSD-2-Clause */
/* The other process: a sender, a server.  There is one at a time. */
#include "measure.h"

#include <sys/wait.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIMIT	100		/* seconds for a measurement */

pid_t
start_process(void)
{
	sigset_t before;
	pid_t child;

	/* Who looks at the first lines alone has no use for more. */
	need(fflush(stdout) == 0, "standard output");
	hold_ends(&before);
	child = fork();
	if (child == 0)
		usual_ends();
	else if (child != -1)
		unfinished.child = child;
	release_ends(&before);
	need(child != -1, "fork");
	/* Where one of the two dies, the other might wait for ever. */
	alarm(LIMIT);
	return child;
}

/* It is reaped only when nobody can take its number for a running one. */
void
end_process(pid_t child)
{
	siginfo_t info;
	sigset_t before;

	memset(&info, 0, sizeof(info));
	need(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == 0,
	    "waitid");
	errno = 0;
	need(info.si_code == CLD_EXITED && info.si_status == 0,
	    "the other process failed");
	hold_ends(&before);
	waitpid(child, NULL, 0);
	unfinished.child = 0;
	release_ends(&before);
	alarm(0);
}
