/* SPDX-License-Identifier: BSD-2-Clause */
/* What a check must not leave: descriptors, files and changed signals. */
#include "selftest.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#define DESCRIPTORS	256	/* no check has so many */
#define SIGNALS		32

const char *const leftovers[LEFTOVERS] = {
	"all of this leaves no descriptor open",
	"it leaves no file behind",
	"it changes no signal's handling or blocking"
};

static struct state {
	int descriptors;
	void (*handlers[SIGNALS])(int);
	int blocked[SIGNALS];
} before;

static int
count_descriptors(void)
{
	int fd, count = 0;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

static int
count_files(void)
{
	DIR *directory = opendir(".");
	struct dirent *entry;
	int count = 0;

	if (directory == NULL)
		return 1;
	while ((entry = readdir(directory)) != NULL)
		count += strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	closedir(directory);
	return count;
}

static void
look(struct state *state)
{
	struct sigaction action;
	sigset_t mask;
	int number;

	memset(state, 0, sizeof(*state));
	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (number = 1; number < SIGNALS; number++) {
		if (sigaction(number, NULL, &action) == 0)
			state->handlers[number] = action.sa_handler;
		state->blocked[number] = sigismember(&mask, number);
	}
	state->descriptors = count_descriptors();
}

/* In the check's own directory, which is empty. */
void
note_state(void)
{
	look(&before);
}

void
compare_state(struct verdict *verdict)
{
	int *left = verdict->left;
	struct state after;
	int number;

	look(&after);
	left[0] = after.descriptors - before.descriptors;
	left[1] = count_files();
	for (number = 1; number < SIGNALS; number++)
		left[2] += after.handlers[number] != before.handlers[number] ||
		    after.blocked[number] != before.blocked[number];
	verdict->complete = 1;
}
