/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines one way: fputs and fgets against the least that any stream does. */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<stdio_ext.h>)
#include <stdio_ext.h>
#endif
#endif

#define BYTES	((size_t)192 << 20)

static char buffer[LARGE];

/* What no stream can do without: memcpy, and the raw writes. */
static void
write_lines(struct end *end, size_t bytes)
{
	size_t n, filled = 0;

	for (n = 0; n < bytes; n += LENGTH) {
		if (filled + LENGTH > LARGE) {
			write_all(end->fd, buffer, filled);
			filled = 0;
		}
		memcpy(buffer + filled, LINE, LENGTH);
		filled += LENGTH;
	}
	write_all(end->fd, buffer, filled);
}

/* The raw reads, memchr and memcpy; a part of a line begins the next. */
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
			    LARGE - filled);
			at = 0;
			continue;
		}
		length = (size_t)(newline - buffer) + 1 - at;
		errno = 0;
		need(length == LENGTH, "a line has changed");
		memcpy(line, buffer + at, length);
		line[length] = '\0';
		at += length;
		n += length;
		/* The copy is to be made. */
		__asm__ volatile("" : : "r"(line) : "memory");
	}
}

static void
put_lines(struct end *end, size_t bytes)
{
	size_t n;

	for (n = 0; n < bytes; n += LENGTH)
		need(fputs(LINE, end->ports.out) != EOF, "fputs");
}

static void
get_lines(struct end *end, size_t bytes)
{
	char line[100];
	size_t n;

	for (n = 0; n < bytes; n += LENGTH) {
		need(fgets(line, sizeof(line), end->ports.in) != NULL, "fgets");
		if (line[LENGTH - 1] != '\n') {
			errno = 0;
			die("a line has changed");
		}
	}
}

static void
unlock(struct end *end)
{
#ifdef FSETLOCKING_BYCALLER
	if (end->kind == RAW)
		return;
	__fsetlocking(end->ports.in, FSETLOCKING_BYCALLER);
	__fsetlocking(end->ports.out, FSETLOCKING_BYCALLER);
#else
	(void)end;
#endif
}

double
lines(enum kind kind)
{
	static const struct way way = { { write_lines, put_lines },
	    { read_lines, get_lines }, NULL };

	return one_way(&way, BYTES, kind) / LENGTH;
}

double
unlocked_lines(enum kind kind)
{
	static const struct way way = { { write_lines, put_lines },
	    { read_lines, get_lines }, unlock };

	return one_way(&way, BYTES, kind) / LENGTH;
}
