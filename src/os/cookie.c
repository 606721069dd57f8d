/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams that call a function of the library to read or write: fopencookie(3)
 * of glibc and musl, funopen(3) of the BSDs and macOS.  A stream has one
 * direction; the hook of the other direction is NULL.
 */
#include "cookie.h"

#include <errno.h>

#if defined(HAVE_FOPENCOOKIE)
/*
 * POSIX requires that fseek(3) and ftell(3) of a socket fail with ESPIPE.
 * Without this hook, both would fail with EINVAL in glibc.
 */
static int
seek_hook(void *cookie, off_t *position, int whence)
{
	(void)cookie;
	(void)position;
	(void)whence;
	return up_fail(ESPIPE);
}

FILE *
up_open_cookie(void *cookie, up_cookie_read *reader, up_cookie_write *writer,
    up_cookie_close *closer)
{
	const cookie_io_functions_t hooks = { .read = reader,
	    .write = writer, .seek = seek_hook, .close = closer };

	return fopencookie(cookie, reader != NULL ? "r" : "w", hooks);
}
#elif defined(HAVE_FUNOPEN)
FILE *
up_open_cookie(void *cookie, up_cookie_read *reader, up_cookie_write *writer,
    up_cookie_close *closer)
{
	return funopen(cookie, reader, writer, NULL, closer);
}
#else
FILE *
up_open_cookie(void *cookie, up_cookie_read *reader, up_cookie_write *writer,
    up_cookie_close *closer)
{
	(void)cookie;
	(void)reader;
	(void)writer;
	(void)closer;
	errno = ENOTSUP;
	return NULL;
}
#endif
