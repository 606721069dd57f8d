/* SPDX-License-Identifier: BSD-2-Clause */
/* Pieces one way: fwrite and fread against write(2) and read(2). */
#include "measure.h"

#include <stdio.h>

#define SMALL	1024

static char piece[LARGE];

static void
write_pieces(struct end *end, size_t bytes)
{
	size_t n;

	for (n = 0; n < bytes; n += LARGE)
		write_all(end->fd, piece, LARGE);
}

static void
read_pieces(struct end *end, size_t bytes)
{
	size_t left;

	for (left = bytes; left > 0;)
		left -= read_some(end->fd, piece, left < LARGE ? left : LARGE);
}

static void
put_pieces(struct end *end, size_t bytes, size_t size)
{
	size_t n;

	for (n = 0; n < bytes; n += size)
		need(fwrite(piece, 1, size, end->ports.out) == size, "fwrite");
}

static void
get_pieces(struct end *end, size_t bytes, size_t size)
{
	size_t n;

	for (n = 0; n < bytes; n += size)
		need(fread(piece, 1, size, end->ports.in) == size, "fread");
}

static void
put_large(struct end *end, size_t bytes)
{
	put_pieces(end, bytes, LARGE);
}

static void
get_large(struct end *end, size_t bytes)
{
	get_pieces(end, bytes, LARGE);
}

static void
put_small(struct end *end, size_t bytes)
{
	put_pieces(end, bytes, SMALL);
}

static void
get_small(struct end *end, size_t bytes)
{
	get_pieces(end, bytes, SMALL);
}

/* Whole pieces, and whole ones before the clock starts. */
static size_t
whole(size_t bytes)
{
	return (bytes + 16 * LARGE - 1) / (16 * LARGE) * (16 * LARGE);
}

double
large_pieces(enum kind kind, size_t bytes)
{
	static const struct way way = { { write_pieces, put_large },
	    { read_pieces, get_large } };

	return one_way(&way, whole(bytes), kind, NULL);
}

double
small_pieces(enum kind kind, size_t bytes)
{
	static const struct way way = { { write_pieces, put_small },
	    { read_pieces, get_small } };

	return one_way(&way, whole(bytes), kind, NULL);
}
