/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Of rivals for one path, at most one is the owner.  UNIXPORT_ROUNDS and
 * UNIXPORT_SECONDS extend the test, which make stress runs, too.
 */
#include "support.h"

#include <stdlib.h>

#include "rivals.h"

static int
setting(const char *name, int usual)
{
	const char *text = getenv(name);

	return text == NULL ? usual : atoi(text);
}

static void
expect_right(const char *wrong)
{
	ck_assert_msg(wrong == NULL, "%s", wrong);
}

/* _i: whether a stale file exists at the start. */
START_TEST(of_many_starters_exactly_one_owns_the_path)
{
	int rounds = setting("UNIXPORT_ROUNDS", 100);

	while (rounds-- > 0)
		expect_right(try_starters(_i));
}
END_TEST

/* On a busy machine, possibly no rival has crashed yet. */
static void
run_churn(int foreigners)
{
	int time = 1000 * setting("UNIXPORT_SECONDS", 10);
	unsigned crashes = 0, seed = 1;

	for (; crashes == 0; seed += 1000)
		expect_right(try_rivals(foreigners, time, seed, &crashes));
}

START_TEST(rivals_that_crash_never_share_or_lose_the_path)
{
	run_churn(0);
}
END_TEST

START_TEST(binders_without_a_lock_are_never_displaced)
{
	run_churn(3);
}
END_TEST

/* After the end, two starts remove the files of crashed rivals. */
START_TEST(program_that_unlinks_and_binds_keeps_its_file)
{
	int time = 300 * setting("UNIXPORT_SECONDS", 10);
	unsigned crashes;

	expect_right(try_displacers(time, 1, &crashes));
	succeeds(unix_close(listen_at("s", NULL)));
	succeeds(unix_close(listen_at("s", NULL)));
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rivals");
	TCase *load = add_case(suite, "load");

	tcase_set_timeout(load, 600);
	tcase_add_loop_test(load, of_many_starters_exactly_one_owns_the_path,
	    0, 2);
	tcase_add_test(load,
	    rivals_that_crash_never_share_or_lose_the_path);
	tcase_add_test(load, program_that_unlinks_and_binds_keeps_its_file);
	tcase_add_test(load, binders_without_a_lock_are_never_displaced);
	return run_suite(suite);
}
