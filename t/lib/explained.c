/* SPDX-License-Identifier: BSD-2-Clause */
/* Expectations of unix_explain(). */
#include "explained.h"

#include <string.h>

void
expect_text(const char *address, int error, const char *expected)
{
	static char text[12000];
	int result;

	errno = EDOM;
	result = unix_explain(address, error, text, sizeof(text));
	ck_assert_int_eq(errno, EDOM);
	ck_assert_int_eq(result, (int)strlen(text));
	ck_assert_str_eq(text, expected);
}

void
expect_listen(const char *address, int error, const char *expected)
{
	cannot_listen(address, NULL, error);
	expect_text(address, error, expected);
}

void
expect_connect(const char *address, int error, const char *expected)
{
	cannot_connect(address, NULL, error);
	expect_text(address, error, expected);
}
