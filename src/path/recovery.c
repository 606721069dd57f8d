/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that a process left under a private or temporary name, because it was
 * killed during a removal or a bind(2).  The next process that listens in the
 * directory removes such a file if it is stale.  Any other file with a private
 * name is renamed back, since its server may be alive and clients cannot find
 * it.  Files of other users are left unchanged.
 */
#include "path.h"

#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Limits the time of unix_listen() in a directory with many files. */
#define SCANNED_ENTRIES	4096

/*
 * Without UP_O_PATH the result is 0: the file is renamed back, and can be
 * reclaimed later.
 */
static int
is_stale(const struct up_claim *claim, const struct up_file *file,
    const struct stat *status)
{
	return UP_O_PATH != 0 && S_ISSOCK(status->st_mode) &&
	    up_probe_file(claim, file) == ECONNREFUSED;
}

/*
 * A live socket looks stale until bind(2) has registered it, so the file is
 * probed again after bind(2).
 */
static void
remove_temporary(const struct up_claim *leftover, const struct up_file *file,
    const struct stat *status)
{
	if (is_stale(leftover, file, status) &&
	    up_await_bind(leftover) == 0 &&
	    is_stale(leftover, file, status))
		(void)up_remove_file(leftover, status->st_dev, status->st_ino);
}

/*
 * For a private name one probe is sufficient: the rename(2) to this name has
 * waited for a bind(2) in the directory.
 */
static void
recover_file(const struct up_claim *claim, const char *name)
{
	struct up_claim leftover = *claim;
	struct up_file file;
	struct stat status;

	leftover.last = name;
	if (up_open_file(&leftover, &file) == -1)
		return;
	if (up_stat_file(&file, &status) == 0 &&
	    up_is_own_user(status.st_uid) == 1) {
		if (up_is_temporary_name(name))
			remove_temporary(&leftover, &file, &status);
		else if (is_stale(&leftover, &file, &status))
			(void)unlinkat(claim->directory, name, 0);
		else
			(void)up_put_back(claim, name);
	}
	up_close_file(&file);
}

/* Failures are ignored, since they do not affect the path of the caller. */
void
up_recover(const struct up_claim *claim)
{
	int fd = claim->is_local ? up_openat(claim->directory, ".",
	    O_RDONLY | O_DIRECTORY) : -1;
	DIR *directory = fd == -1 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int count = 0;

	if (directory == NULL) {
		up_close(fd);
		return;
	}
	while (count++ < SCANNED_ENTRIES &&
	    (entry = readdir(directory)) != NULL)
		if (up_is_private_name(entry->d_name) ||
		    up_is_temporary_name(entry->d_name))
			recover_file(claim, entry->d_name);
	closedir(directory);
}
