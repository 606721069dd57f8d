/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * strict FILE: a server that rejects a half-close, on its input, a socket.  It
 * sends the line "ready" and receives a line.  When FILE exists, it sends the
 * line "answer", but only if its client has not half-closed.
 */
#include "config.h"

#include <sys/socket.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
send_line(const char *line)
{
	return write(STDIN_FILENO, line, strlen(line)) == -1 ? -1 : 0;
}

int
main(int argc, char *argv[])
{
	char byte = '\0';

	if (argc != 2)
		return 2;
	if (send_line("ready\n") == -1)
		return 1;
	while (byte != '\n')
		if (read(STDIN_FILENO, &byte, 1) != 1)
			return 1;
	while (access(argv[1], F_OK) == -1)
		poll(NULL, 0, 1);
	if (recv(STDIN_FILENO, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != -1)
		return 0;
	return errno == EAGAIN && send_line("answer\n") == 0 ? 0 : 1;
}
