/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors in flight: a peer has passed them, and they were not received.
 * The kernel closes such descriptors in the call that drops them, for example
 * close(2) of the socket that has them in its queue.  If one of them is a TCP
 * socket with unsent bytes and SO_LINGER, the call blocks for a time that the
 * peer has specified.  SO_LINGER is therefore switched off first.
 */
#include "threads.h"

#include <sys/ioctl.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define MAX_NESTING	4	/* queues in queues, as Linux before 6.10 */
#define MAX_DISARM_MS	100	/* a peer can pass thousands */
#define MAX_EMPTY	1000	/* messages without a byte in one queue */
#define CHUNK_BYTES	1024	/* reused by all elements of CHUNKS */
#define CHUNKS		32

struct search {
	int is_locked;		/* up_lock_transit() */
	int nesting;
	long long deadline;
	char chunk[CHUNK_BYTES];	/* bytes that are not used */
	struct iovec chunks[CHUNKS];
};

UP_COLD static void disarm(int, struct search *);

static int
carries_descriptors(const struct cmsghdr *header)
{
	return header->cmsg_level == SOL_SOCKET &&
	    (header->cmsg_type == SCM_RIGHTS || header->cmsg_type == SCM_PIDFD);
}

/*
 * Calls TAKE for each descriptor of MESSAGE.  If TAKE returns 1, later calls
 * skip this descriptor.  IS_FILE of TAKE is 0 for a descriptor of SCM_PIDFD,
 * which SO_PASSPIDFD enables.
 */
UP_COLD static void
take_each(struct msghdr *message, int (*take)(void *, int, int),
    void *context)
{
	const int none = -1;
	struct cmsghdr *header;
	unsigned char *place, *end;
	int fd;

	for (header = CMSG_FIRSTHDR(message); header != NULL;
	    header = CMSG_NXTHDR(message, header)) {
		if (!carries_descriptors(header))
			continue;
		place = CMSG_DATA(header);
		end = (unsigned char *)header + header->cmsg_len;
		for (; end - place >= (ptrdiff_t)sizeof(fd);
		    place += sizeof(fd)) {
			memcpy(&fd, place, sizeof(fd));
			if (fd >= 0 && take(context, fd,
			    header->cmsg_type == SCM_RIGHTS))
				memcpy(place, &none, sizeof(none));
		}
	}
}

static int
close_any(void *unused, int fd, int is_file)
{
	(void)unused;
	(void)is_file;
	up_close(fd);
	return 1;
}

/*
 * Closes the descriptors that are not sockets.  The lock is released before,
 * since close(2) of a file can block.
 */
static void
close_rest(struct msghdr *message, int is_locked)
{
	up_begin_closing(is_locked);
	take_each(message, close_any, NULL);
	up_end_closing();
}

/*
 * Switches SO_LINGER off, so that close(2) does not wait for unsent bytes.
 * Returns 0 if FD is not a socket.
 */
static int
stop_lingering(int fd)
{
	static const struct linger none;

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none)) == 0;
}

/* If FD is a socket, closes FD and returns 1.  Otherwise returns 0. */
UP_COLD static int
disarm_and_close(void *context, int fd, int is_file)
{
	if (!is_file || !stop_lingering(fd))
		return 0;
	disarm(fd, context);
	up_close(fd);
	return 1;
}

/*
 * Duplicates the descriptors of the next message, switches SO_LINGER off, and
 * closes the duplicates.  Returns the number of bytes, or -1.
 */
UP_COLD static ssize_t
disarm_message(int fd, struct search *search)
{
	union up_control control;
	struct msghdr message = { .msg_iov = search->chunks,
	    .msg_iovlen = CHUNKS, .msg_control = &control,
	    .msg_controllen = sizeof(control) };
	ssize_t got;

	do
		got = recvmsg(fd, &message,
		    MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		return -1;
	take_each(&message, disarm_and_close, search);
	close_rest(&message, search->is_locked);
	search->is_locked = up_lock_transit();
	return got;
}

/*
 * Looks through the messages in the queue of FD.  The end of the queue of a
 * stream is not read, since that would take a pending ECONNRESET, without which
 * another holder reads EOF.  On SOCK_SEQPACKET a message without a byte looks
 * like EOF, so the number of such messages is limited.
 */
UP_COLD static void
disarm_queue(int fd, struct search *search)
{
	int is_stream = up_socket_option(fd, SO_TYPE) == SOCK_STREAM;
	int left = 1, empty = 0;
	ssize_t got;

	if (is_stream && ioctl(fd, FIONREAD, &left) == -1)
		return;
	while (left > 0 && empty < MAX_EMPTY &&
	    up_ms_left(search->deadline) > 0 &&
	    (got = disarm_message(fd, search)) != -1) {
		if (got == 0)
			empty++;
		if (is_stream)
			left -= got > 0 ? (int)got : left;
	}
}

static void
disarm(int fd, struct search *search)
{
	const int start = 0, on = 1;
	socklen_t size = sizeof(int);
	int offset, urgent;

	if (SO_PEEK_OFF == -1 ||
	    search->nesting == MAX_NESTING || up_family(fd) != AF_UNIX ||
	    getsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &offset, &size) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &start, sizeof(start))
	    == -1)
		return;
	urgent = up_socket_option(fd, SO_OOBINLINE);
	setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
	search->nesting++;
	disarm_queue(fd, search);
	search->nesting--;
	setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &urgent, sizeof(urgent));
	setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof(offset));
}

UP_COLD static void
begin_search(struct search *search)
{
	size_t i;

	search->deadline = up_deadline(MAX_DISARM_MS);
	search->nesting = 0;
	for (i = 0; i < CHUNKS; i++) {
		search->chunks[i].iov_base = search->chunk;
		search->chunks[i].iov_len = CHUNK_BYTES;
	}
}

/* Must precede the last close(2) of the socket FD, which then cannot block. */
void
up_disarm(int fd)
{
	struct search search;
	int saved = errno;
	int state = up_disable_cancel();

	begin_search(&search);
	search.is_locked = up_lock_transit();
	disarm(fd, &search);
	up_unlock_transit(search.is_locked);
	up_restore_cancel(state);
	errno = saved;
}

/*
 * recvmsg(2).  KEEP is called for each received descriptor and returns 1 to
 * keep the descriptor; all others are closed.  If KEEP is not NULL, the caller
 * must ensure that recvmsg(2) does not wait, since the lock is held.
 */
ssize_t
up_receive(int fd, struct msghdr *message, int flags,
    int (*keep)(void *, int, int), void *context)
{
	struct search search;
	int state = 0, is_locked = 0;
	ssize_t got;

	if (keep != NULL) {
		state = up_disable_cancel();
		is_locked = up_lock_transit();
	}
	got = recvmsg(fd, message, flags | MSG_CMSG_CLOEXEC);
	if (got == -1 || message->msg_controllen == 0) {
		up_unlock_transit(is_locked);
		if (keep != NULL)
			up_restore_cancel(state);
		return got;
	}
	if (keep == NULL) {
		state = up_disable_cancel();
		is_locked = up_lock_transit();
	} else
		take_each(message, keep, context);
	begin_search(&search);
	search.is_locked = is_locked;
	take_each(message, disarm_and_close, &search);
	close_rest(message, search.is_locked);
	up_restore_cancel(state);
	return got;
}

/* Closes COUNT received descriptors. */
void
up_drop(const int *fds, size_t count)
{
	struct search search;
	int state = up_disable_cancel();
	int is_closed;

	begin_search(&search);
	while (count-- > 0) {
		search.is_locked = up_lock_transit();
		is_closed = disarm_and_close(&search, fds[count], 1);
		up_unlock_transit(search.is_locked);
		if (!is_closed)
			up_close(fds[count]);
	}
	up_restore_cancel(state);
}

/*
 * up_disarm() for a stream socket.  The search is omitted if the queue is
 * empty, as in most cases.
 */
void
up_disarm_unread(int fd)
{
	int unread;

	if (ioctl(fd, FIONREAD, &unread) == -1 || unread > 0)
		up_disarm(fd);
}
