/* SPDX-License-Identifier: BSD-2-Clause */
/* Describes a socket file: kind, owner, file system, and if it is live. */
#include "explain.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const char *
up_file_kind(mode_t mode)
{
	return S_ISREG(mode) ? "a regular file" : S_ISDIR(mode) ?
	    "a directory" : S_ISLNK(mode) ? "a symbolic link" :
	    S_ISFIFO(mode) ? "a named pipe" : "a device";
}

/* Returns the errno of a probe of PATH, or 0 if a datagram socket is there. */
int
up_probe_file_at(const char *path)
{
	struct up_address address = { .form = UP_PATH, .text = path,
	    .length = strlen(path) };
	struct up_name name;
	int file, error;

	if (up_resolve(&address, &name, &file) == -1)
		return errno;
	error = up_probe(&name);
	up_close(file);
	return error;
}

/*
 * Whether a server that this kernel cannot reach can use a socket file in
 * DIRECTORY: on another machine, or below a FUSE file system.
 */
int
up_may_be_elsewhere(const char *directory)
{
	int fd = up_open(directory, UP_O_SEARCH | O_DIRECTORY);
	int result = fd == -1 || !up_is_local(fd);

	up_close(fd);
	return result;
}

void
up_say_owner(struct up_text *text, const struct stat *file)
{
	up_say(text, " belongs to user %lu and has mode %04o",
	    (unsigned long)file->st_uid, (unsigned)file->st_mode & 07777);
}

void
up_say_directory(struct up_text *text, const char *directory)
{
	struct stat status;

	up_say(text, "the directory ");
	up_say_bytes(text, directory, strlen(directory));
	if (stat(directory, &status) == -1)
		up_say(text, " cannot be reached");
	else
		up_say_owner(text, &status);
}
