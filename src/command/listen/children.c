/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of running programs of a server.  A slot is reserved before a
 * client is accepted: an accepted client without a slot would wait outside the
 * backlog and hold a descriptor.
 */
#include "command.h"

#include <sys/wait.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#define REAP_MS			100	/* interval of waitpid(2) */
#define TERMINATION_MS		5000	/* from SIGTERM to SIGKILL */

struct child {
	int is_reserved;
	int is_assigned;	/* peer is valid */
	struct unix_peer peer;
	pid_t pid;		/* 0 until the program is started */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t slot_released = PTHREAD_COND_INITIALIZER;
static struct child *children;
static unsigned slots, reserved;
static unsigned end;		/* 1 + the highest reserved index */
static long long last_end;	/* of a program, or the start; ms */
static int last_status;		/* of waitpid(2), or -1 */
static int is_stopping;

int
allocate_children(unsigned count)
{
	slots = count;
	children = calloc(count, sizeof(*children));
	last_end = now_ms();
	return children == NULL ? -1 : 0;
}

/* A slot must be free. */
static struct child *
reserve_locked(void)
{
	struct child *child = children;

	while (child->is_reserved)
		child++;
	*child = (struct child){ .is_reserved = 1 };
	reserved++;
	if (child == children + end)
		end++;
	return child;
}

/* Blocks until a slot is free; returns NULL after stop_children(). */
struct child *
reserve_child(void)
{
	struct child *child = NULL;

	pthread_mutex_lock(&lock);
	while (reserved == slots && !is_stopping)
		pthread_cond_wait(&slot_released, &lock);
	if (!is_stopping)
		child = reserve_locked();
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
	pthread_cond_signal(&slot_released);
}

void
release_child(struct child *child)
{
	pthread_mutex_lock(&lock);
	release_locked(child);
	pthread_mutex_unlock(&lock);
}

static void
end_program(struct child *child, int status)
{
	log_end(&child->peer, child->pid, status);
	last_end = now_ms();
	last_status = status;
	release_locked(child);
}

/* Returns the status of the program that has ended last. */
int
last_program_status(void)
{
	return last_status;
}

/*
 * Returns the time at which the last program ended, or -1 if any runs.  The
 * caller has a slot of its own.
 */
long long
programs_ended(void)
{
	long long time;

	pthread_mutex_lock(&lock);
	time = reserved > 1 ? -1 : last_end;
	pthread_mutex_unlock(&lock);
	return time;
}

int
has_children(void)
{
	int result;

	pthread_mutex_lock(&lock);
	result = reserved > 0;
	pthread_mutex_unlock(&lock);
	return result;
}

static int
is_below_limit(uid_t uid, unsigned limit)
{
	unsigned i, count = 0;

	for (i = 0; i < end; i++)
		count += children[i].is_reserved && children[i].is_assigned &&
		    children[i].peer.uid == uid;
	return limit == 0 || count < limit;
}

static void
assign_locked(struct child *child, const struct unix_peer *peer)
{
	child->is_assigned = 1;
	child->peer = *peer;
}

/* Returns 0 if the user of PEER has LIMIT programs; 0 sets no limit. */
int
assign_child(struct child *child, const struct unix_peer *peer, unsigned limit)
{
	int is_assigned;

	pthread_mutex_lock(&lock);
	is_assigned = is_below_limit(peer->uid, limit);
	if (is_assigned)
		assign_locked(child, peer);
	pthread_mutex_unlock(&lock);
	return is_assigned;
}

/* Never blocks.  Returns an assigned slot, or NULL if PEER gets none now. */
struct child *
find_slot(const struct unix_peer *peer, unsigned limit)
{
	struct child *child = NULL;

	pthread_mutex_lock(&lock);
	if (reserved < slots && !is_stopping &&
	    is_below_limit(peer->uid, limit)) {
		child = reserve_locked();
		assign_locked(child, peer);
	}
	pthread_mutex_unlock(&lock);
	return child;
}

/*
 * If reap_children() has reaped the program before its process ID is stored,
 * waitpid(2) fails with ECHILD and the slot must be released here.
 */
void
set_child_pid(struct child *child, pid_t pid)
{
	pid_t ended;
	int status;

	pthread_mutex_lock(&lock);
	child->pid = pid;
	ended = waitpid(pid, &status, WNOHANG);
	if (ended != 0)
		end_program(child, ended == pid ? status : early_status(pid));
	pthread_mutex_unlock(&lock);
}

static struct child *
find_child(pid_t pid)
{
	unsigned i;

	for (i = 0; i < end; i++)
		if (children[i].is_reserved && children[i].pid == pid)
			return &children[i];
	return NULL;
}

/*
 * Also reaps children that the process had before its execve(2): they would
 * remain zombies.
 */
void
reap_children(void)
{
	struct child *child;
	int status;
	pid_t pid;

	pthread_mutex_lock(&lock);
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if ((child = find_child(pid)) != NULL)
			end_program(child, status);
		else
			note_early_end(pid, status);
	pthread_mutex_unlock(&lock);
}

/* Wakes the threads in reserve_child(), which would wait for ever. */
void
stop_children(void)
{
	pthread_mutex_lock(&lock);
	is_stopping = 1;
	pthread_cond_broadcast(&slot_released);
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

/*
 * Must be called after the threads have ended, since they start programs.
 * Blocks until all programs have ended; another signal, or IMMEDIATELY,
 * terminates them.
 */
void
end_children(int immediately)
{
	long long deadline;

	reap_children();
	while (reserved > 0 && !immediately) {
		wait_signal(-1);
		reap_children();
		immediately = take_signal(SIGHUP) || take_signal(SIGTERM) ||
		    take_signal(SIGINT);
	}
	deadline = now_ms() + TERMINATION_MS;
	signal_children(SIGTERM);
	while (reserved > 0) {
		wait_signal(REAP_MS);
		reap_children();
		if (now_ms() > deadline)
			signal_children(SIGKILL);
	}
}
