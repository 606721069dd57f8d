/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * glib ADDRESS: number the lines of all clients, as event-loop does, on
 * the main loop of GLib.
 *
 *	glib number.sock &
 *	echo-client number.sock hello
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <unixport.h>

#define TURN_LINES	64	/* then other clients have their turn */
#define MANY_BYTES	524288	/* queued for one client; the limit is 1 MiB */

struct client {
	struct unix_ports ports;
	struct unix_buffer line;	/* or its first part */
	guint source;
};

static struct unix_listener *listener;
static guint arrival;			/* 0 if there is no descriptor */

static gboolean accept_clients(gint fd, GIOCondition events, gpointer data);

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
	return (result == -1 ? G_IO_IN : 0) | (queued > 0 ? G_IO_OUT : 0);
}

static void
listen_again(void)
{
	if (arrival == 0)
		arrival = g_unix_fd_add(unix_listener_fileno(listener), G_IO_IN,
		    accept_clients, NULL);
}

static gboolean on_events(gint fd, GIOCondition events, gpointer data);

/*
 * Each source serves one turn and selects the next.  An idle source of the
 * default priority has its turn with the other clients.
 */
static gboolean
take_turn(gpointer data)
{
	struct client *client = data;
	int events = reply(client);

	g_source_remove(client->source);	/* before the close */
	if (events == 0) {
		client->source = g_idle_add_full(G_PRIORITY_DEFAULT, take_turn,
		    client, NULL);
	} else if (events != -1) {
		client->source = g_unix_fd_add(unix_fileno(&client->ports),
		    (GIOCondition)events, on_events, client);
	} else {
		unix_close_ports(&client->ports);
		unix_free_buffer(&client->line);
		g_free(client);
		listen_again();
	}
	return G_SOURCE_REMOVE;
}

static gboolean
on_events(gint fd, GIOCondition events, gpointer data)
{
	(void)fd, (void)events;
	return take_turn(data);
}

static gboolean
accept_clients(gint fd, GIOCondition events, gpointer data)
{
	struct unix_ports ports;
	struct client *client;

	(void)events, (void)data, (void)fd;
	while (unix_accept(listener, &ports) == 0) {
		client = g_new0(struct client, 1);
		client->ports = ports;
		client->source = g_unix_fd_add(unix_fileno(&ports), G_IO_IN,
		    on_events, client);
	}
	if (errno == ETIMEDOUT)
		return G_SOURCE_CONTINUE;
	arrival = 0;				/* EMFILE: wait for a close */
	return G_SOURCE_REMOVE;
}

static gboolean
stop(gpointer loop)
{
	g_main_loop_quit(loop);
	return G_SOURCE_CONTINUE;
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .accept_timeout = -1, .read_timeout = -1, .write_timeout = -1 };
	GMainLoop *loop;
	char text[500];

	if (argc != 2) {
		fprintf(stderr, "usage: glib ADDRESS\n");
		return 2;
	}
	listener = unix_listen(argv[1], &options);
	if (listener == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "glib: %s\n", text);
		return 1;
	}
	listen_again();
	loop = g_main_loop_new(NULL, FALSE);
	g_unix_signal_add(SIGINT, stop, loop);
	g_unix_signal_add(SIGTERM, stop, loop);
	g_main_loop_run(loop);
	g_main_loop_unref(loop);
	return unix_close(listener) == 0 ? 0 : 1;
}
