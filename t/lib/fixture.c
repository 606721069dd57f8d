/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fixture: runs tests for both kinds of ports, each in a new directory, and
 * fails a test that leaves a descriptor open.
 */
#include "support.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char root[] = "/tmp/up.XXXXXX";
static char was_open[DESCRIPTORS];

/* The kinds of ports, and the current kind. */

static const struct kind {
	const char *name;
	unsigned flags;
} kinds[] = {
	{ "plain", 0 },
	{ "guarded", UNIX_GUARDED }
};

int guarded;

const struct unix_options *
of_kind(const struct unix_options *options)
{
	static const struct unix_options none;
	static _Thread_local struct unix_options copies[4];
	static _Thread_local unsigned next;
	struct unix_options *copy = &copies[next++ % COUNT(copies)];

	if (kinds[guarded].flags == 0)
		return options;
	*copy = options == NULL ? none : *options;
	copy->flags |= kinds[guarded].flags;
	return copy;
}

/* A directory of the program, and one for each test in it. */

static int
remove_one(const char *path, const struct stat *status, int flag,
    struct FTW *walk)
{
	(void)status;
	(void)flag;
	(void)walk;
	return remove(path);
}

static void
set_up(void)
{
	char directory[sizeof(root) + 10];
	int fd;

	snprintf(directory, sizeof(directory), "%s/t.XXXXXX", root);
	if (mkdtemp(directory) == NULL || chmod(directory, 0755) == -1 ||
	    chdir(directory) == -1)
		ck_abort_msg("%s: %s", directory, strerror(errno));
	for (fd = 0; fd < DESCRIPTORS; fd++)
		was_open[fd] = fcntl(fd, F_GETFD) != -1;
}

/* All cases are created before the first test runs. */

static void
set_up_plain(void)
{
	guarded = 0;
	set_up();
}

static void
set_up_guarded(void)
{
	guarded = 1;
	set_up();
}

static void
tear_down(void)
{
	int fd;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		if (was_open[fd] != (fcntl(fd, F_GETFD) != -1))
			ck_abort_msg("descriptor %d was %s", fd, was_open[fd] ?
			    "closed" : "left open");
}

void
expect_close_on_exec(void)
{
	int fd, flags;

	for (fd = 0; fd < DESCRIPTORS; fd++) {
		flags = fcntl(fd, F_GETFD);
		ck_assert(was_open[fd] || flags == -1 ||
		    (flags & FD_CLOEXEC) != 0);
	}
}

void
close_all_opened(void)
{
	int fd;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		if (!was_open[fd])
			close(fd);
}

/* Check keeps the pointer. */
static const char *
full_name(const char *name)
{
	static char names[40][60];
	static unsigned used;
	char *full = names[used++];

	if (used > COUNT(names))
		abort();
	snprintf(full, sizeof(names[0]), "%s, %s", name, kinds[guarded].name);
	return full;
}

TCase *
add_case(Suite *suite, const char *name)
{
	TCase *tests = tcase_create(full_name(name));

	tcase_add_checked_fixture(tests, guarded ? set_up_guarded :
	    set_up_plain, tear_down);
	tcase_set_timeout(tests, 20);
	tcase_set_tags(tests, name);
	suite_add_tcase(suite, tests);
	return tests;
}

static int
run(SRunner *runner)
{
	const char *summary = getenv("UNIXPORT_SUMMARY");
	int failed;

	if (mkdtemp(root) == NULL || chmod(root, 0755) == -1) {
		perror(root);
		return EXIT_FAILURE;
	}
	srunner_set_tap(runner, "-");
	if (summary != NULL)
		srunner_set_log(runner, summary);
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (chdir("/") == -1 || nftw(root, remove_one, 16,
	    FTW_DEPTH | FTW_PHYS) == -1)
		perror(root);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A suite of the current kind. */
static Suite *
filled(const char *name, void (*fill)(Suite *))
{
	Suite *suite = suite_create(name);

	fill(suite);
	return suite;
}

int
run_suite(Suite *suite)
{
	return run(srunner_create(suite));
}

int
run_guarded(const char *name, void (*fill)(Suite *))
{
	guarded = 1;
	return run(srunner_create(filled(name, fill)));
}

int
run_kinds(const char *name, void (*fill)(Suite *))
{
	SRunner *runner = srunner_create(filled(name, fill));

	guarded = 1;
	srunner_add_suite(runner, filled(name, fill));
	return run(runner);
}
