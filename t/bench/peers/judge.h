/* SPDX-License-Identifier: BSD-2-Clause */
/* What the programs that run peers share: they start and end processes. */
#ifndef JUDGE_H
#define JUDGE_H

#include <sys/types.h>

#define ANY	(-1)		/* CPU */

/*
 * Run ARGV with IN and OUT as its standard input and output, which the
 * caller keeps, on one CPU, 0 or 1 of those that we may use, or on any.  It
 * does not outlive a limit.
 */
pid_t start(char *const argv[], int in, int out, int cpu);

void end(pid_t child);		/* it must succeed */
void stop(pid_t child);		/* it must be running */

#endif
