/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file at a listener's path: a reference to it, its mode, group and owner.
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
 * The file that bind(2) of SOCKET has made.  By name it could be another socket
 * of our user's, which a program has put there since: EADDRINUSE.
 */
int
up_open_bound_file(struct up_claim *claim, int socket, struct up_file *file)
{
	struct stat status;
	int is_bound, fd = up_bound_file(socket);

	if (fd != -1) {
		*file = (struct up_file){ .fd = fd, .name = "",
		    .flags = AT_EMPTY_PATH, .pin = fd };
		return 0;
	}
	if (up_open_file(claim, file) == -1)
		return -1;
	if (up_stat_file(file, &status) == 0) {
		is_bound = file->pin == -1 ? 1 :
		    up_may_be_bound_file(socket, file->pin, &status);
		if (is_bound == 1)
			return 0;
		if (is_bound == 0) {
			claim->is_displaced = 1;
			errno = EADDRINUSE;
		}
	}
	up_close_file(file);
	return -1;
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

/* -1 leaves the owner or the group unchanged. */
static int
change_owner(const struct up_file *file, uid_t owner, gid_t group)
{
	return fchownat(file->fd, file->name, owner, group, file->flags);
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

static int
has_access(const struct stat *status, mode_t mode, gid_t group, uid_t owner)
{
	return (status->st_mode & 07777) == mode &&
	    (group == 0 || status->st_gid == group) &&
	    (owner == 0 || status->st_uid == owner);
}

/*
 * Set GROUP, MODE and OWNER of FILE, a socket; a GROUP or OWNER of 0 is left
 * unchanged.  The group comes first: the mode is not meant for the group that
 * the file has now.  The owner comes last: only the owner may do the others.
 * All are read back, since some file systems ignore the calls and report
 * success.  EADDRINUSE: the file is not ours, or has been displaced.
 */
int
up_set_access(const struct up_file *file, mode_t mode, gid_t group,
    uid_t owner)
{
	struct stat before, after;

	if (up_stat_file(file, &before) == -1)
		return -1;
	if (!is_own_file(file, &before))
		return up_fail(EADDRINUSE);
	if (group != 0 && before.st_gid != group &&
	    change_owner(file, (uid_t)-1, group) == -1)
		return up_fail(attribute_error(errno));
	/*
	 * The umask or an ACL may have removed bits.  An owner that may not
	 * change the mode is on a file system that does not have it.
	 */
	if ((before.st_mode & 07777) != mode && change_mode(file, mode) == -1)
		return up_fail(errno == EPERM ? ENOTSUP :
		    attribute_error(errno));
	if (owner != 0 && before.st_uid != owner &&
	    change_owner(file, owner, (gid_t)-1) == -1)
		return up_fail(attribute_error(errno));
	if (up_stat_file(file, &after) == -1)
		return -1;
	/* Where it is referred to by name, another may have its name now. */
	if (!up_is_same_file(&before, &after) || after.st_nlink != 1)
		return up_fail(EADDRINUSE);
	return has_access(&after, mode, group, owner) ? 0 : up_fail(ENOTSUP);
}
