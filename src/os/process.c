/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The number of this process among its ancestors.  The kernel's does not
 * serve: a child in a new pid namespace may have its parent's, and to ask
 * for it takes a system call each time.
 */
#include "internal.h"

#include <sys/mman.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

/* OpenBSD and NetBSD; FreeBSD has the shorter name. */
#if defined(MAP_INHERIT_ZERO) && !defined(INHERIT_ZERO)
#define INHERIT_ZERO	MAP_INHERIT_ZERO
#endif

#define PAGE_MOST	65536		/* bytes of the largest page */
#define PID_BITS	22		/* the most that Linux uses */

/*
 * The number stands in a page that the system clears in every child: also in
 * one of a bare clone(2), and in a handler of pthread_atfork(3) that runs
 * before ours.  Not mmap(2): dlclose(3) would leave such a page behind.
 */
static _Atomic unsigned space[2 * PAGE_MOST / sizeof(unsigned)];
static _Atomic unsigned nowhere;
static _Atomic unsigned *_Atomic place;	/* `nowhere': no page is cleared */
static _Atomic unsigned forks;

static int
clear_in_children(_Atomic unsigned *page, size_t size)
{
#if defined(MADV_WIPEONFORK)			/* Linux 4.14 */
	return madvise(page, size, MADV_WIPEONFORK);
#elif defined(INHERIT_ZERO)			/* the BSDs */
	return minherit(page, size, INHERIT_ZERO);
#else
	(void)page;
	(void)size;
	return -1;
#endif
}

/* Emulators of Linux accept MADV_WIPEONFORK and ignore it. */
static void
forget(void)
{
	forks++;
	if (place != NULL)
		*place = 0;
}

/*
 * Threads may look at the same time: the first decides.  No pthread_once(3):
 * in the child of a fork that met another thread there, musl's never returns.
 */
static _Atomic unsigned *
find_place(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = ((uintptr_t)space + page - 1) / page * page;
	_Atomic unsigned *found = space +
	    (start - (uintptr_t)space) / sizeof(*space);
	_Atomic unsigned *unset = NULL;

	(void)pthread_atfork(NULL, NULL, forget);
	if (page > PAGE_MOST || clear_in_children(found, page) == -1)
		found = &nowhere;
	return atomic_compare_exchange_strong(&place, &unset, found) ? found :
	    unset;
}

/* No process that this one descends from by fork(2) has the same. */
unsigned
up_own_number(void)
{
	_Atomic unsigned *own = place;
	unsigned number, none = 0;

	if (own == NULL)
		own = find_place();
	if (own == &nowhere)
		return (unsigned)getpid() ^ forks << PID_BITS;
	number = *own;
	if (number != 0)
		return number;
	/* Counted first: a child of this moment counts on. */
	number = atomic_fetch_add(&forks, 1) + 1;
	return atomic_compare_exchange_strong(own, &none, number) ? number :
	    none;
}
