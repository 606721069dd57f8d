/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error messages: one line on standard error, followed by the usage on misuse.
 */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

/* A terminal would execute control characters in an argument. */
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
report(const char *object, const char *problem)
{
	flockfile(stderr);
	fputs("unixport: ", stderr);
	print_visible(stderr, object);
	fprintf(stderr, ": %s\n", problem);
	funlockfile(stderr);
	return STATUS_ERROR;
}

int
complain(const char *object, int error)
{
	return report(object, strerror(error));
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
	fprintf(stderr, "unixport: %s%s", command->name,
	    *command->name == '\0' ? "" : ": ");
	print_visible(stderr, text);
	fprintf(stderr, "\nusage: unixport %s%s%s\n", command->name,
	    *command->name == '\0' ? "" : " ", command->usage);
	return STATUS_USAGE;
}

/*
 * Returns 0, or an exit status.  exit(3) ignores errors of the last write, and
 * NFS reports a full disk at close(2).
 */
int
close_output(void)
{
	int failed = ferror(stdout);

	if (fclose(stdout) == EOF)
		return complain("standard output", errno);
	/* stdio does not record the errno of an earlier write. */
	return failed ? complain("standard output", EIO) : 0;
}
