/* SPDX-License-Identifier: BSD-2-Clause */
/* Stores the result of a check in memory that its processes share. */
#include "selftest.h"

#include <stdarg.h>

struct verdict *verdict;

/* Later failures may be consequences, so keep the first. */
void
judge(enum outcome outcome, const char *format, ...)
{
	va_list arguments;

	if (verdict->outcome == FAILS || verdict->outcome == ABSENT)
		return;
	va_start(arguments, format);
	vsnprintf(verdict->seen, sizeof(verdict->seen), format, arguments);
	va_end(arguments);
	verdict->outcome = outcome;
}

void
judge_end(const siginfo_t *end)
{
	if (end->si_code != CLD_EXITED)
		judge(FAILS, "killed by signal %d (%s)", end->si_status,
		    strsignal(end->si_status));
	else if (end->si_status != 0)
		judge(FAILS, "a process ended with status %d",
		    end->si_status);
}

void
expect(int condition, const char *seen)
{
	if (!condition)
		FAIL("%s", seen);
}

static int
name_length(const char *call)
{
	return (int)strcspn(call, "(");
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
		FAIL("%.*s: %s", name_length(call), call, strerror(errno));
	return result;
}

void
expect_error(int result, int error, const char *call)
{
	const char *seen = result == -1 ? strerror(errno) : "succeeds";

	if (result != -1 || errno != error)
		FAIL("%.*s: %s", name_length(call), call, seen);
}
