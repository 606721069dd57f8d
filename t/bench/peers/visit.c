/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * visit AMOUNT SOCKET PEER...: AMOUNT connections to the server of a peer at
 * SOCKET, from 8 threads that use system calls only: connect, write a line,
 * read its echo, close.  Prints the seconds.
 */
#include "judge.h"
#include "peer.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE	8
#define MAX_WORDS	10		/* words of a peer */
#define START_TIMEOUT_SECONDS	10	/* until a server listens */

static struct sockaddr_un name = { .sun_family = AF_UNIX };
static long visits;		/* of each client */

static int
dial(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	need(fd != -1, "socket");
	if (connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
visit_once(int fd)
{
	char line[LINE_BYTES];
	ssize_t n;
	size_t got;

	need(fd != -1, "connect");
	need(write(fd, LINE, LINE_BYTES) == LINE_BYTES, "write");
	for (got = 0; got < LINE_BYTES; got += (size_t)n) {
		n = read(fd, line + got, LINE_BYTES - got);
		if (n == 0)
			errno = 0;
		need(n > 0, "read");
	}
	errno = 0;
	need(memcmp(line, LINE, LINE_BYTES) == 0, "a line has changed");
	need(close(fd) == 0, "close");
}

static void *
visit(void *context)
{
	long i;

	(void)context;
	for (i = 0; i < visits; i++)
		visit_once(dial());
	return NULL;
}

/* The first client waits for the server. */
static void
wait_server(void)
{
	double limit = seconds() + START_TIMEOUT_SECONDS;
	int fd;

	while ((fd = dial()) == -1 && seconds() < limit)
		poll(NULL, 0, 5);
	visit_once(fd);
}

static double
visit_all(void)
{
	pthread_t threads[AT_ONCE];
	double start = seconds();
	int i;

	for (i = 0; i < AT_ONCE; i++) {
		errno = pthread_create(&threads[i], NULL, visit, NULL);
		need(errno == 0, "pthread_create");
	}
	for (i = 0; i < AT_ONCE; i++)
		pthread_join(threads[i], NULL);
	return seconds() - start;
}

int
main(int argc, char *argv[])
{
	char part[] = "serve", *words[MAX_WORDS + 3];
	double taken;
	pid_t server;
	int i;

	errno = 0;
	need(argc > 3 && argc < MAX_WORDS,
	    "usage: visit AMOUNT SOCKET PEER...");
	visits = strtol(argv[1], NULL, 10) / AT_ONCE;
	strncpy(name.sun_path, argv[2], sizeof(name.sun_path) - 1);
	for (i = 0; i < argc - 3; i++)
		words[i] = argv[i + 3];
	words[i++] = part;
	words[i++] = argv[2];
	words[i] = NULL;
	server = start(words, STDIN_FILENO, STDOUT_FILENO, ANY);
	wait_server();
	taken = visit_all();
	stop(server);
	show(taken);
	return unlink(argv[2]) == -1;
}
