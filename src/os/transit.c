/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock of descriptors in transit: between recvmsg(2) and close(2), unwanted
 * descriptors occupy numbers.
 */
#include "threads.h"

#define MAX_CLOSING_MS	100	/* maximum wait for other threads */

/*
 * Held while unwanted descriptors of a peer occupy numbers.  Without the lock,
 * several threads that receive 253 descriptors each could together reach
 * RLIMIT_NOFILE.  The kernel would then close the excess inside recvmsg(2),
 * which can block.
 */
static struct up_lock transit;

/*
 * The number of threads that are closing descriptors without the lock, and the
 * number of those for which no thread waits any more: if the peer serves the
 * file system of a file, close(2) possibly never returns.
 */
static _Atomic unsigned closing, stuck;

/*
 * Returns 1 if the lock was taken, 0 after a timeout.  A peer can block the
 * holder in a call on a passed socket for any time; other threads then continue
 * without the lock.  In a child of fork(2) the threads that close do not exist,
 * so their counts are cleared.
 */
int
up_lock_transit(void)
{
	static _Atomic unsigned process;
	unsigned self = up_process_number();
	int ms;

	for (ms = 0; !up_try_lock(&transit); ms++)
		if (ms == MAX_CLOSING_MS || up_sleep(1) == -1)
			return 0;
	if (process != self) {
		process = self;
		closing = stuck = 0;
	}
	while (closing > stuck && ms++ < MAX_CLOSING_MS)
		(void)up_sleep(1);
	stuck = closing;
	return 1;
}

void
up_unlock_transit(int is_locked)
{
	if (is_locked)
		up_unlock(&transit);
}

/* Releases the lock before descriptors are closed, since close(2) can block. */
void
up_begin_closing(int is_locked)
{
	closing++;
	up_unlock_transit(is_locked);
}

void
up_end_closing(void)
{
	closing--;
}
