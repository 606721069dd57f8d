/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the scripts:
 * - life listen ADDRESS creates a listener, serves one client, and closes it;
 * - life decline ADDRESS prints a newline when clients can connect, and closes
 *   its listener when there is one, without accepting it;
 * - life receive ADDRESS prints one datagram;
 * - life send ADDRESS TEXT sends one datagram;
 * - life talk ADDRESS sends its input and prints the received bytes;
 * - life visit ADDRESS COUNT connects COUNT times, each time after EOF of the
 *   connection before, and prints the number of connections with an answer;
 * - life interruptible PROGRAM ARG... runs PROGRAM with the default action of
 *   SIGINT, which a shell ignores in the background;
 * - life chase ADDRESS MS connects again and again, each time about MS
 *   milliseconds after the connection before, until no server is there, and
 *   prints the number of connections; one without an answer is a failure;
 * - life rights reports whether its input, a socket, accepts descriptors.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "unixport.h"
#include "rights.h"

static int
fail(const char *address)
{
	char text[5000];

	unix_explain(address, errno, text, sizeof(text));
	fprintf(stderr, "life: %s\n", text);
	return 1;
}

static int
listen_once(const char *address)
{
	struct unix_listener *listener = unix_listen(address, NULL);
	struct unix_ports client, server;

	if (listener == NULL || unix_connect(address, NULL, &client) == -1 ||
	    unix_accept(listener, &server) == -1 ||
	    unix_close_ports(&client) == -1 ||
	    unix_close_ports(&server) == -1 || unix_close(listener) == -1)
		return fail(address);
	return 0;
}

static int
decline(const char *address)
{
	struct unix_listener *listener = unix_listen(address, NULL);
	struct pollfd fd = { .events = POLLIN };

	if (listener == NULL)
		return fail(address);
	fd.fd = unix_listener_fileno(listener);
	puts("");
	fclose(stdout);
	if (poll(&fd, 1, -1) != 1 || unix_close(listener) == -1)
		return fail(address);
	return 0;
}

static int
receive(const char *address)
{
	struct unix_options options = { .flags = UNIX_DATAGRAM };
	struct unix_listener *listener = unix_listen(address, &options);
	struct pollfd fd = { .events = POLLIN };
	char bytes[1000];
	ssize_t length;

	if (listener == NULL)
		return fail(address);
	fd.fd = unix_listener_fileno(listener);
	if (poll(&fd, 1, 20000) != 1)
		return fail(address);
	length = recv(fd.fd, bytes, sizeof(bytes), 0);
	if (length == -1 || unix_close(listener) == -1)
		return fail(address);
	printf("%.*s\n", (int)length, bytes);
	return 0;
}

/* Copies until EOF; returns -1 if a write fails. */
static int
copy(int from, int to)
{
	char bytes[10000];
	ssize_t length;

	while ((length = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, (size_t)length) != length)
			return -1;
	return 0;
}

/*
 * Copies in both directions until the peer ends its output.  Returns 3 if the
 * peer closed before all input was sent.
 */
static int
talk(const char *address)
{
	struct unix_options options = { .flags = UNIX_WAIT,
	    .connect_timeout = 20000, .sigpipe = UNIX_SIGPIPE_IGNORE };
	struct unix_ports ports;
	int status;
	pid_t child;

	if (unix_connect(address, &options, &ports) == -1 ||
	    (child = fork()) == -1)
		return fail(address);
	/* Each process keeps its half, so that EOF ends the half. */
	close(child == 0 ? STDIN_FILENO : STDOUT_FILENO);
	if (child == 0)
		_exit(copy(unix_fileno(&ports), STDOUT_FILENO) == 0 ? 0 : 1);
	status = copy(STDIN_FILENO, unix_fileno(&ports)) == 0 ? 0 : 3;
	unix_close_output(&ports);
	return waitpid(child, NULL, 0) == child ? status : 1;
}

static int
visit(const char *address, int count)
{
	struct unix_ports ports;
	char line[100];
	int answers = 0;

	while (count-- > 0) {
		if (unix_connect(address, NULL, &ports) == -1)
			return fail(address);
		answers += fgets(line, sizeof(line), ports.in) != NULL;
		while (getc(ports.in) != EOF)
			;
		unix_close_ports(&ports);
	}
	printf("%d\n", answers);
	return 0;
}

/* Exchanges a byte; returns 0, or -1 if the client is lost. */
static int
exchange(struct unix_ports *ports)
{
	int answer;

	putc('x', ports->out);
	unix_close_output(ports);
	answer = getc(ports->in);
	unix_close_ports(ports);
	return answer == 'x' ? 0 : -1;
}

/* A client waits between 3/4 and 5/4 of the time, at random. */
static int
chase(const char *address, int ms)
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };
	struct unix_ports ports;
	struct timespec pause = { 0, 0 };
	int clients = 0;

	srandom((unsigned)getpid());
	for (;;) {
		pause.tv_nsec = ms * 750000L + random() % (ms * 500000L);
		nanosleep(&pause, NULL);
		if (unix_connect(address, &options, &ports) == -1)
			break;
		clients++;
		if (exchange(&ports) == -1) {
			fprintf(stderr, "life: client %d is lost\n", clients);
			return 1;
		}
	}
	if (errno != ENOENT && errno != ECONNREFUSED)
		return fail(address);
	printf("%d\n", clients);
	return 0;
}

static int
run_interruptible(char *argv[])
{
	signal(SIGINT, SIG_DFL);
	execv(argv[0], argv);
	return fail(argv[0]);
}

static int
tell_rights(void)
{
	int value;
	socklen_t size = sizeof(value);

	if (getsockopt(STDIN_FILENO, SOL_SOCKET, SO_PASSRIGHTS, &value, &size)
	    == -1) {
		if (errno != ENOPROTOOPT)
			return 1;
		value = 1;		/* an older kernel accepts all */
	}
	puts(value ? "taken" : "refused");
	return 0;
}

int
main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "rights") == 0)
		return tell_rights();
	if (argc > 2 && strcmp(argv[1], "interruptible") == 0)
		return run_interruptible(argv + 2);
	if (argc == 3 && strcmp(argv[1], "listen") == 0)
		return listen_once(argv[2]);
	if (argc == 3 && strcmp(argv[1], "decline") == 0)
		return decline(argv[2]);
	if (argc == 3 && strcmp(argv[1], "receive") == 0)
		return receive(argv[2]);
	if (argc == 3 && strcmp(argv[1], "talk") == 0)
		return talk(argv[2]);
	if (argc == 4 && strcmp(argv[1], "chase") == 0)
		return chase(argv[2], atoi(argv[3]));
	if (argc == 4 && strcmp(argv[1], "visit") == 0)
		return visit(argv[2], atoi(argv[3]));
	if (argc == 4 && strcmp(argv[1], "send") == 0)
		return unix_send(argv[2], argv[3], strlen(argv[3])) == -1 ?
		    fail(argv[2]) : 0;
	return 2;
}
