/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * credentials PATH COMMAND [ARG...]: runs COMMAND with a listener at PATH as
 * descriptor 3.  If the system has SO_PASSCRED, the connections of the listener
 * request the credentials of each message.
 */
#include "config.h"

#include <sys/socket.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "unixport.h"

int
main(int argc, char *argv[])
{
	const int on = 1;
	struct unix_listener *listener;
	int fd;

	if (argc < 3)
		return 2;
	listener = unix_listen(argv[1], NULL);
	if (listener == NULL) {
		perror(argv[1]);
		return 1;
	}
	fd = unix_listener_fileno(listener);
#ifdef SO_PASSCRED
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == -1) {
		perror("SO_PASSCRED");
		return 1;
	}
#else
	(void)on;
#endif
	if (fd == 3 ? fcntl(fd, F_SETFD, 0) == -1 : dup2(fd, 3) == -1) {
		perror("descriptor 3");
		return 1;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 1;
}
