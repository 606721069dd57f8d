/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench: plain and guarded ports against raw read(2) and write(2) in one
 * table.  The text below the table explains its environment.
 */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ROUNDS	1000

static const struct work {
	const char *name;		/* for WORK */
	const char *title, *unit;
	double (*measure)(enum kind kind);
	double target;			/* of guarded ports, of raw */
} works[] = {
	{ "large", "64 KiB pieces", "MB/s", large_pieces, 0.95 },
	{ "small", "1 KiB pieces", "MB/s", small_pieces, 0.85 },
	{ "lines", "32-byte lines", "M lines/s", lines, 0.60 },
	{ "unlocked", "32-byte lines, unlocked", "M lines/s", unlocked_lines,
	    0.68 },
	{ "trips", "round trips, a CPU each", "k trips/s", trips, 0.95 },
	{ "trips1", "round trips, one CPU", "k trips/s", trips_on_one, 0.95 },
	{ "connections", "connections, a line each", "k conn./s", connections,
	    0.90 },
};

static const char legend[] =
"\n"
"raw       what read(2) and write(2) do, the limit.  Pieces, of either size:\n"
"          64 KiB a call.  Lines: 64 KiB a call, the sender copies each line\n"
"          in, the reader finds it and copies it out.  Trips: a call a line.\n"
"          Connections: socket, connect and accept.\n"
"plain     and guarded ports: their share of raw, with fwrite and fread, or\n"
"          fputs, fgets and, in trips, fflush.  Each round runs all three;\n"
"          these are the medians of the rounds' ratios.\n"
"target    what guarded ports should have.\n"
"unlocked  after the program's own __fsetlocking(3), where that does anything;\n"
"          what it gains is stdio's lock, taken for each line.\n"
"conn.     the server starts a thread for each, over raw sockets too.\n"
"memory    resident KiB a connection, in a process that holds one end of 1000;\n"
"          another process holds the other ends.  The kernel's is not in it.\n"
"threads   a server that starts a thread for each connection; its rate, and\n"
"          the shares of the others.  Eight clients connect, send a line, read\n"
"          it back and close, again and again.\n"
"\n"
"ROUNDS=n: so many rounds (15).  BUFFER=n: buffer_size of guarded ports.\n"
"WORK=row: only large, small, lines, unlocked, trips, trips1, connections,\n"
"memory or servers.\n";

static int
compare(const void *p, const void *q)
{
	double a = *(const double *)p, b = *(const double *)q;

	return (a > b) - (a < b);
}

static double
median(double *figures, int count)
{
	qsort(figures, (size_t)count, sizeof(*figures), compare);
	return (figures[(count - 1) / 2] + figures[count / 2]) / 2;
}

/* A round: the figure of raw, and the shares of the others. */
static void
run_round(const struct work *work, int round, int kinds,
    double figures[KINDS][MAX_ROUNDS])
{
	int i, kind;

	/* Nobody is always the first. */
	for (i = 0; i < kinds; i++) {
		kind = (round + i) % kinds;
		figures[kind][round] = work->measure((enum kind)kind);
	}
	for (kind = PLAIN; kind < kinds; kind++)
		figures[kind][round] /= figures[RAW][round];
}

static void
show(const struct work *work, int rounds, int kinds)
{
	static double figures[KINDS][MAX_ROUNDS];
	double raw, guarded;
	int round;

	printf("%-26s", work->title);
	for (round = 0; round < rounds; round++)
		run_round(work, round, kinds, figures);
	raw = median(figures[RAW], rounds);
	printf("%8.*f %-9s%7.2f", raw < 100, raw, work->unit,
	    median(figures[PLAIN], rounds));
	guarded = median(figures[GUARDED], rounds);
	if (kinds > GUARDED)
		printf("%9.2f   >= %.2f%s\n", guarded, work->target,
		    guarded < work->target ? "  missed" : "");
	else
		printf("%9s\n", "-");
}

/* What shares to have of a server with a thread for each connection. */
#define SERVE_TARGET	1.70

/* Another table: who serves many clients at once. */
static void
show_servers(int rounds)
{
	static double figures[LIBUV + 1][MAX_ROUNDS];
	int servers = has_libuv() ? LIBUV + 1 : LIBUV;
	double share[LIBUV + 1] = { 0 };
	int round, i, kind;

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < servers; i++) {
			kind = (round + i) % servers;
			figures[kind][round] = visits((enum host)kind);
		}
		for (kind = SERVE; kind < servers; kind++)
			figures[kind][round] /= figures[THREADS][round];
	}
	for (kind = 0; kind < servers; kind++)
		share[kind] = median(figures[kind], rounds);
	printf("\n%-26s%8s%17s%9s   %s\n%-26s%8.*f %-9s%7.2f", "", "threads",
	    "unix_serve", "libuv", "target", "8 clients at once",
	    share[THREADS] < 100, share[THREADS], "k conn./s", share[SERVE]);
	if (servers > LIBUV)
		printf("%9.2f", share[LIBUV]);
	else
		printf("%9s", "-");
	printf("   >= %.2f, libuv%s\n", SERVE_TARGET,
	    share[SERVE] < SERVE_TARGET || share[SERVE] < share[LIBUV] ?
	    "  missed" : "");
	if (servers == LIBUV)
		puts("(no libuv here: apt-get install libuv1-dev, configure)");
	show_crowd();
}

/* Whether this system can have guarded ports. */
static int
guarded_here(void)
{
	struct unix_ports pair[2];

	if (unix_pair(options_of(GUARDED), pair) == -1) {
		need(errno == ENOTSUP, "unix_pair");
		return 0;
	}
	need(unix_close_ports(&pair[0]) == 0 &&
	    unix_close_ports(&pair[1]) == 0, "unix_close_ports");
	return 1;
}

int
main(void)
{
	const char *wanted = getenv("WORK");
	int rounds = (int)number("ROUNDS", 15);
	int kinds = guarded_here() ? KINDS : GUARDED;
	int shown = 0;
	size_t i;

	errno = 0;
	need(rounds <= MAX_ROUNDS, "ROUNDS: no more than 1000");
	if (wanted != NULL && *wanted == '\0')
		wanted = NULL;
	show_machine();
	printf("%d rounds\n\n%-26s%8s%17s%9s   %s\n", rounds, "", "raw",
	    "plain", "guarded", "target");
	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		if (wanted == NULL || strcmp(wanted, works[i].name) == 0) {
			show(&works[i], rounds, kinds);
			shown++;
		}
	if (wanted == NULL || strcmp(wanted, "memory") == 0)
		shown += show_memory(kinds > GUARDED);
	if (kinds > GUARDED &&
	    (wanted == NULL || strcmp(wanted, "servers") == 0)) {
		show_servers(rounds);
		shown++;
	}
	errno = 0;
	need(shown > 0, "WORK: no such row here");
	fputs(legend, stdout);
	return fflush(stdout) == EOF;
}
