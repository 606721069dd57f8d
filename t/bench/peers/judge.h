/* SPDX-License-Identifier: BSD-2-Clause */
/* The common part of programs that run peers: they start and end processes. */
#ifndef JUDGE_H
#define JUDGE_H

#include <sys/types.h>

#define ANY	(-1)		/* CPU */

/*
 * Runs ARGV with IN and OUT as standard input and output, which the caller
 * keeps open, on CPU 0 or 1 of the permitted ones, or on any.  Its time is
 * limited.
 */
pid_t start(char *const argv[], int in, int out, int cpu);

void end(pid_t child);		/* it must exit with 0 */
void stop(pid_t child);		/* it must be running */

#endif
