/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts and ends processes.  An alarm ends each process that hangs. */
#include "judge.h"
#include "peer.h"

#include <sys/wait.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#define TIMEOUT_SECONDS	60		/* seconds */

/* If only one CPU is permitted, both processes use it. */
static void
pin(int which)
{
#ifdef CPU_SET
	cpu_set_t allowed, set;
	int cpu;

	need(sched_getaffinity(0, sizeof(allowed), &allowed) == 0,
	    "sched_getaffinity");
	if (CPU_COUNT(&allowed) <= which)
		which = 0;
	for (cpu = 0; !CPU_ISSET(cpu, &allowed) || which-- > 0; cpu++)
		;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	need(sched_setaffinity(0, sizeof(set), &set) == 0,
	    "sched_setaffinity");
#else
	(void)which;
#endif
}

pid_t
start(char *const argv[], int in, int out, int cpu)
{
	pid_t child;

	/* Limits this process and the child; execve(2) preserves an alarm. */
	alarm(TIMEOUT_SECONDS);
	child = fork();
	need(child != -1, "fork");
	if (child != 0)
		return child;
	alarm(TIMEOUT_SECONDS);
	if (cpu != ANY)
		pin(cpu);
	need(dup2(in, STDIN_FILENO) != -1 && dup2(out, STDOUT_FILENO) != -1,
	    "dup2");
	execvp(argv[0], argv);
	die(argv[0]);
}

void
end(pid_t child)
{
	int status;

	need(waitpid(child, &status, 0) == child, "waitpid");
	errno = 0;
	need(status == 0, "a peer has failed");
}

void
stop(pid_t child)
{
	int status;

	need(kill(child, SIGKILL) == 0, "kill");
	need(waitpid(child, &status, 0) == child, "waitpid");
	errno = 0;
	need(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	    "a peer has failed");
}
