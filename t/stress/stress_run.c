/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stress [SECONDS [SCENARIO [SEED]]]: the scenarios that the pattern of
 * fnmatch(3) admits share the time.  Each is a process in a directory of its
 * own, and what it has is looked at after every cycle.
 */
#include "stress.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define WARM		4	/* cycles, of which all kinds are among */
#define LEAST		2	/* cycles after them */
#define GRACE_SECONDS	300	/* seconds beyond the share of a scenario */
#define GROWTH_LIMIT_KIB 512	/* KiB of resident memory are no leak */

static const struct scenario *const tables[] = { starters, churn, storm,
    crowd, hostile, threads, forks };
static const char *pattern = "*";
static long seconds = 60, seed = 1;
static int chosen, failures;
static unsigned long long all_cycles, all_connections, all_bytes;
static volatile sig_atomic_t stopped;

/* In the process of a scenario, told by shared memory. */
static struct report {
	unsigned cycles;
	struct state first, last;
	long early, late;	/* KiB: the most, and then the least */
} *report;

/*
 * Resident memory goes up and down.  It leaks when it is never again, in the
 * last quarter of the time, as low as it was once in the first half.
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
	if (report->cycles == WARM)
		report->first = report->last;
	if (report->cycles <= WARM)
		return;
	compare_states(&report->first, &report->last);
	watch_memory(&report->last, start, length);
}

static void
watch_signals(void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler };

	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static void
run_cycles(const struct scenario *scenario, long long length)
{
	long long start = milliseconds();

	setpgid(0, 0);
	watch_signals(SIG_DFL);
	need(chdir("here") == 0);
	open_marks();
	begin_chance(1);
	warm_up();
	while (milliseconds() - start < length ||
	    report->cycles < WARM + LEAST)
		run_cycle(scenario, start, length);
	close_marks();
	if (!SANITIZED && report->late > report->early + GROWTH_LIMIT_KIB)
		give_up("resident memory grows: never more than %ld KiB at "
		    "first, never less than %ld at last", report->early,
		    report->late);
	exit(0);	/* where ASan looks for leaks */
}

/* In the process that waits for it. */

/* Again and again: it may come just before we wait. */
static void
stop(int number)
{
	if (stopped == 0)
		stopped = number;
	alarm(1);
}

/* The scenario's end, or what ended us; nobody of its group is left. */
static int
await_group(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) == -1)
		if (stopped)
			kill(-child, SIGKILL);
	kill(-child, SIGKILL);
	return status;
}

static void
print_report(const char *name, const char *events)
{
	const struct report *r = report;

	printf("%-15s %6u %11llu %11llu %5ld -> %-3ld %5ld -> %-5ld"
	    " %6ld -> %-6ld %s", name, r->cycles, shared->connections,
	    shared->bytes / 1024, r->first.descriptors, r->last.descriptors,
	    r->first.blocks, r->last.blocks, r->first.resident,
	    r->last.resident, shared->failed ? "FAIL" : "ok");
	if (events != NULL)
		printf(", %llu %s", shared->events, events);
	printf("\n");
	if (shared->failed)
		printf("FAIL %s: %s\n", name, shared->message);
	fflush(stdout);
}

/* How it has ended, where nobody has told; a hang is its own fault. */
static void
judge(int status)
{
	if (status != 0 && atomic_exchange(&shared->failed, 1) == 0)
		snprintf(shared->message, sizeof(shared->message),
		    stopped == SIGALRM ? "it hangs" : "status %#x",
		    (unsigned)status);
	if (stopped == SIGALRM)
		stopped = 0;
}

static void
run_scenario(const struct scenario *scenario)
{
	long long share = 1000LL * seconds / chosen;
	pid_t child;
	int status;

	memset(shared, 0, sizeof(*shared));
	memset(report, 0, sizeof(*report));
	if (mkdir("here", 0700) == -1 || (child = fork()) == -1) {
		perror("stress");
		exit(1);
	}
	if (child == 0)
		run_cycles(scenario, share);
	alarm((unsigned)(share / 1000 + GRACE_SECONDS));
	status = await_group(child);
	alarm(0);
	judge(status);
	print_report(scenario->name, scenario->events);
	failures += shared->failed != 0;
	all_cycles += report->cycles;
	all_connections += shared->connections;
	all_bytes += shared->bytes;
	if (rmdir("here") == -1 && system("rm -rf here") != 0)
		perror("stress");
}

/* Count them, or run them. */
static void
visit(void (*what)(const struct scenario *))
{
	const struct scenario *scenario;
	size_t i;

	for (i = 0; i < COUNT(tables); i++)
		for (scenario = tables[i]; scenario->name != NULL; scenario++)
			if (!(SANITIZED && scenario->unwinds) && !stopped &&
			    fnmatch(pattern, scenario->name, 0) == 0)
				what(scenario);
}

static void
count(const struct scenario *scenario)
{
	(void)scenario;
	chosen++;
}

static void *
share_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static void
prepare(void)
{
	struct rlimit limit;

	shared = share_memory(sizeof(*shared));
	report = share_memory(sizeof(*report));
	if (shared == NULL || report == NULL)
		exit(1);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	watch_signals(stop);
}

/* All of TEXT, or the end of us: 0 seconds of nothing would be a success. */
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
	char directory[] = "/tmp/stress.XXXXXX";

	if (argc > 1)
		seconds = number(argv[1], 1);
	if (argc > 2)
		pattern = argv[2];
	if (argc > 3)
		seed = number(argv[3], 0);
	prepare();
	visit(count);
	if (chosen == 0 || mkdtemp(directory) == NULL ||
	    chdir(directory) == -1)
		return fprintf(stderr, "stress: nothing to do\n"), 1;
	printf("stress: %d scenarios, %ld s, seed %ld\n"
	    "scenario        cycles connections         KiB   descriptors"
	    "  blocks of memory  KiB resident\n", chosen, seconds, seed);
	fflush(stdout);
	visit(run_scenario);
	if (chdir("/") == -1 || rmdir(directory) == -1)
		perror(directory);
	printf("stress: %llu cycles, %llu connections, %llu MiB checked, "
	    "%d failed\n", all_cycles, all_connections, all_bytes >> 20,
	    failures);
	return failures == 0 && stopped == 0 ? 0 : 1;
}
