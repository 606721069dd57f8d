/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * attack [ATTACK [CALL [KIND]]]: every attack against every call and kind of
 * ports, or those that these patterns of fnmatch(3) admit.  The variable
 * UNIXPORT names the command.  The status is 1 if a row has failed.
 */
#include "attack.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct kind kinds[KINDS] = {
	{ "plain", 0, 0 },
	{ "guarded", UNIX_GUARDED, 0 },
	{ "files", UNIX_GUARDED | UNIX_FILES, 0 },
	{ "o.plain", 0, 1 },
	{ "o.guard", UNIX_GUARDED, 1 },
	{ "o.files", UNIX_GUARDED | UNIX_FILES, 1 }
};

static const struct call *const tables[] = { connection_calls,
    listener_calls, server_calls, client_calls, command_calls };

#define MAX_ROWS	5000
static struct row rows[MAX_ROWS];
static size_t row_count;

static int
is_chosen(const char *name, const char *pattern)
{
	return pattern == NULL || fnmatch(pattern, name, 0) == 0;
}

/* The cells of an attack and a call; others than the chosen are empty. */
static void
add_rows(const struct attack *attack, const struct call *call,
    struct result *results, const char *kind)
{
	struct row *row;
	size_t i;

	for (i = 0; i < KINDS; i++) {
		row = &rows[row_count];
		row->attack = attack;
		row->call = call;
		row->kind = &kinds[i];
		row->result = &results[row_count++];
		row->promise = promise_of(attack, call, row->kind);
		if (!is_chosen(kinds[i].name, kind))
			row->promise.empty = "not chosen";
	}
}

static void
list_rows(char *argv[])
{
	const char *attack = argv[1], *call = NULL, *kind = NULL;
	struct result *results = mmap(NULL, MAX_ROWS * sizeof(*results),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const struct call *victim;
	size_t i, table;

	if (results == MAP_FAILED) {
		perror("attack");
		exit(2);
	}
	if (attack != NULL && (call = argv[2]) != NULL)
		kind = argv[3];
	for (i = 0; i < attack_count; i++)
		for (table = 0; table < COUNT(tables); table++)
			for (victim = tables[table]; victim->name != NULL;
			    victim++)
				if (is_chosen(attacks[i].name, attack) &&
				    is_chosen(victim->name, call))
					add_rows(&attacks[i], victim, results,
					    kind);
}

int
main(int argc, char *argv[])
{
	char directory[] = "/tmp/unixport.XXXXXX";
	long long start = milliseconds();
	size_t i;
	int status = 0;

	if (argc == 4 && strcmp(argv[1], "--spawned") == 0)
		be_spawned(argv[2], argv[3]);
	if (argc > 4 || (argc > 1 && argv[1][0] == '-')) {
		fprintf(stderr, "usage: attack [ATTACK [CALL [KIND]]]\n");
		return 2;
	}
	list_rows(argv);
	if (mkdtemp(directory) == NULL || chmod(directory, 0711) == -1 ||
	    chdir(directory) == -1) {
		perror("attack");
		return 2;
	}
	status = run_rows(rows, row_count);
	if (chdir("/") == -1 || rmdir(directory) == -1)
		perror(directory);
	if (status == -1)
		return 2;
	print_table(rows, row_count, (int)(milliseconds() - start));
	for (i = 0; i < row_count; i++)
		status |= rows[i].promise.empty == NULL &&
		    rows[i].result->problem[0] != '\0';
	return status;
}
