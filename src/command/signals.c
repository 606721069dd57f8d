/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals of a server.  They are blocked but for the time in which it waits:
 * so none is slept over, and none leaves a socket file behind.
 */
#include "command.h"

#include <sys/select.h>
#include <signal.h>

static const int numbers[] = { SIGCHLD, SIGHUP, SIGINT, SIGTERM };
static volatile sig_atomic_t caught[COUNT(numbers)];
static sigset_t usual;

static void
note(int number)
{
	size_t i;

	for (i = 0; i < COUNT(numbers); i++)
		if (numbers[i] == number)
			caught[i] = 1;
}

void
hold_signals(void)
{
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < COUNT(numbers); i++)
		sigaddset(&blocked, numbers[i]);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	sigemptyset(&usual);
}

void
release_signals(void)
{
	sigprocmask(SIG_SETMASK, &usual, NULL);
}

static int
is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 &&
	    action.sa_handler == SIG_IGN;
}

/* nohup(1) means us; the shell's SIG_IGN for a job in the background not. */
void
handle_signals(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler,
	    .sa_flags = SA_NOCLDSTOP };
	size_t i;

	for (i = 0; i < COUNT(numbers); i++)
		if (numbers[i] != SIGHUP || !is_ignored(SIGHUP))
			sigaction(numbers[i], &action, NULL);
}

/* They are noted from now on, for take_signal(). */
void
catch_signals(void)
{
	handle_signals(note);
}

/* Wait for a signal, or for MS milliseconds; -1: no limit. */
void
wait_signal(int ms)
{
	struct timespec limit = { .tv_sec = ms / 1000,
	    .tv_nsec = ms % 1000 * 1000000L };

	/* macOS has no ppoll(2). */
	pselect(0, NULL, NULL, NULL, ms == -1 ? NULL : &limit, &usual);
}

/* Whether it has come since the last time. */
int
take_signal(int number)
{
	size_t i;

	for (i = 0; i < COUNT(numbers); i++)
		if (numbers[i] == number && caught[i]) {
			caught[i] = 0;
			return 1;
		}
	return 0;
}
