/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The running programs of a server, the users of their clients, and the end of
 * these programs: a table of places, of which one is reserved before a client
 * is accepted.
 */
#include "command.h"

#include <sys/wait.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define REAP_MS			100	/* between two looks for the end */
#define TERMINATION_SECONDS	5	/* from SIGTERM to SIGKILL */

struct child {
	int is_reserved;
	int is_assigned;	/* to a client */
	uid_t uid;		/* of the client */
	pid_t pid;		/* 0: not started yet */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t place_released = PTHREAD_COND_INITIALIZER;
static struct child *children;
static unsigned places, reserved;
static unsigned end;		/* no place from here on is reserved */
static int is_stopping;

/* Places for COUNT of them: 0, or -1. */
int
allocate_children(unsigned count)
{
	places = count;
	children = calloc(count, sizeof(*children));
	return children == NULL ? -1 : 0;
}

/* Wait for a place; NULL after stop_children(). */
struct child *
reserve_child(void)
{
	struct child *child = NULL;

	pthread_mutex_lock(&lock);
	while (reserved == places && !is_stopping)
		pthread_cond_wait(&place_released, &lock);
	if (!is_stopping) {
		for (child = children; child->is_reserved; child++)
			;
		*child = (struct child){ .is_reserved = 1 };
		reserved++;
		if (child == children + end)
			end++;
	}
	pthread_mutex_unlock(&lock);
	return child;
}

static void
release_locked(struct child *child)
{
	child->is_reserved = 0;
	reserved--;
	while (end > 0 && !children[end - 1].is_reserved)
		end--;
	pthread_cond_signal(&place_released);
}

void
release_child(struct child *child)
{
	pthread_mutex_lock(&lock);
	release_locked(child);
	pthread_mutex_unlock(&lock);
}

/* To a client of UID; 0 if this user has more than LIMIT, unless that is 0. */
int
assign_child(struct child *child, uid_t uid, unsigned limit)
{
	unsigned i, count = 0;

	pthread_mutex_lock(&lock);
	child->is_assigned = 1;
	child->uid = uid;
	for (i = 0; i < end; i++)
		count += children[i].is_reserved && children[i].is_assigned &&
		    children[i].uid == uid;
	pthread_mutex_unlock(&lock);
	return limit == 0 || count <= limit;
}

/* The program may have ended, and been reaped, before its PID is known here. */
void
set_child_pid(struct child *child, pid_t pid)
{
	pthread_mutex_lock(&lock);
	child->pid = pid;
	if (waitpid(pid, NULL, WNOHANG) != 0)
		release_locked(child);
	pthread_mutex_unlock(&lock);
}

/* Children that the process had before exec(2) are reaped and not counted. */
void
reap_children(void)
{
	unsigned i;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		pthread_mutex_lock(&lock);
		for (i = 0; i < end; i++)
			if (children[i].is_reserved &&
			    children[i].pid == pid) {
				release_locked(&children[i]);
				break;
			}
		pthread_mutex_unlock(&lock);
	}
}

/* Ends all waits for a place. */
void
stop_children(void)
{
	pthread_mutex_lock(&lock);
	is_stopping = 1;
	pthread_cond_broadcast(&place_released);
	pthread_mutex_unlock(&lock);
}

int
are_children_stopped(void)
{
	int stopped;

	pthread_mutex_lock(&lock);
	stopped = is_stopping;
	pthread_mutex_unlock(&lock);
	return stopped;
}

static void
signal_children(int number)
{
	unsigned i;

	for (i = 0; i < end; i++)
		if (children[i].is_reserved)
			kill(children[i].pid, number);
}

static long
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec;
}

/*
 * Wait for all, after the threads that start them.  Another signal, or
 * IMMEDIATELY, terminates them.
 */
void
end_children(int immediately)
{
	long deadline;

	reap_children();
	while (reserved > 0 && !immediately) {
		wait_signal(-1);
		reap_children();
		immediately = take_signal(SIGHUP) || take_signal(SIGTERM) ||
		    take_signal(SIGINT);
	}
	deadline = seconds() + TERMINATION_SECONDS;
	signal_children(SIGTERM);
	while (reserved > 0) {
		wait_signal(REAP_MS);
		reap_children();
		if (seconds() > deadline)
			signal_children(SIGKILL);
	}
}
