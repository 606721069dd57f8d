/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of all subcommands: help among any of them, and misuse. */
#include "command.h"

#include <stdlib.h>

static const struct option help_alone[] = {
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static int
give_help(const struct command *command)
{
	printf("usage: unixport %s %s\n%s", command->name, command->usage,
	    command->help);
	return close_output();
}

static int
bad_option(const struct command *command, int option)
{
	return option == ':' ? misused(command, "-%c takes a value", optopt) :
	    misused(command, "%s has no option -%c", command->name, optopt);
}

/*
 * Whether getopt_long(3) does not like a word.  Of one that nobody knows it
 * tells no letter; a letter that it knows is that of a word with a value.
 */
static int
is_word(const struct option *words)
{
	for (; words->name != NULL; words++)
		if (words->val == optopt)
			return 1;
	return optopt == 0;
}

/* -1 after the last of them. */
int
next_option(const struct command *command, int argc, char *argv[])
{
	const struct option *words = command->words != NULL ? command->words :
	    help_alone;
	int option;

	opterr = 0;
	option = getopt_long(argc, argv, command->letters, words, NULL);
	if (option == 'h')
		exit(give_help(command));
	if (option == '?' && is_word(words))
		exit(misused(command, "%s has no option %s", command->name,
		    argv[optind - 1]));
	if (option == '?' || option == ':')
		exit(bad_option(command, option));
	return option;
}
