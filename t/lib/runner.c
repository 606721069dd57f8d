/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs chosen scenarios one after the other, and counts failures. */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runner.h"

#define MAX_CHOSEN	200
#define ROOM		"here"	/* the directory of a scenario */

/* The current scenario, and its first failure, which can cause others. */
static struct outcome {
	_Atomic int failed;
	char message[500];
} *outcome;

static const char *name, *pattern;
static char directory[60];
static struct chosen table[MAX_CHOSEN];
static int chosen_count, failures;
static volatile sig_atomic_t ended_by;	/* a signal */
static volatile pid_t group;		/* of the current scenario, or 0 */

#ifdef __GNUC__
__attribute__((format(printf, 1, 0)))
#endif
static void
record(const char *format, va_list arguments)
{
	if (atomic_exchange(&outcome->failed, 1) == 0)
		vsnprintf(outcome->message, sizeof(outcome->message), format,
		    arguments);
}

#ifdef __GNUC__
__attribute__((format(printf, 1, 2)))
#endif
static void
fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	record(format, arguments);
	va_end(arguments);
}

void
give_up(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	record(format, arguments);
	va_end(arguments);
	_exit(1);
}

int
has_given_up(void)
{
	return outcome->failed;
}

static void
end_program(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", name, what, strerror(errno));
	exit(1);
}

void *
share_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		end_program("shared memory");
	return memory;
}

/* The handler kills: a signal just before waitpid(2) would be missed. */
static void
end_group(int number)
{
	ended_by = number;
	if (group != 0)
		kill(-group, SIGKILL);
}

static void
handle_ends(void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler };

	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

void
open_runner(const char *program, const char *titles)
{
	name = program;
	pattern = titles;
	outcome = share_memory(sizeof(*outcome));
	snprintf(directory, sizeof(directory), "/tmp/%s.XXXXXX", program);
	if (mkdtemp(directory) == NULL || chdir(directory) == -1)
		end_program(directory);
	handle_ends(end_group);
}

int
close_runner(void)
{
	if (chdir("/") == -1 || rmdir(directory) == -1)
		perror(directory);
	return failures == 0 && ended_by == 0 ? 0 : 1;
}

void
choose(const char *title, const void *scenario, int kind)
{
	struct chosen *next = &table[chosen_count];

	if (fnmatch(pattern, title, 0) != 0)
		return;
	if (chosen_count++ == MAX_CHOSEN)
		abort();
	snprintf(next->title, sizeof(next->title), "%s", title);
	next->scenario = scenario;
	next->kind = kind;
}

int
count_chosen(void)
{
	return chosen_count;
}

void
run_chosen(void (*run)(const struct chosen *))
{
	int i;

	for (i = 0; i < chosen_count && ended_by == 0; i++)
		run(&table[i]);
}

static void
be_scenario(void (*body)(const void *), const void *argument)
{
	setpgid(0, 0);
	handle_ends(SIG_DFL);
	need(chdir(ROOM) == 0);
	body(argument);
	exit(0);	/* where ASan looks for leaks */
}

/*
 * Waits until no process of the group is left.  A timeout ends only this
 * scenario.
 */
static void
await_group(pid_t child, unsigned seconds)
{
	int status;

	setpgid(child, child);
	group = child;
	if (ended_by != 0)
		kill(-child, SIGKILL);
	alarm(seconds);
	while (waitpid(child, &status, 0) == -1)
		;
	alarm(0);
	group = 0;
	kill(-child, SIGKILL);
	if (ended_by == SIGALRM)
		fail("it hangs");
	else if (WIFSIGNALED(status))
		fail("%s", strsignal(WTERMSIG(status)));
	else if (status != 0)
		fail("status %d", WEXITSTATUS(status));
	if (ended_by == SIGALRM)
		ended_by = 0;
}

const char *
run_alone(void (*body)(const void *), const void *argument, unsigned seconds)
{
	pid_t child;

	memset(outcome, 0, sizeof(*outcome));
	fflush(stdout);
	child = mkdir(ROOM, 0700) == -1 ? -1 : fork();
	if (child == -1)
		end_program(ROOM);
	if (child == 0)
		be_scenario(body, argument);
	await_group(child, seconds);
	if (rmdir(ROOM) == -1) {
		fail("files are left");
		if (system("rm -rf " ROOM) != 0)
			perror(ROOM);
	}
	return outcome->failed ? outcome->message : NULL;
}

void
report_failure(const char *what, const char *failure)
{
	failures++;
	printf("FAIL %s: %s\n", what, failure);
	fflush(stdout);
}

int
count_failures(void)
{
	return failures;
}
