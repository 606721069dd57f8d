/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process has, to be compared with what it had; as Linux tells. */
#include "stress.h"

#include <sys/wait.h>
#include <dirent.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define STATE_TIMEOUT_MS	5000	/* milliseconds */

/* Without . and ..; the directory is one descriptor while it is read. */
static long
count_entries(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	long count = 0;

	need(directory != NULL);
	while ((entry = readdir(directory)) != NULL)
		count += strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	closedir(directory);
	return count;
}

/* glibc would keep some of what is free, now more and now less. */
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
	state->mapped = held_maps();
	state->descriptors = count_entries("/proc/self/fd") - 1;
	state->threads = count_entries("/proc/self/task");
	state->files = count_entries(".");
	state->resident = get_resident();
}

/* The kernel forgets a thread a moment after it has been joined. */
static int
same_threads(const struct state *before)
{
	long long end = milliseconds() + STATE_TIMEOUT_MS;

	while (count_entries("/proc/self/task") != before->threads) {
		if (milliseconds() > end)
			return 0;
		poll(NULL, 0, 1);
	}
	return 1;
}

static void
compare(const char *what, long before, long after)
{
	if (before != after)
		give_up("%ld %s after the cycle, %ld before", after, what,
		    before);
}

/* Resident memory is not so exact: stress_run.c sees to it. */
void
compare_states(const struct state *before, const struct state *after)
{
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		give_up("a child is left");
	compare("descriptors", before->descriptors, after->descriptors);
	compare("files", before->files, after->files);
	if (!same_threads(before))
		give_up("threads are left");
	compare("blocks of memory", before->blocks, after->blocks);
	compare("bytes of mapped memory", before->mapped, after->mapped);
}
