/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of options: all of the text or nothing, never a guess. */
#include "command.h"

#include <sys/stat.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Whether TEXT is made of these BYTES alone, and of one at least. */
static int
is_of(const char *text, const char *bytes)
{
	return *text != '\0' && text[strspn(text, bytes)] == '\0';
}

/* Seconds, with a fraction. */
int
parse_seconds(const char *text, int *ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (!is_of(text, "0123456789.") || *end != '\0' || end == text ||
	    seconds > INT_MAX / 1000)
		return -1;
	*ms = (int)(seconds * 1000 + 0.5);
	return 0;
}

int
parse_number(const char *text, int base, unsigned long limit,
    unsigned long *number)
{
	if (!is_of(text, base == 8 ? "01234567" : "0123456789"))
		return -1;
	*number = strtoul(text, NULL, base);
	return *number > limit ? -1 : 0;
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

/* A name, or a number that no group has as its name. */
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
