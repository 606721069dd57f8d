/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes wrong, in one line; what was misused, in two. */
#include "tool.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

int
complain(const char *what, int error)
{
	fprintf(stderr, "unixport: %s: %s\n", what, strerror(error));
	return STATUS_ERROR;
}

int
explain(const char *address, int error)
{
	char text[5000];

	unix_explain(address, error, text, sizeof(text));
	fprintf(stderr, "unixport: %s\n", text);
	return STATUS_ERROR;
}

int
misused(const struct command *command, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "unixport: ");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\nusage: unixport %s%s%s\n", command->name,
	    *command->name == '\0' ? "" : " ", command->usage);
	return STATUS_USAGE;
}

/* OPTION is what getopt(3) has returned for one that it did not like. */
int
bad_option(const struct command *command, int option)
{
	return option == ':' ? misused(command, "-%c takes a value", optopt) :
	    misused(command, "%s has no option -%c", command->name, optopt);
}
