/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Readiness is reported by a newline, as s6 has it, and by a message to the
 * service manager that started us.  Neither is waited for: a server that
 * blocks in a full pipe or queue sees no signal and reaps no program.
 */
#include "command.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC	0
#endif

#define FIRST	3		/* of the service manager's descriptors */
#define MOST	65536

static int newline_waits, message_waits;

/* Send MESSAGE on a socket of our own; a full queue is EAGAIN, or ENOBUFS. */
static int
send_message(const char *address, const char *message)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	size_t length = strlen(address);
	int fd, error = 0;

	if (length >= sizeof(name.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name.sun_path, address, length);
	if (*address == '@')
		name.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (sendto(fd, message, strlen(message), MSG_DONTWAIT,
	    (const struct sockaddr *)&name,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) == -1)
		error = errno;
	close(fd);
	errno = error;
	return error == 0 ? 0 : -1;
}

/* Whether MESSAGE is to be sent again: the manager has no room for it. */
static int
notify(const char *message)
{
	const char *address = getenv("NOTIFY_SOCKET");

	if (address == NULL || (*address != '/' && *address != '@') ||
	    send_message(address, message) == 0)
		return 0;
	if (errno == EAGAIN || errno == ENOBUFS)
		return 1;
	/* A manager that cannot be reached is no reason not to serve. */
	explain(address, errno);
	return 0;
}

/* A pipe may be full, and another process may need it in blocking mode. */
static int
has_room(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLOUT };

	return poll(&one, 1, 0) != 0;
}

/* The reader meets the end after the newline. */
static int
end_output(void)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null == -1 || dup2(null, STDOUT_FILENO) == -1)
		return -1;
	return close(null);
}

/*
 * 0 also if there is no room.  Another holder may fill the pipe between
 * has_room() and write(2): EAGAIN if the pipe is non-blocking.  In a blocking
 * pipe, which other holders may need so, write(2) waits for the reader then.
 */
static int
write_newline(void)
{
	if (write(STDOUT_FILENO, "\n", 1) != 1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	newline_waits = 0;
	return end_output();
}

/* Report readiness by report_again(), by a NEWLINE too. */
void
begin_report(int newline)
{
	newline_waits = newline;
	message_waits = 1;
}

/* As far as it can be done now; 0, or an exit status. */
int
report_again(void)
{
	if (newline_waits && has_room(STDOUT_FILENO) && write_newline() == -1)
		return complain("standard output", errno);
	if (message_waits)
		message_waits = notify("READY=1");
	return 0;
}

int
is_reported(void)
{
	return !newline_waits && !message_waits;
}

/* A manager that has no room for it sees the end itself. */
void
report_stopping(void)
{
	notify("STOPPING=1");
}

/* A number from the service manager, or 0. */
static unsigned long
passed(const char *name, unsigned long limit)
{
	const char *text = getenv(name);
	unsigned long number;

	return text != NULL && parse_number(text, 10, limit, &number) == 0 ?
	    number : 0;
}

/*
 * The sockets that the service manager has passed are ours, and not our
 * programs'; one of them may be the listener.
 */
void
keep_passed(void)
{
	unsigned long i;

	if (passed("LISTEN_PID", INT_MAX) != (unsigned long)getpid())
		return;
	for (i = passed("LISTEN_FDS", MOST); i > 0; i--)
		fcntl(FIRST - 1 + (int)i, F_SETFD, FD_CLOEXEC);
}
