/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bare sockets: reading and writing as a careful program does, clients of a
 * Unix socket, and TCP over 127.0.0.1 on a port that the kernel chooses.
 */
#include "bench.h"

#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <sched.h>
#include <unistd.h>

void
write_all(int fd, const char *bytes, size_t length)
{
	ssize_t n;

	for (; length > 0; bytes += n, length -= (size_t)n) {
		n = write(fd, bytes, length);
		need(n > 0, "write");
	}
}

size_t
read_some(int fd, char *bytes, size_t size)
{
	ssize_t n = read(fd, bytes, size);

	if (n == 0)
		errno = 0;
	need(n != 0, "the second process has gone");
	need(n > 0, "read");
	return (size_t)n;
}

void
read_all(int fd, void *bytes, size_t length)
{
	char *next = bytes;
	size_t n;

	for (; length > 0; next += n, length -= n)
		n = read_some(fd, next, length);
}

/*
 * With a full backlog Linux blocks a client, and other systems refuse it.  A
 * server that has ended refuses all, for ever.
 */
int
can_retry_connect(void)
{
	if (errno != ECONNREFUSED)
		return 0;
	if (process_has_ended()) {
		errno = ECONNREFUSED;
		return 0;
	}
	sched_yield();
	return 1;
}

/* POSIX leaves the state of a socket open that was refused. */
int
connect_raw(const struct sockaddr_un *name)
{
	int fd, error;

	for (;;) {
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		need(fd != -1, "socket");
		if (connect(fd, (const struct sockaddr *)name,
		    sizeof(*name)) == 0)
			return fd;
		error = errno;
		close(fd);
		errno = error;
		need(can_retry_connect(), "connect");
	}
}

/* With a full backlog TCP delays a client by a second. */
int
listen_loopback(struct sockaddr_in *name)
{
	socklen_t length = sizeof(*name);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1)
		return -1;
	*name = (struct sockaddr_in){ .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (bind(fd, (struct sockaddr *)name, sizeof(*name)) == 0 &&
	    listen(fd, SOMAXCONN) == 0 &&
	    getsockname(fd, (struct sockaddr *)name, &length) == 0)
		return fd;
	close(fd);
	return -1;
}

int
connect_loopback(const struct sockaddr_in *name)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1 || connect(fd, (const struct sockaddr *)name,
	    sizeof(*name)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* The connection of FD; any user may connect to the port. */
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

int
pair_loopback(int fd[2])
{
	struct sockaddr_in name;
	int listener = listen_loopback(&name), on = 1, i;

	if (listener == -1)
		return -1;
	fd[0] = connect_loopback(&name);
	if (fd[0] != -1) {
		fd[1] = accept_own(listener, fd[0]);
		/*
		 * Otherwise a line waits until the previous one is
		 * acknowledged.
		 */
		for (i = 0; i < 2; i++)
			setsockopt(fd[i], IPPROTO_TCP, TCP_NODELAY, &on,
			    sizeof(on));
	}
	close(listener);
	return fd[0] == -1 ? -1 : 0;
}
