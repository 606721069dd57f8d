/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our ports: plain, guarded, and guarded ones read with unix_get_line().
 * All with their defaults: a buffer of plain ports is stdio's.  The server
 * with guarded ports is unix_serve(), with plain ones a thread a client.
 */
#include "peer.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unixport.h"

#define STACK	((size_t)256 << 10)

static struct unix_options options = { .backlog = BACKLOG };
static int with_get_line;
static struct unix_ports ports;

void
choose(const char *kind)
{
	with_get_line = strcmp(kind, "get_line") == 0;
	if (with_get_line || strcmp(kind, "guarded") == 0)
		options.flags = UNIX_GUARDED;
}

static void
open_streams(void)
{
	need(unix_open_ports(STDIN_FILENO, &options, &ports) == 0,
	    "unix_open_ports");
}

/* Lines are also strings, so that fputs(3) can write them. */
static void
put(const char *bytes, size_t length)
{
	need(length == LINE_BYTES ? fputs(bytes, ports.out) != EOF :
	    fwrite(bytes, 1, length, ports.out) == length, "write");
}

static void
flush(void)
{
	need(fflush(ports.out) == 0, "fflush");
}

static const char *
get_line(void)
{
	static struct unix_buffer buffer;
	static char line[100];

	if (with_get_line) {
		need(unix_get_line(ports.in, &buffer, 0) == 1,
		    "unix_get_line");
		return buffer.bytes;
	}
	need(fgets(line, sizeof(line), ports.in) != NULL, "fgets");
	return line;
}

static void
get_piece(char *bytes)
{
	need(fread(bytes, 1, PIECE, ports.in) == PIECE, "fread");
}

static void
echo(struct unix_ports *client, void *context)
{
	char line[100];

	(void)context;
	if (fgets(line, sizeof(line), client->in) != NULL)
		fputs(line, client->out);
}

static void
echo_line(struct unix_ports *client, void *context)
{
	struct unix_buffer line = { .bytes = NULL };

	(void)context;
	if (unix_get_line(client->in, &line, 0) == 1)
		fprintf(client->out, "%s\n", line.bytes);
	unix_free_buffer(&line);
}

static void *
serve_one(void *client)
{
	echo(client, NULL);
	unix_close_ports(client);
	free(client);
	return NULL;
}

static void
serve_with_threads(struct unix_listener *listener)
{
	pthread_attr_t attributes;
	struct unix_ports *client;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK);
	for (;;) {
		client = malloc(sizeof(*client));
		need(client != NULL, "malloc");
		need(unix_accept(listener, client) == 0, "unix_accept");
		errno = pthread_create(&thread, &attributes, serve_one,
		    client);
		need(errno == 0, "pthread_create");
	}
}

static void
serve(const char *path)
{
	const struct unix_serve_options how = { .stack_size = STACK };
	struct unix_listener *listener = unix_listen(path, &options);

	need(listener != NULL, "unix_listen");
	if ((options.flags & UNIX_GUARDED) == 0)
		serve_with_threads(listener);
	need(unix_serve(listener, with_get_line ? echo_line : echo, NULL,
	    &how) == 0, "unix_serve");
}

#include "blocking.h"
