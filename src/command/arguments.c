/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses the options of all subcommands and their values. */
#include "command.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OPTIONS	20	/* of a subcommand */

const struct command_option no_options = { 0, NULL, NULL, NULL };

/* "-w, --wait=SECONDS"; returns the length. */
static int
format_option(const struct command_option *option, char *text, size_t size)
{
	char letter[5] = "    ";

	if (option->letter <= UCHAR_MAX)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	return snprintf(text, size, "%s--%s%s%s", letter, option->word,
	    option->value == NULL ? "" : "=",
	    option->value == NULL ? "" : option->value);
}

static void
print_option(const struct command_option *option, int width)
{
	const char *line = option->help;
	char text[80];
	int length;

	format_option(option, text, sizeof(text));
	printf("  %-*s", width, text);
	for (;;) {
		length = (int)strcspn(line, "\n");
		printf("  %.*s\n", length, line);
		line += length;
		if (*line++ == '\0')
			break;
		printf("  %-*s", width, "");
	}
}

static int
print_help(const struct command *command)
{
	static const struct command_option help = { 'h', "help", NULL,
	    "print this text" };
	const struct command_option *option;
	char text[80];
	int length, width = format_option(&help, text, sizeof(text));

	printf("usage: unixport %s %s\n%s", command->name, command->usage,
	    command->help);
	for (option = command->options; option->word != NULL; option++) {
		length = format_option(option, text, sizeof(text));
		if (length > width)
			width = length;
	}
	for (option = command->options; option->word != NULL; option++)
		print_option(option, width);
	print_option(&help, width);
	return close_output();
}

/* The options in the form of getopt_long(3). */
static void
make_words(const struct command_option *option, char *letters,
    struct option *words)
{
	*words++ = (struct option){ "help", no_argument, NULL, 'h' };
	letters = stpcpy(letters, "+:h");
	for (; option->word != NULL; option++) {
		*words++ = (struct option){ option->word, option->value == NULL
		    ? no_argument : required_argument, NULL, option->letter };
		if (option->letter > UCHAR_MAX)
			continue;
		*letters++ = (char)option->letter;
		if (option->value != NULL)
			*letters++ = ':';
	}
	*letters = '\0';
	*words = (struct option){ NULL, 0, NULL, 0 };
}

static int
is_option(const struct command_option *option, int letter)
{
	while (option->word != NULL && option->letter != letter)
		option++;
	return option->word != NULL || letter == 'h';
}

/* Returns -1 after the last option; exits on --help and on a usage error. */
int
next_option(const struct command *command, int argc, char *argv[])
{
	struct option words[MAX_OPTIONS + 2];
	char letters[2 * MAX_OPTIONS + 4];
	const char *word;
	int option;

	make_words(command->options, letters, words);
	opterr = 0;
	option = getopt_long(argc, argv, letters, words, NULL);
	if (option == 'h')
		exit(print_help(command));
	if (option != ':' && option != '?')
		return option;
	/* Behind an option without its value, musl sets optind above argc. */
	word = argv[option == ':' ? argc - 1 : optind - 1];
	if (option == ':' && strncmp(word, "--", 2) == 0)
		exit(misused(command, "%s requires a value", word));
	if (option == ':')
		exit(misused(command, "-%c requires a value", optopt));
	/* optopt is 0 for --x, and that of the option for --help=x. */
	if (optopt == 0 || is_option(command->options, optopt))
		exit(misused(command, "unknown option %s", word));
	exit(misused(command, "unknown option -%c", optopt));
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
	if (*ms == 0 && seconds > 0)
		*ms = 1;
	return 0;
}

/*
 * Parses a connect_timeout: 0 sets no limit, so the text 0 becomes the shortest
 * one.
 */
int
parse_wait(const char *text, int *ms)
{
	if (strcmp(text, "inf") == 0) {
		*ms = 0;
		return 0;
	}
	if (parse_seconds(text, ms) == -1)
		return -1;
	if (*ms == 0)
		*ms = 1;
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

/* The same precedence holds for chown(1). */
int
parse_user(const char *text, uid_t *user)
{
	const struct passwd *found = getpwnam(text);
	unsigned long number;

	if (found != NULL) {
		*user = found->pw_uid;
		return 0;
	}
	if (parse_number(text, 10, (uid_t)-1 - 1ul, &number) == -1)
		return -1;
	*user = (uid_t)number;
	return 0;
}
