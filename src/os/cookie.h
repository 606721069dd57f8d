/* SPDX-License-Identifier: BSD-2-Clause */
/* cookie.c: streams with hooks, whose types depend on the system. */
#ifndef UP_COOKIE_H
#define UP_COOKIE_H

#include "os/os.h"

#pragma GCC visibility push(hidden)

#if defined(HAVE_FOPENCOOKIE) || defined(HAVE_FUNOPEN)
#define UP_HAS_COOKIES	1
#else
#define UP_HAS_COOKIES	0
#endif

#if defined(HAVE_FUNOPEN) && !defined(HAVE_FOPENCOOKIE)
typedef int up_cookie_result, up_cookie_size;
#else
typedef ssize_t up_cookie_result;
typedef size_t up_cookie_size;
#endif

/*
 * The result of a write hook that failed.  It must be 0 in glibc, which would
 * convert -1 to an unsigned count and read out of bounds in a large fwrite(3).
 * It must be -1 in other libcs, for which 0 is not an error.
 */
#ifdef __GLIBC__
#define UP_COOKIE_UNWRITTEN	0
#else
#define UP_COOKIE_UNWRITTEN	(-1)
#endif

typedef up_cookie_result up_cookie_read(void *, char *, up_cookie_size);
typedef up_cookie_result up_cookie_write(void *, const char *, up_cookie_size);
typedef int up_cookie_close(void *);

FILE *up_open_cookie(void *, up_cookie_read *, up_cookie_write *,
    up_cookie_close *);

#pragma GCC visibility pop

#endif
