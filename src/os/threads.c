/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks that are held for moments and that fork(2) cannot leave behind, and
 * cancellation put off.  They block: a thread of a high priority that spins
 * would keep the holder from the processor for ever.
 */
#include "os.h"

#include <pthread.h>
#ifdef HAVE_SYS_SINGLE_THREADED_H
#include <sys/single_threaded.h>
#endif

/* The holder inherits the priority of a thread that waits, if it can be. */
static void
make_mutex(pthread_mutex_t *mutex)
{
	int failed = 1;
#ifdef HAVE_PTHREAD_MUTEXATTR_SETPROTOCOL
	pthread_mutexattr_t attributes;

	if (pthread_mutexattr_init(&attributes) == 0) {
		failed = pthread_mutexattr_setprotocol(&attributes,
		    PTHREAD_PRIO_INHERIT) != 0 ||
		    pthread_mutex_init(mutex, &attributes) != 0;
		pthread_mutexattr_destroy(&attributes);
	}
#endif
	if (failed)
		(void)pthread_mutex_init(mutex, NULL);
}

/*
 * Make LOCK usable in this process: 1, or 0 while another thread does so.
 * After fork(2) the child has a copy of a mutex that another thread of the
 * parent may have held.  That thread does not exist in the child, so nothing
 * would ever unlock the copy: the first thread of the child that needs the lock
 * initializes its mutex.
 */
static int
adopt(struct up_lock *lock)
{
	unsigned self = up_process_number();
	unsigned adopter;

	if (lock->owner == self)
		return 1;
	adopter = lock->adopter;
	if (adopter == self || !atomic_compare_exchange_strong(&lock->adopter,
	    &adopter, self))
		return lock->owner == self;
	make_mutex(&lock->mutex);
	lock->owner = self;
	return 1;
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

/* The mutex is initialized only if the process has several threads. */
void
up_make_lock(struct up_lock *lock)
{
	lock->alone = 0;
	lock->adopter = 0;
	lock->owner = 0;
	if (up_has_threads())
		(void)adopt(lock);
}

void
up_destroy_lock(struct up_lock *lock)
{
	if (lock->owner == up_process_number())
		pthread_mutex_destroy(&lock->mutex);
}

static void
set_alone(struct up_lock *lock, int alone)
{
	atomic_store_explicit(&lock->alone, alone, memory_order_release);
}

int
up_try_lock(struct up_lock *lock)
{
	if (up_has_threads())
		return !lock->alone && adopt(lock) &&
		    pthread_mutex_trylock(&lock->mutex) == 0;
	set_alone(lock, 1);
	return 1;
}

/*
 * The loop waits while another thread initializes the mutex, or holds the lock
 * from a time when it was the only thread: once for each lock, and for moments.
 */
void
up_lock(struct up_lock *lock)
{
	if (!up_has_threads()) {
		set_alone(lock, 1);
		return;
	}
	while (lock->alone || !adopt(lock))
		up_sleep(1);
	pthread_mutex_lock(&lock->mutex);
}

void
up_unlock(struct up_lock *lock)
{
	if (lock->alone)
		set_alone(lock, 0);
	else
		pthread_mutex_unlock(&lock->mutex);
}

/* A thread that is cancelled while it holds a stream never gives it back. */
int
up_disable_cancel(void)
{
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	return state;
}

void
up_restore_cancel(int state)
{
	pthread_setcancelstate(state, &state);
}
