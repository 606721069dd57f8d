/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals of a server.  They are blocked except while it waits.  Otherwise one
 * that arrives just before a wait would not end it, and one that arrives at
 * another moment would leave the socket file.
 */
#include "command.h"

#include <sys/select.h>
#include <signal.h>

static const int numbers[] = { SIGCHLD, SIGHUP, SIGINT, SIGTERM };
static volatile sig_atomic_t caught[COUNT(numbers)];
static sigset_t unblocked;

static void
record_signal(int number)
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
	sigemptyset(&unblocked);
}

void
release_signals(void)
{
	sigprocmask(SIG_SETMASK, &unblocked, NULL);
}

/*
 * SIGHUP stays ignored under nohup(1).  SIGINT, which a shell ignores for a
 * job in the background, does not.
 */
void
handle_signals(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler,
	    .sa_flags = SA_NOCLDSTOP }, before;
	size_t i;

	for (i = 0; i < COUNT(numbers); i++)
		if (numbers[i] != SIGHUP ||
		    sigaction(SIGHUP, NULL, &before) == -1 ||
		    before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

/* From now on they are recorded, for take_signal(). */
void
catch_signals(void)
{
	handle_signals(record_signal);
}

/* Wait for a signal, or for MS milliseconds; -1: without a timeout. */
void
wait_signal(int ms)
{
	struct timespec timeout = { .tv_sec = ms / 1000,
	    .tv_nsec = ms % 1000 * 1000000L };

	/* macOS has no ppoll(2). */
	pselect(0, NULL, NULL, NULL, ms == -1 ? NULL : &timeout,
	    &unblocked);
}

/* Whether it has arrived since the last call. */
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
