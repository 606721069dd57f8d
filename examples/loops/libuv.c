/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libuv ADDRESS: number the lines of all clients, as event-loop does, on
 * libuv.
 *
 *	libuv number.sock &
 *	echo-client number.sock hello
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unixport.h>
#include <uv.h>

#define TURN_LINES	64	/* then other clients have their turn */
#define MANY_BYTES	524288	/* queued for one client; the limit is 1 MiB */

struct client {
	struct unix_ports ports;
	struct unix_buffer line;	/* or its first part */
	uv_poll_t poll;
	uv_idle_t again;		/* buffered input: the loop sees none */
};

static struct unix_listener *listener;
static uv_loop_t *loop;
static uv_poll_t arrival;		/* not if there is no descriptor */

static void accept_clients(uv_poll_t *handle, int status, int events);

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
	return (result == -1 ? UV_READABLE : 0) |
	    (queued > 0 ? UV_WRITABLE : 0);
}

static void
free_client(uv_handle_t *handle)
{
	free(handle->data);
}

/* The ports are closed after uv_poll_stop(), and the memory is freed last. */
static void
dismiss(struct client *client)
{
	uv_poll_stop(&client->poll);
	unix_close_ports(&client->ports);
	unix_free_buffer(&client->line);
	uv_close((uv_handle_t *)&client->poll, NULL);
	uv_close((uv_handle_t *)&client->again, free_client);
	uv_poll_start(&arrival, UV_READABLE, accept_clients);
}

static void on_events(uv_poll_t *handle, int status, int events);

/* An active idle handle is called in each turn of the loop. */
static void
on_idle(uv_idle_t *handle)
{
	struct client *client = handle->data;
	int events = reply(client);

	if (events == -1) {
		dismiss(client);
	} else if (events == 0) {
		uv_poll_stop(&client->poll);
		uv_idle_start(&client->again, on_idle);
	} else {
		uv_idle_stop(&client->again);
		uv_poll_start(&client->poll, events, on_events);
	}
}

/* After an error, such as EBADF for a reset, the ports report the reason. */
static void
on_events(uv_poll_t *handle, int status, int events)
{
	struct client *client = handle->data;

	(void)status, (void)events;
	on_idle(&client->again);
}

static void
accept_clients(uv_poll_t *handle, int status, int events)
{
	struct unix_ports ports;
	struct client *client;

	(void)handle, (void)status, (void)events;
	while (unix_accept(listener, &ports) == 0) {
		client = calloc(1, sizeof(*client));
		if (client == NULL || uv_poll_init(loop, &client->poll,
		    unix_fileno(&ports)) != 0) {
			free(client);
			unix_close_ports(&ports);
			continue;
		}
		uv_idle_init(loop, &client->again);
		client->poll.data = client->again.data = client;
		client->ports = ports;
		uv_poll_start(&client->poll, UV_READABLE, on_events);
	}
	if (errno != ETIMEDOUT)
		uv_poll_stop(&arrival);		/* EMFILE: wait for a close */
}

static void
stop(uv_signal_t *handle, int number)
{
	(void)handle, (void)number;
	uv_stop(loop);
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .accept_timeout = -1, .read_timeout = -1, .write_timeout = -1 };
	uv_signal_t interrupt, termination;
	char text[500];

	if (argc != 2) {
		fprintf(stderr, "usage: libuv ADDRESS\n");
		return 2;
	}
	loop = uv_default_loop();
	listener = unix_listen(argv[1], &options);
	if (listener == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "libuv: %s\n", text);
		return 1;
	}
	uv_poll_init(loop, &arrival, unix_listener_fileno(listener));
	uv_poll_start(&arrival, UV_READABLE, accept_clients);
	uv_signal_init(loop, &interrupt);
	uv_signal_start(&interrupt, stop, SIGINT);
	uv_signal_init(loop, &termination);
	uv_signal_start(&termination, stop, SIGTERM);
	uv_run(loop, UV_RUN_DEFAULT);
	return unix_close(listener) == 0 ? 0 : 1;
}
