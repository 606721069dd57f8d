/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libevent: a bufferevent.  Lines by evbuffer_readln(), which makes a new
 * string of each, and by bufferevent_write(), up to BUFFER bytes at a time;
 * pieces by evbuffer_add_reference(), without a copy, and evbuffer_remove().
 * (Version 2.1 reads at most 4096 bytes a call.)  The server is a loop with an
 * evconnlistener.
 */
#include "peer.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

static struct event_base *base;
static struct bufferevent *end;
static char piece[PIECE];
static long wanted;		/* number to receive; with_start() of it */
static long left;

void
choose(const char *kind)
{
	(void)kind;
}

static void
fail(struct bufferevent *event, short what, void *context)
{
	(void)event;
	(void)what;
	(void)context;
	die("bufferevent");
}

/* Runs until no event is pending. */
static void
run(long count, bufferevent_data_cb read, bufferevent_data_cb write)
{
	wanted = count;
	left = with_start(count);
	base = event_base_new();
	evutil_make_socket_nonblocking(STDIN_FILENO);
	end = bufferevent_socket_new(base, STDIN_FILENO, 0);
	need(end != NULL, "bufferevent_socket_new");
	bufferevent_set_max_single_read(end, BUFFER);
	bufferevent_set_max_single_write(end, BUFFER);
	bufferevent_setcb(end, read, write, fail, NULL);
	if (read != NULL)
		bufferevent_enable(end, EV_READ);
	else
		bufferevent_disable(end, EV_READ);
	if (write != NULL)
		write(end, NULL);
	event_base_dispatch(base);
}

/* Called when the earlier output was written. */
static void
put_more_lines(struct bufferevent *event, void *context)
{
	size_t n;

	(void)context;
	for (n = 0; n < BUFFER && left > 0; n += LINE_BYTES, left--)
		bufferevent_write(event, LINE, LINE_BYTES);
}

static void
put_lines(long count)
{
	run(count, NULL, put_more_lines);
}

/* The next line, or NULL. */
static char *
next_line(struct bufferevent *event)
{
	return evbuffer_readln(bufferevent_get_input(event), NULL,
	    EVBUFFER_EOL_LF);
}

static void
lines_came(struct bufferevent *event, void *context)
{
	char *line;

	(void)context;
	while ((line = next_line(event)) != NULL) {
		check(line);
		free(line);
		if (has_come(wanted))
			bufferevent_disable(event, EV_READ);
	}
}

static void
get_lines(long count)
{
	run(count, lines_came, NULL);
}

static void
put_more_pieces(struct bufferevent *event, void *context)
{
	size_t n;

	(void)context;
	for (n = 0; n < BUFFER && left > 0; n += PIECE, left--)
		evbuffer_add_reference(bufferevent_get_output(event), piece,
		    PIECE, NULL, NULL);
}

static void
put_pieces(long count)
{
	run(count, NULL, put_more_pieces);
}

static void
pieces_came(struct bufferevent *event, void *context)
{
	struct evbuffer *input = bufferevent_get_input(event);

	(void)context;
	while (evbuffer_get_length(input) >= PIECE) {
		need(evbuffer_remove(input, piece, PIECE) == PIECE,
		    "evbuffer_remove");
		if (has_come(wanted))
			bufferevent_disable(event, EV_READ);
	}
}

static void
get_pieces(long count)
{
	run(count, pieces_came, NULL);
}

static void
answer_came(struct bufferevent *event, void *context)
{
	char *line;

	(void)context;
	while ((line = next_line(event)) != NULL) {
		check(line);
		free(line);
		if (has_come(wanted))
			bufferevent_disable(event, EV_READ);
		else
			bufferevent_write(event, LINE, LINE_BYTES);
	}
}

static void
ask_first(struct bufferevent *event, void *context)
{
	(void)context;
	bufferevent_setcb(event, answer_came, NULL, fail, NULL);
	bufferevent_write(event, LINE, LINE_BYTES);
}

static void
ask(long count)
{
	run(count, answer_came, ask_first);
}

static void
question_came(struct bufferevent *event, void *context)
{
	char *line;

	(void)context;
	while ((line = next_line(event)) != NULL) {
		check(line);
		free(line);
		bufferevent_write(event, LINE, LINE_BYTES);
		if (--left == 0)
			bufferevent_disable(event, EV_READ);
	}
}

static void
answer(long count)
{
	run(count, question_came, NULL);
}

/* The server. */

static void
has_written(struct bufferevent *event, void *context)
{
	(void)context;
	bufferevent_free(event);
}

static void
has_read(struct bufferevent *event, void *context)
{
	char *line = next_line(event);

	(void)context;
	if (line == NULL)
		return;
	bufferevent_disable(event, EV_READ);
	bufferevent_setcb(event, NULL, has_written, fail, NULL);
	evbuffer_add_printf(bufferevent_get_output(event), "%s\n", line);
	free(line);
}

static void
has_connected(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *from, int length, void *context)
{
	struct bufferevent *event = bufferevent_socket_new(
	    evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);

	(void)from;
	(void)length;
	(void)context;
	need(event != NULL, "bufferevent_socket_new");
	bufferevent_setcb(event, has_read, NULL, fail, NULL);
	bufferevent_enable(event, EV_READ);
}

static void
serve(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	strncpy(name.sun_path, path, sizeof(name.sun_path) - 1);
	base = event_base_new();
	need(evconnlistener_new_bind(base, has_connected, NULL,
	    LEV_OPT_CLOSE_ON_FREE, BACKLOG, (struct sockaddr *)&name,
	    sizeof(name)) != NULL, "evconnlistener_new_bind");
	event_base_dispatch(base);
	die("event_base_dispatch");
}

const struct peer peer = {
	.put_lines = put_lines, .get_lines = get_lines,
	.put_pieces = put_pieces, .get_pieces = get_pieces,
	.ask = ask, .answer = answer, .serve = serve
};
