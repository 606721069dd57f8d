/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading and writing a guarded socket: despite signals, slow peers and other
 * holders of the socket, all bytes are sent, with their descriptors, or an
 * error is reported.
 */
#include "guarded.h"

#include <sys/socket.h>
#include <errno.h>

/*
 * Send all of BYTES.  poll(2) reports a socket as writable only when most of
 * its buffer is free, so that a last try follows after the deadline.
 */
static int
send_all(struct unix_socket *socket, const char *bytes, size_t length)
{
	struct pollfd room = { .fd = socket->fd, .events = POLLOUT };
	int flags = socket->write_timeout > 0 ? MSG_DONTWAIT : 0;
	long long deadline = up_timeout_deadline(socket->write_timeout);
	int ready = 1;
	ssize_t sent;

	while (length > 0) {
		sent = up_send_some(socket, bytes, length, flags);
		if (sent >= 0) {
			if (socket->files != NULL)
				up_close_sent(socket->files);
			bytes += sent;
			length -= (size_t)sent;
			deadline = up_timeout_deadline(socket->write_timeout);
			ready = 1;
			continue;
		}
		if (!up_would_block(errno))
			return -1;
		if (ready == 0)
			return up_fail(ETIMEDOUT);
		ready = up_poll(&room, 1, deadline);
		if (ready == -1)
			return -1;
	}
	return 0;
}

/*
 * After an error no byte is sent any more, since it would follow a gap.  The
 * part that the tie has sent is at the beginning of BYTES.
 */
int
up_guarded_write(struct unix_socket *socket, const char *bytes, size_t length)
{
	size_t ahead = socket->ahead;

	if (ahead > length)
		ahead = length;
	socket->ahead -= ahead;
	if (socket->error == 0 &&
	    send_all(socket, bytes + ahead, length - ahead) == -1)
		socket->error = errno;
	if (socket->error == 0)
		return 0;
	if (socket->error == EPIPE)
		up_sigpipe_raise(socket->sigpipe);
	return up_fail(socket->error);
}

/*
 * Some bytes; 0 is EOF.  With unsent output or a timeout the first recv(2)
 * must not block.  Otherwise recv(2) itself waits, unless another holder has
 * made the socket non-blocking.
 */
ssize_t
up_guarded_read(struct unix_socket *socket, char *bytes, size_t length)
{
	long long deadline = up_timeout_deadline(socket->read_timeout);
	int flags = deadline != UP_NEVER || up_has_unsent(socket) ?
	    MSG_DONTWAIT : 0;
	ssize_t got;
	int ready;

	for (;;) {
		got = up_receive_some(socket, bytes, length, flags);
		if (got != -1)
			return got;
		if (errno == EINTR)
			continue;
		if (!up_would_block(errno))
			return -1;
		if (flags != 0 && deadline == UP_NEVER &&
		    !up_send_tied(socket)) {
			flags = 0;
			continue;
		}
		flags = MSG_DONTWAIT;
		ready = up_await_input(socket->fd, socket, deadline);
		if (ready == 0)
			errno = ETIMEDOUT;
		if (ready != 1)
			return -1;
	}
}
