/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One system call for bytes of guarded ports, with descriptors as its
 * ancillary data.  A peer may send any: each is queued, closed, or refused by
 * the kernel.
 */
#include "guarded.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static _Atomic int cannot_refuse;	/* this system has no option for it */

static void
attach_files(struct msghdr *message, union up_control *control,
    const struct up_files *files)
{
	size_t size = files->unsent * sizeof(int);
	struct cmsghdr *header;

	memset(control, 0, CMSG_SPACE(size));
	message->msg_control = control;
	message->msg_controllen = CMSG_SPACE(size);
	header = CMSG_FIRSTHDR(message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(header), files->outgoing, size);
}

/* The kernel attaches the descriptors to the first byte that it accepts. */
UP_COLD static ssize_t
send_with_files(struct unix_socket *socket, const char *bytes,
    size_t length, int flags)
{
	union { const char *given; void *taken; } start = { bytes };
	struct iovec part = { .iov_base = start.taken, .iov_len = length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	union up_control control;
	ssize_t sent;

	if (socket->files->unsent > 0)
		attach_files(&message, &control, socket->files);
	sent = sendmsg(socket->fd, &message, flags);
	if (sent > 0 && socket->files->unsent > 0) {
		socket->files->sent = socket->files->unsent;
		socket->files->unsent = 0;
	}
	return sent;
}

static ssize_t
send_once(struct unix_socket *socket, const char *bytes, size_t length,
    int flags)
{
	flags |= MSG_NOSIGNAL;
	return socket->files == NULL ? send(socket->fd, bytes, length, flags) :
	    send_with_files(socket, bytes, length, flags);
}

/*
 * Send some of BYTES.  If the peer closes with unread input while send(2)
 * blocks, Linux reports ECONNRESET, and EPIPE to the next call: that one is
 * made here, so that every writer fails with EPIPE.
 */
ssize_t
up_send_some(struct unix_socket *socket, const char *bytes, size_t length,
    int flags)
{
	int resets = 0;
	ssize_t sent;

	do
		sent = send_once(socket, bytes, length, flags);
	while (sent == -1 && (errno == EINTR ||
	    (errno == ECONNRESET && resets++ == 0)));
	/* The system's own timeout, of TCP, ends the connection. */
	if (sent == -1 && errno == ETIMEDOUT) {
		socket->given_up = 1;
		errno = ECONNRESET;
	}
	return sent;
}

/* Queue FD with a number of 3 or more, if there is one and FILES has room. */
UP_COLD static int
keep_received(void *files, int fd, int is_file)
{
	int above = fd;

	if (!is_file)
		return 0;
	if (fd <= STDERR_FILENO)
		above = up_dup(fd);
	else if (MSG_CMSG_CLOEXEC == 0)
		up_set_inherit(fd, 0);
	if (up_add_received(files, above)) {
		if (above != fd)
			up_close(fd);
		return 1;
	}
	if (above != fd)
		up_close(above);
	return 0;
}

/* Without UNIX_FILES none is kept. */
static int
drop_received(void *unused, int fd, int is_file)
{
	(void)unused;
	(void)fd;
	(void)is_file;
	return 0;
}

/* Out-of-band bytes are no part of the stream, nor are their descriptors. */
static int
report_dropped(void *files, int fd, int is_file)
{
	(void)fd;
	if (is_file)
		up_add_received(files, UP_GAP);
	return 0;
}

static ssize_t
receive_bytes(struct unix_socket *socket, char *bytes, size_t length,
    int flags, int (*keep)(void *, int, int))
{
	struct iovec part = { .iov_base = bytes, .iov_len = length };
	union up_control control;
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	ssize_t got = up_receive(socket->fd, &message, flags,
	    keep == NULL || socket->files != NULL ? keep : drop_received,
	    socket->files);

	if (got != -1 && socket->files != NULL &&
	    (message.msg_flags & MSG_CTRUNC) != 0)
		up_add_received(socket->files, UP_GAP);
	return got;
}

/*
 * Whether descriptors can arrive: with UNIX_FILES, where the kernel does not
 * refuse them, and if the program has set SO_PASSRIGHTS.
 */
int
up_can_receive_files(struct unix_socket *socket)
{
	int can_refuse = !cannot_refuse && !socket->exposed;

	if (socket->arrivals == UP_ARRIVALS_UNKNOWN)
		socket->arrivals = socket->files != NULL || (!can_refuse &&
		    up_socket_option(socket->fd, SO_PASSRIGHTS) != 0 &&
		    up_family(socket->fd) == AF_UNIX) ?
		    UP_ARRIVALS_FILES : UP_ARRIVALS_NONE;
	return socket->arrivals == UP_ARRIVALS_FILES;
}

/*
 * Whether the next byte was sent out of band.  The mark also stays behind such
 * a byte that recv(2) with MSG_OOB has taken, and poll(2) then reports none.
 */
static int
is_urgent_next(int fd)
{
	struct pollfd urgent = { .fd = fd, .events = POLLPRI };

	return sockatmark(fd) == 1 &&
	    up_poll(&urgent, 1, up_deadline(0)) == 1 &&
	    (urgent.revents & POLLPRI) != 0;
}

/*
 * Receives the out-of-band byte that is next and drops it, because it is no
 * part of the stream.  Returns -1 with EAGAIN, or with the error of a call.
 * Without SO_OOBINLINE, recv(2) skips the byte, and Linux drops its
 * descriptors.
 */
static int
skip_urgent(struct unix_socket *socket)
{
	int usual = up_socket_option(socket->fd, SO_OOBINLINE);
	const int on = 1;
	ssize_t got;
	char byte;

	if (usual == -1 || setsockopt(socket->fd, SOL_SOCKET, SO_OOBINLINE,
	    &on, sizeof(on)) == -1)
		return -1;
	got = receive_bytes(socket, &byte, 1, MSG_DONTWAIT, report_dropped);
	setsockopt(socket->fd, SOL_SOCKET, SO_OOBINLINE, &usual,
	    sizeof(usual));
	return got == -1 ? -1 : up_fail(EAGAIN);
}

/*
 * The same as up_receive_some() where descriptors can arrive.  recvmsg(2) runs
 * under the lock of descriptors in transit and must not wait, so poll(2) waits
 * before.  If an out-of-band byte arrives in an empty queue, the call fails
 * with EAGAIN, and the next call skips the byte.
 */
UP_COLD static ssize_t
receive_with_files(struct unix_socket *socket, char *bytes, size_t length,
    int flags)
{
	struct pollfd input = { .fd = socket->fd, .events = POLLIN };
	ssize_t got;
	int unread;

	if ((flags & MSG_DONTWAIT) == 0)
		(void)up_poll(&input, 1, UP_NEVER);
	if (ioctl(socket->fd, FIONREAD, &unread) == 0 && unread == 0 &&
	    sockatmark(socket->fd) != 1) {
		got = recv(socket->fd, bytes, 1, MSG_PEEK | MSG_DONTWAIT);
		return got > 0 ? up_fail(EAGAIN) : got;
	}
	if (is_urgent_next(socket->fd))
		return skip_urgent(socket);
	return receive_bytes(socket, bytes, length, flags | MSG_DONTWAIT,
	    keep_received);
}

/* Up to LENGTH bytes, and the descriptors with them; 0 is EOF. */
ssize_t
up_receive_some(struct unix_socket *socket, char *bytes, size_t length,
    int flags)
{
	return up_can_receive_files(socket) ?
	    receive_with_files(socket, bytes, length, flags) :
	    receive_bytes(socket, bytes, length, flags, NULL);
}

/*
 * For guarded ports without UNIX_FILES, have the kernel refuse descriptors on
 * FD: the sender's sendmsg(2) fails with EPERM.  A connection inherits the
 * option from its listener, as it was at connect(2).  Kernels before Linux 6.16
 * and TCP do not have it.
 */
int
up_refuse_files(int fd, const struct unix_options *options)
{
	const int off = 0;

	if ((options->flags & (UNIX_GUARDED | UNIX_FILES)) != UNIX_GUARDED)
		return 0;
	if (SO_PASSRIGHTS != -1 && setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS,
	    &off, sizeof(off)) == 0) {
		/* Some can be in the queue of a socket that is not ours. */
		up_disarm_unread(fd);
		return 0;
	}
	if (SO_PASSRIGHTS == -1 || errno == ENOPROTOOPT)
		cannot_refuse = 1;
	else if (errno != EOPNOTSUPP)
		return -1;
	return 0;
}
