/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors in flight: a peer has passed them, and they were not received.
 * The kernel closes such descriptors in the call that drops them, for example
 * close(2) of the socket that has them in its queue.  If one of them is a TCP
 * socket with unsent bytes and SO_LINGER, the call blocks for a time that the
 * peer has specified.  SO_LINGER is therefore switched off first.
 */
#include "os.h"

#include <sys/ioctl.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define MAX_NESTING	4	/* queues in queues, as Linux before 6.10 */
#define MAX_DISARM_MS	100	/* a peer can pass thousands */
#define MAX_CLOSING_MS	100	/* of other threads, once for each */
#define MAX_EMPTY	1000	/* messages without a byte in one queue */
#define CHUNK_BYTES	1024	/* filled several times by one call */
#define CHUNKS		32

/*
 * Held while unwanted descriptors of a peer occupy numbers.  Without the lock,
 * several threads that receive 253 descriptors each could together reach
 * RLIMIT_NOFILE.  The kernel would then close the excess inside recvmsg(2),
 * which can block.
 */
static struct up_lock transit;

/*
 * The number of threads that are closing descriptors without the lock, and of
 * those that are not waited for any more: if the peer serves the file system of
 * a file, close(2) possibly never returns.
 */
static _Atomic unsigned closing, stuck;

struct search {
	long long deadline;
	char chunk[CHUNK_BYTES];	/* bytes that are not used */
	struct iovec chunks[CHUNKS];
	int nesting;
};

static void disarm(int, struct search *);

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
static void
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

static void
lock_transit(void)
{
	int ms = 0;

	up_lock(&transit);
	while (closing > stuck && ms++ < MAX_CLOSING_MS)
		poll(NULL, 0, 1);
	stuck = closing;
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
close_rest(struct msghdr *message)
{
	closing++;
	up_unlock(&transit);
	take_each(message, close_any, NULL);
	closing--;
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
static int
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
 * closes the duplicates.  Returns 0, or -1 at the end of the queue.  A message
 * without a byte looks like EOF on SOCK_SEQPACKET, so *EMPTY counts such
 * messages and limits them.
 */
static int
disarm_message(int fd, int type, struct search *search, int *empty)
{
	union up_control control;
	struct msghdr message = { .msg_iov = search->chunks,
	    .msg_iovlen = CHUNKS, .msg_control = &control,
	    .msg_controllen = sizeof(control) };
	ssize_t got = recvmsg(fd, &message,
	    MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (got == -1)
		return errno == EINTR ? 0 : -1;
	take_each(&message, disarm_and_close, search);
	close_rest(&message);
	lock_transit();
	return got == 0 && (type == SOCK_STREAM || ++*empty == MAX_EMPTY) ? -1 :
	    0;
}

/*
 * Searches the queue of FD without receiving the messages.  Another process can
 * hold the socket and need them.  If all messages were received, the peer would
 * also read EOF instead of ECONNRESET.  SO_OOBINLINE is set, since the kernel
 * would otherwise skip an out-of-band byte, which can carry descriptors, too.
 */
static void
disarm(int fd, struct search *search)
{
	const int start = 0, on = 1;
	socklen_t size = sizeof(int);
	int empty = 0;
	int offset, type, urgent;

	if (SO_PEEK_OFF == -1 ||
	    search->nesting == MAX_NESTING || up_family(fd) != AF_UNIX ||
	    getsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &offset, &size) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &start, sizeof(start))
	    == -1)
		return;
	type = up_socket_option(fd, SO_TYPE);
	urgent = up_socket_option(fd, SO_OOBINLINE);
	setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
	search->nesting++;
	while (up_ms_left(search->deadline) > 0 &&
	    disarm_message(fd, type, search, &empty) == 0)
		;
	search->nesting--;
	setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &urgent, sizeof(urgent));
	setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof(offset));
}

static void
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

	begin_search(&search);
	lock_transit();
	disarm(fd, &search);
	up_unlock(&transit);
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
	ssize_t got;

	if (keep != NULL)
		lock_transit();
	got = recvmsg(fd, message, flags | MSG_CMSG_CLOEXEC);
	if (got != -1 && message->msg_controllen > 0) {
		if (keep == NULL)
			lock_transit();
		else
			take_each(message, keep, context);
		begin_search(&search);
		take_each(message, disarm_and_close, &search);
		close_rest(message);
	} else if (keep != NULL)
		up_unlock(&transit);
	return got;
}

/* Closes COUNT received descriptors. */
void
up_drop(const int *fds, size_t count)
{
	struct search search;
	int is_closed;

	begin_search(&search);
	while (count-- > 0) {
		lock_transit();
		is_closed = disarm_and_close(&search, fds[count], 1);
		up_unlock(&transit);
		if (!is_closed)
			up_close(fds[count]);
	}
}

/*
 * The same for a stream socket.  In most cases the queue is empty, and the
 * search is omitted.
 */
void
up_disarm_unread(int fd)
{
	int unread;

	if (ioctl(fd, FIONREAD, &unread) == -1 || unread > 0)
		up_disarm(fd);
}

/*
 * close(2) of a connection.  If IS_UNSHARED, no other process holds the
 * connection, and it is shut down first.  Otherwise, a descriptor could arrive
 * between the search of the queue and close(2).
 */
int
up_close_connection(int fd, int is_unshared)
{
	if (is_unshared)
		up_shutdown(fd, SHUT_RD);
	up_disarm_unread(fd);
	return close(fd);
}

/* Closes a connection that the caller has never received.  Preserves errno. */
void
up_refuse_connection(int fd)
{
	int saved = errno;

	if (fd != -1)
		up_close_connection(fd, 1);
	errno = saved;
}
