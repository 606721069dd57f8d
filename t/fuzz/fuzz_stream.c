/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams of many kinds, selected by the first bytes of the input. */
#include "fuzz.h"

#include <sys/socket.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAX_BYTES	4096		/* fit into any pipe */
#define FAILING	0xf0		/* a piece of this size is an error */

/* Two errors never follow each other, so that some bytes arrive. */
static int
fails(struct stream *stream, unsigned piece)
{
	static const int errors[] = { EINTR, ETIMEDOUT, EAGAIN, EIO };

	if (piece < FAILING || stream->failed) {
		stream->failed = 0;
		return 0;
	}
	stream->failed = 1;
	errno = errors[piece % 4];
	stream->broken |= errno == EIO;
	return 1;
}

static ssize_t
read_piece(void *cookie, char *bytes, size_t length)
{
	struct stream *stream = cookie;
	unsigned piece = FAILING - 1;
	size_t left = stream->size - stream->position;

	if (stream->count > 0)
		piece = stream->pieces[stream->turn++ % stream->count];
	if (fails(stream, piece))
		return -1;
	if (length > piece % FAILING + 1)
		length = piece % FAILING + 1;
	if (length > left)
		length = left;
	memcpy(bytes, stream->bytes + stream->position, length);
	stream->position += length;
	return (ssize_t)length;
}

static FILE *
open_cookie(struct stream *stream)
{
	const cookie_io_functions_t hooks = { .read = read_piece };

	return fopencookie(stream, "r", hooks);
}

static void
fill(int fd, const struct stream *stream)
{
	want(write(fd, stream->bytes, stream->size) == (ssize_t)stream->size);
	want(close(fd) == 0);
}

static FILE *
open_pipe(const struct stream *stream)
{
	int ends[2];

	want(pipe(ends) == 0);
	fill(ends[1], stream);
	return fdopen(ends[0], "r");
}

/* Guarded ports have their own buffer. */
static FILE *
open_guarded(struct stream *stream, unsigned buffer)
{
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .buffer_size = buffer };
	int pair[2];

	want(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	fill(pair[1], stream);
	want(unix_open_ports(pair[0], &options, &stream->ports) == 0);
	return stream->ports.in;
}

static FILE *
open_kind(struct stream *stream, unsigned kind, unsigned buffer)
{
	switch (kind) {
	case 0:
		return open_guarded(stream, buffer);
	case 1:
		return open_pipe(stream);
	case 2:
		/* fmemopen(3) rejects size 0, and in glibc ends at a NUL. */
		if (stream->size > 0 &&
		    memchr(stream->bytes, '\0', stream->size) == NULL)
			return fmemopen(stream->bytes, stream->size, "r");
		/* FALLTHROUGH */
	default:
		return open_cookie(stream);
	}
}

/* Opens a stream with the rest of INPUT; the first bytes select its kind. */
void
open_stream(struct stream *stream, struct input *input)
{
	unsigned kind = next(input) % 8;
	unsigned buffer = next(input);
	size_t i;

	memset(stream, 0, sizeof(*stream));
	stream->count = next(input) % (sizeof(stream->pieces) + 1);
	for (i = 0; i < stream->count; i++)
		stream->pieces[i] = (uint8_t)next(input);
	stream->size = input->left < MAX_BYTES ? input->left : MAX_BYTES;
	stream->bytes = malloc(stream->size > 0 ? stream->size : 1);
	want(stream->bytes != NULL);
	if (stream->size > 0)
		memcpy(stream->bytes, input->bytes, stream->size);
	stream->in = open_kind(stream, kind, buffer);
	want(stream->in != NULL);
	if (kind != 0 && buffer == 1)
		setvbuf(stream->in, NULL, _IONBF, 0);
	else if (kind != 0 && buffer > 1)
		setvbuf(stream->in, stream->buffer, _IOFBF, buffer);
}

void
close_stream(struct stream *stream)
{
	if (stream->ports.in != NULL)
		want(unix_close_ports(&stream->ports) == 0);
	else
		want(fclose(stream->in) == 0);
	free(stream->bytes);
}

/* Every small limit, some larger ones, and 0. */
size_t
choose_limit(struct input *input)
{
	unsigned byte = next(input);

	return byte < 128 ? byte : (byte - 120) * (size_t)16;
}

int
is_passing(int error)
{
	return error == EINTR || error == ETIMEDOUT || error == EAGAIN;
}
