/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What no other thread may come into: a lock that is held for moments and
 * that fork(2) cannot leave behind, and cancellation put off.
 */
#include "internal.h"

#include <pthread.h>
#include <sched.h>
#ifdef HAVE_SYS_SINGLE_THREADED_H
#include <sys/single_threaded.h>
#endif
#include <unistd.h>

/*
 * Our process's number, without a system call for every lock: fork(2) makes
 * us ask again, once it has been told to.  The forks are counted in it, for
 * in a new namespace the child may have its parent's pid.  No
 * pthread_once(3): in the child of a fork that met another thread there,
 * musl's never comes back.
 */
#define PID_BITS	22		/* the most that Linux uses */

static _Atomic unsigned known, forks;

static void
forget(void)
{
	known = 0;
	forks++;
}

/* Whether fork(2) tells us; the first to ask sees to it. */
static int
is_watched(void)
{
	enum { NOBODY, ONE_TRIES, DONE };
	static _Atomic int state = NOBODY;
	int none = NOBODY;

	if (atomic_compare_exchange_strong(&state, &none, ONE_TRIES) &&
	    pthread_atfork(NULL, NULL, forget) == 0)
		state = DONE;
	return state == DONE;
}

unsigned
up_own_number(void)
{
	unsigned number = known;

	if (number != 0)
		return number;
	number = (unsigned)getpid() ^ forks << PID_BITS;
	if (is_watched())
		known = number;
	return number;
}

/*
 * How many forks have led to this process, since the first that asked: no
 * other process that has its memory by fork(2) has the same count.
 */
unsigned
up_count_forks(void)
{
	(void)is_watched();
	return forks;
}

/*
 * Whether LOCK is ours now.  One that a thread of our parent held when it
 * forked bears the parent's number: nobody will give it back, so we take it.
 */
int
up_try_lock(up_lock_t *lock)
{
	unsigned self = up_own_number();
	unsigned holder = 0;

	if (atomic_compare_exchange_strong(lock, &holder, self))
		return 1;
	return holder != self &&
	    atomic_compare_exchange_strong(lock, &holder, self);
}

void
up_lock(up_lock_t *lock)
{
	while (!up_try_lock(lock))
		sched_yield();
}

void
up_unlock(up_lock_t *lock)
{
	atomic_store(lock, 0);
}

int
up_has_threads(void)
{
#ifdef HAVE_SYS_SINGLE_THREADED_H
	return !__libc_single_threaded;
#else
	return 1;
#endif
}

/* A thread that is cancelled while it holds a stream never gives it back. */
int
up_shield(void)
{
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	return state;
}

void
up_unshield(int state)
{
	pthread_setcancelstate(state, &state);
}
