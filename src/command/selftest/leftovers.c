/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts remnants of a check: descriptors, files and changed signals. */
#include "selftest.h"

#include <dirent.h>

#define SIGNAL_NUMBERS	32

static struct state {
	int descriptors;
	void (*handlers[SIGNAL_NUMBERS])(int);
	int blocked[SIGNAL_NUMBERS];
} before, after;

/* Returns 1 if the current directory cannot be read: that is a failure. */
static int
count_files(void)
{
	DIR *directory = opendir(".");
	int count = -2;			/* "." and ".." */

	if (directory == NULL)
		return 1;
	while (readdir(directory) != NULL)
		count++;
	closedir(directory);
	return count;
}

static void
read_state(struct state *state)
{
	struct sigaction action;
	sigset_t mask;
	int i;

	state->descriptors = count_descriptors(0);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (i = 1; i < SIGNAL_NUMBERS; i++) {
		if (sigaction(i, NULL, &action) == 0)
			state->handlers[i] = action.sa_handler;
		state->blocked[i] = sigismember(&mask, i);
	}
}

void
note_state(void)
{
	read_state(&before);
}

void
compare_state(void)
{
	int *left = verdict->left, i;

	read_state(&after);
	left[OPEN_DESCRIPTORS] = after.descriptors - before.descriptors;
	left[FILES] = count_files();
	for (i = 1; i < SIGNAL_NUMBERS; i++)
		left[SIGNALS] += after.handlers[i] != before.handlers[i] ||
		    after.blocked[i] != before.blocked[i];
	verdict->complete = 1;
}
