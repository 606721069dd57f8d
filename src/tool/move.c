/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes from one descriptor to the other, by the fastest way that the two
 * allow: without copying where one is a pipe or the source is a file, else
 * through a buffer.  All of it blocks; O_NONBLOCK, which somebody else may
 * have set, is waited out.
 */
#include "tool.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/sendfile.h>
#endif

#define CHUNK	262144

static void
wait_for(int fd, short events)
{
	struct pollfd one = { .fd = fd, .events = events };

	poll(&one, 1, -1);
}

/* Whether the call that has failed is to be made again. */
static int
is_passing(int fd, short events)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		wait_for(fd, events);
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static ssize_t
failed_at(struct flow *flow, int fd)
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
			    length - done);
		while (written == -1 && is_passing(flow->to, POLLOUT));
		if (written == -1)
			return failed_at(flow, flow->to);
	}
	return (ssize_t)length;
}

static ssize_t
move_bytes(struct flow *flow)
{
	ssize_t length;

	if (flow->buffer == NULL)
		flow->buffer = malloc(CHUNK);
	if (flow->buffer == NULL)
		return failed_at(flow, flow->from);
	do
		length = read(flow->from, flow->buffer, CHUNK);
	while (length == -1 && is_passing(flow->from, POLLIN));
	if (length == -1)
		return failed_at(flow, flow->from);
	return write_all(flow, (size_t)length);
}

#ifdef __linux__
/*
 * The system's own call, until it turns out that it does not do here.
 * splice(2) looks at the reader of a pipe first: it is EPIPE for one who has
 * read all that he wanted, and left, also at the end of the input.
 */
static ssize_t
judge(struct flow *flow, ssize_t moved)
{
	if (moved != -1)
		return moved;
	if (errno == EINVAL || errno == ENOSYS || errno == EPIPE) {
		flow->move = move_bytes;
		return move_bytes(flow);
	}
	return failed_at(flow, errno == ECONNRESET ? flow->connection :
	    flow->from);
}

/* It does not tell which side is not ready: whoever comes back asks both. */
static int
is_delayed(const struct flow *flow)
{
	return is_passing(flow->from, POLLIN) &&
	    (errno == EINTR || is_passing(flow->to, POLLOUT));
}

static ssize_t
move_spliced(struct flow *flow)
{
	ssize_t moved;

	do
		moved = splice(flow->from, NULL, flow->to, NULL, CHUNK, 0);
	while (moved == -1 && is_delayed(flow));
	return judge(flow, moved);
}

static ssize_t
move_file(struct flow *flow)
{
	ssize_t moved;

	do
		moved = sendfile(flow->to, flow->from, NULL, CHUNK);
	while (moved == -1 && is_delayed(flow));
	return judge(flow, moved);
}

void
begin_flow(struct flow *flow)
{
	struct stat from, to;

	flow->move = move_bytes;
	if (fstat(flow->from, &from) == -1 || fstat(flow->to, &to) == -1)
		return;
	if (S_ISFIFO(from.st_mode) || S_ISFIFO(to.st_mode))
		flow->move = move_spliced;
	else if (S_ISREG(from.st_mode) && flow->to == flow->connection)
		flow->move = move_file;
}
#else
void
begin_flow(struct flow *flow)
{
	flow->move = move_bytes;
}
#endif

/* How many bytes were moved; 0 at the end, -1 with the error kept. */
ssize_t
move_some(struct flow *flow)
{
	ssize_t moved = flow->move(flow);

	if (moved > 0)
		flow->bytes += (unsigned long long)moved;
	return moved;
}
