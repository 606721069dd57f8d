/* SPDX-License-Identifier: BSD-2-Clause */
/* Locks that are held for moments, and cancellation. */
#ifndef UP_THREADS_H
#define UP_THREADS_H

#include "os.h"

#include <pthread.h>
#include <stdatomic.h>
#ifdef HAVE_SYS_SINGLE_THREADED_H
#include <sys/single_threaded.h>
#endif

#pragma GCC visibility push(hidden)

struct up_lock {
	pthread_mutex_t mutex;
	_Atomic int alone;		/* held without the mutex */
	_Atomic unsigned owner;		/* process that initialized the mutex */
	_Atomic unsigned adopter;	/* process that is initializing it */
};

void up_make_lock(struct up_lock *);
void up_destroy_lock(struct up_lock *);
int up_try_lock(struct up_lock *);
void up_lock(struct up_lock *);
void up_unlock(struct up_lock *);
int up_disable_cancel(void);
void up_restore_cancel(int);

static inline int
up_has_threads(void)
{
#ifdef HAVE_SYS_SINGLE_THREADED_H
	return !__libc_single_threaded;
#else
	return 1;
#endif
}

#pragma GCC visibility pop

#endif
