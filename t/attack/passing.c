/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets that linger, and messages that carry descriptors, as a peer without
 * the library makes them.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/socket.h>
#include <sys/syscall.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "passing.h"

/* The least that the system has: hundreds of these sockets may exist. */
static int
make_tcp_socket(int option)
{
	const int least = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd != -1)
		setsockopt(fd, SOL_SOCKET, option, &least, sizeof(least));
	return fd;
}

/* Connect FD to a socket that is accepted, kept and never read. */
static int
connect_deaf(int fd)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(name);
	int waiter = make_tcp_socket(SO_RCVBUF);
	int result = -1;

	if (waiter != -1 &&
	    bind(waiter, (struct sockaddr *)&name, length) == 0 &&
	    listen(waiter, 1) == 0 &&
	    getsockname(waiter, (struct sockaddr *)&name, &length) == 0 &&
	    connect(fd, (struct sockaddr *)&name, length) == 0 &&
	    accept4(waiter, NULL, NULL, SOCK_CLOEXEC) != -1)
		result = 0;
	close(waiter);
	return result;
}

int
make_lingering(int seconds)
{
	static const char bytes[65536];
	const struct linger linger = { .l_onoff = 1, .l_linger = seconds };
	int fd = make_tcp_socket(SO_SNDBUF);

	if (fd == -1 || connect_deaf(fd) == -1)
		return -1;
	while (send(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) ==
	    -1)
		return -1;
	return fd;
}

/* Not musl's sendmsg(3), which knows at most 252 descriptors. */
ssize_t
pass_files(int to, char byte, const int *fds, size_t count, int flags)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(SCM_MAX_FDS * sizeof(int))];
	} control = { .bytes = { 0 } };
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = CMSG_SPACE(count * sizeof(int)) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
	return syscall(SYS_sendmsg, to, &message, flags | MSG_NOSIGNAL);
}
