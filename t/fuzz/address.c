/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's target for the grammar of addresses: whatever the bytes are,
 * the answer is 0 or one of its errors, and the explanation is one line.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

static void
explain(const char *address)
{
	static const int errors[] = { EINVAL, ENAMETOOLONG, EADDRINUSE,
	    ECONNREFUSED, ENOENT, EACCES, EBUSY, EPROTOTYPE, EIO };
	char text[300];
	size_t i;
	int length;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		memset(text, 'x', sizeof(text));
		length = unix_explain(address, errors[i], text, sizeof(text));
		want(length > 0);
		want(memchr(text, '\0', sizeof(text)) != NULL);
		want(strlen(text) == ((size_t)length < sizeof(text) ?
		    (size_t)length : sizeof(text) - 1));
		want(strchr(text, '\n') == NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *counted = malloc(size + 1);
	char *string = malloc(size + 2);
	int result;

	if (counted == NULL || string == NULL)
		abort();
	memcpy(counted, data, size);
	memcpy(string, data, size);
	/* Two: one that begins with a NUL is explained up to the next. */
	string[size] = string[size + 1] = '\0';

	/* Counted bytes have no NUL behind them: reading on is an error. */
	counted = realloc(counted, size == 0 ? 1 : size);
	if (size > 0) {
		errno = 0;
		result = unix_check_address(counted, size);
		want(result == 0 ? errno == 0 : errno == EINVAL ||
		    errno == ENAMETOOLONG || errno == EAFNOSUPPORT);
	}
	result = unix_check_address(string, 0);
	want(result == 0 || result == -1);
	explain(string);
	free(counted);
	free(string);
	return 0;
}
