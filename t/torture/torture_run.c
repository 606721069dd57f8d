/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture [SCENARIO/KIND [CALL]]: tries every point of the scenarios that match
 * the patterns of fnmatch(3), each in a process and a directory of its own.
 * Reports the points at which a public call violates its specification.  Each
 * scenario is a test of TAP.
 */
#include "config.h"

#include <sys/wait.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

#define POINT_SECONDS	20
#define SENTINEL	EXFULL	/* errno before a call: no call sets it */
#define WARM_THREADS	4
#define MAX_TIMES	1000	/* above the number of any call */

static const struct scenario *const tables[] = { listeners, connections,
    streams, messages, places, processes };
static const char *only_call = "*";
static const struct chosen *current;
static int tests, points;

/* Runs in the process of a point. */

static int
keeps_word(const struct allowed *allowed, int error, int result, int told)
{
	switch (allowed == NULL ? REPORTED : allowed->outcome) {
	case REPORTED:
		return error == 0 ? result == 0 : result == -1 &&
		    told == error;
	case BECOMES:
		return result == -1 && told == allowed->error;
	case GOES_ON:
		return result == 0;
	case EITHER:
		/* A server that fails serves no request that arrives later. */
		client_lost = result == -1;
		return result == 0 || told == error ||
		    told == allowed->error;
	case DROPS_CLIENT:
		client_lost = 1;
		return result == 0;
	default:
		client_lost = 1;
		return result == -1 && told == (allowed->error == 0 ? error :
		    allowed->error);
	}
}

static void
compare(const struct state *before, const char *when, int may_reclaim)
{
	struct state after;
	const char *what;

	take_state(&after);
	if (may_reclaim && after.files == before->files - 1) {
		after.files = before->files;
		after.names = before->names;
	}
	what = differs(before, &after);
	if (what != NULL)
		give_up("%s left or changed %s", what, when);
}

/*
 * The failure is permitted: checks that it leaves nothing behind, and that the
 * next attempt succeeds.
 */
static void
try_again(const struct scenario *scenario, const struct state *before,
    int error)
{
	if ((scenario->flags & CHANGES) == 0)
		compare(before, "by the failure", scenario->flags & RECLAIMS);
	/* Scenarios with peers in other processes reap them. */
	if ((scenario->flags & (CHANGES | THREADS)) == 0 &&
	    waitpid(-1, NULL, WNOHANG) > 0)
		give_up("a child is left");
	if (!are_spoilt())
		give_up("an output was written");
	failed = error;
	if ((scenario->again == NULL ? scenario->call() :
	    scenario->again(error)) == -1)
		give_up("the next try: %s", name_of(errno));
}

static void
try_point(const void *argument)
{
	const struct scenario *scenario = current->scenario;
	const struct point *point = argument;
	struct state at_first, before;
	const struct allowed *allowed;
	int result, told, error;

	if ((scenario->flags & THREADS) != 0)
		warm_threads(WARM_THREADS);
	take_state(&at_first);
	scenario->prepare();
	take_state(&before);
	spoil_outputs();
	errno = SENTINEL;
	arm(point);
	result = scenario->call();
	told = errno;
	disarm();
	error = shared->fired ? point->error : 0;
	allowed = error == 0 ? NULL : find_allowed(current->title, point);
	if (!keeps_word(allowed, error, result, told))
		give_up("%s, %s", result == 0 ? "success" : "failure",
		    name_of(told));
	if (result == 0 && told != SENTINEL &&
	    (scenario->flags & STDIO) == 0)
		give_up("errno was changed to %s", name_of(told));
	if (result == -1)
		try_again(scenario, &before, told);
	scenario->finish();
	scenario->clean();
	compare(&at_first, "at the end", scenario->flags & RECLAIMS);
	_exit(0);	/* exit(3) would flush streams of abandoned ports */
}

/* Runs in the process of the runner. */

static const char *
run_point(const struct point *point)
{
	memset(shared, 0, sizeof(*shared));
	return run_alone(try_point, point, POINT_SECONDS);
}

static void
report_point(const struct point *point, const char *failure)
{
	char what[200];

	snprintf(what, sizeof(what), "%s: %s %d %s", current->title,
	    calls[point->call].name, point->number, name_of(point->error));
	report_failure(what, failure);
}

/* Makes the first of the calls fail, then the second, and so on. */
static void
run_error(enum call call, int error, int made)
{
	const struct scenario *scenario = current->scenario;
	struct point point = { .call = call, .error = error };
	const char *failure;

	for (point.number = 1; point.number <= MAX_TIMES; point.number++) {
		failure = run_point(&point);
		if (!shared->fired)
			break;
		points++;
		find_allowed(current->title, &point);
		if (failure != NULL)
			report_point(&point, failure);
	}
	if (failure != NULL && !shared->fired)
		report_point(&point, failure);
	else if (point.number <= made && (scenario->flags & THREADS) == 0)
		report_point(&point, "it was not reached");
}

static void
run_calls(const int made[])
{
	int call, i;

	for (call = 0; call < CALL_COUNT; call++)
		for (i = 0; made[call] > 0 && i < MAX_ERRORS &&
		    calls[call].errors[i] != 0; i++)
			if (fnmatch(only_call, calls[call].name, 0) == 0)
				run_error((enum call)call,
				    calls[call].errors[i], made[call]);
}

static void
print_test(int passed, const char *name)
{
	printf("%sok %d - %s\n", passed ? "" : "not ", ++tests, name);
	fflush(stdout);
}

static void
run_scenario(const struct chosen *chosen)
{
	const struct point none = { .error = 0 };
	int made[CALL_COUNT], before = points, bad = count_failures(), i;
	const char *failure;
	char name[TITLE_BYTES + 30];

	current = chosen;
	set_kind(chosen->kind == GUARDED);
	failure = run_point(&none);
	if (failure != NULL) {
		snprintf(name, sizeof(name), "%s without a failure",
		    chosen->title);
		report_failure(name, failure);
	}
	for (i = 0; i < CALL_COUNT; i++)
		made[i] = shared->made[i];
	if (failure == NULL)
		run_calls(made);
	snprintf(name, sizeof(name), "%s: %d points", chosen->title,
	    points - before);
	print_test(count_failures() == bad, name);
}

static void
choose_kind(const struct scenario *scenario, int kind, const char *kind_name)
{
	char title[TITLE_BYTES];

	snprintf(title, sizeof(title), "%s/%s", scenario->name, kind_name);
	if ((scenario->kinds & kind) != 0)
		choose(title, scenario, kind);
}

static void
choose_scenarios(void)
{
	const struct scenario *scenario;
	size_t i;

	for (i = 0; i < COUNT(tables); i++)
		for (scenario = tables[i]; scenario->name != NULL;
		    scenario++) {
			choose_kind(scenario, PLAIN, "plain");
			choose_kind(scenario, GUARDED, "guarded");
		}
}

/* Runs all tests.  The last checks the table of exceptions. */
static void
run_tests(int all)
{
	printf("1..%d\n", count_chosen() + all);
	run_chosen(run_scenario);
	if (all)
		print_test(report_unused() == 0, "every exception is needed");
}

/* Scenarios change these in place.  Memory of setenv(3) is never freed. */
static void
prepare_environment(void)
{
	static char names[][20] = { "LISTEN_FDS=", "LISTEN_PID=",
	    "XDG_RUNTIME_DIR=" };
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		putenv(names[i]);
}

/* Passed listeners begin at 3, which the test driver uses for its log. */
static void
close_inherited(void)
{
	int fd;

	for (fd = STDERR_FILENO + 1; fd < MAX_DESCRIPTORS; fd++)
		close(fd);
}

int
main(int argc, char *argv[])
{
	size_t i;

	if (argc == 2 && strcmp(argv[1], "--calls") == 0) {
		for (i = 0; i < CALL_COUNT; i++)
			puts(calls[i].name);
		return 0;
	}
	close_inherited();
	prepare_environment();
	fails_memory = is_memory_due;
	if (argc > 2)
		only_call = argv[2];
	open_runner("torture", argc > 1 ? argv[1] : "*");
	shared = share_memory(sizeof(*shared));
	choose_scenarios();
	run_tests(argc == 1);
	printf("torture: %d points, %d failures\n", points, count_failures());
	return close_runner();
}
