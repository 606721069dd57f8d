/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reclaims the path of a process that has ended without removing its socket
 * file.
 *
 * Two processes that find a stale file at the same time would each remove the
 * file that the other has just made, so they lock the directory.
 *
 * A process that binds without this lock is not displaced either.  The kernel
 * makes the file before it registers the socket, and between the two steps a
 * live socket looks stale.  The file is therefore probed twice, with a bind(2)
 * between, which waits for the bind(2) of the other process.
 *
 * The file remains open until it is removed.  Otherwise, the system could
 * assign its inode number to another file.
 */
#include "path.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define LOCK_TIMEOUT_MS	2000
#define LOCK_RETRY_MS		10

/*
 * Fails with EADDRINUSE, since a file that cannot be proved stale is treated as
 * in use.  A shortage is temporary, and is reported as it is.
 */
static int
fail_to_reclaim(int error)
{
	return up_fail(up_is_shortage(error) ? error : EADDRINUSE);
}

/*
 * Returns a descriptor of the directory with the lock.  Fails with EBUSY if
 * another process holds the lock for TIMEOUT milliseconds.
 */
static int
lock_directory(const struct up_claim *claim, int timeout)
{
	long long deadline = up_deadline(timeout);
	int fd;

	if (!claim->is_local)
		return up_fail(EADDRINUSE);
	fd = up_openat(claim->directory, ".", O_RDONLY | O_DIRECTORY);
	if (fd == -1)
		return fail_to_reclaim(errno);
	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (!up_would_block(errno) && errno != EINTR) {
			up_close(fd);
			return fail_to_reclaim(errno);
		}
		if (up_ms_left(deadline) == 0) {
			up_close(fd);
			return up_fail(EBUSY);
		}
		up_sleep(LOCK_RETRY_MS);
	}
	return fd;
}

/* Preserves errno. */
static void
unlock_directory(int lock)
{
	int error = errno;

	/* If another thread has forked a child, close(2) would not unlock. */
	flock(lock, LOCK_UN);
	errno = error;
	up_close(lock);
}

/*
 * Returns 0 if FILE is a socket file without a live socket.  STATUS is the
 * stat(2) result of FILE.
 */
static int
check_stale(const struct up_claim *claim, const struct up_file *file,
    const struct stat *status)
{
	int error;

	if (!S_ISSOCK(status->st_mode))
		return up_fail(EADDRINUSE);
	error = up_probe_file(claim, file);
	return error == ECONNREFUSED ? 0 : up_fail(error == ENOENT ?
	    EADDRINUSE : error);
}

/*
 * Opens the file at the path and checks that it is stale.  Returns 0, and the
 * caller closes FILE; or -1, with ENOENT if there is no file.
 */
static int
prove_stale(const struct up_claim *claim, struct up_file *file,
    struct stat *status)
{
	if (up_open_file(claim, file) == -1)
		return -1;
	if (up_stat_file(file, status) == 0 &&
	    check_stale(claim, file, status) == 0)
		return 0;
	up_close_file(file);
	return -1;
}

/*
 * The second proof: checks that FILE is still stale and still at the path.
 * FIRST is the stat(2) result of the first proof.  The path is examined last: a
 * server that has closed its socket since the first proof has removed its file
 * before, and another server may have bound to the path.
 */
static int
prove_again(const struct up_claim *claim, const struct up_file *file,
    const struct stat *first)
{
	struct stat second;

	if (check_stale(claim, file, first) == -1 ||
	    up_stat_path(claim, &second) == -1)
		return -1;
	return up_is_unchanged_file(first, &second) ? 0 : up_fail(EADDRINUSE);
}

/* Removes the stale file and binds.  The caller holds the lock. */
static int
replace_stale(struct up_claim *claim, int fd)
{
	struct up_file file;
	struct stat status;
	int result;

	if (prove_stale(claim, &file, &status) == -1)
		return errno == ENOENT ? up_bind_path(claim, fd) :
		    fail_to_reclaim(errno);
	result = up_bind_path(claim, fd);
	if (result == -1) {
		if (errno == EADDRINUSE &&
		    (prove_again(claim, &file, &status) == 0 ?
		    up_remove_file(claim, status.st_dev, status.st_ino) == 0 :
		    errno == ENOENT))
			result = up_bind_path(claim, fd);
		else
			result = fail_to_reclaim(errno);
	}
	up_close_file(&file);
	return result;
}

/*
 * Binds FD to a path at which a file exists.  Fails with EBUSY if the directory
 * remained locked.  After the removal of the file, the error of bind(2) is
 * reported unchanged.
 */
int
up_reclaim(struct up_claim *claim, int fd)
{
	struct up_file file;
	struct stat status;
	int lock, result;

	/* The lock is not required to detect a live socket. */
	if (prove_stale(claim, &file, &status) == -1)
		return errno == ENOENT ? up_bind_path(claim, fd) :
		    fail_to_reclaim(errno);
	up_close_file(&file);
	lock = lock_directory(claim, LOCK_TIMEOUT_MS);
	if (lock == -1)
		return -1;
	result = replace_stale(claim, fd);
	unlock_directory(lock);
	return result;
}

/*
 * Whether a file with this STATUS can be the claimed file.  If the inode of the
 * claimed file is unknown, MAY_RECLAIM permits any file of our user.
 */
static int
may_be_claimed(const struct up_claim *claim, const struct stat *status,
    int may_reclaim)
{
	if (claim->inode == 0)
		return may_reclaim && up_is_own_user(status->st_uid) == 1;
	return status->st_dev == claim->device &&
	    status->st_ino == claim->inode;
}

/*
 * Removes the file at the path if it is stale and can be the claimed file.
 * Without the lock, another process could reclaim the path at the same time and
 * bind a live socket to it.  The rename to a private name would displace this
 * socket, and cannot always be undone.
 */
int
up_remove_stale(const struct up_claim *claim, int may_reclaim)
{
	struct up_file file;
	struct stat status;
	int lock = lock_directory(claim, 0);
	int result = -1;

	if (lock == -1)
		return -1;
	if (prove_stale(claim, &file, &status) == 0) {
		if (may_be_claimed(claim, &status, may_reclaim) &&
		    up_await_bind(claim) == 0 &&
		    prove_again(claim, &file, &status) == 0)
			result = up_remove_file(claim, status.st_dev,
			    status.st_ino);
		up_close_file(&file);
	}
	unlock_directory(lock);
	return result;
}
