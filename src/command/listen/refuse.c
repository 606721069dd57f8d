/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Closes a client that gets no program.  A few hostile clients could block all
 * threads of the server inside close(2): the kernel closes the descriptors that
 * the client has passed, and a TCP socket with unsent bytes blocks for the time
 * that the client has set with SO_LINGER.
 */
#include "command.h"

#include <sys/socket.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define SCM_MAX_FDS	256	/* Linux limits a message to 253 */
#define OTHER_BYTES	4096	/* of credentials and a security label */

#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC	0
#endif
#ifdef __linux__
#define IS_PIDFD(type)	((type) == 4)	/* SCM_PIDFD */
#else
#define IS_PIDFD(type)	0
#endif

static void
close_passed(struct cmsghdr *header)
{
	static const struct linger none;
	size_t length = header->cmsg_len - CMSG_LEN(0), used;
	int fd;

	for (used = 0; used + sizeof(fd) <= length; used += sizeof(fd)) {
		memcpy(&fd, CMSG_DATA(header) + used, sizeof(fd));
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
		close(fd);
	}
}

/*
 * Returns 0 at EOF.  Linux closes descriptors that exceed the control buffer
 * inside recvmsg(2), so the buffer has room for all.  An inherited listener may
 * have SO_PASSCRED or SO_PASSSEC set, whose data precedes the descriptors.
 * Without MSG_CMSG_CLOEXEC, a program that another thread starts could inherit
 * them.
 */
static int
drain_message(int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(SCM_MAX_FDS * sizeof(int)) + OTHER_BYTES];
	} control;
	char bytes[4096];
	struct iovec part = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header;

	if (recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0)
		return 0;
	for (header = CMSG_FIRSTHDR(&message); header != NULL;
	    header = CMSG_NXTHDR(&message, header))
		if (header->cmsg_level == SOL_SOCKET &&
		    (header->cmsg_type == SCM_RIGHTS ||
		    IS_PIDFD(header->cmsg_type)))
			close_passed(header);
	return 1;
}

/*
 * One thread receives at a time.  Four threads with 253 descriptors each would
 * reach the usual limit of 1024, and Linux closes the excess inside recvmsg(2).
 */
static int
drain_exclusively(int fd)
{
	static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
	int received;

	pthread_mutex_lock(&turn);
	received = drain_message(fd);
	pthread_mutex_unlock(&turn);
	return received;
}

/*
 * After shutdown(2) the client cannot send more, so the loop ends.  Without
 * SO_OOBINLINE, Linux closes the descriptors of an urgent byte inside
 * recvmsg(2).
 */
void
refuse_client(struct unix_ports *client)
{
	int fd = unix_fileno(client);
	const int on = 1;

	shutdown(fd, SHUT_RD);
	setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
	while (drain_exclusively(fd))
		;
	unix_close_ports(client);
}
