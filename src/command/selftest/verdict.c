/* SPDX-License-Identifier: BSD-2-Clause */
/* What a check says of itself; the first word counts. */
#include "selftest.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static struct verdict *verdict;

/* RESULT is memory that the process which waits for this one has, too. */
void
judge_into(struct verdict *result)
{
	verdict = result;
}

static void __attribute__((format(printf, 2, 0)))
speak(enum outcome outcome, const char *format, va_list arguments)
{
	if (verdict->outcome != SILENT)
		return;
	vsnprintf(verdict->seen, sizeof(verdict->seen), format, arguments);
	verdict->outcome = outcome;
}

void
say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	speak(HOLDS, format, arguments);
	va_end(arguments);
}

void
fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	speak(FAILS, format, arguments);
	va_end(arguments);
	_exit(STATUS_ERROR);
}

/* Not a failure: this system cannot have it. */
static _Noreturn void
lack(void)
{
	if (verdict->outcome == SILENT) {
		verdict->outcome = ABSENT;
		strcpy(verdict->seen, "not on this system");
	}
	_exit(0);
}

void
holds(int condition, const char *seen)
{
	if (!condition)
		fail("%s", seen);
}

void
succeeds(int result, const char *call)
{
	if (result == -1)
		fail("%s: %s", call, strerror(errno));
}

/* ERROR, if not 0, is what the library says where a system has none. */
void
succeeds_or_lacks(int result, int error, const char *call)
{
	if (result == -1 && errno == error)
		lack();
	succeeds(result, call);
}

void
fails(int result, int error, const char *call)
{
	int seen = errno;

	if (result != -1)
		fail("%s: succeeds", call);
	if (seen != error)
		fail("%s: %s", call, strerror(seen));
}
