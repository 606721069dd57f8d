/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the scripts: bound TYPE BACKLOG CLIENTS ADDRESS binds a socket of TYPE
 * (stream, seqpacket or datagram) to a path or @NAME.  Unless BACKLOG is -1,
 * the socket listens, and CLIENTS sockets connect to it.  A newline follows.
 * After SIGTERM, the exit status is 0 if nothing else has arrived.  Further
 * TYPEs are:
 * - orphan: a child calls listen(2), prints its number and ends;
 * - shut: the listening socket is shut down;
 * - accepted: a client is accepted, and the listening socket is closed;
 * - connected: a datagram socket is connected to itself.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static socklen_t
make_name(const char *address, struct sockaddr_un *name)
{
	size_t length = strlen(address);

	memset(name, 0, sizeof(*name));
	name->sun_family = AF_UNIX;
	if (length >= sizeof(name->sun_path))
		fail("the address is too long");
	memcpy(name->sun_path, address, length);
	if (*address != '@')
		return sizeof(*name);
	*name->sun_path = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

static int
type_of(const char *word)
{
	return strcmp(word, "seqpacket") == 0 ? SOCK_SEQPACKET :
	    strcmp(word, "datagram") == 0 || strcmp(word, "connected") == 0 ?
	    SOCK_DGRAM : SOCK_STREAM;
}

static void
become_listener(int fd, int backlog)
{
	if (listen(fd, backlog) == -1)
		fail("listen");
}

static void
let_child_listen(int fd, int backlog)
{
	pid_t child = fork();

	if (child == 0) {
		become_listener(fd, backlog);
		fprintf(stderr, "%ld\n", (long)getpid());
		_exit(0);
	}
	if (child == -1 || waitpid(child, NULL, 0) != child)
		fail("child");
}

/* Accepts the queued clients, and then looks for more. */
static int
has_arrival(int fd, int clients)
{
	struct pollfd arrival = { .fd = fd, .events = POLLIN };

	while (clients-- > 0)
		if (accept(fd, NULL, NULL) == -1)
			fail("accept");
	return poll(&arrival, 1, 0) == 1 && (arrival.revents & POLLIN) != 0;
}

static int
hold_connection(int fd, const sigset_t *end)
{
	int number;

	if (accept(fd, NULL, NULL) == -1)
		fail("accept");
	close(fd);
	puts("");
	fclose(stdout);
	sigwait(end, &number);
	return 0;
}

int
main(int argc, char *argv[])
{
	struct sockaddr_un name;
	int type, backlog, clients, i, fd, number;
	socklen_t length;
	sigset_t end;

	if (argc != 5)
		return 2;
	type = type_of(argv[1]);
	backlog = atoi(argv[2]);
	clients = atoi(argv[3]);
	length = make_name(argv[4], &name);
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	fd = socket(AF_UNIX, type, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&name, length) == -1)
		fail(argv[4]);
	if (strcmp(argv[1], "orphan") == 0)
		let_child_listen(fd, backlog);
	else if (backlog != -1)
		become_listener(fd, backlog);
	for (i = 0; i < clients; i++)
		if (connect(socket(AF_UNIX, type, 0),
		    (struct sockaddr *)&name, length) == -1)
			fail("connect");
	if (strcmp(argv[1], "shut") == 0)
		shutdown(fd, SHUT_RDWR);
	else if (strcmp(argv[1], "connected") == 0 &&
	    connect(fd, (struct sockaddr *)&name, length) == -1)
		fail("connect");
	else if (strcmp(argv[1], "accepted") == 0)
		return hold_connection(fd, &end);
	puts("");
	fclose(stdout);
	sigwait(&end, &number);
	return (backlog == -1 && type != SOCK_DGRAM) ||
	    strcmp(argv[1], "shut") == 0 ? 0 : has_arrival(fd, clients);
}
