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
 * Opens the file that bind(2) of SOCKET has made.  If the file can only be
 * opened by its name, it can be another socket of our user, which a program has
 * put there since.  This fails with EADDRINUSE.
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

/*
 * The name under /proc leads to the opened file, even if another file has its
 * name by now.
 */
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

/* Returns ENOTSUP for the errors of file systems without the attribute. */
static int
attribute_error(int error)
{
	return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP ?
	    ENOTSUP : error;
}

/*
 * Whether FILE belongs to our user.  If several users share the number in
 * STATUS (see up_is_own_user()), the mode is set to its present value, which
 * the kernel permits only to the owner.
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
 * Sets GROUP, MODE and OWNER of FILE, a socket; a GROUP or OWNER of 0 is not
 * set.  The group is set before the mode, which would otherwise apply to the
 * former group for a moment.  The owner is set last, since only the owner may
 * set the others.  All are read back: some file systems ignore the calls and
 * report success.  Fails with EADDRINUSE if the file is not ours or was
 * displaced.
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
	 * The umask or an ACL can have cleared bits.  If the owner is not
	 * permitted to set the mode, the file system has no modes.
	 */
	if ((before.st_mode & 07777) != mode && change_mode(file, mode) == -1)
		return up_fail(errno == EPERM ? ENOTSUP :
		    attribute_error(errno));
	if (owner != 0 && before.st_uid != owner &&
	    change_owner(file, owner, (gid_t)-1) == -1)
		return up_fail(attribute_error(errno));
	if (up_stat_file(file, &after) == -1)
		return -1;
	/* If FILE is only a name, the name can lead to another file by now. */
	if (!up_is_same_file(&before, &after) || after.st_nlink != 1)
		return up_fail(EADDRINUSE);
	return has_access(&after, mode, group, owner) ? 0 : up_fail(ENOTSUP);
}
