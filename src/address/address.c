/* SPDX-License-Identifier: BSD-2-Clause */
/* The syntax of addresses, and their conversion to names of sockets. */
#include "address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/*
 * The size of MARK is N.  strlen(3) cannot be used, since MARK can be the NUL
 * that begins an abstract name.
 */
static int
skip_prefix(struct up_address *address, const char *mark, size_t n)
{
	if (address->length < n || memcmp(address->text, mark, n) != 0)
		return 0;
	address->text += n;
	address->length -= n;
	return 1;
}

/*
 * Returns the number that the LENGTH bytes of TEXT are, or -1.  Accepts digits
 * only.  strtol(3) would accept a sign, spaces, and numbers beyond an int.
 */
int
up_parse_number(const char *text, size_t length)
{
	int digit, number = 0;
	size_t i;

	for (i = 0; i < length; i++) {
		digit = text[i] - '0';
		if (digit < 0 || digit > 9 || number > (INT_MAX - digit) / 10)
			return up_fail(EINVAL);
		number = number * 10 + digit;
	}
	return length == 0 ? up_fail(EINVAL) : number;
}

/*
 * The NUL at the end of the text is not part of the name.  Linux compares
 * abstract names with their length, so a NUL would make another name.
 */
int
up_make_abstract_name(const struct up_address *address, struct up_name *name)
{
	char bytes[sizeof(name->address.sun_path)] = "";

	if (address->length >= sizeof(bytes))
		return up_fail(ENAMETOOLONG);
	memcpy(bytes + 1, address->text, address->length);
	return up_make_name(bytes, address->length + 1, name);
}

static int
check_abstract(const struct up_address *address)
{
	struct up_name name;

	if (address->length == 0)
		return up_fail(EINVAL);
	return UP_HAS_ABSTRACT_NAMES ? up_make_abstract_name(address, &name) :
	    up_fail(EAFNOSUPPORT);
}

/*
 * On Linux, a path longer than sun_path is opened through /proc (see
 * sockaddr.c), so only the limits of the file system apply.
 */
static int
check_length(const char *text, size_t length)
{
	struct up_name name;
	size_t i, part = 0;

	if (!UP_HAS_DESCRIPTOR_PATHS)
		return up_make_name(text, length, &name);
	for (i = 0; i < length; i++) {
		part = text[i] == '/' ? 0 : part + 1;
		if (i >= PATH_MAX - 1 || part > NAME_MAX)
			return up_fail(ENAMETOOLONG);
	}
	return 0;
}

static int
check_path(const struct up_address *address)
{
	if (address->length == 0 ||
	    memchr(address->text, '\0', address->length) != NULL)
		return up_fail(EINVAL);
	return check_length(address->text, address->length);
}

/*
 * If LENGTH is 0, TEXT ends at its NUL.  ADDRESS refers to the bytes of TEXT,
 * which must remain valid.
 */
int
up_parse_address(const char *text, size_t length, struct up_address *address)
{
	if (text == NULL)
		return up_fail(EINVAL);
	address->text = text;
	address->length = length == 0 ? strlen(text) : length;
	address->number = -1;
	if (skip_prefix(address, "fd:", 3)) {
		address->form = UP_DESCRIPTOR;
		address->number = up_parse_number(address->text,
		    address->length);
		return address->number == -1 ? -1 : 0;
	}
	if (skip_prefix(address, "systemd:", 8)) {
		address->form = UP_SYSTEMD;
		return memchr(address->text, '\0', address->length) != NULL ?
		    up_fail(EINVAL) : 0;
	}
	address->form = UP_ABSTRACT;
	if (skip_prefix(address, "\0", 1))
		return check_abstract(address);
	skip_prefix(address, "unix:", 5);
	if (skip_prefix(address, "@", 1))
		return check_abstract(address);
	address->form = UP_PATH;
	return check_path(address);
}

/* Returns a copy of the text of ADDRESS with a NUL, for system calls. */
char *
up_address_text(const struct up_address *address)
{
	return strndup(address->text, address->length);
}

char *
up_join_path(const char *first, const char *second)
{
	size_t a = strlen(first), b = strlen(second);
	char *path = malloc(a + b + 2);

	if (path == NULL)
		return NULL;
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): see below */
	memcpy(path, first, a);
	path[a] = '/';
	memcpy(path + a + 1, second, b + 1);
	return path;
}

/*
 * Requires O_PATH, with which open(2) opens a socket file.  Without O_PATH,
 * open(2) fails with ENXIO.
 */
static int
open_long_path(const struct up_address *address)
{
	char *path;
	int fd, error;

	if (UP_O_PATH == 0)
		return up_fail(ENAMETOOLONG);
	path = up_address_text(address);
	fd = path == NULL ? -1 : up_open(path, UP_O_PATH);
	error = errno;
	free(path);
	errno = error;
	return fd;
}

/*
 * Makes the name for connect(2).  A path that is longer than sun_path needs a
 * descriptor of the file, *FILE, which the caller closes after connect(2); for
 * other names *FILE is -1.
 */
int
up_resolve(const struct up_address *address, struct up_name *name, int *file)
{
	*file = -1;
	if (address->form == UP_ABSTRACT)
		return up_make_abstract_name(address, name);
	if (up_make_name(address->text, address->length, name) == 0)
		return 0;
	*file = open_long_path(address);
	if (*file != -1 && up_make_name_at(*file, NULL, name) == 0)
		return 0;
	up_close(*file);
	*file = -1;
	return -1;
}

UP_API int
unix_check_address(const char *text, size_t length)
{
	struct up_address address;
	int saved = errno;

	if (up_parse_address(text, length, &address) == -1)
		return -1;
	errno = saved;
	return 0;
}
