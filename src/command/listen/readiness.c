/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notifies s6 (a newline on standard output) and the service manager (a
 * datagram).  Neither call may block: a server that waits for a full pipe or
 * queue would handle no signals and reap no programs.
 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of sd_listen_fds(3). */
#define LISTEN_FDS_START	3
#define MAX_LISTEN_FDS		65536

static int is_newline_due, is_message_due;
static int null = -1;		/* takes the place of standard output */

/* Returns 1 if the queue of the manager is full. */
static int
notify_manager(const char *message)
{
	const char *address = getenv("NOTIFY_SOCKET");

	if (address == NULL || (*address != '/' && *address != '@') ||
	    unix_try_send(address, message, strlen(message)) == 0)
		return 0;
	/* A full queue is EAGAIN, and ENOBUFS on the BSDs. */
	if (errno == EAGAIN || errno == ENOBUFS)
		return 1;
	/* On other errors the server continues: it can still serve clients. */
	explain(address, errno);
	return 0;
}

/*
 * Whether a write to the pipe would not block.  O_NONBLOCK is not used, since
 * it would affect all processes that share the pipe.
 */
static int
has_room(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLOUT };

	return poll(&one, 1, 0) != 0;
}

/*
 * Closes the pipe, since its reader waits for EOF, by replacing it with
 * /dev/null.  After close(2) alone, a later socket would get number 1 and
 * receive output.
 */
static int
close_standard_output(void)
{
	if (dup2(null, STDOUT_FILENO) == -1)
		return -1;
	return close(null);
}

/*
 * Another process can fill the pipe after has_room().  Then write(2) fails with
 * EAGAIN, which must not end the service, or blocks if the pipe is blocking.
 */
static int
write_newline(void)
{
	if (write(STDOUT_FILENO, "\n", 1) != 1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	is_newline_due = 0;
	return close_standard_output();
}

/*
 * Must be called before a socket is created: a server that has reported
 * readiness must not fail because /dev/null is missing.
 */
int
prepare_readiness(int newline)
{
	is_newline_due = newline;
	if (newline)
		null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return newline && null == -1 ? -1 : 0;
}

void
begin_readiness(void)
{
	is_message_due = 1;
}

/*
 * Returns 0 or an exit status.  If the pipe or queue is full, the next call
 * tries again.
 */
int
send_readiness(void)
{
	if (is_newline_due && has_room(STDOUT_FILENO) && write_newline() == -1)
		return complain("standard output", errno);
	if (is_message_due)
		is_message_due = notify_manager("READY=1");
	return 0;
}

int
is_readiness_sent(void)
{
	return !is_newline_due && !is_message_due;
}

/* A lost notification is harmless: the manager waits for the process. */
void
send_stopping(void)
{
	notify_manager("STOPPING=1");
}

/* Returns 0 if the variable is unset or invalid. */
static unsigned long
manager_number(const char *name, unsigned long highest)
{
	const char *text = getenv(name);
	unsigned long number;

	return text != NULL && parse_number(text, 10, highest, &number) == 0 ?
	    number : 0;
}

/*
 * Sets close-on-exec for the sockets of the service manager, including the
 * listener.  If a program inherited the listener and outlived the server, the
 * listener would still queue clients.
 */
void
close_passed_on_exec(void)
{
	unsigned long i;

	if (manager_number("LISTEN_PID", INT_MAX) != (unsigned long)getpid())
		return;
	for (i = manager_number("LISTEN_FDS", MAX_LISTEN_FDS); i > 0; i--)
		fcntl(LISTEN_FDS_START - 1 + (int)i, F_SETFD, FD_CLOEXEC);
}
