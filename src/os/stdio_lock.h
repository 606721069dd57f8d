/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock of a stream.  A stream of UNIX_UNLOCKED has none, nor one for which
 * the program has called __fsetlocking(3) itself: as in stdio, it is then left
 * to the caller that one thread at a time uses the stream.  The functions are
 * inline, since the test takes less than a call.
 */
#ifndef UP_STDIO_LOCK_H
#define UP_STDIO_LOCK_H

#include "os/os.h"

#ifdef HAVE___FSETLOCKING
#include <stdio_ext.h>
#endif

static inline void
up_omit_lock(FILE *file)
{
#ifdef HAVE___FSETLOCKING
	(void)__fsetlocking(file, FSETLOCKING_BYCALLER);
#else
	(void)file;
#endif
}

/* On musl, which has the function and always locks, the result is 0. */
static inline int
up_is_unlocked(FILE *file)
{
#if defined(HAVE_FILE__IO_READ_PTR)		/* glibc: its _IO_USER_LOCK */
	return (file->_flags & 0x8000) != 0;
#elif defined(HAVE___FSETLOCKING)
	return __fsetlocking(file, FSETLOCKING_QUERY) == FSETLOCKING_BYCALLER;
#else
	(void)file;
	return 0;
#endif
}

static inline void
up_lock_stream(FILE *file)
{
	if (!up_is_unlocked(file))
		flockfile(file);
}

/* Returns 0 if another thread holds the lock. */
static inline int
up_try_lock_stream(FILE *file)
{
	return up_is_unlocked(file) || ftrylockfile(file) == 0;
}

static inline void
up_unlock_stream(FILE *file)
{
	if (!up_is_unlocked(file))
		funlockfile(file);
}

#endif
