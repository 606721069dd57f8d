/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * match WORK AMOUNT PEER...: a peer at both ends of a pair of sockets.  The
 * ends are processes on different CPUs, since the kernel sometimes puts both on
 * one; only `trips1' uses one CPU for both.  The receiver prints the seconds,
 * without those of the first part.
 */
#include "judge.h"
#include "peer.h"

#include <sys/socket.h>
#include <fcntl.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAX_WORDS	10		/* words of a peer */

static const struct work {
	const char *name, *near, *far;
	int far_cpu;
} works[] = {
	{ "lines", "get-lines", "put-lines", 1 },
	{ "pieces", "get-pieces", "put-pieces", 1 },
	{ "trips", "ask", "answer", 1 },
	{ "trips1", "ask", "answer", 0 }
};

static pid_t
start_end(char *const words[], const char *part, char *amount, int fd, int cpu)
{
	char *argv[MAX_WORDS + 3], name[20];
	int i;

	for (i = 0; words[i] != NULL && i < MAX_WORDS; i++)
		argv[i] = words[i];
	strcpy(name, part);
	argv[i++] = name;
	argv[i++] = amount;
	argv[i] = NULL;
	return start(argv, fd, STDOUT_FILENO, cpu);
}

static void
play(const struct work *work, char *amount, char *const words[])
{
	pid_t near, far;
	int fd[2];

	need(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0 &&
	    fcntl(fd[0], F_SETFD, FD_CLOEXEC) == 0 &&
	    fcntl(fd[1], F_SETFD, FD_CLOEXEC) == 0, "socketpair");
	near = start_end(words, work->near, amount, fd[0], 0);
	far = start_end(words, work->far, amount, fd[1], work->far_cpu);
	close(fd[0]);
	close(fd[1]);
	end(near);
	end(far);
}

int
main(int argc, char *argv[])
{
	size_t i;

	errno = 0;
	need(argc > 3, "usage: match WORK AMOUNT PEER...");
	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		if (strcmp(argv[1], works[i].name) == 0) {
			play(&works[i], argv[2], argv + 3);
			return 0;
		}
	die("no such work");
}
