/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines one way: fputs and fgets against the least that any stream does. */
#include "measure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
void
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
		errno = 0;
		need(line[LENGTH - 1] == '\n', "a line has changed");
	}
}

double
lines_after(void (*prepare)(struct end *end), enum kind kind, size_t count)
{
	static const struct way way = { { write_lines, put_lines },
	    { read_lines, get_lines } };

	/* Whole ones before the clock starts, too. */
	count = (count + 15) / 16 * 16;
	return one_way(&way, count * LENGTH, kind, prepare) / LENGTH;
}

double
lines(enum kind kind, size_t count)
{
	return lines_after(NULL, kind, count);
}
