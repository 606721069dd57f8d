/* SPDX-License-Identifier: BSD-2-Clause */
/* unixport: Unix domain sockets for the shell.  Finds the subcommand. */
#include "command.h"

#include <errno.h>
#include <string.h>

static const struct command *const commands[] = {
	&connect_command, &listen_command, &pair_command, &probe_command,
	&selftest_command
};

static const struct command all = {
	.name = "",
	.usage = "connect|listen|pair|probe|selftest ARGUMENT..."
};

static int
help(void)
{
	size_t i;

	for (i = 0; i < COUNT(commands); i++)
		printf("%s unixport %s %s\n", i == 0 ? "usage:" : "      ",
		    commands[i]->name, commands[i]->usage);
	printf("\nunixport SUBCOMMAND --help tells more, unixport(1) all.\n"
	    "ADDRESS is a path, @name (abstract), unix:ADDRESS, fd:N or, "
	    "to listen,\nsystemd:[NAME].\n");
	return close_output();
}

static int
version(void)
{
	printf("unixport %s\n", PACKAGE_VERSION);
	return close_output();
}

/* Scripts of 1.0 that run it get a remedy instead of a usage. */
static int
reject_bench(void)
{
	report("bench", "is no longer a subcommand; run \"make bench\" in the "
	    "source tree");
	return STATUS_USAGE;
}

static int
is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

int
main(int argc, char *argv[])
{
	static char line[BUFSIZ];
	size_t i;

	/* A line at once, though it is printed in parts. */
	setvbuf(stderr, line, _IOLBF, sizeof(line));
	if (open_standard() == -1)
		return complain("/dev/null", errno);
	usual_signals();
	if (argc < 2)
		return misused(&all, "a subcommand is missing");
	if (is_help(argv[1]))
		return help();
	if (strcmp(argv[1], "--version") == 0)
		return version();
	if (strcmp(argv[1], "bench") == 0)
		return reject_bench();
	for (i = 0; i < COUNT(commands); i++)
		if (strcmp(argv[1], commands[i]->name) == 0)
			return commands[i]->run(argc - 1, argv + 1);
	return misused(&all, "no such subcommand: %s", argv[1]);
}
