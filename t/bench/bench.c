/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench: plain and guarded ports beside raw sockets and TCP, as a table, as
 * JSON or as a plot.  This file has the list of works and the options.
 */
#include "bench.h"

#include <sys/resource.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB		((size_t)1 << 20)
#define MAX_TRIPS	((size_t)1 << 20)
#define MAX_CONNECTIONS	4000	/* about a full backlog of TCP; sockets.c */
#define MAX_VISITS	8000
#define CROWD		1000	/* connections of memory and crowd */
#define USAGE_ERROR	2

static const char *const kinds[KINDS] = { "raw", "plain", "guarded", "tcp" };
static const char *const servers[KINDS] = { [SERVE_THREADS] = "threads",
    [SERVE_LIBUV] = "libuv", [SERVE_UNIX] = "serve" };

static const struct work works[WORKS] = {
	{ "large", "64 KiB pieces", "MB/s", 1e6, large_pieces,
	    MIB, 1000 * MIB, 0.98, RAW, kinds },
	{ "small", "1 KiB pieces", "MB/s", 1e6, small_pieces,
	    MIB, 1000 * MIB, 0.90, RAW, kinds },
	{ "lines", "32-byte lines", "M lines/s", 1e6, lines,
	    MIB / LINE_BYTES, 1000 * MIB / LINE_BYTES, 0.65, RAW, kinds },
	{ "unlocked", "unlocked lines", "M lines/s", 1e6, unlocked_lines,
	    MIB / LINE_BYTES, 1000 * MIB / LINE_BYTES, 0.68, RAW, kinds },
	{ "bounded", "bounded lines", "M lines/s", 1e6, bounded_lines,
	    MIB / LINE_BYTES, 1000 * MIB / LINE_BYTES, 0.75, RAW, kinds },
	{ "printed", "printed lines", "M lines/s", 1e6, printed_lines,
	    MIB / LINE_BYTES, 1000 * MIB / LINE_BYTES, 1.25, PLAIN, kinds },
	{ "trips", "round trips", "k trips/s", 1e3, trips,
	    160, MAX_TRIPS, 0.95, RAW, kinds },
	{ "trips1", "trips, one CPU", "k trips/s", 1e3, one_cpu_trips,
	    160, MAX_TRIPS, 0.95, RAW, kinds },
	{ "connections", "connections", "k conn./s", 1e3, connections,
	    100, MAX_CONNECTIONS, 0.90, RAW, kinds },
	{ "servers", "8 clients", "k conn./s", 1e3, visits,
	    80, MAX_VISITS, 1.70, RAW, servers },
};

static const char usage[] =
"usage: bench [-j] [-b BYTES] [-n ROUNDS] [-p FILE] [-t SECONDS] [WORK...]\n";

static const char help[] =
"Measures raw read(2) and write(2) on a Unix socket, plain and guarded ports "
"and\nTCP on the loopback, side by side, and prints a table.\n"
"  -b, --buffer BYTES   buffer_size of guarded ports\n"
"  -j, --json           print JSON instead\n"
"  -n, --rounds ROUNDS  number of rounds, 15 by default\n"
"  -p, --plot FILE      also write a plot, in SVG\n"
"  -t, --time SECONDS   time for all works together, 30 by default\n"
"WORK is one of large, small, lines, unlocked, bounded, printed, trips, "
"trips1,\nconnections, servers, memory and crowd; all by default.\n";

struct request {
	unsigned rounds;
	double seconds;			/* of all rounds of all works */
	int json;
	const char *plot;		/* the path of its file, or NULL */
	char **works;			/* names; none: all */
};

static void
fail_usage(const char *problem, const char *value)
{
	fprintf(stderr, "bench: %s: %s\n%s", problem, value, usage);
	exit(USAGE_ERROR);
}

/* An integer from 1 to HIGHEST. */
static unsigned long
parse_number(const char *text, unsigned long highest, const char *problem)
{
	unsigned long number = 0;
	char *end;

	errno = 0;
	if (*text >= '0' && *text <= '9')
		number = strtoul(text, &end, 10);
	if (number == 0 || *end != '\0' || errno != 0 || number > highest)
		fail_usage(problem, text);
	return number;
}

static double
parse_seconds(const char *text)
{
	char *end;
	double number = strtod(text, &end);

	if (end == text || *end != '\0' || !(number >= 0 && number <= INT_MAX))
		fail_usage("not a number of seconds", text);
	return number;
}

static int
is_wanted(const struct request *request, const char *name)
{
	char **work = request->works;

	if (*work == NULL)
		return 1;
	while (*work != NULL && strcmp(*work, name) != 0)
		work++;
	return *work != NULL;
}

static void
check_works(char **names)
{
	int i;

	for (; *names != NULL; names++) {
		for (i = 0; i < WORKS && strcmp(works[i].name, *names) != 0;
		    i++)
			;
		if (i == WORKS && strcmp(*names, "memory") != 0 &&
		    strcmp(*names, "crowd") != 0)
			fail_usage("no such work", *names);
	}
}

static void
parse_options(int argc, char *argv[], struct request *request)
{
	static const struct option words[] = {
		{ "buffer", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ "plot", required_argument, NULL, 'p' },
		{ "rounds", required_argument, NULL, 'n' },
		{ "time", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "b:hjn:p:t:", words, NULL))
	    != -1)
		switch (option) {
		case 'b':
			guarded_options.buffer_size = parse_number(optarg,
			    1ul << 30, "not a size of buffers");
			break;
		case 'h':
			printf("%s%s", usage, help);
			exit(fflush(stdout) == EOF);
		case 'j':
			request->json = 1;
			break;
		case 'n':
			request->rounds = (unsigned)parse_number(optarg,
			    MAX_ROUNDS, "not a number of rounds");
			break;
		case 'p':
			request->plot = optarg;
			break;
		case 't':
			request->seconds = parse_seconds(optarg);
			break;
		default:
			fputs(usage, stderr);
			exit(USAGE_ERROR);
		}
	request->works = argv + optind;
	check_works(request->works);
}

/* Both ends of a connection of memory are here.  The number of connections. */
static size_t
raise_descriptor_limit(void)
{
	const rlim_t needed = 2 * CROWD + 100;
	struct rlimit limit;

	need(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
	if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= needed)
		return CROWD;
	limit.rlim_cur = limit.rlim_max != RLIM_INFINITY &&
	    limit.rlim_max < needed ? limit.rlim_max : needed;
	need(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
	need(limit.rlim_cur >= 200, "the limit of descriptors is too low");
	return (size_t)(limit.rlim_cur - 100) / 2;
}

/* Servers are those of guarded ports. */
static unsigned
kinds_of(const struct work *work, unsigned available)
{
	if (work->names == kinds)
		return available;
	if (!has_kind(available, GUARDED))
		return 0;
	return 1u << SERVE_THREADS | 1u << SERVE_UNIX |
	    (has_libuv() ? 1u << SERVE_LIBUV : 0);
}

/* All works, kinds and rounds have the same time. */
static void
measure_works(const struct request *request, struct report *report,
    unsigned available)
{
	struct result *result;
	double duration;
	int kind, used;
	size_t i;

	for (i = 0; i < WORKS; i++)
		if (is_wanted(request, works[i].name)) {
			result = &report->results[report->count++];
			result->work = &works[i];
			result->kinds = kinds_of(&works[i], available);
		}
	for (i = 0; i < report->count; i++) {
		result = &report->results[i];
		if (!request->json)
			show_title(result->work);
		for (kind = used = 0; kind < KINDS; kind++)
			used += has_kind(result->kinds, kind);
		if (used > 0) {
			duration = request->seconds / (double)report->count /
			    (used * request->rounds);
			measure_rounds(result, amount_for(result->work,
			    duration, result->kinds), request->rounds);
		}
		if (!request->json)
			show_result(result);
	}
}

static void
measure(const struct request *request, struct report *report)
{
	unsigned available = available_kinds();

	measure_works(request, report, available);
	if (is_wanted(request, "memory"))
		measure_memory(&report->memory, available,
		    report->connections);
	if (is_wanted(request, "crowd") && has_kind(available, GUARDED))
		measure_crowd(&report->crowd, report->connections);
}

int
main(int argc, char *argv[])
{
	struct request request = { .rounds = 15, .seconds = 30 };
	static struct report report = {
		.memory = { .idle = { -1, -1, -1, -1 },
		    .used = { -1, -1, -1, -1 } },
		.crowd = { -1, -1 } };
	struct sockaddr_un place;
	double start = seconds();
	FILE *plot = NULL;

	parse_options(argc, argv, &request);
	signal(SIGPIPE, SIG_IGN);
	handle_early_ends();
	/* Errors of these are reported before the long work. */
	if (request.plot != NULL) {
		plot = open_output(request.plot);
		need(plot != NULL, request.plot);
	}
	make_place(&place);
	remove_place();
	report.rounds = request.rounds;
	report.connections = raise_descriptor_limit();
	describe_machine(&report.machine);
	if (!request.json)
		show_head(&report);
	measure(&request, &report);
	report.seconds = seconds() - start;
	if (plot != NULL) {
		/* A pipe or a terminal has no length. */
		(void)!ftruncate(fileno(plot), 0);
		write_plot(plot, &report);
		need(finish_output(plot) == 0, request.plot);
	}
	if (request.json)
		write_json(stdout, &report);
	else
		show_rest(&report);
	need(fflush(stdout) == 0 && !ferror(stdout), "standard output");
	return 0;
}
