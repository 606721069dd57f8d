/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams of all types: connections, a pipe, a file, memory. */
#include "sources.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void
open_pipe(struct source *s)
{
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	s->in = fdopen(fd[0], "r");
	s->out = fdopen(fd[1], "w");
	ck_assert_ptr_nonnull(s->in);
	ck_assert_ptr_nonnull(s->out);
}

static void
open_end(struct source *s, int which, const struct unix_options *options)
{
	*s = (struct source){ .in = NULL };
	if (which == WAYS) {
		open_pipe(s);
		return;
	}
	open_connection(&s->connection, which, options);
	s->in = s->connection.server.in;
	s->out = s->connection.client.out;
}

void
open_wire(struct source *s, int which)
{
	open_end(s, which, NULL);
}

/* Plain streams have O_NONBLOCK instead of a timeout. */
void
open_impatient_wire(struct source *s, int which)
{
	struct unix_options options = { .read_timeout = guarded ? 10 : 0 };

	open_end(s, which, &options);
	if (impatience(which) == EAGAIN)
		ck_assert_int_eq(fcntl(fileno(s->in), F_SETFL, O_NONBLOCK), 0);
}

int
impatience(int which)
{
	return guarded && which < WAYS ? ETIMEDOUT : EAGAIN;
}

void
put(struct source *s, const void *bytes, size_t length)
{
	ck_assert_uint_eq(fwrite(bytes, 1, length, s->out), length);
	ck_assert_int_eq(fflush(s->out), 0);
}

void
end_output(struct source *s)
{
	if (s->connection.client.out != NULL)
		succeeds(unix_close_output(&s->connection.client));
	else
		ck_assert_int_eq(fclose(s->out), 0);
	s->out = NULL;
}

static void
open_file(struct source *s, const void *bytes, size_t length)
{
	s->in = fopen("source", "w+");
	ck_assert_ptr_nonnull(s->in);
	ck_assert_uint_eq(fwrite(bytes, 1, length, s->in), length);
	rewind(s->in);
}

static void
open_memory(struct source *s, const void *bytes, size_t length)
{
	static char memory[1 << 16];

	ck_assert_uint_le(length, sizeof(memory));
	memcpy(memory, bytes, length);
	s->in = fmemopen(memory, length, "r");
	ck_assert_ptr_nonnull(s->in);
}

void
open_source(struct source *s, int which, const void *bytes, size_t length)
{
	*s = (struct source){ .in = NULL };
	if (which < WIRES) {
		open_wire(s, which);
		put(s, bytes, length);
		end_output(s);
	} else if (which == A_FILE || length == 0) {
		open_file(s, bytes, length);
	} else {
		open_memory(s, bytes, length);
	}
}

void
close_source(struct source *s)
{
	if (s->connection.server.in != NULL) {
		close_connection(&s->connection);
		return;
	}
	ck_assert_int_eq(fclose(s->in), 0);
	if (s->out != NULL)
		fclose(s->out);
}

void *
send_slowly(void *trickle)
{
	struct trickle *t = trickle;
	size_t i;

	for (i = 0; i < t->length; i++) {
		wait_blocked(&t->reader);
		put(t->source, &t->bytes[i], 1);
	}
	end_output(t->source);
	return NULL;
}
