/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses: a string becomes a socket's name of exact length. */
#include "internal.h"

#include <errno.h>
#include <string.h>

/*
 * The marks of the other forms of address.  They are refused, not taken
 * for paths: a program that uses one must never make a file of that name.
 */
static int
is_marked(const char *address, size_t length)
{
	static const char *const marks[] = { "@", "unix:", "fd:", "systemd:" };
	size_t i, n;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		n = strlen(marks[i]);
		if (length >= n && memcmp(address, marks[i], n) == 0)
			return 1;
	}
	return 0;
}

/*
 * LENGTH counts the bytes of ADDRESS, 0 means up to its NUL.  A path may
 * fill sun_path to the last byte: systems go by the length, not by a NUL.
 */
int
up_name(const char *address, size_t length, struct up_name *name)
{
	if (address != NULL && length == 0)
		length = strlen(address);
	if (address == NULL || length == 0 || is_marked(address, length) ||
	    memchr(address, '\0', length) != NULL) {
		errno = EINVAL;
		return -1;
	}
	memset(name, 0, sizeof(*name));
	if (length > sizeof(name->address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	name->address.sun_family = AF_UNIX;
	memcpy(name->address.sun_path, address, length);
	name->length = offsetof(struct sockaddr_un, sun_path) + length;
#ifdef HAVE_STRUCT_SOCKADDR_UN_SUN_LEN
	name->address.sun_len = name->length;
#endif
	return 0;
}
