/* SPDX-License-Identifier: BSD-2-Clause */
/* The server with libuv: it reads a line of a client, writes it, closes. */
#include "peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

struct client {
	uv_pipe_t pipe;
	uv_write_t request;
	size_t length;
	char line[4096];
};

void serve_with_libuv(const char *path);

static void
release(uv_handle_t *handle)
{
	free(handle);
}

static void
provide(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
{
	struct client *client = (struct client *)handle;

	(void)size;
	*buffer = uv_buf_init(client->line + client->length,
	    (unsigned)(sizeof(client->line) - client->length));
}

static void
has_written(uv_write_t *request, int status)
{
	need(status == 0, "uv_write");
	uv_close((uv_handle_t *)request->handle, release);
}

static void
has_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	struct client *client = (struct client *)stream;
	uv_buf_t reply;

	errno = 0;
	need(length >= 0, "a client");
	client->length += (size_t)length;
	if (memchr(buffer->base, '\n', (size_t)length) == NULL)
		return;
	uv_read_stop(stream);
	reply = uv_buf_init(client->line, (unsigned)client->length);
	uv_write(&client->request, stream, &reply, 1, has_written);
}

static void
has_connected(uv_stream_t *listener, int status)
{
	struct client *client = malloc(sizeof(*client));

	need(status == 0 && client != NULL, "uv_listen");
	client->length = 0;
	uv_pipe_init(listener->loop, &client->pipe, 0);
	need(uv_accept(listener, (uv_stream_t *)&client->pipe) == 0 &&
	    uv_read_start((uv_stream_t *)&client->pipe, provide, has_read)
	    == 0, "uv_accept");
}

void
serve_with_libuv(const char *path)
{
	uv_loop_t *loop = uv_default_loop();
	uv_pipe_t listener;

	need(uv_pipe_init(loop, &listener, 0) == 0 &&
	    uv_pipe_bind(&listener, path) == 0 &&
	    uv_listen((uv_stream_t *)&listener, BACKLOG, has_connected) == 0,
	    "uv_listen");
	uv_run(loop, UV_RUN_DEFAULT);
	die("uv_run");
}
