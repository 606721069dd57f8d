/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file at a listener's path: a reference to it, and its mode and group.
 * On Linux a reference is a descriptor, so that the look, the changes and the
 * probe reach one and the same file.  A name would lead to another file as
 * soon as a user who may write to the directory exchanges the two: a server
 * of root's would change the mode of any file.
 */
#include "internal.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <unistd.h>

/*
 * Number 452, and 15 above openat2(2) where an architecture counts otherwise.
 * Headers older than Linux 6.6 do not have the name.
 */
#if defined(__NR_openat2) && !defined(SYS_fchmodat2)
#define SYS_fchmodat2	(__NR_openat2 + 15)
#endif

int
up_is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

#if defined(__linux__) && defined(O_PATH)
int
up_open_file(const struct up_claim *claim, struct up_file *file)
{
	int fd = up_openat(claim->directory, claim->last,
	    O_PATH | O_NOFOLLOW);

	*file = (struct up_file){ .fd = fd, .name = "",
	    .flags = AT_EMPTY_PATH, .pin = fd };
	return fd == -1 ? -1 : 0;
}

/* A chmod(2) of the name under /proc changes the very file, too. */
static int
change_mode(const struct up_file *file, mode_t mode)
{
	struct up_name name;

	if (up_name_at(file->fd, NULL, &name) == 0)
		return chmod(name.address.sun_path, mode);
#ifdef SYS_fchmodat2
	return (int)syscall(SYS_fchmodat2, file->fd, file->name, mode,
	    file->flags);
#else
	return -1;
#endif
}
#else
int
up_open_file(const struct up_claim *claim, struct up_file *file)
{
	*file = (struct up_file){ .fd = claim->directory, .name = claim->last,
	    .flags = AT_SYMLINK_NOFOLLOW, .pin = -1 };
	return 0;
}

static int
change_mode(const struct up_file *file, mode_t mode)
{
	return fchmodat(file->fd, file->name, mode, file->flags);
}
#endif

void
up_close_file(const struct up_file *file)
{
	up_close(file->pin);
}

int
up_stat_file(const struct up_file *file, struct stat *status)
{
	return fstatat(file->fd, file->name, status, file->flags);
}

static int
change_group(const struct up_file *file, gid_t group)
{
	return fchownat(file->fd, file->name, (uid_t)-1, group, file->flags);
}

/*
 * What chmod(2) of a file that STATUS shows as our user's has answered with
 * ERROR.  The kernel permits it to the owner: EPERM means that the number of
 * the user is that of another one, whom this namespace does not map, or that
 * the file system does not have the mode.
 */
static int
mode_error(int error, const struct stat *status)
{
	if (error == EPERM && !up_is_own_user(status->st_uid))
		return EADDRINUSE;
	return error == EPERM || error == EINVAL || error == ENOSYS ||
	    error == EOPNOTSUPP ? ENOTSUP : error;
}

/*
 * Set GROUP, unless it is 0, and MODE of FILE, a socket.  The group comes
 * first: the mode is not meant for the group that the file has now.  They are
 * read back, since some file systems ignore both calls and report success.
 */
int
up_set_access(const struct up_file *file, mode_t mode, gid_t group)
{
	struct stat status;

	if (up_stat_file(file, &status) == -1)
		return -1;
	if (group != 0 && status.st_gid != group &&
	    change_group(file, group) == -1)
		return -1;
	/* The umask or an ACL may have removed bits. */
	if (((status.st_mode & 07777) != mode ||
	    !up_is_own_user(status.st_uid)) &&
	    change_mode(file, mode) == -1) {
		errno = mode_error(errno, &status);
		return -1;
	}
	if (up_stat_file(file, &status) == -1)
		return -1;
	if ((status.st_mode & 07777) != mode ||
	    (group != 0 && status.st_gid != group)) {
		errno = ENOTSUP;
		return -1;
	}
	if (status.st_nlink != 1) {
		errno = EADDRINUSE;
		return -1;
	}
	return 0;
}
