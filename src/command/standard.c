/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program is given: descriptors 0, 1 and 2, and signals.  Whoever
 * started us may have closed, ignored or blocked any of them.
 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/*
 * Where one of them is closed a socket of ours must not get its number.
 * Input that is closed is empty.  Writing to an output that is closed must
 * fail, so it is opened for reading.
 */
int
open_standard(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null",
		    fd == STDERR_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return -1;
	return 0;
}

/* A peer that is gone is an error to tell, and not the end of us. */
void
usual_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
}

/* A full disk may show only now: 0, or an exit status. */
int
close_output(void)
{
	int failed = ferror(stdout);

	if (fclose(stdout) == EOF)
		return complain("standard output", errno);
	/* Nobody has kept what it was. */
	return failed ? complain("standard output", EIO) : 0;
}
