/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets that were passed to us: by number, or by the service manager. */
#include "address.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_PASSED_FD		3	/* by the service manager */
#define MAX_PASSED_FDS		65536

/* The number in the variable NAME, or -1: a positive one, nothing else. */
static long
number_in_variable(const char *name, long limit)
{
	const char *text = getenv(name);
	char *end;
	long number;

	if (text == NULL || *text < '1' || *text > '9')
		return -1;
	number = strtol(text, &end, 10);
	return *end != '\0' || number > limit ? -1 : number;
}

/*
 * The index of the first of COUNT descriptors that has the name in ADDRESS, or
 * -1; 0 if ADDRESS has no name.
 */
static long
find_by_name(const struct up_address *address, long count)
{
	const char *names = getenv("LISTEN_FDNAMES");
	size_t length;
	long i;

	if (address->length == 0)
		return 0;
	for (i = 0; names != NULL && i < count; i++) {
		length = strcspn(names, ":");
		if (length == address->length &&
		    memcmp(names, address->text, length) == 0)
			return i;
		names = names[length] == '\0' ? NULL : names + length + 1;
	}
	return -1;
}

/* Whether FD is a Unix domain socket of TYPE: 0, or -1. */
static int
check_socket_type(int fd, int type)
{
	int actual = up_socket_option(fd, SO_TYPE);
	int family = actual == -1 ? -1 : up_family(fd);

	if (family == -1)
		return -1;
	if (family != AF_UNIX)
		return up_fail(EINVAL);
	if (actual != type)
		return up_fail(EPROTOTYPE);
	return 0;
}

/* Whether FD can serve as a listener of TYPE: 0, or -1. */
static int
check_listener(int fd, int type)
{
	int ready;

	if (check_socket_type(fd, type) == -1)
		return -1;
	ready = type == SOCK_STREAM ? up_is_listening(fd) : up_is_bound(fd);
	if (ready == 0)
		errno = EINVAL;
	return ready > 0 ? 0 : -1;
}

/* Returns the descriptor from the service manager, or -1. */
static int
passed_number(const struct up_address *address)
{
	long count = number_in_variable("LISTEN_FDS", MAX_PASSED_FDS);
	long i = -1;

	if (count != -1 &&
	    number_in_variable("LISTEN_PID", LONG_MAX) == getpid())
		i = find_by_name(address, count);
	if (i == -1)
		return up_fail(ENOENT);
	return FIRST_PASSED_FD + (int)i;
}

/*
 * Store the number of the descriptor that ADDRESS specifies, a listener of
 * TYPE, in ADDRESS: 0, or -1.  Call this before any descriptor is opened: if
 * the specified one is closed, open(2) would get its number.
 */
int
up_find_passed(struct up_address *address, int type)
{
	if (address->form == UP_SYSTEMD)
		address->number = passed_number(address);
	return address->number == -1 ? -1 :
	    check_listener(address->number, type);
}
