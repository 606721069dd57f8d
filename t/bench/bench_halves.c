/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of which one end alone is a stream's: the other is bare in every
 * kind, and faster, so that the stream is what is measured.
 */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static char buffer[LARGE];

static int
fd_of(const struct end *end)
{
	return is_bare(end->kind) ? end->fd : unix_fileno(&end->ports);
}

/* Whole buffers: what is asked for is their multiple. */
static void
pour(struct end *end, size_t bytes)
{
	size_t n;

	for (n = 0; n < LARGE; n += LENGTH)
		memcpy(buffer + n, LINE, LENGTH);
	for (n = 0; n < bytes; n += LARGE)
		write_all(fd_of(end), buffer, LARGE);
}

static void
drain(struct end *end, size_t bytes)
{
	while (bytes > 0)
		bytes -= read_some(fd_of(end), buffer,
		    bytes < LARGE ? bytes : LARGE);
}

static void
get_lines(struct end *end, size_t bytes)
{
	struct unix_buffer line = { .bytes = NULL };
	size_t n;

	for (n = 0; n < bytes; n += LENGTH) {
		need(unix_get_line(end->ports.in, &line, 100) == 1,
		    "unix_get_line");
		errno = 0;
		need(line.length == LENGTH - 1, "a line has changed");
	}
	unix_free_buffer(&line);
}

/* The least that formatting needs. */
static void
format_lines(struct end *end, size_t bytes)
{
	size_t n, filled = 0;

	for (n = 0; n < bytes; n += LENGTH) {
		if (filled + LENGTH + 1 > LARGE) {
			write_all(end->fd, buffer, filled);
			filled = 0;
		}
		snprintf(buffer + filled, LENGTH + 1, "%031zu\n", n);
		filled += LENGTH;
	}
	write_all(end->fd, buffer, filled);
}

static void
print_lines(struct end *end, size_t bytes)
{
	size_t n;

	for (n = 0; n < bytes; n += LENGTH)
		need(fprintf(end->ports.out, "%031zu\n", n) == LENGTH,
		    "fprintf");
}

/* Whole buffers before the clock starts, too. */
static size_t
whole(size_t count)
{
	const size_t step = 16 * LARGE / LENGTH;

	return (count + step - 1) / step * step;
}

double
bounded_lines(enum kind kind, size_t count)
{
	static const struct way way = { { pour, pour },
	    { read_lines, get_lines } };

	return one_way(&way, whole(count) * LENGTH, kind, NULL) / LENGTH;
}

double
printed_lines(enum kind kind, size_t count)
{
	static const struct way way = { { format_lines, print_lines },
	    { drain, drain } };

	return one_way(&way, whole(count) * LENGTH, kind, NULL) / LENGTH;
}
