/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers of descriptors: none of ours is 0, 1 or 2.  In a process that has
 * closed these, output to standard error would reach our peer, or interrupt
 * a listener for ever.  Of all calls only F_DUPFD takes a lowest number, so a
 * descriptor that gets one of the three is moved before its first use.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int
is_standard(int fd)
{
	return fd != -1 && fd <= STDERR_FILENO;
}

/* The duplicate of FD whose number is LOWEST or the next that is free. */
int
up_dup_from(int fd, int lowest)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, lowest);

	/* RLIMIT_NOFILE is LOWEST or less. */
	if (copy == -1 && errno == EINVAL)
		errno = EMFILE;
	return copy;
}

int
up_dup(int fd)
{
	return up_dup_from(fd, STDERR_FILENO + 1);
}

/*
 * FD, which was just made, if it is 3 or more, or -1; else its duplicate, or
 * -1.  FD is closed then.
 */
int
up_above_standard(int fd)
{
	int moved;

	if (!is_standard(fd))
		return fd;
	moved = up_dup(fd);
	up_close(fd);
	return moved;
}

/* Output of another thread, written before FD's other end was moved. */
static void
discard_input(int fd)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	char bytes[256];

	while (up_poll(&input, 1, up_deadline(0)) == 1 &&
	    read(fd, bytes, sizeof(bytes)) > 0)
		;
}

/*
 * Both ends of a pipe or pair; on failure both are closed.  The writing end
 * is moved first: without a reader, another thread that writes to it in this
 * moment would get SIGPIPE.
 */
int
up_both_above_standard(int ends[2])
{
	if (!is_standard(ends[0]) && !is_standard(ends[1]))
		return 0;
	ends[1] = up_above_standard(ends[1]);
	if (ends[1] == -1) {
		up_close(ends[0]);
		return -1;
	}
	ends[0] = up_above_standard(ends[0]);
	if (ends[0] == -1) {
		up_close(ends[1]);
		return -1;
	}
	discard_input(ends[0]);
	discard_input(ends[1]);
	return 0;
}

int
up_open(const char *path, int flags)
{
	return up_above_standard(open(path, flags | O_CLOEXEC));
}

int
up_openat(int directory, const char *path, int flags)
{
	return up_above_standard(openat(directory, path, flags | O_CLOEXEC));
}
