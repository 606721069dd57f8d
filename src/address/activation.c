/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets that another program passed: by number, or as a service manager. */
#include "address.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_PASSED_FD		3	/* SD_LISTEN_FDS_START of systemd */
#define MAX_PASSED_FDS		65536

/* Returns -1 unless the value is a positive decimal number. */
static int
number_in_variable(const char *name)
{
	const char *text = getenv(name);

	return text == NULL || *text == '0' ? -1 :
	    up_parse_number(text, strlen(text));
}

/*
 * Returns the index of the first descriptor with the name of ADDRESS, or -1.
 * LISTEN_FDNAMES lists the names in the order of the descriptors, separated by
 * colons.  An address without a name selects the first descriptor.
 */
static int
find_by_name(const struct up_address *address, int count)
{
	const char *names = getenv("LISTEN_FDNAMES");
	size_t length;
	int i;

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

/* A datagram socket cannot listen(2), so it must be bound instead. */
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

/*
 * If LISTEN_PID is another process, the variables are ignored.  A child can
 * inherit them without the descriptors, and other files of the child would have
 * the numbers of the sockets.
 */
static int
passed_number(const struct up_address *address)
{
	int count = number_in_variable("LISTEN_FDS");
	int i = -1;

	if (count != -1 && count <= MAX_PASSED_FDS &&
	    number_in_variable("LISTEN_PID") == getpid())
		i = find_by_name(address, count);
	if (i == -1)
		return up_fail(ENOENT);
	return FIRST_PASSED_FD + i;
}

/*
 * Stores the number of the passed listener in ADDRESS.  Callers must not open a
 * descriptor before this call.  If the passed descriptor were closed, the new
 * descriptor could get its number and would be examined in its place.
 */
int
up_find_passed(struct up_address *address, int type)
{
	if (address->form == UP_SYSTEMD)
		address->number = passed_number(address);
	return address->number == -1 ? -1 :
	    check_listener(address->number, type);
}
