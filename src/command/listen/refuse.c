/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a client that gets no program.  The kernel would drop the
 * descriptors that it has passed inside close(2), where a TCP socket with
 * unsent bytes and SO_LINGER blocks for a time that the client has chosen.
 * A few such clients would block all threads of the server.
 */
#include "command.h"

#include <sys/socket.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define SCM_MAX_FDS	256	/* in a message; Linux: 253 */
#define OTHER_BYTES	4096	/* of credentials and a security label */

#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC	0
#endif
#ifdef __linux__
#define IS_PIDFD(type)	((type) == 4)	/* SCM_PIDFD, of a given listener */
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
 * Receive a message of FD, and close its descriptors; 0 at EOF.  Linux
 * drops those that find no room in the control buffer: a given listener may
 * ask for credentials (SO_PASSCRED) and a label, which come first.  A program
 * that another thread starts meanwhile inherits no descriptor.
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
 * Linux drops descriptors beyond the limit of the process, too.  Four threads
 * that received 253 each would reach the usual limit of 1024 together.
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
 * After the shutdown nothing more arrives, so the loop ends.  Linux drops an
 * urgent byte and its descriptors inside recvmsg(2), unless it is inline.
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
