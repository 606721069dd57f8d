/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors in flight: those that a peer has passed and that were not
 * received.  The kernel closes them in the call that drops them, for example
 * close(2) of the socket that holds them in its queue.  A TCP socket with
 * unsent bytes and SO_LINGER blocks that call for a time that the peer has
 * specified, so SO_LINGER is switched off first.
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
 * Held while descriptors of a peer have numbers although no program asked for
 * them.  Threads that receive 253 at a time would reach RLIMIT_NOFILE together,
 * and the kernel drops the excess inside recvmsg(2).
 */
static struct up_lock transit;

/*
 * Threads that close descriptors without the lock, and how many of them were
 * waited for in vain: close(2) of a file may never return if the peer serves
 * its file system.
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
 * Call TAKE for each descriptor that came with MESSAGE, until it has returned 1
 * for it.  Other descriptors than files: SCM_PIDFD, which SO_PASSPIDFD enables.
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

/* Close the descriptors that are not sockets, without the lock. */
static void
close_rest(struct msghdr *message)
{
	closing++;
	up_unlock(&transit);
	take_each(message, close_any, NULL);
	closing--;
}

/* Whether FD is a socket: then close(2) does not wait for unsent bytes. */
static int
stop_lingering(int fd)
{
	static const struct linger none;

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none)) == 0;
}

/* Close FD if it is a socket, which no process may want: 1, or 0. */
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
 * Duplicate the descriptors of the next message, disarm and close them: 0, or
 * -1 at the end of the queue.  EMPTY counts messages without a byte, at which
 * SOCK_SEQPACKET reports EOF, too.  The rest is closed without the lock.
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
 * Look through the queue of FD and leave it as it is: another process may hold
 * the socket, and a peer whose messages were all received would read EOF
 * instead of ECONNRESET.  Without SO_OOBINLINE the kernel skips an out-of-band
 * byte, which can carry descriptors, too.
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

/* Before the last close(2) of FD, a socket: that call does not wait. */
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
 * recvmsg(2), whose descriptors KEEP is asked to keep: it returns 1, or 0.  All
 * others are closed.  With KEEP, the call must not wait.
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

/* Close COUNT descriptors that were received. */
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

/* up_disarm() for a stream socket, whose queue is empty in most cases. */
void
up_disarm_unread(int fd)
{
	int unread;

	if (ioctl(fd, FIONREAD, &unread) == -1 || unread > 0)
		up_disarm(fd);
}

/*
 * close(2) of a connection, which may be the last.  If IS_UNSHARED, no other
 * process has it, and it is shut down first: else a descriptor could arrive
 * after its queue was looked through.
 */
int
up_close_connection(int fd, int is_unshared)
{
	if (is_unshared)
		up_shutdown(fd, SHUT_RD);
	up_disarm_unread(fd);
	return close(fd);
}

/* Close a connection that no program has seen; errno stays. */
void
up_refuse_connection(int fd)
{
	int saved = errno;

	if (fd != -1)
		up_close_connection(fd, 1);
	errno = saved;
}
