/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transfers bytes in one direction: without copying if one end is a pipe or the
 * source is a file, otherwise through a buffer.  Calls can block, but do not
 * hold the lock of a pipe that other processes share.  If another process has
 * set O_NONBLOCK, a call fails with EAGAIN, and poll(2) waits.
 */
#include "command.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/sendfile.h>
#endif

#define CHUNK_BYTES	262144	/* maximum of a call */
#define TIMED_BYTES	65536	/* the same with an idle limit, */
#define TERMINAL_BYTES	4096	/* and of a write to a terminal */
#define WRITE_RETRY_MS	250

/*
 * Returns 1 if the failed call is to be repeated.  If the peer of a full socket
 * calls shutdown(2) with SHUT_RD, poll(2) of Linux does not return.  The wait
 * therefore has a timeout, and the next write fails.
 */
static int
wait_to_retry(int fd, short events)
{
	struct pollfd one = { .fd = fd, .events = events };
	int error = errno;

	if (error == EAGAIN || error == EWOULDBLOCK)
		poll(&one, 1, events == POLLOUT ? WRITE_RETRY_MS : -1);
	errno = error;
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static void
note_time(struct flow *flow)
{
	if (flow->timed)
		flow->active = now_ms();
}

static void
count_read(struct flow *flow)
{
	flow->writing = 1;
	note_time(flow);
}

static void
count_written(struct flow *flow, ssize_t written)
{
	flow->bytes += (unsigned long long)written;
	note_time(flow);
}

static ssize_t
fail_at(struct flow *flow, int fd)
{
	flow->error = errno;
	flow->failed = fd;
	return -1;
}

static ssize_t
write_all(struct flow *flow, size_t length)
{
	size_t done;
	ssize_t written;

	for (done = 0; done < length; done += (size_t)written) {
		do
			written = write(flow->to, flow->buffer + done,
			    length - done < flow->write_bytes ? length - done :
			    flow->write_bytes);
		while (written == -1 && wait_to_retry(flow->to, POLLOUT));
		if (written == -1)
			return fail_at(flow, flow->to);
		count_written(flow, written);
	}
	return (ssize_t)length;
}

/*
 * Waits for bytes before the call that takes them.  At the idle limit, the main
 * thread could otherwise end the command between this call and count_read(),
 * and the loss of the bytes would not be reported.  The call must not block:
 * another process can take the bytes first.  poll(2) of macOS reports POLLNVAL
 * for terminals.
 */
static void
await_bytes(struct flow *flow)
{
	struct pollfd one = { .fd = flow->from, .events = POLLIN };

	while (poll(&one, 1, -1) == -1)
		;
	flow->writing = (one.revents & POLLNVAL) == 0;
}

static ssize_t
read_some(struct flow *flow, int from)
{
	ssize_t length;

	if (!flow->timed || from != flow->from)
		return read(from, flow->buffer, flow->read_bytes);
	await_bytes(flow);
	length = recv(from, flow->buffer, flow->read_bytes, MSG_DONTWAIT);
	if (length == -1 && errno == ENOTSOCK)
		length = read(from, flow->buffer, flow->read_bytes);
	if (length == -1)
		flow->writing = 0;
	return length;
}

static ssize_t
copy_from(struct flow *flow, int from)
{
	ssize_t length;

	if (flow->buffer == NULL)
		flow->buffer = malloc(flow->read_bytes);
	if (flow->buffer == NULL)
		return fail_at(flow, flow->from);
	do
		length = read_some(flow, from);
	while (length == -1 && wait_to_retry(from, POLLIN));
	if (length == -1)
		return fail_at(flow, flow->from);
	if (length > 0)
		count_read(flow);
	return write_all(flow, (size_t)length);
}

static ssize_t
move_copied(struct flow *flow)
{
	return copy_from(flow, flow->from);
}

#ifdef __linux__
/* Containers filter system calls; splice(2) rejects some files with EINVAL. */
static int
is_unsupported(int error)
{
	return error == EINVAL || error == ENOSYS || error == EPERM;
}

/* If splice(2) rejects TO, the bytes in the private pipe must be copied. */
static ssize_t
empty_pipe(struct flow *flow, size_t length)
{
	ssize_t moved;
	size_t done;

	for (done = 0; done < length; done += (size_t)moved) {
		do
			moved = splice(flow->pipe[0], NULL, flow->to, NULL,
			    length - done, 0);
		while (moved == -1 && wait_to_retry(flow->to, POLLOUT));
		if (moved == -1 && is_unsupported(errno)) {
			flow->move = move_copied;
			moved = copy_from(flow, flow->pipe[0]);
		} else if (moved == -1)
			fail_at(flow, flow->to);
		else
			count_written(flow, moved);
		if (moved == -1)
			return -1;
	}
	return (ssize_t)length;
}

static ssize_t
splice_some(struct flow *flow)
{
	ssize_t moved;

	if (flow->timed)
		await_bytes(flow);
	moved = splice(flow->from, NULL, flow->pipe[1], NULL, flow->read_bytes,
	    flow->timed ? SPLICE_F_NONBLOCK : 0);
	if (moved == -1)
		flow->writing = 0;
	return moved;
}

/*
 * Since Linux 4.9, splice(2) between a pipe and a socket holds the mutex of the
 * pipe while it waits for the socket.  Every other process that reads, writes
 * or closes the pipe would hang, and SIGKILL would not end it.  With a private
 * pipe between the two, no other process can: splice(2) between two pipes waits
 * without the mutex.  SPLICE_F_NONBLOCK does not apply to a full socket, and
 * O_NONBLOCK would affect all processes that share the socket.
 */
static ssize_t
move_spliced(struct flow *flow)
{
	ssize_t moved;

	do
		moved = splice_some(flow);
	while (moved == -1 && wait_to_retry(flow->from, POLLIN));
	if (moved == -1 && is_unsupported(errno)) {
		flow->move = move_copied;
		return move_copied(flow);
	}
	if (moved == -1)
		return fail_at(flow, flow->from);
	if (moved > 0)
		count_read(flow);
	return empty_pipe(flow, (size_t)moved);
}

/*
 * sendfile(2) does not report which end would block, so poll both.  A file is
 * always ready to be read: a wait is one for room at the other end.
 */
static ssize_t
move_file(struct flow *flow)
{
	ssize_t moved;

	flow->writing = 1;
	do
		moved = sendfile(flow->to, flow->from, NULL, flow->read_bytes);
	while (moved == -1 && wait_to_retry(flow->from, POLLIN) &&
	    wait_to_retry(flow->to, POLLOUT));
	if (moved == -1 && is_unsupported(errno)) {
		flow->move = move_copied;
		return move_copied(flow);
	}
	if (moved == -1)
		return fail_at(flow, errno == EPIPE || errno == ECONNRESET ?
		    flow->to : flow->from);
	count_written(flow, moved);
	return moved;
}

static void
choose_move(struct flow *flow)
{
	struct stat from, to;

	if (fstat(flow->from, &from) == -1 || fstat(flow->to, &to) == -1)
		return;
	if (S_ISREG(from.st_mode))
		flow->move = move_file;
	else if ((S_ISFIFO(from.st_mode) || S_ISFIFO(to.st_mode)) &&
	    pipe(flow->pipe) == 0)
		flow->move = move_spliced;
}
#else
static void
choose_move(struct flow *flow)
{
	(void)flow;
}
#endif

/*
 * A call that blocks reports its bytes only at its end.  With an idle limit,
 * calls are therefore short: a slow terminal takes a byte in a millisecond.
 */
void
begin_flow(struct flow *flow)
{
	flow->read_bytes = flow->timed ? TIMED_BYTES : CHUNK_BYTES;
	flow->write_bytes = flow->timed && isatty(flow->to) ? TERMINAL_BYTES :
	    flow->read_bytes;
	flow->move = move_copied;
	choose_move(flow);
}

/* Returns 0 at EOF, or -1 with the error in FLOW. */
ssize_t
move_some(struct flow *flow)
{
	ssize_t moved = flow->move(flow);

	flow->at_eof = moved == 0;
	flow->writing = 0;
	return moved;
}
