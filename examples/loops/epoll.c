/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * epoll ADDRESS: number the lines of all clients, as event-loop does, on
 * edge-triggered epoll(7) of Linux.
 *
 *	epoll number.sock &
 *	echo-client number.sock hello
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <sys/epoll.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unixport.h>

#define CLIENTS		1024	/* descriptors, which are below that */
#define EVENTS		64	/* of one epoll_wait(2) */
#define TURN_LINES	64	/* then other clients have their turn */
#define MANY_BYTES	524288	/* queued for one client; the limit is 1 MiB */

static struct client {
	struct unix_ports ports;
	struct unix_buffer line;	/* or its first part */
	struct client *next;		/* in the list `ready` */
	int is_ready;
} clients[CLIENTS], *ready;		/* by descriptor; to have a turn */
static struct unix_listener *listener;
static struct unix_ports end[2];	/* connected until a signal */
static int epoll, is_full;		/* no descriptor for another client */

static void
stop(int number)
{
	(void)number;
	unix_hang_up(&end[0]);
}

static int
watch(int operation, int fd, unsigned events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(epoll, operation, fd, &event);
}

/* The listener is level-triggered: an edge would be lost when it is full. */
static void
set_full(int full)
{
	if (full != is_full)
		watch(EPOLL_CTL_MOD, unix_listener_fileno(listener),
		    full ? 0 : EPOLLIN);
	is_full = full;
}

static void
make_ready(struct client *client)
{
	if (client->is_ready)
		return;
	client->is_ready = 1;
	client->next = ready;
	ready = client;
}

/* All events are watched from the beginning, and each edge is reported once. */
static void
accept_clients(void)
{
	struct unix_ports ports;
	int fd;

	while (unix_accept(listener, &ports) == 0) {
		fd = unix_fileno(&ports);
		if (fd < CLIENTS && watch(EPOLL_CTL_ADD, fd,
		    EPOLLIN | EPOLLOUT | EPOLLET) == 0)
			clients[fd].ports = ports;
		else
			unix_close_ports(&ports);
	}
	set_full(errno != ETIMEDOUT);
}

/* The events to wait for; 0: lines are buffered; -1: EOF, and all is sent. */
static int
reply(struct client *client)
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
	return (result == -1 ? EPOLLIN : 0) | (queued > 0 ? EPOLLOUT : 0);
}

static void
take_turn(struct client *client)
{
	int events;

	client->is_ready = 0;
	events = reply(client);
	if (events == 0)
		make_ready(client);
	if (events != -1)
		return;
	/* Before the close: a duplicate in a child would keep the events. */
	watch(EPOLL_CTL_DEL, unix_fileno(&client->ports), 0);
	unix_close_ports(&client->ports);
	unix_free_buffer(&client->line);
	set_full(0);
}

static void
run(void)
{
	struct epoll_event events[EVENTS];
	struct client *client, *list;
	int i, fd, count;

	for (;;) {
		count = epoll_wait(epoll, events, EVENTS, ready ? 0 : -1);
		for (i = 0; i < count; i++) {
			fd = events[i].data.fd;
			if (fd == unix_fileno(&end[1]))
				return;
			if (fd == unix_listener_fileno(listener))
				accept_clients();
			else
				make_ready(&clients[fd]);
		}
		/* A client that becomes ready meanwhile has the next turn. */
		for (list = ready, ready = NULL; list != NULL;) {
			client = list;
			list = list->next;
			take_turn(client);
		}
	}
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .accept_timeout = -1, .read_timeout = -1, .write_timeout = -1 };
	struct sigaction action = { .sa_handler = stop };
	char text[500];

	if (argc != 2) {
		fprintf(stderr, "usage: epoll ADDRESS\n");
		return 2;
	}
	if (unix_pair(NULL, end) == -1 || (epoll = epoll_create1(EPOLL_CLOEXEC))
	    == -1 || (listener = unix_listen(argv[1], &options)) == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "epoll: %s\n", text);
		return 1;
	}
	watch(EPOLL_CTL_ADD, unix_fileno(&end[1]), EPOLLIN);
	watch(EPOLL_CTL_ADD, unix_listener_fileno(listener), EPOLLIN);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	run();
	return unix_close(listener) == 0 ? 0 : 1;
}
