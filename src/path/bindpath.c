/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directory of a listener's file, and the name to bind for a path of any
 * length.
 */
#include "path.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Returns the path DIRECTORY/LAST without symbolic links and dots, or NULL if
 * it is unknown.  OPENED is the stat(2) result of the opened directory.
 */
static char *
absolute_path(const char *directory, const struct stat *opened,
    const char *last)
{
	char *real = realpath(directory, NULL);
	char *path = NULL;
	struct stat status;

	if (real != NULL && stat(real, &status) == 0 &&
	    up_is_same_file(&status, opened) &&
	    strlen(real) + strlen(last) + 2 <= PATH_MAX)
		path = up_join_path(strcmp(real, "/") == 0 ? "" : real, last);
	free(real);
	return path;
}

/*
 * Opens the directory of the path, and determines the absolute path.
 * fstatat(2) is called before bind(2): if, for example, a seccomp filter denies
 * it, the process could not identify its own file after bind(2), and would
 * leave the file behind.
 */
int
up_open_directory(struct up_claim *claim)
{
	const char *slash = strrchr(claim->path, '/');
	struct stat status;
	char *directory;
	int result = -1;

	claim->last = slash == NULL ? claim->path : slash + 1;
	directory = slash == NULL ? strdup(".") :
	    strndup(claim->path, (size_t)(claim->last - claim->path));
	if (directory == NULL)
		return -1;
	claim->directory = up_open(directory, UP_O_SEARCH | O_DIRECTORY);
	if (claim->directory != -1 &&
	    fstatat(claim->directory, ".", &status, 0) == 0) {
		claim->absolute = absolute_path(directory, &status,
		    claim->last);
		claim->is_local = up_is_local(claim->directory);
		result = 0;
	}
	free(directory);
	return result;
}

/*
 * Returns a descriptor of the directory at the absolute path, or -1.  bind(2)
 * makes the file in this directory, which differs from CLAIM->directory if the
 * latter was renamed after it was opened.
 */
int
up_open_bound_directory(const struct up_claim *claim)
{
	size_t length;
	char *path;
	int fd;

	if (claim->absolute == NULL)
		return -1;
	length = strlen(claim->absolute) - strlen(claim->last);
	path = strndup(claim->absolute, length);
	fd = path == NULL ? -1 : up_open(path, UP_O_SEARCH | O_DIRECTORY);
	free(path);
	return fd;
}

int
up_stat_path(const struct up_claim *claim, struct stat *status)
{
	return fstatat(claim->directory, claim->last, status,
	    AT_SYMLINK_NOFOLLOW);
}

/*
 * Makes the name for bind(2).  The absolute path is preferred, since
 * getpeername(2) of clients returns the name, and systemd-tmpfiles(8) keeps a
 * socket only if /proc/net/unix lists its absolute path.  A path longer than
 * sun_path is named by the descriptor of its directory.
 */
static int
make_bind_name(const struct up_claim *claim, struct up_name *name)
{
	if (claim->absolute != NULL && up_make_name(claim->absolute,
	    strlen(claim->absolute), name) == 0)
		return 0;
	if (up_make_name(claim->path, strlen(claim->path), name) == 0)
		return 0;
	return up_make_name_at(claim->directory, claim->last, name);
}

#define TEMPORARY_PREFIX	".unixport."

/* Whether NAME is a temporary name, as bind_temporary() makes it. */
int
up_is_temporary_name(const char *name)
{
	const char *number = name + sizeof(TEMPORARY_PREFIX) - 1;
	size_t digits;

	if (strncmp(name, TEMPORARY_PREFIX, sizeof(TEMPORARY_PREFIX) - 1) != 0)
		return 0;
	digits = strspn(number, "0123456789");
	if (digits == 0 || number[digits] != '.')
		return 0;
	number += digits + 1;
	digits = strspn(number, "0123456789");
	return digits != 0 && number[digits] == '\0';
}

/* Binds FD to a short name in the same directory. */
static int
bind_temporary(struct up_claim *claim, int fd)
{
	struct up_name name;
	int number = 0;

	do {
		snprintf(claim->temporary, sizeof(claim->temporary),
		    TEMPORARY_PREFIX "%ld.%d", (long)getpid(), number);
		if (up_make_name_at(claim->directory, claim->temporary,
		    &name) == 0 &&
		    bind(fd, (struct sockaddr *)&name.address, name.length)
		    == 0)
			return 0;
	} while (errno == EADDRINUSE && ++number < 1000);
	claim->temporary[0] = '\0';
	return -1;
}

/* Binds FD to the path.  The caller can repeat the call after EADDRINUSE. */
int
up_bind_path(struct up_claim *claim, int fd)
{
	struct up_name name;

	if (make_bind_name(claim, &name) == 0)
		return bind(fd, (struct sockaddr *)&name.address, name.length);
	if (claim->temporary[0] == '\0' && bind_temporary(claim, fd) == -1)
		return -1;
	if (up_rename_new(claim->directory, claim->temporary, claim->last)
	    == -1) {
		if (errno == EEXIST)
			errno = EADDRINUSE;
		return -1;
	}
	claim->temporary[0] = '\0';
	return 0;
}

/*
 * Waits until a bind(2) of another process in the directory has ended: link(2)
 * requires the same lock of the kernel, and then fails, since the name exists.
 * Returns 0, or -1 if there is no file at the path.
 */
int
up_await_bind(const struct up_claim *claim)
{
	return linkat(claim->directory, claim->last, claim->directory,
	    claim->last, 0) == -1 && errno == EEXIST ? 0 : -1;
}

/* Makes the name of FILE for connect(2). */
static int
make_probe_name(const struct up_claim *claim, const struct up_file *file,
    struct up_name *name)
{
	return file->pin == -1 ? make_bind_name(claim, name) :
	    up_make_name_at(file->pin, NULL, name);
}

/*
 * Probes FILE, even if another file has its name by now.  Returns the errno of
 * connect(2), or 0.
 */
int
up_probe_file(const struct up_claim *claim, const struct up_file *file)
{
	struct up_name name;

	return make_probe_name(claim, file, &name) == -1 ? errno :
	    up_probe(&name);
}

void
up_close_directory(struct up_claim *claim)
{
	if (claim->temporary[0] != '\0')
		unlinkat(claim->directory, claim->temporary, 0);
	up_close(claim->directory);
	free(claim->absolute);
}
