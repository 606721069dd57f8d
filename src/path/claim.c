/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The path of a listener, from bind(2) to the removal of the file.  The mode,
 * group and owner of the file are final before a client can connect.  The file
 * is removed only if it is the one that bind(2) has made.  Calls that change or
 * remove the file use the descriptor of the directory and do not follow
 * symbolic links.  After chdir(2), or if the directory is renamed or replaced
 * by a link, a path would lead to a file of another user.
 */
#include "path.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define REMOVAL_TRIES	10

/*
 * Records FILE, a stat(2) result, as that of the file that bind(2) has made.
 * CLAIM->owner is set only if this file is at the path.
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
	/* The directory may have been replaced since it was opened. */
	if (file->st_nlink != 1 || !up_is_same_file(file, &there) ||
	    !up_is_same_file(file, &named))
		return up_fail(EADDRINUSE);
	claim->owner = up_process_number();
	return 0;
}

/*
 * Sets MODE, and the group and owner of OPTIONS, of the file that bind(2) of FD
 * has made.  Before listen(2) no client can connect.
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

/* If stat(2) fails, up_owns_path() assumes that the root is unchanged. */
static void
record_root(struct up_claim *claim)
{
	struct stat root;

	if (stat("/", &root) == 0) {
		claim->root_device = root.st_dev;
		claim->root_inode = root.st_ino;
	}
}

/* Returns 1 if the root directory is that of unix_listen(), 0 if not, or -1. */
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
 * Called if the file that bind(2) of *FD has made could not be identified, or
 * was displaced.  Closes *FD, and removes the file if it is then stale.  If the
 * inode of the file is unknown, MAY_RECLAIM permits the removal of any stale
 * file of our user at the path.
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
 * The examination of the file after bind(2) requires two descriptors.  If they
 * are not free, bind(2) is not called, since its file would be left behind.
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
 * Binds *FD to PATH, which must remain valid until up_release_claim().  The
 * caller must call up_release_claim() even after a failure, which may have
 * closed *FD.
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
	/*
	 * Linux makes the file with this mode; other systems fail with EINVAL.
	 */
	(void)fchmod(*fd, options->group != 0 ? mode & 0707 : mode);
	result = bind_with_spares(claim, *fd);
	if (result == -1 && (errno != EADDRINUSE || !may_reclaim ||
	    up_reclaim(claim, *fd) == -1))
		return -1;
	if (set_up_file(claim, *fd, mode, options) == 0) {
		record_root(claim);
		return 0;
	}
	/* The identified file is another user's, or was displaced. */
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
 * Returns 1 if the path leads to the file, or if no path was claimed; 0 if
 * another file or none is at the path; -1 if that is unknown.  After chroot(2)
 * the path leads elsewhere, so the file is looked up in its opened directory,
 * from which it can still be removed.
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

/* Makes this process the owner, which removes the file. */
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
 * Removes the identified file, unless it was removed or replaced.  Another
 * process that starts in the directory can treat the file as left over while it
 * has its private name, and rename it back, so the removal is repeated.
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
 * Returns the error of the removal, or 0.  The caller closes the socket
 * afterwards.  After close(2), the system could assign the inode number of the
 * socket file to another file, and the comparison of numbers would not identify
 * the file.
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
