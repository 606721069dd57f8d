/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file at a listener's path: a reference to it, and its mode and group.
 * On Linux a reference is a descriptor, so that the examination, the changes
 * and the probe concern the same file.  A user with write permission on the
 * directory could exchange the file behind a name, and a server of root would
 * change the mode of another file.
 */
#include "path.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int
up_open_file(const struct up_claim *claim, struct up_file *file)
{
	int fd;

	if (UP_O_PATH == 0) {
		*file = (struct up_file){ .fd = claim->directory,
		    .name = claim->last, .flags = AT_SYMLINK_NOFOLLOW,
		    .pin = -1 };
		return 0;
	}
	fd = up_openat(claim->directory, claim->last, UP_O_PATH | O_NOFOLLOW);
	*file = (struct up_file){ .fd = fd, .name = "",
	    .flags = AT_EMPTY_PATH, .pin = fd };
	return fd == -1 ? -1 : 0;
}

/*
 * By name it could be another socket of our user's, which the owner of the
 * directory has put there since bind(2).
 */
int
up_open_bound_file(const struct up_claim *claim, int socket,
    struct up_file *file)
{
	int fd = up_bound_file(socket);

	if (fd == -1)
		return up_open_file(claim, file);
	*file = (struct up_file){ .fd = fd, .name = "",
	    .flags = AT_EMPTY_PATH, .pin = fd };
	return 0;
}

/* A chmod(2) of the name under /proc changes the very file, too. */
static int
change_mode(const struct up_file *file, mode_t mode)
{
	struct up_name name;

	if (UP_O_PATH == 0)
		return fchmodat(file->fd, file->name, mode, file->flags);
	if (up_make_name_at(file->pin, NULL, &name) == 0)
		return chmod(name.address.sun_path, mode);
	return up_chmod_path(file->pin, mode);
}

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

/* The errors by which a file system says that it has no such attribute. */
static int
attribute_error(int error)
{
	return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP ?
	    ENOTSUP : error;
}

/*
 * Whether FILE, which STATUS shows as our user's, is that.  A number that may
 * be another user's too is no proof, but the kernel lets only the owner change
 * the mode.
 */
static int
is_own_file(const struct up_file *file, const struct stat *status)
{
	return up_is_own_user(status->st_uid) == 1 ||
	    change_mode(file, status->st_mode & 07777) == 0;
}

/*
 * Set GROUP, unless it is 0, and MODE of FILE, a socket.  The group comes
 * first: the mode is not meant for the group that the file has now.  They are
 * read back, since some file systems ignore both calls and report success.
 * EADDRINUSE: the file is not ours, or has been displaced.
 */
int
up_set_access(const struct up_file *file, mode_t mode, gid_t group)
{
	struct stat status;

	if (up_stat_file(file, &status) == -1)
		return -1;
	if (!is_own_file(file, &status))
		return up_fail(EADDRINUSE);
	if (group != 0 && status.st_gid != group &&
	    change_group(file, group) == -1)
		return up_fail(attribute_error(errno));
	/*
	 * The umask or an ACL may have removed bits.  An owner that may not
	 * change the mode is on a file system that does not have it.
	 */
	if ((status.st_mode & 07777) != mode &&
	    change_mode(file, mode) == -1)
		return up_fail(errno == EPERM ? ENOTSUP :
		    attribute_error(errno));
	if (up_stat_file(file, &status) == -1)
		return -1;
	if ((status.st_mode & 07777) != mode ||
	    (group != 0 && status.st_gid != group))
		return up_fail(ENOTSUP);
	if (status.st_nlink != 1)
		return up_fail(EADDRINUSE);
	return 0;
}
