/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading and writing a guarded socket: despite signals, slow peers and other
 * holders of the socket, all bytes are sent, with their descriptors, or an
 * error is reported.
 */
#include "guarded.h"
#include "os/stdio_lock.h"

#include <sys/socket.h>
#include <errno.h>

#define MAX_EXIT_WAIT_MS	1000	/* for a lock, outside writes */

/*
 * The interval of calls of send(2).  If the peer has ended its input, or
 * another holder our output, send(2) on a full AF_UNIX socket fails, but
 * poll(2) does not report this.
 */
#define SEND_RETRY_MS	50

#define MAX_PIECES	3		/* two of the queue, and new output */

/* Sends some of the queue, or else of the *LENGTH bytes at *BYTES. */
static ssize_t
send_next(struct unix_socket *socket, const char **bytes, size_t *length,
    int flags)
{
	ssize_t sent;

	if (socket->queued > 0)
		return up_send_queued(socket, flags);
	sent = up_send_some(socket, *bytes, *length, flags);
	if (sent > 0) {
		*bytes += sent;
		*length -= (size_t)sent;
	}
	return sent;
}

/*
 * Send the queue and all of BYTES.  If the write must not wait, queue those
 * that the socket does not accept.  poll(2) reports a socket as writable only
 * when most of its buffer is free, so that a last try follows after a timeout.
 * After the deadline of the ports each piece is tried once: a peer that keeps
 * reading could prolong the write.
 */
static int
send_all(struct unix_socket *socket, const char *bytes, size_t length)
{
	struct pollfd room = { .fd = socket->fd, .events = POLLOUT };
	int timeout = socket->write_timeout;
	long long end = up_get_deadline(socket);
	int flags = timeout != 0 || end != UP_NEVER ? MSG_DONTWAIT : 0;
	long long deadline = up_earlier(up_timeout_deadline(timeout), end);
	unsigned rounds = 0, late = 0;
	int is_over = 0;
	ssize_t sent;

	while (length > 0 || socket->queued > 0) {
		if (late == MAX_PIECES)
			return up_fail(ETIMEDOUT);
		sent = send_next(socket, &bytes, &length, flags);
		if (sent >= 0) {
			if (socket->files != NULL)
				up_close_sent(socket->files);
			deadline = up_earlier(up_timeout_deadline(timeout),
			    end);
			late += (unsigned)up_has_passed(end);
			is_over = 0;
			continue;
		}
		if (!up_would_block(errno))
			return -1;
		if (timeout < 0 && !up_has_passed(end))
			return up_add_to_queue(socket, bytes, length);
		if (is_over || timeout < 0)
			return up_fail(ETIMEDOUT);
		if (up_poll_again(&room, up_sooner(deadline, SEND_RETRY_MS),
		    &rounds) == -1 && up_pause_until(deadline) == -1)
			return -1;
		is_over = up_ms_left(deadline) == 0;
	}
	return 0;
}

/*
 * Begins a write once exit(3) flushes streams: the number of bytes that it
 * sends, or -1.  glibc takes no lock, so LENGTH can be out of date, and the
 * bytes can be those that another thread sends.  The thread that exits
 * therefore takes the lock, looks again, and never unlocks.  glibc also takes
 * the buffer of a stream from another thread, whose pointers may then lead to
 * anything: such a thread sends bytes of our buffer only.  If the stream has no
 * lock, the thread that comes second sends nothing.
 */
UP_COLD static ssize_t
begin_write_at_exit(struct unix_socket *socket, const char *bytes,
    size_t length)
{
	long long deadline = up_deadline(MAX_EXIT_WAIT_MS);
	int is_buffered = bytes >= socket->buffers &&
	    bytes < socket->buffers + socket->buffer_size;

	if (!up_is_exit_thread())
		return is_buffered && !socket->sending ? (ssize_t)length : -1;
	/* The holder of this lock may itself wait for a lock of exit(3). */
	while (!up_try_lock_stream(socket->out)) {
		if (!socket->sending && up_ms_left(deadline) == 0)
			return -1;
		(void)up_sleep(1);
	}
	/*
	 * exit(3) was called in a signal handler that interrupted a write, or
	 * in a child of a process that was writing.
	 */
	if (socket->sending)
		return -1;
	return (ssize_t)(is_buffered ? up_written_output(socket->out) : length);
}

/*
 * After an error no byte is sent any more, since it would follow a gap.  The
 * part that the tie has sent is at the beginning of BYTES.
 */
int
up_guarded_write(struct unix_socket *socket, const char *bytes, size_t length)
{
	size_t ahead;
	ssize_t left;

	if (up_is_exiting()) {
		left = begin_write_at_exit(socket, bytes, length);
		if (left != -1)
			length = (size_t)left;
		else if (socket->error == 0)
			socket->error = ECANCELED;
	}
	socket->sending = 1;
	ahead = socket->ahead;
	if (ahead > length)
		ahead = length;
	socket->ahead -= ahead;
	if (socket->error == 0 &&
	    send_all(socket, bytes + ahead, length - ahead) == -1)
		up_fail_output(socket, errno);
	socket->sending = 0;
	if (socket->error == 0)
		return 0;
	if (socket->error == EPIPE)
		up_sigpipe_raise(socket->sigpipe);
	return up_fail(socket->error);
}

/*
 * Sends the queue of `out`, which the caller holds and whose buffer is empty.
 * Returns the number of bytes that are still queued, or -1 as a write does.
 */
ssize_t
up_flush_queue(struct unix_socket *socket)
{
	int state = up_disable_cancel();
	int result = up_guarded_write(socket, socket->buffers, 0);

	up_restore_cancel(state);
	return result == -1 ? -1 : (ssize_t)socket->queued;
}

/* Output that is still queued when `out` is closed is lost. */
void
up_finish_output(struct unix_socket *socket)
{
	if (socket->queued > 0 && up_flush_queue(socket) > 0)
		up_fail_output(socket, ETIMEDOUT);
}

/*
 * A read begins with a recv(2) that does not wait.  With SO_RCVLOWAT, a recv(2)
 * that may wait would wait for more bytes although some are there.  After a
 * read that had to wait, this number of reads begin with a recv(2) that waits.
 */
#define READS_WITHOUT_LOOK	15

static int
first_flags(struct unix_socket *socket, long long deadline)
{
	if (deadline != UP_NEVER || socket->waiting_reads == 0 ||
	    up_has_unsent(socket))
		return MSG_DONTWAIT;
	socket->waiting_reads--;
	return 0;
}

/*
 * Whether recv(2) may wait by itself, which costs less than poll(2): there is
 * no deadline, and no unsent output, for which the peer may wait.
 */
static int
may_block(struct unix_socket *socket, long long deadline)
{
	return deadline == UP_NEVER && !up_send_tied(socket) &&
	    up_socket_option(socket->fd, SO_RCVLOWAT) <= 1;
}

/*
 * Waits for input as up_poll_input() does, or changes *FLAGS so that the next
 * recv(2) waits.  If another holder has set O_NONBLOCK, recv(2) does not wait,
 * and poll(2) follows.  If poll(2) fails, a pause follows.
 */
static int
wait_to_read(struct unix_socket *socket, long long deadline, unsigned *rounds,
    int *flags)
{
	struct pollfd input = { .fd = socket->fd };
	int ready;

	if (*flags != 0 && may_block(socket, deadline)) {
		*flags = 0;
		socket->waiting_reads = READS_WITHOUT_LOOK;
		return 0;
	}
	*flags = MSG_DONTWAIT;
	socket->waiting_reads = 0;
	if (up_has_passed(deadline)) {
		(void)up_send_tied(socket);
		return 0;
	}
	ready = up_poll_input(&input, socket, deadline, rounds);
	if (ready != -1 || errno == EBADF)
		return ready;
	return up_pause_until(deadline);
}

/*
 * Reads up to LENGTH bytes; 0 is EOF.  After the deadline of the ports, neither
 * is returned: a peer that sends a byte within each timeout could prolong a
 * request.
 * poll(2) also reports input that another process takes first, and out-of-band
 * bytes, which recv(2) skips.  A write may have consumed the error of a
 * connection that the system gave up, after which recv(2) reports EOF.
 */
ssize_t
up_guarded_read(struct unix_socket *socket, char *bytes, size_t length)
{
	long long end = up_get_deadline(socket);
	long long deadline =
	    up_earlier(up_timeout_deadline(socket->read_timeout), end);
	int flags = first_flags(socket, deadline);
	unsigned rounds = 0;
	int is_over = 0;
	ssize_t got;

	for (;;) {
		if (up_has_passed(end)) {
			(void)up_send_tied(socket);
			return up_fail(ETIMEDOUT);
		}
		got = up_receive_some(socket, bytes, length, flags);
		if (got == 0 && atomic_exchange(&socket->given_up, 0))
			return up_fail(ECONNRESET);
		if (got != -1)
			return got;
		if (errno == ETIMEDOUT)
			return up_fail(ECONNRESET);
		if (!up_would_block(errno) && errno != EINTR)
			return -1;
		if (is_over)
			return up_fail(ETIMEDOUT);
		if (wait_to_read(socket, deadline, &rounds, &flags) == -1)
			return -1;
		is_over = up_ms_left(deadline) == 0;
	}
}
