/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Steps and expectations that checks share.  The first failed one ends the
 * check, and is stored in memory that the processes share.
 */
#include "selftest.h"

#include <stdarg.h>

#define MAX_DESCRIPTORS	256		/* above those of any check */

struct verdict *verdict;

/* Later failures may be consequences, so keep the first. */
void
judge(enum outcome outcome, const char *format, ...)
{
	va_list arguments;

	if (verdict->outcome != HOLDS)
		return;
	va_start(arguments, format);
	vsnprintf(verdict->seen, sizeof(verdict->seen), format, arguments);
	va_end(arguments);
	verdict->outcome = outcome;
}

/* STATUS is that of waitpid(2). */
void
judge_end(int status)
{
	if (WIFSIGNALED(status))
		judge(FAILS, "killed by signal %d (%s)", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else if (status != 0)
		judge(FAILS, "a process ended with status %d",
		    WEXITSTATUS(status));
}

void
expect(int condition, const char *seen)
{
	if (!condition)
		FAIL("%s", seen);
}

/* LACKING specifies the errno of a system without the feature, or 0. */
int
expect_success(int result, int lacking, const char *call)
{
	if (result == -1 && errno == lacking) {
		judge(ABSENT, "not on this system");
		_exit(0);
	}
	if (result == -1)
		FAIL("%.*s: %s", (int)strcspn(call, "("), call,
		    strerror(errno));
	return result;
}

void
expect_error(int result, int error, const char *call)
{
	if (result != -1 || errno != error)
		FAIL("%.*s: %s", (int)strcspn(call, "("), call,
		    result == -1 ? strerror(errno) : "succeeds");
}

void
send_text(struct unix_ports *ports, const char *text)
{
	SUCCEEDS(fputs(text, ports->out));
	SUCCEEDS(fflush(ports->out));
}

/* TEXT is one line. */
void
expect_text(struct unix_ports *ports, const char *text)
{
	char line[200];

	if (fgets(line, sizeof(line), ports->in) == NULL)
		FAIL("fgets: %s", ferror(ports->in) ? strerror(errno) :
		    "end of file");
	expect(strcmp(line, text) == 0, "another line than was sent");
}

void
expect_eof(struct unix_ports *ports)
{
	expect(getc(ports->in) == EOF, "more input instead of end of file");
	if (ferror(ports->in))
		FAIL("no end of file: %s", strerror(errno));
}

/* Returns the status of waitpid(2). */
int
await_process(pid_t process)
{
	int status;

	while (waitpid(process, &status, 0) == -1)
		expect(errno == EINTR, "the process is lost");
	return status;
}

/* Counts all descriptors, or those that a program would inherit. */
int
count_descriptors(int inherited)
{
	int fd, flags, count = 0;

	for (fd = 0; fd < MAX_DESCRIPTORS; fd++) {
		flags = fcntl(fd, F_GETFD);
		count += flags != -1 &&
		    (!inherited || (flags & FD_CLOEXEC) == 0);
	}
	return count;
}
