/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buffer of a stream.  poll(2) does not report bytes in this buffer, and
 * POSIX has no call to examine the buffer, so each libc has its own code here.
 * Only this file and stdio_lock.h use members of a FILE.  The functions are
 * inline, since most are a load or a store.  All but up_has_buffered_input()
 * require that the caller has locked the stream.
 */
#ifndef UP_STDIO_BUFFER_H
#define UP_STDIO_BUFFER_H

#include "os.h"
#include "stdio_lock.h"

#include <errno.h>
#if defined(HAVE___FREADAHEAD) || defined(HAVE___FPURGE)
#include <stdio_ext.h>
#endif

/*
 * glibc and the BSDs store bytes of ungetc(3) in a second buffer, and
 * up_has_input() therefore examines both buffers.  up_buffered_input() returns
 * only the bytes of the current buffer.  When these are read, stdio returns to
 * the other one.
 */
#if defined(HAVE___FREADAHEAD)			/* musl */
static inline int
up_has_input(FILE *in)
{
	return __freadahead(in) != 0;
}

static inline size_t
up_buffered_input(FILE *in, const char **bytes)
{
	size_t n;

	*bytes = __freadptr(in, &n);
	return *bytes == NULL ? 0 : n;
}

static inline void
up_skip_input(FILE *in, size_t n)
{
	__freadptrinc(in, n);
}
#elif defined(HAVE_FILE__IO_READ_PTR)		/* glibc */
#define UP_IN_BACKUP	0x100		/* its _IO_IN_BACKUP */

static inline int
up_has_input(FILE *in)
{
	return in->_IO_read_ptr < in->_IO_read_end ||
	    ((in->_flags & UP_IN_BACKUP) != 0 &&
	    in->_IO_save_base < in->_IO_save_end);
}

static inline size_t
up_buffered_input(FILE *in, const char **bytes)
{
	*bytes = in->_IO_read_ptr;
	return (size_t)(in->_IO_read_end - in->_IO_read_ptr);
}

static inline void
up_skip_input(FILE *in, size_t n)
{
	in->_IO_read_ptr += n;
}
#elif defined(HAVE_FILE__UB)			/* FreeBSD, macOS */
static inline int
up_has_input(FILE *in)
{
	return in->_r > 0 || (in->_ub._base != NULL && in->_ur > 0);
}

static inline size_t
up_buffered_input(FILE *in, const char **bytes)
{
	*bytes = (const char *)in->_p;
	return in->_r > 0 ? (size_t)in->_r : 0;
}

static inline void
up_skip_input(FILE *in, size_t n)
{
	in->_p += n;
	in->_r -= (int)n;
}
#else
static inline int
up_has_input(FILE *in)
{
	(void)in;
	return up_fail(ENOTSUP);
}

/* If the result is always 0, callers read one byte at a time. */
static inline size_t
up_buffered_input(FILE *in, const char **bytes)
{
	(void)in;
	*bytes = NULL;
	return 0;
}

static inline void
up_skip_input(FILE *in, size_t n)
{
	(void)in;
	(void)n;
}
#endif

/*
 * Returns 1 if a byte is buffered, 0 if not, -1 if the libc does not expose the
 * buffer.  While another thread is blocked in a read, flockfile(3) would wait,
 * so ftrylockfile(3) is called.  If the lock is taken, the result is 0: the
 * buffered bytes are for the thread that is reading.
 */
static inline int
up_has_buffered_input(FILE *in)
{
	int result;

	if (!up_try_lock_stream(in))
		return 0;
	result = up_has_input(in);
	up_unlock_stream(in);
	return result;
}

/*
 * Returns the number of unsent bytes in the buffer of OUT, and their address in
 * *BYTES.  The library has set BUFFER of SIZE bytes, but the program can have
 * set another buffer with setvbuf(3).
 */
#if defined(HAVE___FREADAHEAD)			/* musl */
/*
 * musl reports the size of a buffer, but not its address, so the buffer of the
 * library is recognized by its size, SIZE + 1.  In another buffer, output
 * remains until the next flush.  musl reserves the first bytes of a buffer for
 * ungetc(3), so the output begins after them.
 */
#define UP_MUSL_UNGET_BYTES	8

#define UP_BUFFER_SLACK	((size_t)UP_MUSL_UNGET_BYTES + 1)

static inline size_t
up_buffered_output(FILE *out, const char *buffer, size_t size,
    const char **bytes)
{
	*bytes = buffer + UP_MUSL_UNGET_BYTES;
	return __fbufsize(out) == size + 1 ? __fpending(out) : 0;
}
#elif defined(HAVE_FILE__IO_READ_PTR)		/* glibc */
#define UP_BUFFER_SLACK	((size_t)0)

static inline size_t
up_buffered_output(FILE *out, const char *buffer, size_t size,
    const char **bytes)
{
	(void)buffer;
	(void)size;
	*bytes = out->_IO_write_base;
	return (size_t)(out->_IO_write_ptr - out->_IO_write_base);
}
#elif defined(HAVE_FILE__BF)			/* the BSDs, macOS */
#define UP_BUFFER_SLACK	((size_t)0)

static inline size_t
up_buffered_output(FILE *out, const char *buffer, size_t size,
    const char **bytes)
{
	(void)buffer;
	(void)size;
	*bytes = (const char *)out->_bf._base;
	return (size_t)(out->_p - out->_bf._base);
}
#else
#define UP_BUFFER_SLACK	((size_t)0)

static inline size_t
up_buffered_output(FILE *out, const char *buffer, size_t size,
    const char **bytes)
{
	(void)out;
	(void)size;
	*bytes = buffer;
	return 0;
}
#endif

/*
 * Returns the number of bytes that fwrite(3) would store at *END, in the buffer
 * of OUT, without a call of the system.  It is 0 for unbuffered streams, whose
 * limit is not behind the end, and in other libcs.
 */
#if defined(HAVE___FREADAHEAD) || !defined(HAVE_FILE__IO_READ_PTR)
static inline size_t
up_output_room(FILE *out, char **end)
{
	(void)out;
	*end = NULL;
	return 0;
}

static inline void
up_advance_output(FILE *out, size_t n)
{
	(void)out;
	(void)n;
}
#else
#define UP_LINE_BUFFERED	0x200		/* its _IO_LINE_BUF */

/* setlinebuf(3) leaves the limit; a wide-oriented stream has another buffer. */
static inline size_t
up_output_room(FILE *out, char **end)
{
	*end = out->_IO_write_ptr;
	return *end < out->_IO_write_end && out->_mode <= 0 &&
	    (out->_flags & UP_LINE_BUFFERED) == 0 ?
	    (size_t)(out->_IO_write_end - *end) : 0;
}

static inline void
up_advance_output(FILE *out, size_t n)
{
	out->_IO_write_ptr += n;
}
#endif

/*
 * Returns the number of bytes in the buffer of OUT, also inside its write hook.
 * In libcs other than glibc, exit(3) locks the streams, and the result is not
 * used.
 */
static inline size_t
up_written_output(FILE *out)
{
#if defined(HAVE___FREADAHEAD) || !defined(HAVE_FILE__IO_READ_PTR)
	(void)out;
	return 0;
#else
	return (size_t)(out->_IO_write_ptr - out->_IO_write_base);
#endif
}

static inline void
up_purge_output(FILE *out)
{
#ifdef HAVE___FPURGE
	__fpurge(out);
#else
	fpurge(out);
#endif
}

#endif
