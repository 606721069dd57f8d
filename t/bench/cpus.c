/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a process runs.  The kernel at times puts two that talk on one CPU,
 * at times not: figures mean less where it does not let us choose.
 */
#include "measure.h"

#include <unistd.h>

#ifdef HAVE_SCHED_SETAFFINITY
#include <sched.h>

/* The CPUs that the program began with; none where the set cannot hold them. */
static const cpu_set_t *
allowed(void)
{
	static cpu_set_t set;
	static int known;

	if (!known && sched_getaffinity(0, sizeof(set), &set) == -1)
		CPU_ZERO(&set);
	known = 1;
	return &set;
}

int
cpus(void)
{
	int count = CPU_COUNT(allowed());

	return count > 0 ? count : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

void
pin(int which)
{
	cpu_set_t set;
	int cpu;

	if (CPU_COUNT(allowed()) < 2)
		return;
	for (cpu = 0; !CPU_ISSET(cpu, allowed()) || which-- > 0; cpu++)
		;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	/* A sandbox may forbid it. */
	(void)sched_setaffinity(0, sizeof(set), &set);
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
