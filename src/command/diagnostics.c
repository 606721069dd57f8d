/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes wrong, in one line; what was misused, in two. */
#include "command.h"

#include <stdarg.h>
#include <string.h>

/* What a terminal would act upon is shown, as unix_explain(3) does it. */
void
print_visible(FILE *file, const char *text)
{
	unsigned char c;

	if (*text == '\0')
		fputs("\"\"", file);
	for (; (c = (unsigned char)*text) != '\0'; text++)
		if (c == '\\')
			fputs("\\\\", file);
		else if (c < ' ' || c == 0x7f)
			fprintf(file, "\\x%02x", c);
		else
			putc(c, file);
}

int
report(const char *what, const char *text)
{
	flockfile(stderr);
	fputs("unixport: ", stderr);
	print_visible(stderr, what);
	fprintf(stderr, ": %s\n", text);
	funlockfile(stderr);
	return STATUS_ERROR;
}

int
complain(const char *what, int error)
{
	return report(what, strerror(error));
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
	char text[5000];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	fputs("unixport: ", stderr);
	print_visible(stderr, text);
	fprintf(stderr, "\nusage: unixport %s%s%s\n", command->name,
	    *command->name == '\0' ? "" : " ", command->usage);
	return STATUS_USAGE;
}
