/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's target for the grammar of addresses.  For any bytes, the result
 * must be that of a simple model, and the explanation must be one line.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#define NAME_MOST	107	/* bytes of an abstract name */
#define PART_MOST	255	/* of a component of a path */
#define PATH_MOST	4095

static int
begins(const char *text, size_t length, const char *mark)
{
	return length >= strlen(mark) &&
	    memcmp(text, mark, strlen(mark)) == 0;
}

static int
model_number(const char *text, size_t length)
{
	char digits[12] = "";

	if (length == 0)
		return EINVAL;
	for (; length > 1 && *text == '0'; length--)
		text++;
	if (length > 10)
		return EINVAL;
	memcpy(digits, text, length);
	if (strspn(digits, "0123456789") != length)
		return EINVAL;
	/* No descriptor has one of the last numbers of an int. */
	return strtoll(digits, NULL, 10) < 2147483640 ? 0 : EINVAL;
}

static int
model_name(size_t length)
{
	return length == 0 ? EINVAL : length > NAME_MOST ? ENAMETOOLONG : 0;
}

static int
model_path(const char *text, size_t length)
{
	const char *end = text + length, *slash;

	if (length == 0 || memchr(text, '\0', length) != NULL)
		return EINVAL;
	if (length > PATH_MOST)
		return ENAMETOOLONG;
	for (; text < end; text = slash + 1) {
		slash = memchr(text, '/', (size_t)(end - text));
		if (slash == NULL)
			slash = end;
		if (slash - text > PART_MOST)
			return ENAMETOOLONG;
	}
	return 0;
}

/* Returns the expected errno, or 0. */
static int
model(const char *text, size_t length)
{
	if (begins(text, length, "fd:"))
		return model_number(text + 3, length - 3);
	if (begins(text, length, "systemd:"))
		return memchr(text, '\0', length) != NULL ? EINVAL : 0;
	if (length > 0 && *text == '\0')
		return model_name(length - 1);
	if (begins(text, length, "unix:")) {
		text += 5;
		length -= 5;
	}
	return length > 0 && *text == '@' ? model_name(length - 1) :
	    model_path(text, length);
}

static void
compare(const char *text, size_t counted, size_t length)
{
	int wanted = model(text, length);

	errno = EDOM;
	want(unix_check_address(text, counted) == (wanted == 0 ? 0 : -1));
	want(errno == (wanted == 0 ? EDOM : wanted));
}

/* Checks that TEXT contains no control character. */
static void
expect_line(const char *text, size_t length)
{
	size_t i;

	want(strlen(text) == length);
	for (i = 0; i < length; i++)
		want((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
}

/*
 * Fills the unused stack with C, so that a read of an uninitialized variable
 * gives different results.
 */
static void
soil_stack(int c)
{
	char soil[16384];

	memset(soil, c, sizeof(soil));
	__asm__ volatile("" : : "r"(soil) : "memory");
}

/* CHOICE determines the error and the size of the buffer. */
static void
explain(const char *address, unsigned choice)
{
	static const int errors[] = { EINVAL, ENAMETOOLONG, EADDRINUSE,
	    ECONNREFUSED, ENOENT, EACCES, EBUSY, EPROTOTYPE, EIO };
	const unsigned count = sizeof(errors) / sizeof(errors[0]);
	int length, error = errors[choice % count];
	size_t room = 1 + choice / count * (size_t)50;
	char *text = malloc(room);

	want(text != NULL);
	soil_stack('s');
	errno = EDOM;
	length = unix_explain(address, error, text, room);
	want(errno == EDOM && length > 0);
	expect_line(text, (size_t)length < room ? (size_t)length : room - 1);
	/* The length is that of the complete text. */
	soil_stack(0);
	want(unix_explain(address, error, NULL, 0) == length);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *counted = malloc(size == 0 ? 1 : size);
	char *string = malloc(size + 2);

	want(counted != NULL && string != NULL);
	memcpy(string, data, size);
	/* Two NULs: a name that begins with a NUL ends at the next one. */
	string[size] = string[size + 1] = '\0';

	/* No NUL follows the counted bytes: ASan reports a read beyond. */
	if (size > 0) {
		memcpy(counted, data, size);
		compare(counted, size, size);
	}
	compare(string, 0, strlen(string));
	explain(string, size == 0 ? 0 : data[size - 1]);
	free(counted);
	free(string);
	return 0;
}
