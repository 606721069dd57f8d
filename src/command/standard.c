/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets among the standard streams, the addresses fd:0, fd:1 and fd:2.
 * inetd(8) passes the same socket as all three.
 */
#include "command.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* Returns the number of an fd: address, or -1. */
static int
number_of(const char *address)
{
	unsigned long number;

	if (strncmp(address, "fd:", 3) != 0 ||
	    parse_number(address + 3, 10, INT_MAX, &number) == -1)
		return -1;
	return (int)number;
}

/* Whether STREAM is the socket at ADDRESS. */
int
is_standard_stream(const char *address, int stream)
{
	int fd = number_of(address);
	struct stat one, other;

	if (fd == stream)
		return 1;
	return fd != -1 && fstat(fd, &one) == 0 && fstat(stream, &other) == 0 &&
	    S_ISSOCK(one.st_mode) && one.st_dev == other.st_dev &&
	    one.st_ino == other.st_ino;
}

/*
 * Gives the socket at ADDRESS another number if it is a standard stream.
 * Returns the address to use, which is ADDRESS or TEXT, or NULL on failure.
 */
const char *
move_from_standard(const char *address, char *text, size_t size)
{
	int fd = number_of(address);

	if (fd == -1 || fd > STDERR_FILENO)
		return address;
	fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd == -1)
		return NULL;
	snprintf(text, size, "fd:%d", fd);
	return text;
}

/*
 * Puts /dev/null in place of the socket at ADDRESS.  As standard error, the
 * socket would receive messages, and programs would inherit it.  /dev/null for
 * standard output is read-only, as in main().
 */
int
replace_standard(const char *address, int stream)
{
	int fd, result;

	if (!is_standard_stream(address, stream))
		return 0;
	fd = open("/dev/null", (stream == STDERR_FILENO ? O_WRONLY : O_RDONLY) |
	    O_CLOEXEC);
	if (fd == -1)
		return -1;
	result = dup2(fd, stream) == -1 ? -1 : 0;
	close(fd);
	return result;
}
