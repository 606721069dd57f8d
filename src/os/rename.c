/* SPDX-License-Identifier: BSD-2-Clause */
/* rename(2) that replaces nothing, also where the kernel has no such call. */
#include "os.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <unistd.h>

static int
rename_without_replacing(int directory, const char *from, const char *to)
{
#ifdef SYS_renameat2
	const unsigned no_replace = 1;

	return (int)syscall(SYS_renameat2, directory, from, directory, to,
	    no_replace);
#else
	(void)directory;
	(void)from;
	(void)to;
	return up_fail(ENOSYS);
#endif
}

/*
 * FUSE and others do not have it, nor do kernels before Linux 3.15.  seccomp
 * filters that do not know the call report EPERM; in a sticky directory the
 * other calls fail with the same.
 */
static int
is_no_such_rename(int error)
{
	return error == EINVAL || error == ENOSYS || error == EPERM;
}

/* link(2) and unlink(2) of a name that no other process uses. */
static int
move_by_link(int directory, const char *from, const char *to)
{
	int error;

	if (linkat(directory, from, directory, to, 0) == -1)
		return -1;
	if (unlinkat(directory, from, 0) == 0 || errno == ENOENT)
		return 0;
	error = errno;
	unlinkat(directory, to, 0);
	return up_fail(error);
}

/*
 * rename(2) in DIRECTORY that replaces nothing, of a name that no other process
 * uses.  Where there is no such call, a new socket file takes the name TO, and
 * is replaced.  link(2) would not do on FUSE, where a second name is another
 * inode, and no client could connect there.  Systems other than Linux make no
 * socket file without bind(2), and have link(2).
 */
int
up_rename_new(int directory, const char *from, const char *to)
{
	int error;

	if (rename_without_replacing(directory, from, to) == 0)
		return 0;
	if (!is_no_such_rename(errno))
		return -1;
	if (mknodat(directory, to, S_IFSOCK, 0) == -1)
		return errno == EPERM || errno == EINVAL ?
		    move_by_link(directory, from, to) : -1;
	if (renameat(directory, from, directory, to) == 0)
		return 0;
	error = errno;
	unlinkat(directory, to, 0);
	return up_fail(error);
}

/*
 * rename(2) in DIRECTORY of whatever has the name FROM, to a name that no other
 * process uses.  link(2) would not do: FROM may be another file by the time it
 * is removed.
 */
int
up_rename_aside(int directory, const char *from, const char *to)
{
	struct stat taken;

	if (rename_without_replacing(directory, from, to) == 0)
		return 0;
	if (!is_no_such_rename(errno))
		return -1;
	if (fstatat(directory, to, &taken, AT_SYMLINK_NOFOLLOW) == 0)
		return up_fail(EEXIST);
	return errno == ENOENT ? renameat(directory, from, directory, to) : -1;
}
