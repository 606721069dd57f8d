/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An early end, by an error or by a signal: it leaves no process, no
 * directory and no half of a file, and one line tells why.
 */
#include "measure.h"
#include "command.h"

#include <sys/wait.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int numbers[] = { SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM };
#define NUMBERS	(sizeof(numbers) / sizeof(numbers[0]))

struct unfinished unfinished;

/* Whether the other process has already told what is wrong. */
static int
end_child(void)
{
	int status = 0;

	if (unfinished.child == 0)
		return 0;
	kill(unfinished.child, SIGKILL);
	while (waitpid(unfinished.child, &status, 0) == -1 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) != 0;
}

/* Of what a signal's handler may call. */
static void
remove_files(void)
{
	if (*unfinished.directory != '\0') {
		unlink(unfinished.socket.sun_path);
		rmdir(unfinished.directory);
	}
	if (unfinished.file != NULL)
		unlink(unfinished.file);
}

static void
leave(int number)
{
	static const char late[] = "unixport: it takes too long\n";

	end_child();
	remove_files();
	if (number == SIGALRM && write(STDERR_FILENO, late,
	    sizeof(late) - 1) != -1)
		_exit(1);
	signal(number, SIG_DFL);
	raise(number);
}

/* What was ignored stays so, under nohup(1); the shell's SIGINT does not. */
static void
handle_ends(void (*handler)(int))
{
	struct sigaction action, before;
	size_t i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	sigfillset(&action.sa_mask);
	for (i = 0; i < NUMBERS; i++)
		if (sigaction(numbers[i], NULL, &before) == 0 &&
		    (numbers[i] != SIGHUP || before.sa_handler != SIG_IGN))
			sigaction(numbers[i], &action, NULL);
}

void
leave_nothing(void)
{
	handle_ends(leave);
}

/* What the first process has begun is no business of the other. */
void
usual_ends(void)
{
	memset(&unfinished, 0, sizeof(unfinished));
	handle_ends(SIG_DFL);
}

void
hold_ends(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, before);
}

void
release_ends(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

void
die(const char *what)
{
	int error = errno;
	sigset_t before;
	int told;

	hold_ends(&before);
	fflush(stdout);
	told = end_child();
	remove_files();
	if (!told && error != 0)
		complain(what, error);
	else if (!told)
		fprintf(stderr, "unixport: %s\n", what);
	exit(1);
}

void
need(int condition, const char *what)
{
	if (!condition)
		die(what);
}
