/* SPDX-License-Identifier: BSD-2-Clause */
/* rename(2) that replaces no file, also on kernels without such a call. */
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
 * Whether renameat2(2) is missing.  FUSE and other file systems fail with
 * EINVAL, and kernels before Linux 3.15 with ENOSYS.  seccomp filters that do
 * not list the call report EPERM.  A sticky directory causes EPERM, too; the
 * other calls then fail with the same error.
 */
static int
is_no_such_rename(int error)
{
	return error == EINVAL || error == ENOSYS || error == EPERM;
}

/* Renames by link(2) and unlink(2).  No other process may use the name FROM. */
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
 * Renames FROM in DIRECTORY, and fails if TO exists.  No other process may use
 * the name FROM.
 *
 * Without renameat2(2), mknod(2) makes a socket file at TO, which fails if TO
 * exists, and rename(2) replaces this file.  link(2) is not used on Linux: on
 * FUSE the second name is another inode, to which no client could connect.
 * Other systems cannot make a socket file by mknod(2), so link(2) is used.
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
 * Renames any file with the name FROM in DIRECTORY.  No other process may use
 * the name TO.  link(2) and unlink(2) are not used: if another file took the
 * name FROM between the two calls, unlink(2) would remove that file.
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
