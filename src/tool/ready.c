/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who waits for a server is told when it is ready: by a newline, as s6 has
 * it, or by a message to the service manager that started us.
 */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST	3		/* of the service manager's descriptors */
#define MOST	65536

/* What cannot be told is no reason not to serve. */
static void
notify(const char *message)
{
	const char *address = getenv("NOTIFY_SOCKET");

	if (address != NULL && (*address == '/' || *address == '@') &&
	    unix_send(address, message, strlen(message)) == -1)
		explain(address, errno);
}

/* The newline, and nothing more: so whoever reads it meets the end. */
static int
write_newline(void)
{
	int null;

	if (write(STDOUT_FILENO, "\n", 1) != 1)
		return -1;
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null == -1 || dup2(null, STDOUT_FILENO) == -1)
		return -1;
	return close(null);
}

/* 0, or an exit status. */
int
tell_ready(int newline)
{
	if (newline && write_newline() == -1)
		return complain("standard output", errno);
	notify("READY=1");
	return 0;
}

void
tell_stopping(void)
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
