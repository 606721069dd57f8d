/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Torture [SCENARIO/KIND [CALL]]: try every point of the scenarios that the
 * patterns of fnmatch(3) admit, each in a process and a directory of its
 * own, and report those where a public call did not keep its word.  Each
 * scenario is a test of TAP.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

#define SECONDS		20	/* for a point */
#define SENTINEL	EXFULL	/* errno before a call: no call sets it */
#define TIMES_MOST	1000	/* a call fails again and again */

static const struct scenario *const tables[] = { listeners, connections,
    streams, messages, places, processes };
static const char *only_scenario = "*", *only_call = "*";
static char title[60];
static int tests, points, failures;

/* In the process of a point. */

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

/* It failed as it may: nothing is left, and now it works. */
static void
try_again(const struct scenario *scenario, const struct state *before,
    int error)
{
	if ((scenario->flags & CHANGES) == 0)
		compare(before, "by the failure", scenario->flags & RECLAIMS);
	/* Scenarios with peers in other processes see to them themselves. */
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
try_point(const struct scenario *scenario, const struct point *point)
{
	struct state at_first, before;
	const struct allowed *allowed;
	int result, told, error;

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
	allowed = error == 0 ? NULL : find_allowed(title, point);
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
	_exit(0);
}

/* In the process that waits for it. */

static void
begin_point(const struct scenario *scenario, const struct point *point)
{
	setpgid(0, 0);
	alarm(SECONDS);
	if (chdir("here") == -1)
		give_up("chdir");
	if ((scenario->flags & THREADS) != 0)
		warm_up();
	try_point(scenario, point);
}

static const char *
end_of(int status)
{
	if (WIFSIGNALED(status))
		snprintf(shared->message, sizeof(shared->message), "%s",
		    WTERMSIG(status) == SIGALRM ? "it hangs" :
		    strsignal(WTERMSIG(status)));
	return status == 0 ? NULL : shared->message;
}

/* What went wrong, or NULL. */
static const char *
run_point(const struct scenario *scenario, const struct point *point)
{
	const char *wrong;
	pid_t child;
	int status;

	memset(shared, 0, sizeof(*shared));
	if (mkdir("here", 0700) == -1 || (child = fork()) == -1)
		return strerror(errno);
	if (child == 0)
		begin_point(scenario, point);
	if (waitpid(child, &status, 0) == -1)
		return strerror(errno);
	wrong = end_of(status);
	if (wrong != NULL)
		kill(-child, SIGKILL);	/* what else it has started */
	if (rmdir("here") == -1) {
		if (system("rm -rf here") != 0 || wrong != NULL)
			return wrong;
		return "files are left";
	}
	return wrong;
}

static void
fail(const struct point *point, const char *wrong)
{
	failures++;
	printf("FAIL %s: %s %d %s: %s\n", title, calls[point->call].name,
	    point->number, name_of(point->error), wrong);
}

/* The call fails for the first time, then for the second, and so on. */
static void
run_error(const struct scenario *scenario, enum call call, int error, int made)
{
	struct point point = { .call = call, .error = error };
	const char *wrong;

	for (point.number = 1; point.number <= TIMES_MOST; point.number++) {
		wrong = run_point(scenario, &point);
		if (!shared->fired)
			break;
		points++;
		find_allowed(title, &point);
		if (wrong != NULL)
			fail(&point, wrong);
	}
	if (wrong != NULL && !shared->fired)
		fail(&point, wrong);
	else if (point.number <= made && (scenario->flags & THREADS) == 0)
		fail(&point, "it was not reached");
}

static void
run_calls(const struct scenario *scenario, const int made[])
{
	int call, i;

	for (call = 0; call < CALL_COUNT; call++)
		for (i = 0; made[call] > 0 && i < ERRORS_MOST &&
		    calls[call].errors[i] != 0; i++)
			if (fnmatch(only_call, calls[call].name, 0) == 0)
				run_error(scenario, (enum call)call,
				    calls[call].errors[i], made[call]);
}

static void
print_test(int passed, const char *name)
{
	printf("%sok %d - %s\n", passed ? "" : "not ", ++tests, name);
	fflush(stdout);
}

static void
run_kind(const struct scenario *scenario, int is_guarded)
{
	const struct point none = { .error = 0 };
	int made[CALL_COUNT], before = points, bad = failures, i;
	const char *wrong;
	char name[sizeof(title) + 30];

	set_kind(is_guarded);
	wrong = run_point(scenario, &none);
	if (wrong != NULL) {
		failures++;
		printf("FAIL %s without a failure: %s\n", title, wrong);
	}
	for (i = 0; i < CALL_COUNT; i++)
		made[i] = shared->made[i];
	if (wrong == NULL)
		run_calls(scenario, made);
	snprintf(name, sizeof(name), "%s: %d points", title, points - before);
	print_test(failures == bad, name);
}

static void
count_kind(const struct scenario *scenario, int is_guarded)
{
	(void)scenario;
	(void)is_guarded;
	tests++;
}

/* Call WHAT for each scenario and kind that the pattern admits. */
static void
visit(void (*what)(const struct scenario *, int))
{
	static const int kinds[] = { PLAIN, GUARDED };
	const struct scenario *scenario;
	size_t i, kind;

	for (i = 0; i < COUNT(tables); i++)
		for (scenario = tables[i]; scenario->name != NULL; scenario++)
			for (kind = 0; kind < COUNT(kinds); kind++) {
				snprintf(title, sizeof(title), "%s/%s",
				    scenario->name,
				    kind == 1 ? "guarded" : "plain");
				if ((scenario->kinds & kinds[kind]) != 0 &&
				    fnmatch(only_scenario, title, 0) == 0)
					what(scenario, (int)kind);
			}
}

/* All tests, of which the last is the table of exceptions. */
static void
run_tests(int all)
{
	int unused;

	visit(count_kind);
	printf("1..%d\n", tests + all);
	tests = 0;
	visit(run_kind);
	if (all) {
		unused = report_unused();
		print_test(unused == 0, "every exception is needed");
		failures += unused;
	}
}

/* Scenarios change these in place: the memory of others would stay. */
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

	for (fd = STDERR_FILENO + 1; fd < DESCRIPTORS; fd++)
		close(fd);
}

int
main(int argc, char *argv[])
{
	char directory[] = "/tmp/torture.XXXXXX";
	size_t i;

	if (argc == 2 && strcmp(argv[1], "--calls") == 0) {
		for (i = 0; i < CALL_COUNT; i++)
			puts(calls[i].name);
		return 0;
	}
	close_inherited();
	prepare_environment();
	if (argc > 1)
		only_scenario = argv[1];
	if (argc > 2)
		only_call = argv[2];
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || mkdtemp(directory) == NULL ||
	    chdir(directory) == -1)
		return perror("torture"), 1;
	run_tests(argc == 1);
	if (chdir("/") == -1 || rmdir(directory) == -1)
		perror(directory);
	printf("torture: %d points, %d failures\n", points, failures);
	return failures == 0 ? 0 : 1;
}
