/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reclaiming the path of a process that has ended without removing its socket
 * file.  Two processes that find a stale file at the same time would each
 * remove the file that the other has just made, so they lock the directory.
 * A process that takes no lock is not displaced either, since the file is
 * proved stale twice, a bind(2) apart: the kernel makes the file before it
 * registers the socket, and until then a live socket looks stale.  The proved
 * file stays open until it has been removed: the system could assign its inode
 * number to another.
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
 * The error of a call that a reclaim requires: the path cannot be reclaimed
 * safely, except during a shortage, which passes.
 */
static int
fail_to_reclaim(int error)
{
	return up_fail(up_is_shortage(error) ? error : EADDRINUSE);
}

/* The directory, locked.  EBUSY: it stayed locked for TIMEOUT ms. */
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

/* Leaves errno. */
static void
unlock_directory(int lock)
{
	int error = errno;

	/* A child that another thread forked meanwhile holds it too. */
	flock(lock, LOCK_UN);
	errno = error;
	up_close(lock);
}

/* 0 if FILE, of which STATUS is, is a socket file without a live socket. */
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
 * Open the file at the path and prove that it is stale: 0, then the caller
 * closes FILE, or -1, with ENOENT if there is no file.
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
 * The second proof: FILE, of which FIRST is, is stale still and at the path.
 * The name is examined last: a server that has closed its socket since the
 * first proof has removed its file before, and another may have bound.
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

/* Remove the stale file and bind; under the lock. */
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
 * Bind FD to a path where something is: 0, or -1.  EBUSY: the directory stayed
 * locked.  The error of a bind(2) to the free path is reported unchanged.
 */
int
up_reclaim(struct up_claim *claim, int fd)
{
	struct up_file file;
	struct stat status;
	int lock, result;

	/* A live socket is found without the lock. */
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
 * Whether a file with this STATUS is the claimed one.  If the inode of that is
 * unknown, MAY_RECLAIM permits any file of our user.
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
 * Remove the file at the path if it is stale and may be the claimed one, and
 * put none in its place.  Without the lock, a start could put a live socket in
 * its place meanwhile, which is not always put back after a rename.
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
