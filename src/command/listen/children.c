/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The running programs of a server, and whose clients they serve: a table
 * of places, of which one is taken before a client is accepted.
 */
#include "command.h"

#include <sys/wait.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct child {
	int taken;
	int named;		/* whether there is a client */
	uid_t uid;		/* his user */
	pid_t pid;		/* 0: not started yet */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t room = PTHREAD_COND_INITIALIZER;
static struct child *children;
static unsigned limit, taken;
static unsigned end;		/* no place from here on is taken */
static int stopping;

/* Places for COUNT of them: 0, or -1. */
int
make_children(unsigned count)
{
	limit = count;
	children = calloc(count, sizeof(*children));
	return children == NULL ? -1 : 0;
}

/* Wait for a place; NULL when no more are given. */
struct child *
take_child(void)
{
	struct child *child = NULL;

	pthread_mutex_lock(&lock);
	while (taken == limit && !stopping)
		pthread_cond_wait(&room, &lock);
	if (!stopping) {
		for (child = children; child->taken; child++)
			;
		*child = (struct child){ .taken = 1 };
		taken++;
		if (child == children + end)
			end++;
	}
	pthread_mutex_unlock(&lock);
	return child;
}

static void
release(struct child *child)
{
	child->taken = 0;
	taken--;
	while (end > 0 && !children[end - 1].taken)
		end--;
	pthread_cond_signal(&room);
}

void
release_child(struct child *child)
{
	pthread_mutex_lock(&lock);
	release(child);
	pthread_mutex_unlock(&lock);
}

/* It is for a client of UID, who may have MOST; whether it is his. */
int
name_child(struct child *child, uid_t uid, unsigned most)
{
	unsigned i, count = 0;

	pthread_mutex_lock(&lock);
	child->named = 1;
	child->uid = uid;
	for (i = 0; i < end; i++)
		count += children[i].taken && children[i].named &&
		    children[i].uid == uid;
	pthread_mutex_unlock(&lock);
	return most == 0 || count <= most;
}

/* It may have ended, and been reaped, before its number was known here. */
void
start_child(struct child *child, pid_t pid)
{
	pthread_mutex_lock(&lock);
	child->pid = pid;
	if (waitpid(pid, NULL, WNOHANG) != 0)
		release(child);
	pthread_mutex_unlock(&lock);
}

/* Others may be ours since before exec, which nobody counts. */
void
reap_children(void)
{
	unsigned i;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		pthread_mutex_lock(&lock);
		for (i = 0; i < end; i++)
			if (children[i].taken && children[i].pid == pid) {
				release(&children[i]);
				break;
			}
		pthread_mutex_unlock(&lock);
	}
}

/* Who waits for a place gets none any more. */
void
stop_children(void)
{
	pthread_mutex_lock(&lock);
	stopping = 1;
	pthread_cond_broadcast(&room);
	pthread_mutex_unlock(&lock);
}

int
children_stopped(void)
{
	int stopped;

	pthread_mutex_lock(&lock);
	stopped = stopping;
	pthread_mutex_unlock(&lock);
	return stopped;
}

/* Only when nobody starts them any more. */
unsigned
count_children(void)
{
	return taken;
}

void
signal_children(int number)
{
	unsigned i;

	for (i = 0; i < end; i++)
		if (children[i].taken)
			kill(children[i].pid, number);
}
