/* SPDX-License-Identifier: BSD-2-Clause */
/* A descriptor's flags: whether it blocks, and whether it survives exec. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>

static int
set_flag(int fd, int get, int set, int flag, int on)
{
	int old = fcntl(fd, get);
	int new = on ? old | flag : old & ~flag;

	return old == -1 || old == new ? old : fcntl(fd, set, new);
}

int
up_set_blocking(int fd, int on)
{
	return set_flag(fd, F_GETFL, F_SETFL, O_NONBLOCK, !on);
}

/* Whether FD survives exec. */
int
up_set_inherit(int fd, int on)
{
	return set_flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC, !on);
}

/* What we change on a stranger's FD, to be put back on failure. */
int
up_remember_flags(int fd, struct up_flags *flags)
{
	flags->file = fcntl(fd, F_GETFL);
	if (flags->file == -1)
		return -1;
	flags->descriptor = fcntl(fd, F_GETFD);
	return flags->descriptor == -1 ? -1 : 0;
}

void
up_restore_flags(int fd, const struct up_flags *flags)
{
	int error = errno;

	fcntl(fd, F_SETFL, flags->file);
	fcntl(fd, F_SETFD, flags->descriptor);
	errno = error;
}
