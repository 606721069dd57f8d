/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event-loop ADDRESS: number the lines of all clients, in one thread.  Replies
 * that a client does not read are queued, and while many are queued, its next
 * line is not read: no client delays another one or uses much memory.
 *
 *	event-loop number.sock &
 *	echo-client number.sock hello
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unixport.h>

#define CLIENTS		500
#define TURN_LINES	64	/* then other clients have their turn */
#define MANY_BYTES	524288	/* queued for one client; the limit is 1 MiB */

static struct client {
	struct unix_ports ports;
	struct unix_buffer line;	/* or its first part */
	int again;			/* buffered input, invisible to poll */
} clients[CLIENTS];
static int count, room = CLIENTS;
static struct pollfd fds[2 + CLIENTS];	/* end[1], the listener, clients */
static struct unix_ports end[2];	/* connected until a signal */

static void
stop(int number)
{
	(void)number;
	unix_hang_up(&end[0]);
}

static void
accept_clients(struct unix_listener *listener)
{
	struct unix_ports ports;

	while (count < room && unix_accept(listener, &ports) == 0) {
		fds[2 + count] = (struct pollfd){ .events = POLLIN,
		    .fd = unix_fileno(&ports) };
		clients[count++].ports = ports;
	}
	if (count < room && errno != ETIMEDOUT)
		room = count > 0 ? count : 1;	/* EMFILE: wait for a close */
}

static void
dismiss(int i)
{
	unix_close_ports(&clients[i].ports);
	unix_free_buffer(&clients[i].line);
	clients[i] = clients[--count];
	clients[count] = (struct client){ .again = 0 };
	fds[2 + i] = fds[2 + count];
	room = CLIENTS;
}

/* The events to wait for; 0: lines are buffered; -1: EOF, and all is sent. */
static int
take_turn(struct client *client)
{
	static unsigned long number;
	ssize_t queued = unix_flush(&client->ports);
	int n, result = 1;

	for (n = 0; result == 1 && n < TURN_LINES && queued < MANY_BYTES; n++) {
		result = unix_get_line(client->ports.in, &client->line, 1000);
		if (result == 1)
			fprintf(client->ports.out, "%lu: %s\n", ++number,
			    client->line.bytes);
		else if (result == -1 && errno != ETIMEDOUT)
			return -1;
	}
	queued = unix_flush(&client->ports);
	if (queued == -1 || (result == 0 && queued == 0))
		return -1;
	if (result == 1 && queued < MANY_BYTES)
		return 0;
	return (result == -1 ? POLLIN : 0) | (queued > 0 ? POLLOUT : 0);
}

static void
run(struct unix_listener *listener)
{
	int i, events, timeout = -1;

	while (fds[0].revents == 0) {
		fds[1].events = count < room ? POLLIN : 0;
		/* EINTR leaves the revents of the last round: harmless. */
		poll(fds, 2 + (nfds_t)count, timeout);
		timeout = -1;
		/* Backwards: dismiss() moves the last client to place i. */
		for (i = count - 1; i >= 0; i--) {
			if (fds[2 + i].revents == 0 && !clients[i].again)
				continue;
			events = take_turn(&clients[i]);
			clients[i].again = events == 0;
			fds[2 + i].events = (short)events;
			if (events == 0)
				timeout = 0;
			else if (events == -1)
				dismiss(i);
		}
		if (fds[1].revents != 0)
			accept_clients(listener);
	}
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .accept_timeout = -1, .read_timeout = -1, .write_timeout = -1 };
	struct sigaction action = { .sa_handler = stop };
	struct unix_listener *listener;
	char text[500];

	if (argc != 2) {
		fprintf(stderr, "usage: event-loop ADDRESS\n");
		return 2;
	}
	if (unix_pair(NULL, end) == -1 ||
	    (listener = unix_listen(argv[1], &options)) == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "event-loop: %s\n", text);
		return 1;
	}
	fds[0] = (struct pollfd){ unix_fileno(&end[1]), POLLIN, 0 };
	fds[1] = (struct pollfd){ unix_listener_fileno(listener), POLLIN, 0 };
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	run(listener);
	return unix_close(listener) == 0 ? 0 : 1;
}
