/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that loads the library, uses guarded ports and unloads the library,
 * several times.  The buffers that are kept for later connections must be
 * released.  The program is not linked with Check, whose programs are linked
 * with the library.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unixport.h"

#define LIBRARY		".libs/libunixport.so"
#define PAIRS		10	/* more than the library keeps */
#define CYCLES		20
#define MAX_GROWTH	((size_t)2 << 20)	/* less than a cycle leaks */

typedef int make_pair(const struct unix_options *, struct unix_ports [2]);
typedef int close_ports(struct unix_ports *);

static void
require(int is_true, const char *step)
{
	if (is_true)
		return;
	printf("not ok 1 - %s: %s\n", step, dlerror());
	exit(1);
}

static size_t
address_space(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	require(file != NULL && fscanf(file, "%lu", &pages) == 1, "statm");
	fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void
load_and_use(void)
{
	const struct unix_options options = { .flags = UNIX_GUARDED };
	struct unix_ports pairs[PAIRS][2];
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	make_pair *pair;
	close_ports *end;
	int i;

	require(library != NULL, "dlopen");
	*(void **)&pair = dlsym(library, "unix_pair");
	*(void **)&end = dlsym(library, "unix_close_ports");
	require(pair != NULL && end != NULL, "dlsym");
	for (i = 0; i < PAIRS; i++)
		require(pair(&options, pairs[i]) == 0, "unix_pair");
	for (i = 0; i < PAIRS; i++)
		require(end(&pairs[i][0]) == 0 && end(&pairs[i][1]) == 0,
		    "unix_close_ports");
	require(dlclose(library) == 0, "dlclose");
}

/* Writes the summary that Check writes for its programs. */
static void
write_summary(int has_failed)
{
	const char *path = getenv("UNIXPORT_SUMMARY");
	FILE *file = path == NULL ? NULL : fopen(path, "w");

	if (file == NULL)
		return;
	fprintf(file, "%d%%: Checks: 1, Failures: %d, Errors: 0\n",
	    has_failed ? 0 : 100, has_failed);
	fclose(file);
}

int
main(void)
{
	size_t before, after;
	int i, has_failed;

	if (access(LIBRARY, R_OK) == -1) {
		puts("1..0 # SKIP no " LIBRARY " was built");
		return 0;
	}
	puts("1..1");
	load_and_use();
	before = address_space();
	for (i = 0; i < CYCLES; i++)
		load_and_use();
	after = address_space();
	has_failed = after >= before + MAX_GROWTH;
	printf("%s 1 - unloading_releases_the_buffers: %zu bytes more\n",
	    has_failed ? "not ok" : "ok", after - before);
	write_summary(has_failed);
	return has_failed;
}
