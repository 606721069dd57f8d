/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams over a guarded socket, by fopencookie(3) or funopen(3): the hooks
 * that stdio calls, and what each libc wants to hear from them.  No thread
 * is cancelled inside a hook, and one that succeeds leaves errno alone.
 */
#include "internal.h"

#include <sys/socket.h>
#include <errno.h>

/*
 * What a write hook returns when it has failed: to glibc -1 is a huge count,
 * which leads a large fwrite(3) out of bounds, and to the others 0 is
 * success.
 */
#ifdef __GLIBC__
#define UNWRITTEN	0
#else
#define UNWRITTEN	(-1)
#endif

static ssize_t
read_bytes(struct unix_socket *socket, char *bytes, size_t length)
{
	int saved = errno;
	int state = up_shield();
	ssize_t result = up_guarded_read(socket, bytes, length);

	up_unshield(state);
	if (result != -1)
		errno = saved;
	return result;
}

static ssize_t
write_bytes(struct unix_socket *socket, const char *bytes, size_t length)
{
	int saved = errno;
	int state = up_shield();
	int result = up_guarded_write(socket, bytes, length);

	up_unshield(state);
	if (result == -1)
		return UNWRITTEN;
	errno = saved;
	return (ssize_t)length;
}

/* The first of both streams ends its direction, the second all. */
static void
close_stream(struct unix_socket *socket, int how, int *error)
{
	int left = atomic_fetch_sub(&socket->streams, 1) - 1;
	int result = left == 0 ? up_close_socket(socket) :
	    socket->quiet ? 0 : up_end_socket(socket, how);

	if (result == -1 && *error == 0)
		*error = errno;
	up_let_go(socket);
}

static int
close_input(void *cookie)
{
	int saved = errno;
	int state = up_shield();
	int error = 0;

	close_stream(cookie, SHUT_RD, &error);
	up_unshield(state);
	return up_answer(error, saved);
}

/* A stream that is going must not be found by the tie. */
static int
close_output(void *cookie)
{
	struct unix_socket *socket = cookie;
	int saved = errno;
	int state = up_shield();
	int error;

	up_lock(&socket->lock);
	socket->out = NULL;
	up_unlock(&socket->lock);
	error = up_lost_output(socket);
	close_stream(socket, SHUT_WR, &error);
	up_unshield(state);
	return up_answer(error, saved);
}

#if defined(HAVE_FOPENCOOKIE)			/* Linux: glibc, musl */
/* Without it glibc's errno of fseek(3) and ftell(3) is no socket's. */
static int
seek_hook(void *cookie, off_t *position, int whence)
{
	(void)cookie;
	(void)position;
	(void)whence;
	errno = ESPIPE;
	return -1;
}

static ssize_t
read_hook(void *cookie, char *bytes, size_t length)
{
	return read_bytes(cookie, bytes, length);
}

static ssize_t
write_hook(void *cookie, const char *bytes, size_t length)
{
	return write_bytes(cookie, bytes, length);
}

static FILE *
open_reader(struct unix_socket *socket)
{
	const cookie_io_functions_t hooks = { .read = read_hook,
	    .seek = seek_hook, .close = close_input };

	return fopencookie(socket, "r", hooks);
}

static FILE *
open_writer(struct unix_socket *socket)
{
	const cookie_io_functions_t hooks = { .write = write_hook,
	    .seek = seek_hook, .close = close_output };

	return fopencookie(socket, "w", hooks);
}
#elif defined(HAVE_FUNOPEN)			/* the BSDs, macOS */
static int
read_hook(void *cookie, char *bytes, int length)
{
	return (int)read_bytes(cookie, bytes, (size_t)length);
}

static int
write_hook(void *cookie, const char *bytes, int length)
{
	return (int)write_bytes(cookie, bytes, (size_t)length);
}

static FILE *
open_reader(struct unix_socket *socket)
{
	return funopen(socket, read_hook, NULL, NULL, close_input);
}

static FILE *
open_writer(struct unix_socket *socket)
{
	return funopen(socket, NULL, write_hook, NULL, close_output);
}
#endif

#if defined(HAVE_FOPENCOOKIE) || defined(HAVE_FUNOPEN)
int
up_check_streams(void)
{
	return 0;
}

/* Buffers of ours: the size that setvbuf(3) is told alone is ignored. */
FILE *
up_open_input(struct unix_socket *socket)
{
	FILE *in = open_reader(socket);

	if (in != NULL)
		setvbuf(in, socket->buffers + up_stride(socket->buffer_size),
		    _IOFBF, socket->buffer_size + up_slack);
	return in;
}

FILE *
up_open_output(struct unix_socket *socket)
{
	socket->out = open_writer(socket);
	if (socket->out != NULL)
		setvbuf(socket->out, socket->buffers, _IOFBF,
		    socket->buffer_size + up_slack);
	return socket->out;
}
#else
int
up_check_streams(void)
{
	errno = ENOTSUP;
	return -1;
}

FILE *
up_open_input(struct unix_socket *socket)
{
	(void)socket;
	(void)read_bytes;
	(void)close_input;
	return NULL;
}

FILE *
up_open_output(struct unix_socket *socket)
{
	(void)socket;
	(void)write_bytes;
	(void)close_output;
	return NULL;
}
#endif
