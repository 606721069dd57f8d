/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines one way: fputs and fgets against the minimum that any stream does, then
 * without stdio's locks, by unix_get_line, and by fprintf.
 */
#include "bench.h"

#include <errno.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<stdio_ext.h>)
#include <stdio_ext.h>
#endif
#endif

/* The buffer of a sender or a receiver, of which each process has one. */
static char buffer[PIECE_BYTES];

/* The minimum of a sender: memcpy, and a write of each full buffer. */
static void
write_lines(struct end *end, size_t bytes)
{
	size_t n, filled = 0;

	for (n = 0; n < bytes; n += LINE_BYTES) {
		if (filled + LINE_BYTES > PIECE_BYTES) {
			write_all(end->fd, buffer, filled);
			filled = 0;
		}
		memcpy(buffer + filled, LINE, LINE_BYTES);
		filled += LINE_BYTES;
	}
	write_all(end->fd, buffer, filled);
}

/* The minimum of a receiver: reads, memchr and memcpy. */
static void
read_lines(struct end *end, size_t bytes)
{
	static size_t at, filled;
	char line[100];
	const char *newline;
	size_t n = 0, length;

	while (n < bytes) {
		newline = memchr(buffer + at, '\n', filled - at);
		if (newline == NULL) {
			filled -= at;
			memmove(buffer, buffer + at, filled);
			filled += read_some(end->fd, buffer + filled,
			    PIECE_BYTES - filled);
			at = 0;
			continue;
		}
		length = (size_t)(newline - buffer) + 1 - at;
		errno = 0;
		need(length == LINE_BYTES, "a line has changed");
		memcpy(line, buffer + at, length);
		line[length] = '\0';
		at += length;
		n += length;
		/* Otherwise the compiler would remove the copy. */
		__asm__ volatile("" : : "r"(line) : "memory");
	}
}

static void
put_lines(struct end *end, size_t bytes)
{
	size_t n;

	for (n = 0; n < bytes; n += LINE_BYTES)
		need(fputs(LINE, end->ports.out) != EOF, "fputs");
}

static void
get_lines(struct end *end, size_t bytes)
{
	char line[100];
	size_t n;

	for (n = 0; n < bytes; n += LINE_BYTES) {
		need(fgets(line, sizeof(line), end->ports.in) != NULL, "fgets");
		errno = 0;
		need(line[LINE_BYTES - 1] == '\n', "a line has changed");
	}
}

/* Rounds COUNT, so that the first sixteenth is whole buffers, too. */
static double
measure_lines(const struct way *way, size_t count, enum kind kind)
{
	const size_t step = 16 * PIECE_BYTES / LINE_BYTES;

	count = (count + step - 1) / step * step;
	return one_way(way, count * LINE_BYTES, kind) / LINE_BYTES;
}

double
lines(enum kind kind, size_t count)
{
	static const struct way way = { { write_lines, put_lines },
	    { read_lines, get_lines }, NULL };

	return measure_lines(&way, count, kind);
}

/* glibc then omits the lock of each call; musl ignores the request. */
static void
omit_locks(struct end *end)
{
#ifdef FSETLOCKING_BYCALLER
	if (is_bare(end->kind))
		return;
	__fsetlocking(end->ports.in, FSETLOCKING_BYCALLER);
	__fsetlocking(end->ports.out, FSETLOCKING_BYCALLER);
#else
	(void)end;
#endif
}

double
unlocked_lines(enum kind kind, size_t count)
{
	static const struct way way = { { write_lines, put_lines },
	    { read_lines, get_lines }, omit_locks };

	return measure_lines(&way, count, kind);
}

/*
 * Lines that only one end handles.  The other is bare in every kind, and
 * faster, so that the rate is that of the first.
 */

static int
fd_of(const struct end *end)
{
	return is_bare(end->kind) ? end->fd : unix_fileno(&end->ports);
}

static void
write_buffers(struct end *end, size_t bytes)
{
	size_t n;

	for (n = 0; n < PIECE_BYTES; n += LINE_BYTES)
		memcpy(buffer + n, LINE, LINE_BYTES);
	for (n = 0; n < bytes; n += PIECE_BYTES)
		write_all(fd_of(end), buffer, PIECE_BYTES);
}

static void
discard(struct end *end, size_t bytes)
{
	while (bytes > 0)
		bytes -= read_some(fd_of(end), buffer,
		    bytes < PIECE_BYTES ? bytes : PIECE_BYTES);
}

static void
get_bounded_lines(struct end *end, size_t bytes)
{
	struct unix_buffer line = { .bytes = NULL };
	size_t n;

	for (n = 0; n < bytes; n += LINE_BYTES) {
		need(unix_get_line(end->ports.in, &line, 100) == 1,
		    "unix_get_line");
		errno = 0;
		need(line.length == LINE_BYTES - 1, "a line has changed");
	}
	unix_free_buffer(&line);
}

double
bounded_lines(enum kind kind, size_t count)
{
	static const struct way way = { { write_buffers, write_buffers },
	    { read_lines, get_bounded_lines }, NULL };

	return measure_lines(&way, count, kind);
}

/* The minimum of formatting. */
static void
format_lines(struct end *end, size_t bytes)
{
	size_t n, filled = 0;

	for (n = 0; n < bytes; n += LINE_BYTES) {
		/* snprintf(3) adds a NUL. */
		if (filled + LINE_BYTES + 1 > PIECE_BYTES) {
			write_all(end->fd, buffer, filled);
			filled = 0;
		}
		snprintf(buffer + filled, LINE_BYTES + 1, "%031zu\n", n);
		filled += LINE_BYTES;
	}
	write_all(end->fd, buffer, filled);
}

static void
print_lines(struct end *end, size_t bytes)
{
	size_t n;

	for (n = 0; n < bytes; n += LINE_BYTES)
		need(fprintf(end->ports.out, "%031zu\n", n) == LINE_BYTES,
		    "fprintf");
}

double
printed_lines(enum kind kind, size_t count)
{
	static const struct way way = { { format_lines, print_lines },
	    { discard, discard }, NULL };

	return measure_lines(&way, count, kind);
}
