/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_spawn() when calls fail: brought about by interposition. */
#include "support.h"

#include <sys/wait.h>

#include "interpose.h"

static char name[] = "cat";
static char *const copier[] = { name, NULL };
static struct unix_ports ports, pair[2];

START_TEST(process_that_cannot_be_made_tells_why)
{
	static const struct {
		const char *name;
		int error;
	} cases[] = {
		{ "posix_spawnp", EAGAIN },
		{ "posix_spawnp", ENOMEM },
		{ "posix_spawn_file_actions_init", ENOMEM },
		{ "socketpair", ENFILE },
	};

	fail_next(cases[_i].name, 1, cases[_i].error);
	fails(unix_spawn(copier, of_kind(NULL), &ports), cases[_i].error);
	ck_assert(!is_pending());
	ck_assert_ptr_null(ports.in);
	fails(waitpid(-1, NULL, WNOHANG), ECHILD);
}
END_TEST

/* Each of its allocations in turn; the last turn has none left to fail. */
START_TEST(memory_that_is_short_is_enomem)
{
	int turn;
	pid_t child;

	/* What is made once, and may fail. */
	succeeds(unix_pair(of_kind(NULL), pair));
	abandon_all(pair, 2);
	for (turn = 1;; turn++) {
		fail_next("malloc", turn, ENOMEM);
		errno = 0;
		child = unix_spawn(copier, of_kind(NULL), &ports);
		if (is_pending())
			break;
		ck_assert_int_eq(child, -1);
		ck_assert_int_eq(errno, ENOMEM);
	}
	forget_next();
	ck_assert_int_ge(turn, 2);
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(child_status(child), 0);
}
END_TEST

static void
fill(Suite *suite)
{
	tcase_add_loop_test(add_case(suite, "calls"),
	    process_that_cannot_be_made_tells_why, 0, 4);
	/* valgrind has a malloc(3) of its own. */
	tcase_add_test(add_case(suite, "shortage"),
	    memory_that_is_short_is_enomem);
}

int
main(void)
{
	return run_kinds("spawn_calls", fill);
}
