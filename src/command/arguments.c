/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses the options of all subcommands and their values. */
#include "command.h"

#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int
print_help(const struct command *command)
{
	printf("usage: unixport %s %s\n%s", command->name, command->usage,
	    command->help);
	return close_output();
}

/* Returns -1 after the last option; exits on --help and on a usage error. */
int
next_option(const struct command *command, int argc, char *argv[])
{
	/* Without a second word, WORD is NULL and ends the list. */
	const struct option words[] = {
		{ "help", no_argument, NULL, 'h' },
		{ command->word, no_argument, NULL, command->letter },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	opterr = 0;
	option = getopt_long(argc, argv, command->letters, words, NULL);
	if (option == 'h')
		exit(print_help(command));
	if (option == ':')
		exit(misused(command, "-%c requires a value", optopt));
	/* getopt_long(3) sets optopt to 0 for --x, and to 'h' for --help=x. */
	if (option == '?' && (optopt == 0 || optopt == 'h' ||
	    optopt == command->letter))
		exit(misused(command, "unknown option %s", argv[optind - 1]));
	if (option == '?')
		exit(misused(command, "unknown option -%c", optopt));
	return option;
}

/*
 * Checks the bytes of a number, since strtod(3) and strtoul(3) also accept
 * spaces, signs, hex, "nan" and "inf".
 */
static int
consists_of(const char *text, const char *bytes)
{
	return *text != '\0' && text[strspn(text, bytes)] == '\0';
}

int
parse_seconds(const char *text, int *ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (!consists_of(text, "0123456789.") || *end != '\0' || end == text ||
	    seconds > INT_MAX / 1000)
		return -1;
	*ms = (int)(seconds * 1000 + 0.5);
	return 0;
}

int
parse_number(const char *text, int base, unsigned long highest,
    unsigned long *number)
{
	if (!consists_of(text, base == 8 ? "01234567" : "0123456789"))
		return -1;
	*number = strtoul(text, NULL, base);
	return *number > highest ? -1 : 0;
}

int
parse_count(const char *text, unsigned *count)
{
	unsigned long number;

	if (parse_number(text, 10, 1000000, &number) == -1 || number == 0)
		return -1;
	*count = (unsigned)number;
	return 0;
}

int
parse_mode(const char *text, mode_t *mode)
{
	unsigned long number;

	if (parse_number(text, 8, 0777, &number) == -1 || number == 0)
		return -1;
	*mode = (mode_t)number;
	return 0;
}

/*
 * As POSIX requires of chgrp(1), a group name that consists of digits takes
 * precedence over the number.
 */
int
parse_group(const char *text, gid_t *group)
{
	const struct group *found = getgrnam(text);
	unsigned long number;

	if (found != NULL) {
		*group = found->gr_gid;
		return 0;
	}
	if (parse_number(text, 10, (gid_t)-1 - 1ul, &number) == -1)
		return -1;
	*group = (gid_t)number;
	return 0;
}
