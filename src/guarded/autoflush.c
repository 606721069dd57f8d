/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tie: before a read blocks, queued output and that in the buffer of `out`
 * are sent, as far as the socket takes them without blocking.  After a partial
 * send all bytes stay in the buffer, since fflush(3) does not call the write
 * hook for an empty one; the next write skips the sent part.  If another thread
 * holds `out`, nothing is sent.  If the tie waited for that thread, a reader, a
 * writer and an echoing peer could wait for each other.
 */
#include "guarded.h"
#include "os/stdio_lock.h"

#include <sys/socket.h>
#include <errno.h>

/*
 * Without the lock of the socket, `out` could be closed between the test and
 * up_try_lock_stream().  All threads hold this lock for a moment only, and the
 * request of a read would not be sent if one that sets a deadline excluded the
 * tie.  fclose(3) takes the two locks in the opposite order; there is no
 * deadlock, since the lock of `out` is not waited for here.
 */
static int
try_lock_output(struct unix_socket *socket)
{
	up_lock(&socket->lock);
	if (socket->out != NULL && up_try_lock_stream(socket->out))
		return 1;
	up_unlock(&socket->lock);
	return 0;
}

static void
unlock_output(struct unix_socket *socket)
{
	up_unlock_stream(socket->out);
	up_unlock(&socket->lock);
}

/* The part of the buffer of `out` that has not been sent. */
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

static int
has_unsent(struct unix_socket *socket)
{
	const char *bytes;

	return socket->queued > 0 || unsent_output(socket, &bytes) > 0;
}

/* The read does not fail with an error of the output; the next write does. */
static void
send_unsent(struct unix_socket *socket)
{
	const char *bytes;
	size_t length;
	ssize_t sent = 0;

	while (socket->queued > 0 && sent != -1)
		sent = up_send_queued(socket, MSG_DONTWAIT);
	length = unsent_output(socket, &bytes);
	if (sent != -1 && length > 0) {
		sent = up_send_some(socket, bytes, length, MSG_DONTWAIT);
		if (sent == (ssize_t)length) {
			up_purge_output(socket->out);
			socket->ahead = 0;
		} else if (sent != -1)
			socket->ahead += (size_t)sent;
	}
	if (sent == -1 && !up_would_block(errno))
		up_fail_output(socket, errno);
}

/*
 * If the locks of the output are free, calls ACTION, if it is not NULL, and
 * returns 1 if some output is then unsent.  Otherwise returns 0.  Sent
 * descriptors are closed after the locks are released, since close(2) of one
 * that lingers blocks.
 */
static int
with_output(struct unix_socket *socket, void (*action)(struct unix_socket *))
{
	int sent[UP_MAX_FILES];
	unsigned count = 0;
	int state, left;

	if (!socket->tied)
		return 0;
	state = up_disable_cancel();
	left = try_lock_output(socket);
	if (left) {
		if (action != NULL)
			action(socket);
		left = has_unsent(socket);
		if (socket->files != NULL)
			count = up_take_sent(socket->files, sent);
		unlock_output(socket);
		up_close_all(sent, count);
	}
	up_restore_cancel(state);
	return left;
}

/* Returns 1 if tied output is unsent. */
int
up_has_unsent(struct unix_socket *socket)
{
	return with_output(socket, NULL);
}

/* Sends tied output.  Returns 1 if some is still unsent. */
int
up_send_tied(struct unix_socket *socket)
{
	return with_output(socket, send_unsent);
}

/*
 * Waits for input as up_poll_again() does.  Meanwhile, the tied output of
 * SOCKET is sent; SOCKET is NULL for plain ports.
 */
int
up_poll_input(struct pollfd *input, struct unix_socket *socket,
    long long deadline, unsigned *rounds)
{
	int ready;

	for (;;) {
		input->events = POLLIN | POLLRDHUP;
		if (socket != NULL && up_send_tied(socket))
			input->events |= POLLOUT;
		ready = up_poll_again(input, deadline, rounds);
		if (ready != 1 || input->revents != POLLOUT ||
		    up_ms_left(deadline) == 0)
			break;
		*rounds = 0;
	}
	if (ready == 1 && (input->revents & POLLNVAL) != 0)
		return up_fail(EBADF);
	return ready;
}

/*
 * Waits until DEADLINE for input on FD that a read gets without a wait.
 * Returns 1, 0 after the deadline, or -1.  No read waits after the deadline of
 * the ports, nor at the end of the input, where recv(2) would consume an error
 * of the connection that the read should report.
 */
int
up_await_input(int fd, struct unix_socket *socket, long long deadline)
{
	struct pollfd input = { .fd = fd };
	long long end = UP_NEVER;
	unsigned rounds = 0;
	int ready;

	if (socket != NULL) {
		socket->waiting_reads = 0;
		end = up_get_deadline(socket);
		deadline = up_earlier(deadline, end);
	}
	do {
		input.revents = 0;
		ready = up_poll_input(&input, socket, deadline, &rounds);
		if (ready == -1 &&
		    (errno == EBADF || up_pause_until(deadline) == -1))
			return -1;
		if ((input.revents & (POLLHUP | POLLRDHUP)) != 0 ||
		    (ready != 0 && up_can_receive(fd, socket != NULL)))
			return 1;
	} while (up_ms_left(deadline) != 0);
	return up_has_passed(end);
}
