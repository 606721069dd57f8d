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

/* DIRECTORY/LAST without links and dots, or NULL if it is unknown. */
static char *
absolute_path(const char *directory, int fd, const char *last)
{
	char *real = realpath(directory, NULL);
	char *path = NULL;
	struct stat by_name, by_fd;

	if (real != NULL && stat(real, &by_name) == 0 &&
	    fstat(fd, &by_fd) == 0 && up_is_same_file(&by_name, &by_fd) &&
	    strlen(real) + strlen(last) + 2 <= PATH_MAX)
		path = up_join_path(strcmp(real, "/") == 0 ? "" : real, last);
	free(real);
	return path;
}

/* Open the directory of the path, and find the absolute path. */
int
up_open_directory(struct up_claim *claim)
{
	const char *slash = strrchr(claim->path, '/');
	char *directory;

	claim->last = slash == NULL ? claim->path : slash + 1;
	directory = slash == NULL ? strdup(".") :
	    strndup(claim->path, (size_t)(claim->last - claim->path));
	if (directory == NULL)
		return -1;
	claim->directory = up_open(directory, UP_O_SEARCH | O_DIRECTORY);
	if (claim->directory != -1)
		claim->absolute = absolute_path(directory, claim->directory,
		    claim->last);
	free(directory);
	return claim->directory == -1 ? -1 : 0;
}

/*
 * A name of the file.  The absolute one comes first: cleaners of temporary
 * directories spare only a socket whose name they can look up, and clients
 * see it.  A path that fits no name goes by the directory's descriptor.
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

/* Bind FD to a short name in the same directory. */
static int
bind_temporary(struct up_claim *claim, int fd)
{
	struct up_name name;
	int number = 0;

	do {
		snprintf(claim->temporary, sizeof(claim->temporary),
		    ".unixport.%ld.%d", (long)getpid(), number);
		if (up_make_name_at(claim->directory, claim->temporary,
		    &name) == 0 &&
		    bind(fd, (struct sockaddr *)&name.address, name.length)
		    == 0)
			return 0;
	} while (errno == EADDRINUSE && ++number < 1000);
	claim->temporary[0] = '\0';
	return -1;
}

/* bind(2) of FD to the path; may be tried again after EADDRINUSE. */
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

/* A name of FILE for connect(2). */
static int
make_probe_name(const struct up_claim *claim, const struct up_file *file,
    struct up_name *name)
{
	return file->pin == -1 ? make_bind_name(claim, name) :
	    up_make_name_at(file->pin, NULL, name);
}

/*
 * Examine the file at the path, into STATUS, and probe the same file, not the
 * one that may have its name by now: the errno of connect(2), or -1.
 */
int
up_probe_path(const struct up_claim *claim, struct stat *status)
{
	struct up_file file;
	struct up_name name;
	int error = -1;

	if (up_open_file(claim, &file) == -1)
		return -1;
	if (up_stat_file(&file, status) == 0) {
		if (make_probe_name(claim, &file, &name) == 0)
			error = up_probe(&name);
		else
			errno = EADDRINUSE;
	}
	up_close_file(&file);
	return error;
}

void
up_close_directory(struct up_claim *claim)
{
	if (claim->temporary[0] != '\0')
		unlinkat(claim->directory, claim->temporary, 0);
	up_close(claim->directory);
	free(claim->absolute);
}
