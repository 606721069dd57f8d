/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress [SECONDS [SCENARIO [SEED]]]: the scenarios that match the pattern of
 * fnmatch(3) share the time.  Each runs in a process and a directory of its
 * own, and its resources are compared after each cycle.
 */
#include "stress.h"

#include <sys/resource.h>
#include <limits.h>
#include <stdlib.h>

#define WARM_CYCLES	4	/* including each kind of cycle */
#define MIN_CYCLES	2	/* after the warm cycles */
#define GRACE_SECONDS	300	/* above the share of a scenario */
#define GROWTH_LIMIT_KIB 512	/* up to here no leak */

static const struct scenario *const tables[] = { starters, churn, storm,
    crowd, hostile, threads, forks, idle };
static long seconds = 60, seed = 1;
static unsigned long long all_cycles, all_connections, all_bytes;

/* Written by the process of a scenario, in shared memory. */
static struct report {
	unsigned cycles;
	struct state first, last;
	long early, late;	/* KiB: early maximum, late minimum */
} *report;

/*
 * Resident memory varies.  It leaks if its minimum in the last quarter of the
 * time exceeds its maximum in the first half.
 */
static void
watch_memory(const struct state *state, long long start, long long length)
{
	long long done = milliseconds() - start;

	if (report->early == 0 || (done < length / 2 &&
	    state->resident > report->early))
		report->early = state->resident;
	if (report->late == 0 || done < length * 3 / 4 ||
	    state->resident < report->late)
		report->late = state->resident;
}

static void
run_cycle(const struct scenario *scenario, long long start, long long length)
{
	uint64_t own = (uint64_t)seed << 32;
	const char *c;

	for (c = scenario->name; *c != '\0'; c++)
		own = own * 31 + (unsigned char)*c;
	begin_chance(own + report->cycles);
	shared->ending = 0;
	scenario->cycle(report->cycles++);
	take_state(&report->last);
	if (report->cycles == WARM_CYCLES)
		report->first = report->last;
	if (report->cycles <= WARM_CYCLES)
		return;
	compare_states(&report->first, &report->last);
	watch_memory(&report->last, start, length);
}

static long long
share_ms(void)
{
	return 1000LL * seconds / count_chosen();
}

static void
run_cycles(const void *scenario)
{
	long long start = milliseconds(), length = share_ms();

	open_marks();
	begin_chance(1);
	warm_up();
	while (milliseconds() - start < length ||
	    report->cycles < WARM_CYCLES + MIN_CYCLES)
		run_cycle(scenario, start, length);
	close_marks();
	if (!SANITIZED && report->late > report->early + GROWTH_LIMIT_KIB)
		give_up("resident memory grows: never more than %ld KiB at "
		    "first, never less than %ld at last", report->early,
		    report->late);
}

/* Runs in the process of the runner. */

static void
print_report(const char *name, const char *events, const char *failure)
{
	const struct report *r = report;

	printf("%-15s %6u %11llu %11llu %5ld -> %-3ld %5ld -> %-5ld"
	    " %6ld -> %-6ld %s", name, r->cycles, shared->connections,
	    shared->bytes / 1024, r->first.descriptors, r->last.descriptors,
	    r->first.blocks, r->last.blocks, r->first.resident,
	    r->last.resident, failure != NULL ? "FAIL" : "ok");
	if (events != NULL)
		printf(", %llu %s", shared->events, events);
	printf("\n");
	if (failure != NULL)
		report_failure(name, failure);
}

static void
run_scenario(const struct chosen *chosen)
{
	const struct scenario *scenario = chosen->scenario;
	const char *failure;

	memset(shared, 0, sizeof(*shared));
	memset(report, 0, sizeof(*report));
	failure = run_alone(run_cycles, scenario,
	    (unsigned)(share_ms() / 1000 + GRACE_SECONDS));
	print_report(chosen->title, scenario->events, failure);
	all_cycles += report->cycles;
	all_connections += shared->connections;
	all_bytes += shared->bytes;
}

static void
choose_scenarios(void)
{
	const struct scenario *scenario;
	size_t i;

	for (i = 0; i < COUNT(tables); i++)
		for (scenario = tables[i]; scenario->name != NULL; scenario++)
			if (!(SANITIZED && scenario->unwinds))
				choose(scenario->name, scenario, 0);
}

static void
raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/*
 * Exits if TEXT is not a number: with 0 seconds, the run would always succeed.
 */
static long
number(const char *text, long least)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || value < least ||
	    value > INT_MAX) {
		fprintf(stderr, "stress: not a number: %s\n"
		    "usage: stress [SECONDS [SCENARIO [SEED]]]\n", text);
		exit(2);
	}
	return value;
}

int
main(int argc, char *argv[])
{
	if (argc > 1)
		seconds = number(argv[1], 1);
	if (argc > 3)
		seed = number(argv[3], 0);
	raise_descriptor_limit();
	open_runner("stress", argc > 2 ? argv[2] : "*");
	shared = share_memory(sizeof(*shared));
	report = share_memory(sizeof(*report));
	choose_scenarios();
	if (count_chosen() == 0) {
		fprintf(stderr, "stress: nothing to do\n");
		close_runner();
		return 1;
	}
	printf("stress: %d scenarios, %ld s, seed %ld\n"
	    "scenario        cycles connections         KiB   descriptors"
	    "  blocks of memory  KiB resident\n", count_chosen(), seconds,
	    seed);
	run_chosen(run_scenario);
	printf("stress: %llu cycles, %llu connections, %llu MiB checked, "
	    "%d failed\n", all_cycles, all_connections, all_bytes >> 20,
	    count_failures());
	return close_runner();
}
