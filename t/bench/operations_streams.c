/* SPDX-License-Identifier: BSD-2-Clause */
/* The operations on the streams of a pair: lines, frames, pieces, trips. */
#include "operations.h"

static struct unix_ports pair[2];
static char piece[1024];

static void
flush(void)
{
	need(fflush(pair[0].out) == 0, "fflush");
}

static void
put_lines(int times)
{
	while (times-- > 0)
		need(fputs(LINE, pair[0].out) != EOF, "fputs");
	flush();
}

static void
get_lines(int times)
{
	char line[100];

	while (times-- > 0)
		need(fgets(line, sizeof(line), pair[1].in) != NULL, "fgets");
}

static void
print_lines(int times)
{
	while (times-- > 0)
		need(fprintf(pair[0].out, "%s %d %s", "0123456789",
		    1234567890, "012345678\n") == (int)LINE_BYTES, "fprintf");
	flush();
}

static void
get_bounded_lines(int times)
{
	static struct unix_buffer line;

	while (times-- > 0)
		need(unix_get_line(pair[1].in, &line, 0) == 1,
		    "unix_get_line");
}

static void
put_bounded_lines(int times)
{
	while (times-- > 0)
		need(unix_put_line(pair[0].out, LINE, LINE_BYTES - 1) == 0,
		    "unix_put_line");
	flush();
}

static void
get_available(int times)
{
	char line[LINE_BYTES];

	while (times-- > 0)
		need(unix_get_bytes(pair[1].in, line, LINE_BYTES) ==
		    (ssize_t)LINE_BYTES, "unix_get_bytes");
}

static void
put_frames(int times)
{
	while (times-- > 0)
		need(unix_put_frame(pair[0].out, LINE, LINE_BYTES) == 0,
		    "unix_put_frame");
	flush();
}

static void
get_frames(int times)
{
	static struct unix_buffer frame;

	while (times-- > 0)
		need(unix_get_frame(pair[1].in, &frame, 0) == 1,
		    "unix_get_frame");
}

static void
put_pieces(int times)
{
	while (times-- > 0)
		need(fwrite(piece, sizeof(piece), 1, pair[0].out) == 1,
		    "fwrite");
	flush();
}

static void
get_pieces(int times)
{
	while (times-- > 0)
		need(fread(piece, sizeof(piece), 1, pair[1].in) == 1, "fread");
}

/* A request and its answer. */
static void
make_trips(int times)
{
	char line[100];

	while (times-- > 0) {
		put_lines(1);
		get_lines(1);
		need(fputs(LINE, pair[1].out) != EOF &&
		    fflush(pair[1].out) == 0, "fputs");
		need(fgets(line, sizeof(line), pair[0].in) != NULL, "fgets");
	}
}

/* Ordered so that each operation leaves the socket empty. */
void
measure_streams(void)
{
	need(unix_pair(&options, pair) == 0, "unix_pair");
	measure("fputs a line", put_lines, REPETITIONS);
	measure("fgets it", get_lines, REPETITIONS);
	measure("fprintf a line", print_lines, REPETITIONS);
	measure("unix_get_line", get_bounded_lines, REPETITIONS);
	measure("unix_put_line", put_bounded_lines, REPETITIONS);
	measure("unix_get_bytes", get_available, REPETITIONS);
	measure("unix_put_frame", put_frames, REPETITIONS);
	measure("unix_get_frame", get_frames, REPETITIONS);
	measure("fwrite 1 KiB", put_pieces, FEW);
	measure("fread 1 KiB", get_pieces, FEW);
	measure("a round trip", make_trips, FEW);
	need(unix_close_ports(&pair[0]) == 0 &&
	    unix_close_ports(&pair[1]) == 0, "unix_close_ports");
}
