/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owning a path.  bind(2) claims it.  The mode, group and owner of the file are
 * final before a client can connect.  At the end the file is removed if it is
 * still the one that was made.  Calls that change or remove it use the
 * descriptor of the directory and follow no link: after a chdir(2), a renamed
 * directory or a link in its place, a path would lead to another user's file.
 */
#include "path.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define REMOVAL_TRIES	10

/*
 * Record FILE as the one that bind(2) has made.  The claim has no owner unless
 * it is at the path.
 */
static int
identify_file(struct up_claim *claim, const struct stat *file)
{
	struct stat there, named;

	if (!S_ISSOCK(file->st_mode) || file->st_uid != geteuid())
		return up_fail(EADDRINUSE);
	claim->device = file->st_dev;
	claim->inode = file->st_ino;
	if (up_stat_path(claim, &there) == -1)
		return -1;
	named = there;
	if (claim->absolute != NULL && lstat(claim->absolute, &named) == -1)
		return -1;
	/* Another directory may stand at its path since it was opened. */
	if (file->st_nlink != 1 || !up_is_same_file(file, &there) ||
	    !up_is_same_file(file, &named))
		return up_fail(EADDRINUSE);
	claim->owner = up_process_number();
	return 0;
}

/*
 * Give the file that bind(2) of FD has made its MODE, and the group and owner
 * of OPTIONS.  Before listen(2) no client can connect.
 */
static int
set_up_file(struct up_claim *claim, int fd, mode_t mode,
    const struct unix_options *options)
{
	struct up_file file;
	struct stat status;
	int result = -1;

	if (up_open_bound_file(claim, fd, &file) == -1)
		return -1;
	if (up_stat_file(&file, &status) == 0 &&
	    identify_file(claim, &status) == 0)
		result = up_set_access(&file, mode, options->group,
		    options->owner);
	up_close_file(&file);
	return result;
}

/* Without the root, a path is looked up as given. */
static void
record_root(struct up_claim *claim)
{
	struct stat root;

	if (stat("/", &root) == 0) {
		claim->root_device = root.st_dev;
		claim->root_inode = root.st_ino;
	}
}

/* 1 if a path leads to where it led for unix_listen(), 0, or -1. */
static int
is_same_root(const struct up_claim *claim)
{
	struct stat root;

	if (claim->root_inode == 0)
		return 1;
	if (stat("/", &root) == -1)
		return -1;
	return root.st_dev == claim->root_device &&
	    root.st_ino == claim->root_inode;
}

static int
is_same_directory(int first, int second)
{
	struct stat a, b;

	return fstat(first, &a) == 0 && fstat(second, &b) == 0 &&
	    up_is_same_file(&a, &b);
}

/*
 * The file that bind(2) of *FD has made could not be identified, or was
 * displaced.  Remove it if it is stale once our socket is closed.  If its
 * inode is unknown, MAY_RECLAIM permits the removal of a stale file of our
 * user, which can be ours.
 */
static void
remove_unidentified(const struct up_claim *claim, int *fd, int may_reclaim)
{
	struct up_claim bound = *claim;
	int error = errno;

	up_close(*fd);
	*fd = -1;
	if (!claim->is_displaced)
		(void)up_remove_stale(claim, may_reclaim);
	bound.directory = up_open_bound_directory(claim);
	if (bound.directory != -1 &&
	    !is_same_directory(bound.directory, claim->directory)) {
		bound.is_local = up_is_local(bound.directory);
		(void)up_remove_stale(&bound, may_reclaim);
	}
	up_close(bound.directory);
	errno = error;
}

/*
 * bind(2), unless the two descriptors are lacking that the examination of the
 * file requires: it would be left behind.
 */
static int
bind_with_spares(struct up_claim *claim, int fd)
{
	int first = up_dup(claim->directory);
	int second = first == -1 ? -1 : up_dup(claim->directory);
	int result = second == -1 ? -1 : up_bind_path(claim, fd);

	up_close(second);
	up_close(first);
	return result;
}

/*
 * Bind *FD to PATH, to which CLAIM refers afterwards.  The caller calls
 * up_release_claim(), also after a failure, which may have closed *FD.
 */
int
up_claim(struct up_claim *claim, const char *path, int *fd,
    const struct unix_options *options)
{
	mode_t mode = options->mode == 0 ? 0600 : options->mode;
	int may_reclaim = (options->flags & UNIX_NO_RECLAIM) == 0;
	int result;

	claim->path = path;
	if (up_open_directory(claim) == -1)
		return -1;
	up_recover(claim);
	/* Linux makes the file with this mode; elsewhere it is EINVAL. */
	(void)fchmod(*fd, options->group != 0 ? mode & 0707 : mode);
	result = bind_with_spares(claim, *fd);
	if (result == -1 && (errno != EADDRINUSE || !may_reclaim ||
	    up_reclaim(claim, *fd) == -1))
		return -1;
	if (set_up_file(claim, *fd, mode, options) == 0) {
		record_root(claim);
		return 0;
	}
	/* The identified file was another user's, or has been displaced. */
	if (errno == EADDRINUSE)
		claim->owner = 0;
	if (claim->owner == 0)
		remove_unidentified(claim, fd, may_reclaim);
	return -1;
}

static int
is_claimed_file(const struct up_claim *claim, const struct stat *file)
{
	return S_ISSOCK(file->st_mode) && file->st_dev == claim->device &&
	    file->st_ino == claim->inode;
}

/*
 * 1 if the path leads to the file, or no path was claimed; 0 if another file
 * or none is there; -1 if that is unknown.  After chroot(2) the path is another
 * one, but the file can still be removed.
 */
int
up_owns_path(const struct up_claim *claim)
{
	const char *path;
	struct stat file;
	int same_root;

	if (claim->path == NULL)
		return 1;
	same_root = is_same_root(claim);
	if (same_root == -1)
		return -1;
	path = *claim->path == '/' ? claim->path : claim->absolute;
	if ((same_root && path != NULL ? lstat(path, &file) :
	    up_stat_path(claim, &file)) == -1)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	return is_claimed_file(claim, &file);
}

/* Make this process the one that removes the file. */
int
up_own_path(struct up_claim *claim)
{
	int owns;

	if (claim->path == NULL)
		return up_fail(EINVAL);
	owns = up_owns_path(claim);
	if (owns != 1)
		return owns == 0 ? up_fail(ENOENT) : -1;
	claim->owner = up_process_number();
	return 0;
}

/*
 * Remove the file that was identified, unless it is gone or replaced.  A start
 * of this moment may take it for a leftover, and put it back: then again.
 */
static int
remove_file(const struct up_claim *claim)
{
	struct stat file;
	int tries = REMOVAL_TRIES;

	while (tries-- > 0) {
		if (up_stat_path(claim, &file) == -1)
			return errno == ENOENT ? 0 : -1;
		if (!is_claimed_file(claim, &file))
			return 0;
		if (up_remove_file(claim, file.st_dev, file.st_ino) == -1)
			return -1;
	}
	return up_fail(EBUSY);
}

/*
 * The error of removing the file, or 0.  The socket is closed afterwards: the
 * system may assign the inode number of a closed socket to another file, and
 * the comparison would prove nothing.
 */
int
up_release_claim(struct up_claim *claim, int keep_file)
{
	int error = 0;

	if (!keep_file && claim->owner == up_process_number() &&
	    remove_file(claim) == -1)
		error = errno;
	up_close_directory(claim);
	return error;
}
