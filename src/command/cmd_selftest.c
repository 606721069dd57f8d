/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unixport selftest: what this system does with sockets and streams, and what
 * the library makes of it.
 */
#include "selftest/selftest.h"

#include <sys/utsname.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#define LIMIT	10000		/* milliseconds for a check; most take one */

static const struct chapter *const chapters[] = {
	&ports_chapter, &guarded_chapter, &sigpipe_chapter, &path_chapter,
	&waiting_chapter, &peers_chapter, &messages_chapter,
	&programs_chapter
};

static int quiet;
static unsigned outcomes[ABSENT + 1];
static unsigned complete;		/* checks that came to their end */
static struct remnant {
	int count;
	const char *text;		/* of who left it first */
} remnants[LEFTOVERS];

static void
name_system(void)
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
tell_facts(const char *title, const struct facts *facts)
{
	struct verdict verdict;
	size_t i;

	printf("\n%s\n", title);
	for (i = 0; i < facts->count; i++) {
		try(facts->facts[i].find, &verdict);
		printf("  %-28s%s%s\n", facts->facts[i].subject,
		    verdict.outcome == HOLDS ? "" : "unknown: ",
		    verdict.seen);
	}
}

/* One line: what is promised, with KINDS, and what was SEEN instead. */
static void
judge(enum outcome outcome, const char *text, const char *kinds,
    const char *seen)
{
	static const char *const words[] = { "", "ok", "not", "none" };

	outcomes[outcome]++;
	if (!quiet || outcome == FAILS)
		printf("%-5s %s%s%s%s\n", words[outcome], text, kinds,
		    *seen == '\0' ? "" : ": ", seen);
}

static void
remember(const struct verdict *verdict, const char *text)
{
	int i;

	complete += verdict->complete != 0;
	for (i = 0; i < LEFTOVERS; i++) {
		if (verdict->left[i] != 0 && remnants[i].text == NULL)
			remnants[i].text = text;
		remnants[i].count += verdict->left[i];
	}
}

static void
check(const struct guarantee *guarantee, const char *kinds)
{
	struct verdict verdict;

	try(guarantee->check, &verdict);
	judge(verdict.outcome, guarantee->text, kinds,
	    verdict.outcome == FAILS ? verdict.seen : "");
	remember(&verdict, guarantee->text);
}

/* With each of its kinds of ports. */
static void
check_kinds(const struct guarantee *guarantee)
{
	kind = 0;
	if (guarantee->kinds == NEITHER)
		check(guarantee, "");
	if ((guarantee->kinds & PLAIN) != 0)
		check(guarantee, " (plain)");
	kind = UNIX_GUARDED;
	if ((guarantee->kinds & GUARDED) != 0)
		check(guarantee, " (guarded)");
}

static void
check_chapter(const struct chapter *chapter)
{
	size_t i;

	if (!quiet)
		printf("\n%s\n", chapter->title);
	for (i = 0; i < chapter->count; i++)
		check_kinds(&chapter->guarantees[i]);
}

static void
judge_remnants(void)
{
	char seen[200];
	int i;

	if (!quiet)
		printf("\nWhat is left\n");
	for (i = 0; i < LEFTOVERS; i++) {
		snprintf(seen, sizeof(seen), "%d, first by \"%s\"",
		    remnants[i].count, remnants[i].text);
		if (remnants[i].text != NULL)
			judge(FAILS, leftovers[i], "", seen);
		else if (complete == 0)
			judge(FAILS, leftovers[i], "", "nobody has looked");
		else
			judge(HOLDS, leftovers[i], "", "");
	}
}

static void
tell_all_facts(void)
{
	if (quiet)
		return;
	name_system();
	tell_facts("The kernel", &kernel_facts);
	tell_facts("Plain streams", &stdio_facts);
}

static int
tell_sum(void)
{
	if (!quiet)
		printf("\nselftest: %u guarantees hold, %u do not, "
		    "%u cannot\n", outcomes[HOLDS], outcomes[FAILS],
		    outcomes[ABSENT]);
	return close_output() != 0 || outcomes[FAILS] > 0 ?
	    STATUS_ERROR : 0;
}

static int
test(int limit)
{
	size_t i;

	if (!unix_available()) {
		fprintf(stderr, "unixport: this system makes no Unix domain "
		    "stream sockets\n");
		return STATUS_ERROR;
	}
	if (open_trials(limit) == -1)
		return STATUS_ERROR;
	tell_all_facts();
	for (i = 0; i < COUNT(chapters); i++)
		check_chapter(chapters[i]);
	judge_remnants();
	close_trials();
	return tell_sum();
}

static int
run_selftest(int argc, char *argv[])
{
	int option, limit = LIMIT;

	while ((option = next_option(&selftest_command, argc, argv)) != -1)
		switch (option) {
		case 'q':
			quiet = 1;
			break;
		default:
			if (parse_seconds(optarg, &limit) == -1 || limit == 0)
				return misused(&selftest_command,
				    "not a number of seconds: %s", optarg);
			break;
		}
	if (optind < argc)
		return misused(&selftest_command, "selftest takes no argument");
	return test(limit);
}

const struct command selftest_command = {
	.name = "selftest",
	.usage = "[-q] [-t SECONDS]",
	.help =
	"Tells what this system's kernel and C library do with sockets, then "
	"tries what the\nlibrary promises, a line each: ok, not, or none where "
	"the system cannot have it.\nIt works in a new directory below TMPDIR "
	"(/tmp), which it removes.  The exit status\nis 0 when no line says "
	"not.\n\n"
	"  -q          tell only what does not hold\n"
	"  -t SECONDS  the limit for each try, 10 by default\n",
	.letters = "+:hqt:",
	.run = run_selftest
};
