/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reclaiming the path of a process that has ended without removing its socket
 * file.  Two processes that find a stale file at the same time would each
 * remove the file that the other has just made, so they lock the directory.
 * A process that takes no lock is not displaced either, since the file is
 * proved stale twice, a bind(2) apart: the kernel makes the file before it
 * registers the socket, and until then a live socket looks stale.
 */
#include "path.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define LOCK_TIMEOUT_MS	2000
#define LOCK_RETRY_MS		10

/* The directory, locked. */
static int
lock_directory(const struct up_claim *claim)
{
	long long deadline = up_deadline(LOCK_TIMEOUT_MS);
	int fd = up_openat(claim->directory, ".", O_RDONLY | O_DIRECTORY);
	int error = EADDRINUSE;

	if (fd == -1 || !up_is_local(fd))
		goto fail;
	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (!up_would_block(errno) && errno != EINTR)
			goto fail;
		if (up_ms_left(deadline) == 0) {
			error = EBUSY;
			goto fail;
		}
		up_sleep(LOCK_RETRY_MS);
	}
	return fd;
fail:
	up_close(fd);
	return up_fail(error);
}

/* 0 if FILE at the path is a socket file without a live socket. */
static int
prove_stale(const struct up_claim *claim, struct stat *file)
{
	int error = up_probe_path(claim, file);

	if (error == -1)
		return -1;
	if (!S_ISSOCK(file->st_mode) || error != ECONNREFUSED)
		return up_fail(EADDRINUSE);
	return 0;
}

/* Remove the stale file and bind; under the lock. */
static int
replace_stale(struct up_claim *claim, int fd)
{
	struct stat first, second;

	if (prove_stale(claim, &first) == -1)
		return errno == ENOENT ? up_bind_path(claim, fd) : -1;
	if (up_bind_path(claim, fd) == 0)
		return 0;
	if (errno != EADDRINUSE || prove_stale(claim, &second) == -1)
		return -1;
	if (!up_is_unchanged_file(&first, &second))
		return up_fail(EADDRINUSE);
	if (unlinkat(claim->directory, claim->last, 0) == -1 &&
	    errno != ENOENT)
		return -1;
	return up_bind_path(claim, fd);
}

/* Bind FD to a path where something is: 0, or -1, EADDRINUSE or EBUSY. */
int
up_reclaim(struct up_claim *claim, int fd)
{
	struct stat file;
	int lock, result, error;

	/* A live socket is found without the lock. */
	if (prove_stale(claim, &file) == -1)
		return errno == ENOENT ? up_bind_path(claim, fd) : -1;
	lock = lock_directory(claim);
	if (lock == -1)
		return -1;
	result = replace_stale(claim, fd);
	error = errno;
	/* A child that another thread forked meanwhile holds it too. */
	flock(lock, LOCK_UN);
	up_close(lock);
	errno = error;
	return result;
}
