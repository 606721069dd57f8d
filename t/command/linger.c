/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linger ADDRESS TIMES [COUNT]: a client that passes COUNT descriptors (default
 * 1) to the server and closes.  The last descriptor is a TCP socket with
 * SO_LINGER: the process that closes it is blocked for a minute unless it
 * clears the option.  The client repeats this TIMES times, each after the
 * server has ended the connection, and every second time with an urgent byte.
 * A line on standard output reports each passing.
 */
#include "config.h"

#include <sys/socket.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unixport.h"

#define SCM_MAX_FDS	253		/* descriptors in a message, by Linux */

static int fds[SCM_MAX_FDS];
static size_t count = 1;

static void
need(int is_true, const char *what)
{
	if (is_true)
		return;
	perror(what);
	exit(1);
}

/* A connection whose other end remains open and never reads. */
static int
make_lingering(void)
{
	static const char bytes[65536];
	const struct linger minute = { .l_onoff = 1, .l_linger = 60 };
	struct sockaddr_in name = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(name);
	int waiter = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	need(bind(waiter, (struct sockaddr *)&name, length) == 0, "bind");
	need(listen(waiter, 1) == 0, "listen");
	need(getsockname(waiter, (struct sockaddr *)&name, &length) == 0,
	    "getsockname");
	need(connect(fd, (struct sockaddr *)&name, length) == 0, "connect");
	need(accept(waiter, NULL, NULL) != -1, "accept");
	close(waiter);
	while (send(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	need(setsockopt(fd, SOL_SOCKET, SO_LINGER, &minute, sizeof(minute))
	    == 0, "SO_LINGER");
	return fd;
}

/*
 * Sends the descriptors with a byte.  Returns 0 if the server has ended the
 * connection, or if the user has too many descriptors in flight.
 */
static int
pass(int to, int flags)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(fds))];
	} control = { .bytes = { 0 } };
	char byte = 0;
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = CMSG_SPACE(count * sizeof(int)) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
	if (sendmsg(to, &message, flags | MSG_NOSIGNAL) == 1)
		return 1;
	/* Not every kernel has urgent bytes. */
	if (errno == EOPNOTSUPP && flags != 0)
		return pass(to, 0);
	need(errno == EPIPE || errno == ECONNRESET || errno == ETOOMANYREFS,
	    "sendmsg");
	return 0;
}

static void
attack(const char *address, int flags)
{
	struct unix_ports server;

	fds[count - 1] = make_lingering();
	need(unix_connect(address, NULL, &server) == 0, address);
	while (!pass(unix_fileno(&server), flags)) {
		unix_close_ports(&server);
		need(unix_connect(address, NULL, &server) == 0, address);
	}
	close(fds[count - 1]);
	puts("passed");
	fflush(stdout);
	while (getc(server.in) != EOF)
		;
	need(unix_close_ports(&server) == 0, "unix_close_ports");
}

int
main(int argc, char *argv[])
{
	int times = argc >= 3 ? atoi(argv[2]) : 0;
	int null = open("/dev/null", O_RDONLY);
	size_t i;

	if (argc == 4)
		count = (size_t)atoi(argv[3]);
	if (times == 0 || count == 0 || count > SCM_MAX_FDS)
		return 2;
	for (i = 0; i + 1 < count; i++)
		fds[i] = null;
	while (times-- > 0)
		attack(argv[1], times % 2 == 0 ? 0 : MSG_OOB);
	return 0;
}
