/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench: plain and guarded ports against raw read(2) and write(2) in one
 * table.  The text below the table explains its environment.
 */
#include "bench.h"

#include <sys/wait.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEGABYTES(n)	((size_t)(n) << 20)

static const struct work unlocked = { "unlocked", "32-byte lines, unlocked",
    "M lines/s", 1e6, unlocked_lines, 0, 0 };
static const struct work bounded = { "bounded", "32-byte lines, bounded",
    "M lines/s", 1e6, bounded_lines, 0, 0 };
static const struct work printed = { "printed", "32-byte lines, printed",
    "M lines/s", 1e6, printed_lines, 0, 0 };
static const struct work one_cpu = { "trips1", "round trips, one CPU",
    "k trips/s", 1e3, trips_on_one, 0, 0 };

static const struct row {
	const struct work *work;
	size_t amount;
	double target;			/* of guarded ports, of OF */
	enum kind of;
} rows[] = {
	{ &works[LARGE_PIECES], MEGABYTES(384), 0.98, RAW },
	{ &works[SMALL_PIECES], MEGABYTES(384), 0.90, RAW },
	{ &works[LINES], MEGABYTES(192) / LENGTH, 0.65, RAW },
	{ &unlocked, MEGABYTES(192) / LENGTH, 0.68, RAW },
	{ &bounded, MEGABYTES(192) / LENGTH, 0.75, RAW },
	{ &printed, MEGABYTES(96) / LENGTH, 1.25, PLAIN },
	{ &works[TRIPS], 8000, 0.95, RAW },
	{ &one_cpu, 8000, 0.95, RAW },
	{ &works[CONNECTIONS], 4000, 0.90, RAW },
};

static const char legend[] =
"\n"
"raw       what read(2) and write(2) do, the limit.  Pieces, of either size:\n"
"          64 KiB a call.  Lines: 64 KiB a call, the sender copies each line\n"
"          in, the reader finds it and copies it out.  Trips: a call a line,\n"
"          and a CPU for each process unless the row says one.\n"
"          Connections: socket, connect and accept.\n"
"plain     and guarded ports: their share of raw, with fwrite and fread, or\n"
"          fputs, fgets and, in trips, fflush.  Each round runs all three;\n"
"          these are the medians of the rounds' ratios.\n"
"target    what guarded ports should have; of printed lines 1.25 of plain.\n"
"unlocked  after the program's own __fsetlocking(3), where that does anything;\n"
"          what it gains is stdio's lock, taken for each line.\n"
"bounded   unix_get_line, from a bare sender.\n"
"printed   fprintf, to a bare reader; raw formats into its buffer.\n"
"conn.     the server starts a thread for each, over raw sockets too.\n"
"memory    resident KiB a connection, in a process that holds one end of 1000;\n"
"          another process holds the other ends.  The kernel's is not in it.\n"
"threads   a server that starts a thread for each connection; its rate, and\n"
"          the shares of the others.  Eight clients connect, send a line, read\n"
"          it back and close, again and again.\n"
"\n"
"ROUNDS=n: so many rounds (15).  BUFFER=n: buffer_size of guarded ports.\n"
"WORK=row: only large, small, lines, unlocked, bounded, printed, trips,\n"
"trips1, connections, memory or servers.\n";

static void
show(const struct row *row, unsigned rounds, unsigned kinds)
{
	struct result result;
	double raw, guarded, target;

	printf("%-26s", row->work->title);
	measure_rounds(row->work, row->amount, rounds, kinds, &result);
	raw = result.figure[RAW];
	printf("%8.*f %-9s %6.2f", raw < 100, raw, row->work->unit,
	    result.share[PLAIN]);
	guarded = result.share[GUARDED];
	target = row->target * (row->of == PLAIN ? result.share[PLAIN] : 1);
	if (has_kind(kinds, GUARDED))
		printf(" %8.2f   >= %.2f%s\n", guarded, target,
		    guarded < target ? "  missed" : "");
	else
		printf("%9s\n", "-");
}

/* What shares to have of a server with a thread for each connection. */
#define SERVE_TARGET	1.70

/* Another table: who serves many clients at once. */
static void
show_servers(unsigned rounds)
{
	static double figures[LIBUV + 1][MAX_ROUNDS];
	int servers = has_libuv() ? LIBUV + 1 : LIBUV;
	double share[LIBUV + 1] = { 0 };
	unsigned round;
	int i, kind;

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < servers; i++) {
			kind = (int)(round + (unsigned)i) % servers;
			figures[kind][round] = visits((enum host)kind);
		}
		for (kind = SERVE; kind < servers; kind++)
			figures[kind][round] /= figures[THREADS][round];
	}
	for (kind = 0; kind < servers; kind++)
		share[kind] = median(figures[kind], rounds);
	printf("\n%-26s%8s%17s%9s   %s\n%-26s%8.*f %-9s %6.2f", "", "threads",
	    "unix_serve", "libuv", "target", "8 clients at once",
	    share[THREADS] < 100, share[THREADS], "k conn./s", share[SERVE]);
	if (servers > LIBUV)
		printf(" %8.2f", share[LIBUV]);
	else
		printf("%9s", "-");
	printf("   >= %.2f, libuv%s\n", SERVE_TARGET,
	    share[SERVE] < SERVE_TARGET || share[SERVE] < share[LIBUV] ?
	    "  missed" : "");
	if (servers == LIBUV)
		puts("(no libuv here: apt-get install libuv1-dev, configure)");
	show_crowd();
}

/* A positive number from the environment, or FALLBACK. */
static long
number(const char *name, long fallback)
{
	const char *text = getenv(name);
	char *end;
	long value;

	if (text == NULL || *text == '\0')
		return fallback;
	value = strtol(text, &end, 10);
	errno = 0;
	need(*end == '\0' && value > 0 && value < 1 << 30, name);
	return value;
}

void
kill_process(pid_t child)
{
	int status;

	need(kill(child, SIGKILL) == 0, "kill");
	need(waitpid(child, &status, 0) == child, "waitpid");
	unfinished.child = 0;
	errno = 0;
	need(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	    "the other process failed");
}

static void
show_machine(void)
{
	struct machine machine;

	know_machine(&machine);
	printf("%s\n%s, CPUs for us: %d\n%s", machine.kernel,
	    machine.processor, machine.cpus, machine.libc);
#ifdef __VERSION__
	printf(", compiler %s", __VERSION__);
#endif
	printf("\n");
	if (machine.load >= 0)
		printf("load %.1f, ", machine.load);
}

int
main(void)
{
	const char *wanted = getenv("WORK");
	unsigned rounds = (unsigned)number("ROUNDS", 15);
	unsigned kinds = kinds_here() & ~(1u << TCP);
	int with_guarded = has_kind(kinds, GUARDED);
	int shown = 0;
	size_t i;

	errno = 0;
	need(rounds <= MAX_ROUNDS, "ROUNDS: no more than 1000");
	signal(SIGPIPE, SIG_IGN);
	leave_nothing();
	guarded_options.buffer_size = (size_t)number("BUFFER", 0);
	if (wanted != NULL && *wanted == '\0')
		wanted = NULL;
	show_machine();
	printf("%u rounds\n\n%-26s%8s%17s%9s   %s\n", rounds, "", "raw",
	    "plain", "guarded", "target");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (wanted == NULL ||
		    strcmp(wanted, rows[i].work->name) == 0) {
			show(&rows[i], rounds, kinds);
			shown++;
		}
	if (wanted == NULL || strcmp(wanted, "memory") == 0)
		shown += show_memory(with_guarded);
	if (with_guarded &&
	    (wanted == NULL || strcmp(wanted, "servers") == 0)) {
		show_servers(rounds);
		shown++;
	}
	errno = 0;
	need(shown > 0, "WORK: no such row here");
	fputs(legend, stdout);
	return fflush(stdout) == EOF;
}
