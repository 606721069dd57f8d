/* SPDX-License-Identifier: BSD-2-Clause */
/* Starters: many servers race for one path, and one of them owns it. */
#include "stress.h"

#include <unistd.h>

#include "rivals.h"

#define RIVALS_MS	300		/* for rivals that crash */

static void
begin_together(unsigned number)
{
	const char *wrong = try_starters(number % 2 == 0);

	if (wrong != NULL)
		give_up("%s", wrong);
	shared->connections++;
	shared->events += STARTERS;
}

static void
crash(unsigned number)
{
	unsigned crashes;
	const char *wrong = try_rivals(number % 2 == 0 ? 0 : 3, RIVALS_MS,
	    new_seed(), &crashes);

	if (wrong != NULL)
		give_up("%s", wrong);
	shared->events += crashes;
}

static void
displace(void)
{
	unsigned crashes;
	const char *wrong = try_displacers(RIVALS_MS, new_seed(), &crashes);

	if (wrong != NULL)
		give_up("%s", wrong);
	shared->events += crashes;
	/*
	 * Removes the files of crashed processes: a stale one and private ones.
	 */
	need(unix_close(unix_listen("s", NULL)) == 0);
	need(unix_close(unix_listen("s", NULL)) == 0);
}

static void
remove_files(void)
{
	unlink("s");
	unlink("witness");
}

static void
run_starters(unsigned number)
{
	begin_together(number);
	remove_files();
}

static void
run_rivals(unsigned number)
{
	crash(number);
	remove_files();
}

static void
run_displacers(unsigned number)
{
	(void)number;
	displace();
	remove_files();
}

const struct scenario starters[] = {
	{ "starters", run_starters, "servers started", 0 },
	{ "rivals", run_rivals, "crashes", 0 },
	{ "displacers", run_displacers, "crashes", 0 },
	{ NULL, NULL, NULL, 0 }
};
