/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event-loop ADDRESS: number the lines of all clients.  It shows a listener
 * and ports in one poll(2), in one thread.  Each incomplete line delays the
 * other clients by 1 ms.  A client that does not read its replies delays them
 * by 100 ms and is disconnected; one that reads slowly delays them for longer.
 * A server that cannot accept this uses unix_serve().
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

#define CLIENTS	100

static struct client {
	struct unix_ports ports;
	struct unix_buffer line;	/* or its first part */
	int more;			/* buffered input, invisible to poll */
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
accept_client(struct unix_listener *listener)
{
	if (unix_accept(listener, &clients[count].ports) == 0) {
		fds[2 + count].fd = unix_fileno(&clients[count].ports);
		fds[2 + count++].events = POLLIN;
	} else if (errno != ETIMEDOUT)
		room = count > 0 ? count : 1;	/* EMFILE: wait for a close */
}

static void
dismiss(int i)
{
	unix_close_ports(&clients[i].ports);
	unix_free_buffer(&clients[i].line);
	clients[i] = clients[--count];
	clients[count] = (struct client){ .more = 0 };
	fds[2 + i] = fds[2 + count];
	room = CLIENTS;
}

/*
 * Read a line or a part of it.  Returns 1 if more input is buffered, -1 if the
 * client is to be disconnected.
 */
static int
serve(struct client *client)
{
	static unsigned long number;
	int result = unix_get_line(client->ports.in, &client->line, 1000);

	if (result == 0 || (result == -1 && errno != ETIMEDOUT) ||
	    (result == 1 && fprintf(client->ports.out, "%lu: %s\n", ++number,
	    client->line.bytes) < 0))
		return -1;
	if (result == 1 && unix_input_ready(&client->ports, 0) == 1)
		return 1;
	return fflush(client->ports.out) == 0 ? 0 : -1;
}

static void
run(struct unix_listener *listener)
{
	int i, timeout = -1;

	while (fds[0].revents == 0) {
		fds[1].events = count < room ? POLLIN : 0;
		/* After EINTR, revents are those of the last round: harmless. */
		poll(fds, 2 + (nfds_t)count, timeout);
		timeout = -1;
		/* Backwards: dismiss() moves the last client to place i. */
		for (i = count - 1; i >= 0; i--) {
			if (fds[2 + i].revents != 0 || clients[i].more)
				clients[i].more = serve(&clients[i]);
			if (clients[i].more == -1)
				dismiss(i);
			else if (clients[i].more)
				timeout = 0;
		}
		if (fds[1].revents != 0)
			accept_client(listener);
	}
}

int
main(int argc, char *argv[])
{
	/* A client that does not read its replies is disconnected. */
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .accept_timeout = -1, .read_timeout = 1, .write_timeout = 100 };
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
