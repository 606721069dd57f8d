/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tie: before we wait for input, what waits in `out` is sent, as far as
 * the socket takes it at once.  Bytes that are sent while others are not
 * stay where they are, for fflush(3) would not call us for an empty buffer;
 * the next write skips them.  Nobody is waited for: a thread that holds
 * `out` sends itself.  (A tie that blocks, as fflush(3) would, lets a reader
 * and a writer thread and an echoing peer wait for each other.)
 */
#include "guarded.h"

#include <sys/socket.h>
#include <errno.h>

/*
 * Have `out` for a moment.  The socket's lock keeps it from being closed
 * between our look at it and ftrylockfile(3).  fclose(3) takes both the other
 * way round, but here the second is only tried.
 */
static int
try_lock_output(struct unix_socket *socket)
{
	if (!up_try_lock(&socket->lock))
		return 0;
	if (socket->out != NULL && ftrylockfile(socket->out) == 0)
		return 1;
	up_unlock(&socket->lock);
	return 0;
}

static void
unlock_output(struct unix_socket *socket)
{
	funlockfile(socket->out);
	up_unlock(&socket->lock);
}

/* What waits in `out` and has not been sent. */
static size_t
unsent_output(struct unix_socket *socket, const char **bytes)
{
	size_t length = up_buffered_output(socket->out, socket->buffers,
	    socket->buffer_size, bytes);
	size_t ahead = socket->ahead;

	if (socket->error != 0 || ahead > length)
		return 0;
	*bytes += ahead;
	return length - ahead;
}

/* An error is for the next write to tell, not for the read. */
static void
send_unsent(struct unix_socket *socket)
{
	const char *bytes;
	size_t length = unsent_output(socket, &bytes);
	ssize_t sent;

	if (length == 0)
		return;
	sent = up_send_some(socket, bytes, length, MSG_DONTWAIT);
	if (sent == (ssize_t)length) {
		up_purge_output(socket->out);
		socket->ahead = 0;
	} else if (sent != -1)
		socket->ahead += (size_t)sent;
	else if (!up_would_block(errno))
		up_set_error(socket, errno);
}

/*
 * Do ACTION to the output if it can be had; whether some is unsent then.
 * Descriptors that it has sent are closed when no other thread can wait for
 * us: closing one may wait for as long as it lingers.
 */
static int
with_output(struct unix_socket *socket, void (*action)(struct unix_socket *))
{
	int sent[UP_MAX_FILES];
	unsigned count = 0;
	const char *bytes;
	int state, left;

	if (!socket->tied)
		return 0;
	state = up_disable_cancel();
	left = try_lock_output(socket);
	if (left) {
		if (action != NULL)
			action(socket);
		left = unsent_output(socket, &bytes) > 0;
		if (socket->files != NULL)
			count = up_take_sent(socket->files, sent);
		unlock_output(socket);
		up_close_all(sent, count);
	}
	up_restore_cancel(state);
	return left;
}

/* Whether tied output waits. */
int
up_has_unsent(struct unix_socket *socket)
{
	return with_output(socket, NULL);
}

/* Send what waits; whether some still does. */
int
up_send_tied(struct unix_socket *socket)
{
	return with_output(socket, send_unsent);
}

/*
 * Wait until DEADLINE for input on FD: 1, or 0, or -1.  SOCKET, of guarded
 * ports, sends meanwhile.
 */
int
up_await_input(int fd, struct unix_socket *socket, long long deadline)
{
	struct pollfd wait = { .fd = fd };
	int ready;

	do {
		wait.events = POLLIN;
		if (socket != NULL && up_send_tied(socket))
			wait.events |= POLLOUT;
		ready = up_poll(&wait, 1, deadline);
	} while (ready == 1 && wait.revents == POLLOUT);
	if (ready == 1 && (wait.revents & POLLNVAL) != 0)
		return up_fail(EBADF);
	return ready;
}
