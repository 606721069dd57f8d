/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libevent ADDRESS: number the lines of all clients, as event-loop does, on
 * libevent.
 *
 *	libevent number.sock &
 *	echo-client number.sock hello
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <event2/event.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unixport.h>

#define TURN_LINES	64	/* then other clients have their turn */
#define MANY_BYTES	524288	/* queued for one client; the limit is 1 MiB */

struct client {
	struct unix_ports ports;
	struct unix_buffer line;	/* or its first part */
	struct event *event;		/* once */
};

static struct unix_listener *listener;
static struct event_base *base;
static struct event *arrival;		/* not if there is no descriptor */

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
	return (result == -1 ? EV_READ : 0) | (queued > 0 ? EV_WRITE : 0);
}

static void
dismiss(struct client *client)
{
	if (client->event != NULL)
		event_free(client->event);	/* before the close */
	unix_close_ports(&client->ports);
	unix_free_buffer(&client->line);
	free(client);
	event_add(arrival, NULL);
}

/*
 * A timeout of 0 is the next turn of the loop.  event_active() would run it
 * before the turns of other clients.
 */
static void
take_turn(evutil_socket_t fd, short what, void *data)
{
	static const struct timeval none;
	struct client *client = data;
	int events = reply(client);

	(void)what;
	if (events == -1 || event_assign(client->event, base, fd,
	    (short)events, take_turn, client) == -1 ||
	    event_add(client->event, events == 0 ? &none : NULL) == -1)
		dismiss(client);
}

static void
accept_clients(evutil_socket_t fd, short what, void *data)
{
	struct unix_ports ports;
	struct client *client;

	(void)fd, (void)what, (void)data;
	while (unix_accept(listener, &ports) == 0) {
		client = calloc(1, sizeof(*client));
		if (client == NULL) {
			unix_close_ports(&ports);
			continue;
		}
		client->ports = ports;
		client->event = event_new(base, unix_fileno(&ports), EV_READ,
		    take_turn, client);
		if (client->event == NULL ||
		    event_add(client->event, NULL) == -1)
			dismiss(client);
	}
	if (errno != ETIMEDOUT)
		event_del(arrival);		/* EMFILE: wait for a close */
}

static void
stop(evutil_socket_t number, short what, void *data)
{
	(void)number, (void)what, (void)data;
	event_base_loopbreak(base);
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .accept_timeout = -1, .read_timeout = -1, .write_timeout = -1 };
	char text[500];

	if (argc != 2) {
		fprintf(stderr, "usage: libevent ADDRESS\n");
		return 2;
	}
	if ((base = event_base_new()) == NULL ||
	    (listener = unix_listen(argv[1], &options)) == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "libevent: %s\n", text);
		return 1;
	}
	arrival = event_new(base, unix_listener_fileno(listener),
	    EV_READ | EV_PERSIST, accept_clients, NULL);
	event_add(arrival, NULL);
	event_add(evsignal_new(base, SIGINT, stop, NULL), NULL);
	event_add(evsignal_new(base, SIGTERM, stop, NULL), NULL);
	event_base_dispatch(base);
	return unix_close(listener) == 0 ? 0 : 1;
}
