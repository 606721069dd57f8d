/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks for short sections that remain usable in a child of fork(2), and
 * deferred cancellation.  A lock blocks instead of spinning: if a real-time
 * thread spun, a holder of lower priority would never run and release the lock.
 */
#include "threads.h"

/*
 * The mutex has priority inheritance.  Otherwise, a thread of middle priority
 * could keep the holder from running while a thread of high priority waits.
 */
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
 * Initializes the mutex if this process has not done so.  Returns 0 while
 * another thread is initializing it.  After fork(2), the copy of the mutex in
 * the child can be locked by a thread that exists only in the parent, and would
 * never be unlocked.  A child therefore initializes the mutex again.
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

/*
 * A process with a single thread does not use the mutex: `alone` marks a lock
 * that is held.  The mutex is therefore not initialized before the process has
 * a second thread.
 */
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
 * The loop waits while another thread initializes the mutex, or holds a lock
 * that it took as the only thread of the process.  Both are short.
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

/*
 * Callers that hold a stream or a lock disable cancellation.  If the holder
 * were cancelled, the stream or lock would remain locked.
 */
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
