/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a process runs.  The kernel at times puts two that talk on one CPU,
 * at times not: figures would mean little.
 */
#include "measure.h"

#include <unistd.h>

#ifdef HAVE_SCHED_SETAFFINITY
#include <sched.h>

/* The CPUs that the program began with. */
static const cpu_set_t *
allowed(void)
{
	static cpu_set_t set;
	static int known;

	if (!known)
		need(sched_getaffinity(0, sizeof(set), &set) == 0,
		    "sched_getaffinity");
	known = 1;
	return &set;
}

int
cpus(void)
{
	return CPU_COUNT(allowed());
}

void
pin(int which)
{
	cpu_set_t set;
	int cpu;

	which = cpus() < 2 ? 0 : which;
	for (cpu = 0; !CPU_ISSET(cpu, allowed()) || which-- > 0; cpu++)
		;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	need(sched_setaffinity(0, sizeof(set), &set) == 0, "sched_setaffinity");
}
#else
int
cpus(void)
{
	return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

void
pin(int which)
{
	(void)which;
}
#endif
