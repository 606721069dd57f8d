/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One system call for bytes of guarded ports, with descriptors as its
 * ancillary data where the ports have them.  A peer may send any: each is
 * queued, closed, or refused by the kernel.
 */
#include "guarded.h"

#include <sys/socket.h>
#include <errno.h>
#include <string.h>

#define SCM_MAX_FDS		253	/* in one message, by Linux */
#define OTHER_CONTROL_BYTES	256	/* credentials and the like */

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(SCM_MAX_FDS * sizeof(int)) + OTHER_CONTROL_BYTES];
};

static void
attach_files(struct msghdr *message, union control *control,
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

/* They travel with the first byte: once a byte is sent, so are they. */
static ssize_t
send_with_files(struct unix_socket *socket, const char *bytes,
    size_t length, int flags)
{
	union { const char *given; void *taken; } start = { bytes };
	struct iovec part = { .iov_base = start.taken, .iov_len = length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	union control control;
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

static int
is_rights(const struct cmsghdr *header)
{
	return header->cmsg_level == SOL_SOCKET &&
	    header->cmsg_type == SCM_RIGHTS;
}

/* SCM_PIDFD, which SO_PASSPIDFD enables, carries a descriptor, too. */
static int
is_pidfd(const struct cmsghdr *header)
{
	return header->cmsg_level == SOL_SOCKET &&
	    header->cmsg_type == SCM_PIDFD;
}

/* A descriptor that cannot get a number of 3 or more is a gap, too. */
static void
keep_received(struct up_files *files, int fd)
{
	fd = up_above_standard(fd);
	if (MSG_CMSG_CLOEXEC == 0 && fd != -1)
		up_set_inherit(fd, 0);
	up_add_received(files, fd);
}

static void
keep_or_close_all(struct cmsghdr *header, struct up_files *files)
{
	size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	size_t i;
	int fd;

	for (i = 0; i < count; i++) {
		memcpy(&fd, CMSG_DATA(header) + i * sizeof(fd), sizeof(fd));
		if (is_rights(header))
			keep_received(files, fd);
		else if (fd >= 0)	/* else the kernel had none */
			up_close(fd);
	}
}

static ssize_t
receive_with_files(struct unix_socket *socket, char *bytes, size_t length,
    int flags)
{
	struct iovec part = { .iov_base = bytes, .iov_len = length };
	union control control;
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header;
	ssize_t got = recvmsg(socket->fd, &message, flags | MSG_CMSG_CLOEXEC);

	if (got == -1)
		return -1;
	for (header = CMSG_FIRSTHDR(&message); header != NULL;
	    header = CMSG_NXTHDR(&message, header))
		if (is_rights(header) || is_pidfd(header))
			keep_or_close_all(header, socket->files);
	if ((message.msg_flags & MSG_CTRUNC) != 0)
		up_add_received(socket->files, -1);
	return got;
}

/* Up to LENGTH bytes, and the descriptors with them; 0 is EOF. */
ssize_t
up_receive_some(struct unix_socket *socket, char *bytes, size_t length,
    int flags)
{
	return socket->files == NULL ? recv(socket->fd, bytes, length, flags) :
	    receive_with_files(socket, bytes, length, flags);
}

/*
 * For guarded ports without UNIX_FILES, have the kernel refuse descriptors on
 * FD: the sender's sendmsg(2) fails with EPERM.  One that was passed and is not
 * received is dropped inside our recv(2) or close(2).  If it is a TCP socket
 * with unsent bytes and SO_LINGER, that call blocks for a time that the peer
 * has chosen.  A connection inherits the option from its listener, as it was
 * at connect(2).  Kernels before Linux 6.16 and TCP do not have it.
 */
int
up_refuse_files(int fd, const struct unix_options *options)
{
	const int off = 0;

	if (SO_PASSRIGHTS != -1 &&
	    (options->flags & (UNIX_GUARDED | UNIX_FILES)) == UNIX_GUARDED &&
	    setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof(off))
	    == -1 && errno != ENOPROTOOPT && errno != EOPNOTSUPP)
		return -1;
	return 0;
}
