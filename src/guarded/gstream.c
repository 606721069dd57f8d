/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The streams of guarded ports: they are opened here, and stdio calls these
 * hooks.  No thread is cancelled inside a hook, and a hook that succeeds leaves
 * errno alone.
 */
#include "guarded.h"
#include "os/cookie.h"
#include "os/stdio_lock.h"

#include <sys/socket.h>
#include <errno.h>

static up_cookie_result
read_hook(void *cookie, char *bytes, up_cookie_size length)
{
	int saved = errno;
	int state = up_disable_cancel();
	ssize_t result = up_guarded_read(cookie, bytes, (size_t)length);

	up_restore_cancel(state);
	if (result != -1)
		errno = saved;
	return (up_cookie_result)result;
}

static up_cookie_result
write_hook(void *cookie, const char *bytes, up_cookie_size length)
{
	int saved = errno;
	int state = up_disable_cancel();
	int result = up_guarded_write(cookie, bytes, (size_t)length);

	up_restore_cancel(state);
	if (result == -1)
		return UP_COOKIE_UNWRITTEN;
	errno = saved;
	return (up_cookie_result)length;
}

/*
 * The stream that is closed first shuts down its direction.  The other closes
 * the socket.
 */
static void
close_direction(struct unix_socket *socket, int how, int *error)
{
	int left = atomic_fetch_sub(&socket->streams, 1) - 1;
	int result = left == 0 ? up_close_socket(socket) :
	    socket->quiet ? 0 : up_shutdown_socket(socket, how);

	if (result == -1 && *error == 0)
		*error = errno;
	up_release_socket(socket);
}

static int
close_input(void *cookie)
{
	int saved = errno;
	int state = up_disable_cancel();
	int error = 0;

	close_direction(cookie, SHUT_RD, &error);
	up_restore_cancel(state);
	return up_result(error, saved);
}

/*
 * fclose(3) holds the lock of the stream, which keeps the tie of another thread
 * out.  Once `out` is NULL, the tie never uses the closed stream.
 */
static int
close_output(void *cookie)
{
	struct unix_socket *socket = cookie;
	int saved = errno;
	int state = up_disable_cancel();
	int error;

	up_finish_output(socket);
	up_lock(&socket->lock);
	socket->out = NULL;
	up_unlock(&socket->lock);
	error = up_lost_output(socket);
	close_direction(socket, SHUT_WR, &error);
	up_restore_cancel(state);
	return up_result(error, saved);
}

/* glibc ignores a size without a buffer in setvbuf(3). */
static FILE *
open_input(struct unix_socket *socket)
{
	FILE *in = up_open_cookie(socket, read_hook, NULL, close_input);

	if (in != NULL)
		setvbuf(in, socket->buffers + up_stride(socket->buffer_size),
		    _IOFBF, socket->buffer_size + UP_BUFFER_SLACK);
	return in;
}

static FILE *
open_output(struct unix_socket *socket)
{
	socket->out = up_open_cookie(socket, NULL, write_hook,
	    close_output);
	if (socket->out != NULL)
		setvbuf(socket->out, socket->buffers, _IOFBF,
		    socket->buffer_size + UP_BUFFER_SLACK);
	return socket->out;
}

/*
 * PORTS on FD, or on -1 until up_guarded_move().  On failure FD is still the
 * caller's, so that closing the first stream must not close it.
 */
int
up_guarded_open(int fd, const struct unix_options *options,
    struct unix_ports *ports)
{
	struct unix_socket *socket = up_new_socket(fd, options);
	struct unix_ports made = { .descriptor = { fd, fd },
	    .socket = socket };
	int error;

	if (socket == NULL)
		return -1;
	made.out = open_output(socket);
	if (made.out == NULL) {
		up_discard_socket(socket);
		return -1;
	}
	made.in = open_input(socket);
	if (made.in == NULL) {
		error = errno;
		socket->fd = -1;
		socket->holders = socket->streams = 1;
		fclose(made.out);
		return up_fail(error);
	}
	if ((options->flags & UNIX_UNLOCKED) != 0) {
		up_omit_lock(made.in);
		up_omit_lock(made.out);
	}
	*ports = made;
	return 0;
}

/* Ports that were opened on -1 lead to FD. */
void
up_guarded_move(struct unix_ports *ports, int fd)
{
	ports->socket->fd = ports->descriptor[0] = ports->descriptor[1] = fd;
}
