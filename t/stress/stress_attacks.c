/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attacks of hostile clients.  Each client connects to the server at "s",
 * attacks it, and leaves in one of several ways.  The library is not used.
 */
#include "stress.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define FLOOD_FILES	253	/* maximum in a message */
#define FLOOD_MESSAGES	8
#define EXCESS_BYTES	200000	/* more than a socket buffers */

/* Returns 0 if the server has closed the connection. */
static int
throw(int fd, const void *bytes, size_t length)
{
	ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);

	need(sent != -1 || errno == EPIPE || errno == ECONNRESET);
	return sent != -1;
}

static void
send_noise(int fd)
{
	char bytes[5000];
	size_t length = pick(sizeof(bytes)), i;
	unsigned times = pick(20);

	for (i = 0; i < length; i++)
		bytes[i] = (char)pick(256);
	while (times-- > 0 && throw(fd, bytes, length))
		;
}

static void
send_half_line(int fd)
{
	char bytes[3000];

	memset(bytes, 'x', sizeof(bytes));
	throw(fd, bytes, pick(sizeof(bytes)));
}

/* Sends a line, then the prefix and FOLLOW bytes of a frame. */
static void
send_prefix(int fd, uint32_t length, size_t follow)
{
	char bytes[6 + 5000] = "line\n";
	int i;

	for (i = 0; i < 4; i++)
		bytes[5 + i] = (char)(length >> (24 - 8 * i) & 255);
	throw(fd, bytes, 9 + follow);
}

static void
send_half_frame(int fd)
{
	uint32_t length = 1 + pick(4000);

	send_prefix(fd, length, pick(length));
}

static void
send_lie(int fd)
{
	static const uint32_t lies[] = { 4097, 65536, 0x7fffffff, 0x80000000,
	    0xffffffff };

	send_prefix(fd, lies[pick(COUNT(lies))], pick(4900));
}

static void
send_descriptors(int fd, const int *files, unsigned count)
{
	union {
		char bytes[CMSG_SPACE(FLOOD_FILES * sizeof(int))];
		struct cmsghdr header;
	} control;
	char line[] = "files\n";
	struct iovec data = { line, pick(2) == 0 ? 1 : sizeof(line) - 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = CMSG_SPACE(count * sizeof(int))
	};
	struct cmsghdr *header = &control.header;

	memset(&control, 0, sizeof(control));
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), files, count * sizeof(int));
	/*
	 * musl sends one descriptor less than the kernel, or fails with ENOMEM.
	 */
	if (sendmsg(fd, &message, MSG_NOSIGNAL) == -1)
		need(errno == EPIPE || errno == ECONNRESET ||
		    errno == ETOOMANYREFS || errno == ENOMEM);
}

static void
flood(int fd)
{
	int file = open("/dev/null", O_RDWR | O_CLOEXEC);
	int files[FLOOD_FILES], i;

	need(file != -1);
	for (i = 0; i < FLOOD_FILES; i++)
		files[i] = pick(20) == 0 ? fd : file;
	for (i = 0; i < FLOOD_MESSAGES; i++)
		send_descriptors(fd, files, FLOOD_FILES - pick(3));
	close(file);
}

/* Passes the socket over itself: only the kernel can collect this cycle. */
static void
send_itself(int fd)
{
	int files[2] = { fd, fd };

	send_descriptors(fd, files, 2);
}

/* Sends requests and reads no answer. */
static void
ask_and_not_read(int fd)
{
	static char bytes[EXCESS_BYTES];
	int times = 10;

	memset(bytes, '\n', sizeof(bytes));
	while (times-- > 0 && throw(fd, bytes, sizeof(bytes)))
		;
}

static void
drip(int fd)
{
	unsigned count = pick(100);

	while (count-- > 0 && throw(fd, pick(10) == 0 ? "\n" : "x", 1))
		nap(2);
}

static void
shut_down(int fd)
{
	int first = pick(2) == 0 ? SHUT_RD : SHUT_WR;

	throw(fd, "line\n", 5);
	shutdown(fd, first);
	nap(1);
	shutdown(fd, first == SHUT_RD ? SHUT_WR : SHUT_RD);
}

/* Not every kernel supports urgent data on Unix domain sockets. */
static void
press(int fd)
{
	unsigned count = pick(10);

	while (count-- > 0 && throw(fd, "line\n", 1 + pick(5)))
		if (send(fd, "!", 1, MSG_OOB | MSG_NOSIGNAL) == -1)
			need(errno == EPIPE || errno == EOPNOTSUPP ||
			    errno == ECONNRESET);
}

static void
do_nothing(int fd)
{
	(void)fd;
}

static int
reach(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "s" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	need(fd != -1);
	need(connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0);
	shared->connections++;
	return fd;
}

/* Leaves immediately, after the server has closed, or is killed. */
static void
leave(int fd)
{
	struct pollfd server = { .fd = fd };

	switch (pick(4)) {
	case 0:
		poll(&server, 1, 5000);	/* until it has closed */
		break;
	case 1:
		nap(5);
		break;
	case 2:
		shutdown(fd, SHUT_WR);
		poll(&server, 1, 5000);
		break;
	default:
		break;
	}
	if (pick(10) == 0)
		raise(SIGKILL);
	close(fd);
}

void
attack(void)
{
	static void (*const attacks[])(int) = { send_noise, send_half_line,
	    send_half_frame, send_lie, flood, send_itself, ask_and_not_read,
	    drip, shut_down, press, do_nothing };
	int fd = reach();

	attacks[pick(COUNT(attacks))](fd);
	leave(fd);
}
