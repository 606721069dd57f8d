/* SPDX-License-Identifier: BSD-2-Clause */
/* The resources of a process as Linux reports them, for comparison. */
#include "stress.h"

#include <sys/wait.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdlib.h>
#include <unistd.h>

/* glibc would keep a varying amount of free memory. */
static long
get_resident(void)
{
	FILE *statm = fopen("/proc/self/statm", "re");
	long size, resident = 0;

#ifdef __GLIBC__
	malloc_trim(0);
#endif
	need(statm != NULL);
	need(fscanf(statm, "%ld %ld", &size, &resident) == 2);
	fclose(statm);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

void
take_state(struct state *state)
{
	state->blocks = held_blocks();
	state->mapped = held_bytes();
	/* Without the descriptor by which the directory is read. */
	state->descriptors = count_entries("/proc/self/fd") - 1;
	state->threads = count_threads();
	state->files = count_entries(".");
	state->resident = get_resident();
}

static void
compare(const char *what, long before, long after)
{
	if (before != after)
		give_up("%ld %s after the cycle, %ld before", after, what,
		    before);
}

/* Resident memory varies, and is examined by stress_run.c. */
void
compare_states(const struct state *before, const struct state *after)
{
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		give_up("a child is left");
	compare("descriptors", before->descriptors, after->descriptors);
	compare("files", before->files, after->files);
	if (!await_threads(before->threads))
		give_up("threads are left");
	compare("blocks of memory", before->blocks, after->blocks);
	compare("bytes of mapped memory", before->mapped, after->mapped);
}
