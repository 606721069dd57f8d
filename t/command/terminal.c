/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * terminal COMMAND [ARG...]: runs COMMAND with a terminal as standard input and
 * standard error.  The input of this program is typed; the output of the
 * terminal becomes its standard error.  The exit status is that of COMMAND.
 */
#include "config.h"

#include <sys/wait.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static void
need(int is_true, const char *what)
{
	if (is_true)
		return;
	perror(what);
	exit(125);
}

/* Neither echoes input nor changes output, and ^D is EOF. */
static int
open_terminal(int master)
{
	struct termios mode;
	int fd;

	need(grantpt(master) == 0 && unlockpt(master) == 0, "terminal");
	fd = open(ptsname(master), O_RDWR | O_NOCTTY);
	need(fd != -1 && tcgetattr(fd, &mode) == 0, "terminal");
	mode.c_lflag &= ~(tcflag_t)ECHO;
	mode.c_oflag &= ~(tcflag_t)OPOST;
	need(tcsetattr(fd, TCSANOW, &mode) == 0, "tcsetattr");
	return fd;
}

/* Returns 0 at EOF, which Linux reports as EIO if the peer is a terminal. */
static int
copy_some(int from, int to)
{
	char bytes[4096];
	ssize_t length = read(from, bytes, sizeof(bytes));

	return length > 0 && write(to, bytes, (size_t)length) == length;
}

static void
copy_terminal(int master)
{
	struct pollfd fds[2] = { { .fd = master, .events = POLLIN },
	    { .fd = STDIN_FILENO, .events = POLLIN } };

	for (;;) {
		need(poll(fds, 2, -1) != -1, "poll");
		if (fds[0].revents != 0 && !copy_some(master, STDERR_FILENO))
			return;
		if (fds[1].revents != 0 && !copy_some(STDIN_FILENO, master))
			fds[1].fd = -1;
	}
}

int
main(int argc, char *argv[])
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), fd, status;
	pid_t child;

	if (argc < 2)
		return 2;
	need(master != -1, "posix_openpt");
	fd = open_terminal(master);
	child = fork();
	need(child != -1, "fork");
	if (child == 0) {
		close(master);
		need(dup2(fd, STDIN_FILENO) != -1 &&
		    dup2(fd, STDERR_FILENO) != -1, "dup2");
		close(fd);
		execvp(argv[1], argv + 1);
		need(0, argv[1]);
	}
	close(fd);
	copy_terminal(master);
	need(waitpid(child, &status, 0) == child, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
