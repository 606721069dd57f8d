/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * skalibs: lines by skagetln() from a buffer into a stralloc, which is used
 * again, and by buffer_put() into one, both of BUFFER bytes.  The server is
 * a loop around iopause() with non-blocking sockets, as in the programs of
 * its author.
 */
#include "peer.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <skalibs/buffer.h>
#include <skalibs/iopause.h>
#include <skalibs/skamisc.h>
#include <skalibs/socket.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#define MAX_CLIENTS	256		/* concurrent clients */

static char in_bytes[BUFFER], out_bytes[BUFFER];
static buffer in = BUFFER_INIT(&buffer_read, 0, in_bytes, BUFFER);
static buffer out = BUFFER_INIT(&buffer_write, 0, out_bytes, BUFFER);

struct client {
	int fd;
	stralloc line;
	buffer in;
	char bytes[BUFFER_INSIZE];
};

void
choose(const char *kind)
{
	(void)kind;
}

static void
open_streams(void)
{
}

static void
put(const char *bytes, size_t length)
{
	need(buffer_put(&out, bytes, length) == (ssize_t)length,
	    "buffer_put");
}

static void
flush(void)
{
	need(buffer_flush(&out), "buffer_flush");
}

static const char *
get_line(void)
{
	static stralloc line = STRALLOC_ZERO;

	line.len = 0;
	need(skagetln(&in, &line, '\n') == 1 && stralloc_0(&line),
	    "skagetln");
	return line.s;
}

static void
get_piece(char *bytes)
{
	need(buffer_get(&in, bytes, PIECE) == PIECE, "buffer_get");
}

static struct client *
accept_client(int listener)
{
	int fd = ipc_accept_nbcoe(listener, NULL, 0, NULL);
	struct client *client = malloc(sizeof(*client));

	need(fd != -1 && client != NULL, "ipc_accept");
	client->fd = fd;
	client->line = stralloc_zero;
	buffer_init(&client->in, &buffer_read, fd, client->bytes,
	    sizeof(client->bytes));
	return client;
}

/* Returns 1 if the client was answered and closed. */
static int
echo(struct client *client)
{
	char bytes[200];
	buffer reply = BUFFER_INIT(&buffer_write, client->fd, bytes,
	    sizeof(bytes));

	if (skagetln(&client->in, &client->line, '\n') != 1) {
		need(errno == EAGAIN, "skagetln");
		return 0;
	}
	need(buffer_putflush(&reply, client->line.s, client->line.len) ==
	    (ssize_t)client->line.len && close(client->fd) == 0, "a client");
	stralloc_free(&client->line);
	free(client);
	return 1;
}

static void
serve(const char *path)
{
	static iopause_fd fds[1 + MAX_CLIENTS];
	static struct client *clients[1 + MAX_CLIENTS];
	unsigned i, count = 1;
	int listener = ipc_stream_nbcoe();

	need(listener != -1 && ipc_bind_reuse(listener, path) == 0 &&
	    ipc_listen(listener, BACKLOG) == 0, "ipc_listen");
	fds[0] = (iopause_fd){ .fd = listener, .events = IOPAUSE_READ };
	while (iopause(fds, count, NULL, NULL) > 0) {
		for (i = count - 1; i > 0; i--)
			if (fds[i].revents != 0 && echo(clients[i])) {
				fds[i] = fds[--count];
				clients[i] = clients[count];
			}
		if (fds[0].revents == 0 || count > MAX_CLIENTS)
			continue;
		clients[count] = accept_client(listener);
		fds[count] = (iopause_fd){ .fd = clients[count]->fd,
		    .events = IOPAUSE_READ };
		count++;
	}
	die("iopause");
}

#include "blocking.h"
