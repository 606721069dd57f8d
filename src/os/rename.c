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

/* After a failure: removes NAME if it still has the file of STATUS. */
static int
remove_again(int directory, const char *name, const struct stat *status)
{
	struct stat now;
	int error = errno;

	if (fstatat(directory, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    up_is_same_file(status, &now))
		unlinkat(directory, name, 0);
	return up_fail(error);
}

/* Renames by link(2) and unlink(2).  No other process may use the name FROM. */
static int
move_by_link(int directory, const char *from, const char *to)
{
	struct stat status;

	if (fstatat(directory, from, &status, AT_SYMLINK_NOFOLLOW) == -1 ||
	    linkat(directory, from, directory, to, 0) == -1)
		return -1;
	if (unlinkat(directory, from, 0) == 0 || errno == ENOENT)
		return 0;
	return remove_again(directory, to, &status);
}

/*
 * mknod(2) makes an empty socket file TO, or fails if TO exists; rename(2) then
 * replaces the empty file.  Systems other than Linux cannot make a socket file
 * by mknod(2) (EPERM or EINVAL).
 */
static int
move_by_replacing(int directory, const char *from, const char *to)
{
	struct stat status;

	if (mknodat(directory, to, S_IFSOCK, 0) == -1)
		return errno == EPERM || errno == EINVAL ?
		    move_by_link(directory, from, to) : -1;
	if (fstatat(directory, to, &status, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	if (renameat(directory, from, directory, to) == 0)
		return 0;
	return remove_again(directory, to, &status);
}

/*
 * Renames FROM in DIRECTORY, and fails if TO exists.  No other process may use
 * the name FROM.
 *
 * Without renameat2(2), link(2) is used on local file systems: the empty file
 * would be stale, and another start would reclaim it and put a live socket in
 * its place.  On other file systems nothing is reclaimed, and link(2) is not
 * used: on FUSE the second name is another inode, to which no client could
 * connect.  If fs.protected_hardlinks denies link(2) for a file of another user
 * (EPERM), only the empty file is left.
 */
int
up_rename_new(int directory, const char *from, const char *to)
{
	if (rename_without_replacing(directory, from, to) == 0)
		return 0;
	if (!is_no_such_rename(errno))
		return -1;
	if (up_is_local(directory)) {
		if (move_by_link(directory, from, to) == 0)
			return 0;
		if (errno != EPERM)
			return -1;
	}
	return move_by_replacing(directory, from, to);
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
