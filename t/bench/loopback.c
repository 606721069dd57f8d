/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP over 127.0.0.1, on a port that the kernel chooses.  There anybody on
 * this machine may connect.
 */
#include "measure.h"

#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <unistd.h>

/* FD, or -1 where it is not GOOD. */
static int
keep_good(int fd, int good)
{
	if (good || fd == -1)
		return fd;
	close(fd);
	return -1;
}

/* Where the backlog is full TCP lets a client wait for a whole second. */
int
listen_loopback(struct sockaddr_in *name)
{
	socklen_t length = sizeof(*name);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*name = (struct sockaddr_in){ .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	return keep_good(fd,
	    bind(fd, (struct sockaddr *)name, sizeof(*name)) == 0 &&
	    listen(fd, SOMAXCONN) == 0 &&
	    getsockname(fd, (struct sockaddr *)name, &length) == 0);
}

int
connect_loopback(const struct sockaddr_in *name)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return keep_good(fd, connect(fd, (const struct sockaddr *)name,
	    sizeof(*name)) == 0);
}

/* The connection of our own FD; those of strangers are closed. */
static int
accept_own(int listener, int fd)
{
	struct sockaddr_in own = { .sin_port = 0 }, peer = own;
	socklen_t length = sizeof(own);
	int accepted;

	need(getsockname(fd, (struct sockaddr *)&own, &length) == 0,
	    "getsockname");
	for (;;) {
		length = sizeof(peer);
		accepted = accept(listener, (struct sockaddr *)&peer, &length);
		need(accepted != -1, "accept");
		if (peer.sin_port == own.sin_port)
			return accepted;
		close(accepted);
	}
}

/* Nobody wants his lines to wait for the answer to the last one. */
static void
send_at_once(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int
pair_loopback(int fd[2])
{
	struct sockaddr_in name;
	int listener = listen_loopback(&name);

	if (listener == -1)
		return -1;
	fd[0] = connect_loopback(&name);
	if (fd[0] != -1) {
		fd[1] = accept_own(listener, fd[0]);
		send_at_once(fd[0]);
		send_at_once(fd[1]);
	}
	close(listener);
	return fd[0] == -1 ? -1 : 0;
}
