/* SPDX-License-Identifier: BSD-2-Clause */
/* Who else takes part in a check, and what happens meanwhile. */
#include "selftest.h"

#include <sys/wait.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

pid_t
begin_process(void (*run)(void *), void *what)
{
	pid_t process = fork();

	succeeds(process, "fork");
	if (process == 0) {
		run(what);
		_exit(0);
	}
	return process;
}

int
end_of(pid_t process)
{
	int status;

	while (waitpid(process, &status, 0) == -1)
		holds(errno == EINTR, "the process is lost");
	return status;
}

void
end_well(pid_t process)
{
	int status = end_of(process);

	if (WIFSIGNALED(status))
		fail("killed by signal %d (%s)", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	if (status != 0)
		fail("a process ended with status %d", WEXITSTATUS(status));
}

pthread_t
begin_thread(void *(*run)(void *), void *what)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, run, what);
	succeeds(errno == 0 ? 0 : -1, "pthread_create");
	return thread;
}

void
end_thread(pthread_t thread)
{
	pthread_join(thread, NULL);
}

/* Without SA_RESTART. */
void
handle(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	succeeds(sigaction(number, &action, NULL), "sigaction");
}

void
do_nothing(int number)
{
	(void)number;
}

static volatile sig_atomic_t is_over;

static void
end_rage(int number)
{
	(void)number;
	is_over = 1;
}

/* SIGUSR1 to the process WHAT points to, again and again. */
static void
rage(void *what)
{
	const pid_t *target = what;

	while (!is_over && kill(*target, SIGUSR1) == 0)
		pause_for(1);
}

/* A signal a millisecond, at us. */
pid_t
begin_storm(void (*handler)(int))
{
	pid_t target = getpid(), storm;

	handle(SIGUSR1, handler);
	handle(SIGTERM, end_rage);
	storm = begin_process(rage, &target);
	handle(SIGTERM, SIG_DFL);
	return storm;
}

void
end_storm(pid_t storm)
{
	kill(storm, SIGTERM);
	end_well(storm);
	handle(SIGUSR1, SIG_DFL);
}

void
pause_for(int ms)
{
	struct timespec rest = { .tv_sec = ms / 1000,
	    .tv_nsec = ms % 1000 * 1000000L };

	while (nanosleep(&rest, &rest) == -1 && errno == EINTR)
		;
}

long long
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}
