/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libuv: uv_pipe_t.  It has neither buffers nor lines: as raw, the program
 * collects lines in BUFFER bytes for each uv_write(), and finds them with
 * memchr(3) in what is read.  The server is a loop.
 */
#include "peer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

static uv_pipe_t end;
static uv_write_t request;
static char out[BUFFER / LINE_BYTES * LINE_BYTES], in[BUFFER];
static size_t filled;		/* of in */
static long wanted;		/* number to receive; with_start() of it */
static long left;

void
choose(const char *kind)
{
	(void)kind;
}

/* Takes received lines.  Bytes after the last newline begin the next line. */
static int
take_lines(size_t length, int (*take)(const char *line))
{
	char *start = in, *newline;
	char line[100];
	size_t n;

	filled += length;
	while ((newline = memchr(start, '\n', filled)) != NULL) {
		n = (size_t)(newline - start);
		need(n < sizeof(line), "a line has changed");
		memcpy(line, start, n);
		line[n] = '\0';
		check(line);
		start += n + 1;
		filled -= n + 1;
		if (take(line))
			return 1;
	}
	memmove(in, start, filled);
	return 0;
}

static void
provide(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
{
	(void)handle;
	(void)size;
	*buffer = uv_buf_init(in + filled, (unsigned)(sizeof(in) - filled));
}

static void
run(uv_alloc_cb alloc, uv_read_cb read)
{
	uv_loop_t *loop = uv_default_loop();

	if (read != NULL)
		need(uv_read_start((uv_stream_t *)&end, alloc, read) == 0,
		    "uv_read_start");
	uv_run(loop, UV_RUN_DEFAULT);
}

static void
open_end(long count)
{
	wanted = count;
	left = with_start(count);
	need(uv_pipe_init(uv_default_loop(), &end, 0) == 0 &&
	    uv_pipe_open(&end, STDIN_FILENO) == 0, "uv_pipe_open");
}

static void
send_bytes(char *bytes, size_t length, uv_write_cb then)
{
	uv_buf_t buffer = uv_buf_init(bytes, (unsigned)length);

	need(uv_write(&request, (uv_stream_t *)&end, &buffer, 1, then) == 0,
	    "uv_write");
}

static void
put_more_lines(uv_write_t *done, int status)
{
	size_t n;

	(void)done;
	need(status == 0, "uv_write");
	for (n = 0; n < sizeof(out) && left > 0; n += LINE_BYTES, left--)
		memcpy(out + n, LINE, LINE_BYTES);
	if (n > 0)
		send_bytes(out, n, put_more_lines);
}

static void
put_lines(long count)
{
	open_end(count);
	put_more_lines(NULL, 0);
	run(NULL, NULL);
}

static int
count_line(const char *line)
{
	(void)line;
	return has_come(wanted);
}

static void
lines_came(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	(void)buffer;
	need(length >= 0, "uv_read_start");
	if (take_lines((size_t)length, count_line))
		uv_read_stop(stream);
}

static void
get_lines(long count)
{
	open_end(count);
	run(provide, lines_came);
}

static void
put_more_pieces(uv_write_t *done, int status)
{
	(void)done;
	need(status == 0, "uv_write");
	if (left-- > 0)
		send_bytes(out, PIECE, put_more_pieces);
}

static void
put_pieces(long count)
{
	open_end(count);
	put_more_pieces(NULL, 0);
	run(NULL, NULL);
}

static void
provide_piece(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
{
	(void)handle;
	(void)size;
	*buffer = uv_buf_init(in + filled, (unsigned)(PIECE - filled));
}

static void
piece_came(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	(void)buffer;
	need(length >= 0, "uv_read_start");
	filled += (size_t)length;
	if (filled < PIECE)
		return;
	filled = 0;
	if (has_come(wanted))
		uv_read_stop(stream);
}

static void
get_pieces(long count)
{
	open_end(count);
	run(provide_piece, piece_came);
}

static void
has_gone(uv_write_t *done, int status)
{
	(void)done;
	need(status == 0, "uv_write");
}

static int
ask_next(const char *line)
{
	(void)line;
	if (has_come(wanted))
		return 1;
	send_bytes(out, LINE_BYTES, has_gone);
	return 0;
}

static void
answer_came(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	(void)buffer;
	need(length >= 0, "uv_read_start");
	if (take_lines((size_t)length, ask_next))
		uv_read_stop(stream);
}

static void
ask(long count)
{
	open_end(count);
	memcpy(out, LINE, LINE_BYTES);
	send_bytes(out, LINE_BYTES, has_gone);
	run(provide, answer_came);
}

static int
answer_line(const char *line)
{
	(void)line;
	send_bytes(out, LINE_BYTES, has_gone);
	return --left == 0;
}

static void
question_came(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	(void)buffer;
	need(length >= 0, "uv_read_start");
	if (take_lines((size_t)length, answer_line))
		uv_read_stop(stream);
}

static void
answer(long count)
{
	open_end(count);
	memcpy(out, LINE, LINE_BYTES);
	run(provide, question_came);
}

void serve_with_libuv(const char *path);

const struct peer peer = {
	.put_lines = put_lines, .get_lines = get_lines,
	.put_pieces = put_pieces, .get_pieces = get_pieces,
	.ask = ask, .answer = answer, .serve = serve_with_libuv
};
