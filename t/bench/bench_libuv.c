/* SPDX-License-Identifier: BSD-2-Clause */
/* An echo server with libuv, for comparison, if libuv is installed. */
#include "bench.h"

#ifdef HAVE_LIBUV
#include <stdlib.h>
#include <uv.h>

struct reply {
	uv_write_t request;
	uv_buf_t bytes;
};

static void
allocate(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
{
	(void)handle;
	buffer->base = malloc(size);
	buffer->len = size;
}

static void
release(uv_handle_t *handle)
{
	free(handle);
}

static void
close_after_write(uv_write_t *request, int status)
{
	struct reply *reply = (struct reply *)request;

	(void)status;
	if (!uv_is_closing((uv_handle_t *)request->handle))
		uv_close((uv_handle_t *)request->handle, release);
	free(reply->bytes.base);
	free(reply);
}

static void
echo_input(uv_stream_t *client, ssize_t length, const uv_buf_t *buffer)
{
	struct reply *reply;

	if (length <= 0) {
		free(buffer->base);
		if (length < 0)
			uv_close((uv_handle_t *)client, release);
		return;
	}
	reply = malloc(sizeof(*reply));
	need(reply != NULL, "malloc");
	reply->bytes = uv_buf_init(buffer->base, (unsigned)length);
	uv_write(&reply->request, client, &reply->bytes, 1, close_after_write);
}

static void
accept_client(uv_stream_t *listener, int status)
{
	uv_pipe_t *client = malloc(sizeof(*client));

	need(status == 0 && client != NULL, "uv_listen");
	uv_pipe_init(listener->loop, client, 0);
	if (uv_accept(listener, (uv_stream_t *)client) == 0)
		uv_read_start((uv_stream_t *)client, allocate, echo_input);
	else
		uv_close((uv_handle_t *)client, release);
}

int
has_libuv(void)
{
	return 1;
}

void
serve_with_libuv(int fd)
{
	uv_loop_t *loop = uv_default_loop();
	uv_pipe_t listener;

	need(uv_pipe_init(loop, &listener, 0) == 0 &&
	    uv_pipe_open(&listener, fd) == 0 &&
	    uv_listen((uv_stream_t *)&listener, 128, accept_client) == 0,
	    "libuv");
	uv_run(loop, UV_RUN_DEFAULT);
}
#else
int
has_libuv(void)
{
	return 0;
}

void
serve_with_libuv(int fd)
{
	(void)fd;
	die("no libuv");
}
#endif
