/* SPDX-License-Identifier: BSD-2-Clause */
/* unixport selftest: tests the guarantees of the library on this system. */
#include "selftest/selftest.h"

#include <sys/utsname.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#define CHECK_LIMIT_MS	10000		/* of a check; most take 1 ms */

static int quiet;
static unsigned outcomes[ABSENT + 1];
static unsigned complete;		/* checks that returned */

static struct {
	const char *guarantee;
	const char *first;		/* the first check that left some */
	unsigned checks;
} remnants[REMNANTS] = {
	[OPEN_DESCRIPTORS] = { .guarantee = "no descriptor is left open" },
	[FILES] = { .guarantee = "no file is left behind" },
	[SIGNALS] = { .guarantee = "no signal's action or mask is changed" }
};

static void
print_system(void)
{
	struct utsname system;
	char libc[40] = "";

#if defined(__GLIBC__)
	snprintf(libc, sizeof(libc), ", glibc %s", gnu_get_libc_version());
#elif defined(__linux__) && defined(HAVE___FREADAHEAD)
	snprintf(libc, sizeof(libc), ", musl");
#endif
	if (uname(&system) != -1)
		printf("%s %s on %s%s; unixport %s\n", system.sysname,
		    system.release, system.machine, libc, PACKAGE_VERSION);
}

static void
print_verdict(const char *text, const char *ports)
{
	static const char *const words[] = { "ok", "not", "none" };
	int failed = verdict->outcome == FAILS;

	outcomes[verdict->outcome]++;
	if (!quiet || failed)
		printf("%-5s %s%s%s%s\n", words[verdict->outcome], text,
		    ports, failed ? ": " : "", failed ? verdict->seen : "");
}

static void
try_guarantee(const struct guarantee *guarantee, unsigned kind,
    const char *ports)
{
	int i;

	if ((guarantee->needs & kind) == 0)
		return;
	try(guarantee, kind);
	print_verdict(guarantee->text, ports);
	complete += verdict->complete != 0;
	for (i = 0; i < REMNANTS; i++)
		if (verdict->remains[i] && remnants[i].checks++ == 0)
			remnants[i].first = guarantee->text;
}

static void
try_all(void)
{
	const struct guarantee *row = guarantees;

	for (; row < guarantees + guarantee_count; row++) {
		if (row->check == NULL && !quiet)
			printf("\n%s\n", row->text);
		try_guarantee(row, NEITHER, "");
		try_guarantee(row, PLAIN, " (plain)");
		try_guarantee(row, GUARDED, " (guarded)");
	}
}

static void
print_remnants(void)
{
	int i;

	if (!quiet)
		printf("\nRemnants\n");
	for (i = 0; i < REMNANTS; i++) {
		verdict->outcome = HOLDS;
		if (complete == 0)
			judge(FAILS, "no check returned");
		else if (remnants[i].checks > 0)
			judge(FAILS, "%u, first by \"%s\"",
			    remnants[i].checks, remnants[i].first);
		print_verdict(remnants[i].guarantee, "");
	}
}

static int
test(int limit)
{
	if (!unix_available()) {
		fprintf(stderr, "unixport: selftest: this system does not "
		    "support Unix domain stream sockets\n");
		return STATUS_ERROR;
	}
	if (open_trials(limit) != 0)
		return STATUS_ERROR;
	if (!quiet)
		print_system();
	try_all();
	print_remnants();
	remove_trials();
	if (!quiet)
		printf("\nselftest: %u guarantees hold, %u do not, "
		    "%u cannot\n", outcomes[HOLDS], outcomes[FAILS],
		    outcomes[ABSENT]);
	return close_output() != 0 || outcomes[FAILS] > 0 ?
	    STATUS_ERROR : 0;
}

static int
run_selftest(int argc, char *argv[])
{
	int option, limit = CHECK_LIMIT_MS;

	while ((option = next_option(&selftest_command, argc, argv)) != -1)
		if (option == 'q')
			quiet = 1;
		else if (parse_seconds(optarg, &limit) == -1 || limit == 0)
			return misused(&selftest_command,
			    "invalid number of seconds: %s", optarg);
	if (optind < argc)
		return misused(&selftest_command, "unexpected argument: %s",
		    argv[optind]);
	return test(limit);
}

static const struct command_option selftest_options[] = {
	{ 'q', "quiet", NULL, "print only guarantees that do not hold" },
	{ 't', "timeout", "SECONDS", "specify the timeout of each test "
	    "(default 10)" },
	{ 0, NULL, NULL, NULL }
};

const struct command selftest_command = {
	.name = "selftest",
	.usage = "[OPTION...]",
	.help =
	"Tests each guarantee of the library, and prints one line for it: ok, "
	"not, or\nnone if the system lacks the feature.  Files are created in "
	"a new directory\nbelow TMPDIR (default /tmp), which is removed.  The "
	"exit status is 0 if no line\nsays not.\n",
	.options = selftest_options,
	.run = run_selftest
};
