/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The signals of a server, which are blocked except during a wait.  Otherwise,
 * a signal just before the wait would not end the wait, and a signal elsewhere
 * could terminate the process and leave a stale socket file.
 */
#include "command.h"

#include <sys/select.h>
#include <signal.h>

static const int numbers[] = { SIGCHLD, SIGHUP, SIGINT, SIGTERM };
static volatile sig_atomic_t caught[COUNT(numbers)];
static sigset_t unblocked;

/* A handler, which take_signal() reads. */
void
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
 * An ignored signal remains ignored: under nohup(1) a server must survive its
 * terminal, and a job in the background of a script must survive ^C.  main()
 * resets SIGCHLD.
 */
void
handle_signals(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler,
	    .sa_flags = SA_NOCLDSTOP }, before;
	size_t i;

	for (i = 0; i < COUNT(numbers); i++)
		if (sigaction(numbers[i], NULL, &before) == -1 ||
		    before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

void
catch_signals(void)
{
	handle_signals(record_signal);
}

/* If MS is -1, waits without a timeout. */
void
wait_signal(int ms)
{
	struct timespec timeout = { .tv_sec = ms / 1000,
	    .tv_nsec = ms % 1000 * 1000000L };

	/*
	 * Unblocking the signals and waiting must be atomic, which pselect(2)
	 * is on every system.  macOS lacks ppoll(2).
	 */
	pselect(0, NULL, NULL, NULL, ms == -1 ? NULL : &timeout,
	    &unblocked);
}

/* Returns 1 if the signal was caught since the last call. */
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
