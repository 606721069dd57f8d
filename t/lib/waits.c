/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts calls that can wait, in front of the functions of libc. */
#include "config.h"

#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>

#include "original.h"
#include "waits.h"

static _Atomic int waits;

int
count_waits(void)
{
	return waits;
}

void
forget_waits(void)
{
	waits = 0;
}

static void
note_socket(int fd, int flags)
{
	if ((flags & MSG_DONTWAIT) == 0 &&
	    (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0)
		waits++;
}

#define COUNTED(type, name, parameters, arguments, note) \
	type name parameters; \
	type \
	name parameters \
	{ \
		static type (*real) parameters; \
		find_original(&real, #name); \
		note; \
		return real arguments; \
	}

COUNTED(int, poll, (struct pollfd *fds, nfds_t count, int timeout),
    (fds, count, timeout), waits += timeout != 0)
COUNTED(int, nanosleep, (const struct timespec *time, struct timespec *left),
    (time, left), waits++)
static int are_short, is_refused;
static size_t room = ROOMY;

void
shorten_sends(int yes)
{
	are_short = yes;
}

void
set_room(size_t bytes)
{
	room = bytes;
}

void
refuse_next_send(void)
{
	is_refused = 1;
}

ssize_t
send(int fd, const void *bytes, size_t size, int flags)
{
	static ssize_t (*real)(int, const void *, size_t, int);
	ssize_t sent;

	find_original(&real, "send");
	note_socket(fd, flags);
	if (is_refused || (room == 0 && size > 0)) {
		is_refused = 0;
		errno = EAGAIN;
		return -1;
	}
	if (size > room)
		size = room;
	sent = real(fd, bytes, are_short && size > 1 ? 1 : size, flags);
	if (sent > 0 && room != ROOMY)
		room -= (size_t)sent;
	return sent;
}

COUNTED(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags),
    (fd, message, flags), note_socket(fd, flags))
COUNTED(ssize_t, recv, (int fd, void *bytes, size_t size, int flags),
    (fd, bytes, size, flags), note_socket(fd, flags))
COUNTED(ssize_t, recvmsg, (int fd, struct msghdr *message, int flags),
    (fd, message, flags), note_socket(fd, flags))
COUNTED(int, connect, (int fd, const struct sockaddr *name, socklen_t size),
    (fd, name, size), note_socket(fd, 0))
