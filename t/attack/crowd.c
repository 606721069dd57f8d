/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All rows, many at the same time, since they mostly wait.  Each is a process
 * group in a directory of its own, of which nothing is left afterwards.
 */
#include "attack.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CROWD	48		/* rows at the same time */

struct place {
	const struct row *row;	/* NULL: none is here */
	pid_t process;
	long long deadline;
	char directory[20];
};

static struct place places[CROWD];
static volatile sig_atomic_t is_stopped;

static void
stop_all(int number)
{
	(void)number;
	is_stopped = 1;
}

static void
start(struct place *place, const struct row *row)
{
	place->row = row;
	place->deadline = milliseconds() + DEADLINE_MS;
	place->process = -1;
	if (mkdir(place->directory, 0711) == 0)
		place->process = fork();
	if (place->process == -1) {
		perror("attack");
		exit(2);
	}
	if (place->process != 0) {
		setpgid(place->process, place->process);
		return;
	}
	setpgid(0, 0);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (chdir(place->directory) == -1)
		_exit(1);
	play(row);
	_exit(0);
}

static void
note(struct result *result, const char *problem)
{
	if (result->problem[0] == '\0')
		snprintf(result->problem, sizeof(result->problem), "%s",
		    problem);
}

/* Its attackers may be left, and a socket file of the killed. */
static void
end(struct place *place, int status)
{
	struct result *result = place->row->result;
	char command[50];

	kill(-place->process, SIGKILL);
	if (!result->is_done && WIFSIGNALED(status))
		result->elapsed = DEADLINE_MS;
	if (status != 0)
		note(result, result->is_done ? "the process does not end" :
		    WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL ?
		    strsignal(WTERMSIG(status)) : "the call does not end");
	if (rmdir(place->directory) == -1) {
		note(result, "files are left");
		snprintf(command, sizeof(command), "rm -rf %s",
		    place->directory);
		if (system(command) != 0)
			perror(place->directory);
	}
	place->row = NULL;
}

/* Rows that have ended, or must; how many are still here. */
static int
visit(void)
{
	struct place *place;
	int status, busy = 0;

	for (place = places; place < places + CROWD; place++) {
		if (place->row == NULL)
			continue;
		if (is_stopped || milliseconds() > place->deadline)
			kill(-place->process, SIGKILL);
		if (waitpid(place->process, &status, WNOHANG) ==
		    place->process)
			end(place, status);
		else
			busy++;
	}
	return busy;
}

static struct place *
find_place(void)
{
	int i;

	for (i = 0; i < CROWD; i++)
		if (places[i].row == NULL) {
			snprintf(places[i].directory,
			    sizeof(places[i].directory), "%d", i);
			return &places[i];
		}
	return NULL;
}

int
run_rows(struct row *rows, size_t count)
{
	struct place *place;
	size_t i = 0;

	signal(SIGINT, stop_all);
	signal(SIGTERM, stop_all);
	fflush(NULL);
	do {
		if (is_stopped)
			count = i;
		for (; i < count && (place = find_place()) != NULL; i++)
			if (rows[i].promise.empty == NULL)
				start(place, &rows[i]);
		poll(NULL, 0, 2);
	} while (visit() > 0 || i < count);
	return is_stopped ? -1 : 0;
}
