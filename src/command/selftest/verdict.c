/* SPDX-License-Identifier: BSD-2-Clause */
/* The result of a check, which its processes share. */
#include "selftest.h"

#include <stdarg.h>

struct verdict *verdict;

/* The first failure counts: later ones may follow from it. */
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

/* The length of the function's name, of a CALL as it is written. */
static int
name_length(const char *call)
{
	return (int)strcspn(call, "(");
}

/* LACKING, if not 0, is the error on a system without the feature. */
int
expect_success(int result, int lacking, const char *call)
{
	if (result != -1)
		return result;
	if (errno == lacking) {
		judge(ABSENT, "not on this system");
		_exit(0);
	}
	FAIL("%.*s: %s", name_length(call), call, strerror(errno));
}

void
expect_error(int result, int error, const char *call)
{
	const char *seen = result == -1 ? strerror(errno) : "succeeds";

	if (result != -1 || errno != error)
		FAIL("%.*s: %s", name_length(call), call, seen);
}
