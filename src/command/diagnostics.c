/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error messages: one line on standard error, followed by the usage on misuse.
 */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The whole line of unix_explain(), which the caller frees, or NULL. */
char *
explanation(const char *address, int error)
{
	int length = unix_explain(address, error, NULL, 0);
	char *text = length == -1 ? NULL : malloc((size_t)length + 1);

	if (text != NULL)
		unix_explain(address, error, text, (size_t)length + 1);
	return text;
}

/*
 * Prints ARGUMENT with visible control characters, which a terminal would
 * execute.  unix_explain() makes those of an address visible, so ARGUMENT is
 * explained as an address.  The error 0 has no explanation, so that only
 * ": " and its strerror(3) follow ARGUMENT and are removed.
 */
void
print_visible(FILE *file, const char *argument)
{
	char *text = *argument == '\0' ? NULL : explanation(argument, 0);

	if (*argument == '\0')
		fputs("\"\"", file);
	if (text == NULL)
		return;
	fprintf(file, "%.*s", (int)(strlen(text) - strlen(": ") -
	    strlen(strerror(0))), text);
	free(text);
}

static void (*write_line)(const char *text, size_t length);

/* A server replaces writes to stderr, which can block. */
void
set_line_writer(void (*writer)(const char *text, size_t length))
{
	write_line = writer;
}

/* Begins a line with "unixport: "; the caller prints the rest to its file. */
void
begin_line(struct line *line)
{
	line->text = NULL;
	line->length = 0;
	line->file = write_line == NULL ? NULL :
	    open_memstream(&line->text, &line->length);
	if (line->file == NULL) {
		line->file = stderr;
		flockfile(stderr);
	}
	fputs("unixport: ", line->file);
}

void
end_line(struct line *line)
{
	putc('\n', line->file);
	if (line->file == stderr) {
		funlockfile(stderr);
		return;
	}
	if (fclose(line->file) == 0)
		write_line(line->text, line->length);
	free(line->text);
}

int
report(const char *object, const char *problem)
{
	struct line line;

	begin_line(&line);
	print_visible(line.file, object);
	fprintf(line.file, ": %s", problem);
	end_line(&line);
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
	char *text = explanation(address, error);
	struct line line;

	if (text == NULL)
		return complain(address, error);
	begin_line(&line);
	fputs(text, line.file);
	end_line(&line);
	free(text);
	return STATUS_ERROR;
}

int
misused(const struct command *command, const char *format, ...)
{
	const char *gap = *command->name == '\0' ? "" : " ";
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	text = malloc((size_t)length + 1);
	if (text == NULL)
		return complain(command->name, errno);
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	fprintf(stderr, "unixport: %s%s", command->name,
	    *gap == '\0' ? "" : ": ");
	print_visible(stderr, text);
	fprintf(stderr, "\nusage: unixport %s%s%s\n", command->name, gap,
	    command->usage);
	free(text);
	return STATUS_USAGE;
}

/*
 * Closes standard output and returns 0, or an exit status after an error.
 * exit(3) would ignore an error of the last write, and of close(2), at which
 * NFS reports a full disk.
 */
int
close_output(void)
{
	int failed = ferror(stdout);

	if (fclose(stdout) == EOF)
		return complain("standard output", errno);
	/* stdio does not record the errno of an earlier write, hence EIO. */
	return failed ? complain("standard output", EIO) : 0;
}
