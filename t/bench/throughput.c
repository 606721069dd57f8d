/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes one way, from a process to another, each on a CPU of its own.  Pieces
 * are compared here, by fwrite and fread against write(2) and read(2).
 */
#include "bench.h"

#include <stdlib.h>

#define SMALL_PIECE_BYTES	1024

static char piece[PIECE_BYTES];

/* The clock of the receiver starts when a first part has arrived. */
double
one_way(const struct way *way, size_t bytes, enum kind kind)
{
	int ports = !is_bare(kind);
	struct end pair[2];
	size_t first = bytes / 16;
	double start, rate;
	pid_t sender;
	int i;

	open_pair(kind, pair);
	for (i = 0; i < 2 && way->prepare != NULL; i++)
		way->prepare(&pair[i]);
	sender = start_process();
	use_cpu(sender == 0);
	abandon_end(&pair[sender != 0]);
	if (sender == 0) {
		way->send[ports](&pair[1], first + bytes);
		close_end(&pair[1]);
		exit(0);
	}
	way->receive[ports](&pair[0], first);
	start = seconds();
	way->receive[ports](&pair[0], bytes);
	rate = rate_since(start, bytes);
	close_end(&pair[0]);
	end_process(sender);
	return rate;
}

static void
write_pieces(struct end *end, size_t bytes)
{
	size_t n;

	for (n = 0; n < bytes; n += PIECE_BYTES)
		write_all(end->fd, piece, PIECE_BYTES);
}

static void
read_pieces(struct end *end, size_t bytes)
{
	size_t left;

	for (left = bytes; left > 0;)
		left -= read_some(end->fd, piece,
		    left < PIECE_BYTES ? left : PIECE_BYTES);
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
put_large_pieces(struct end *end, size_t bytes)
{
	put_pieces(end, bytes, PIECE_BYTES);
}

static void
get_large_pieces(struct end *end, size_t bytes)
{
	get_pieces(end, bytes, PIECE_BYTES);
}

static void
put_small_pieces(struct end *end, size_t bytes)
{
	put_pieces(end, bytes, SMALL_PIECE_BYTES);
}

static void
get_small_pieces(struct end *end, size_t bytes)
{
	get_pieces(end, bytes, SMALL_PIECE_BYTES);
}

/* Rounds BYTES, so that the first sixteenth is whole pieces, too. */
static size_t
whole_pieces(size_t bytes)
{
	const size_t step = 16 * PIECE_BYTES;

	return (bytes + step - 1) / step * step;
}

double
large_pieces(enum kind kind, size_t bytes)
{
	static const struct way way = { { write_pieces, put_large_pieces },
	    { read_pieces, get_large_pieces }, NULL };

	return one_way(&way, whole_pieces(bytes), kind);
}

double
small_pieces(enum kind kind, size_t bytes)
{
	static const struct way way = { { write_pieces, put_small_pieces },
	    { read_pieces, get_small_pieces }, NULL };

	return one_way(&way, whole_pieces(bytes), kind);
}
