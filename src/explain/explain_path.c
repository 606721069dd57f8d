/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors of paths: the part of unix_explain() that examines the file system.
 * Each sentence states the problem, then the remedy.
 */
#include "explain.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *
file_kind(mode_t mode)
{
	return S_ISREG(mode) ? "a regular file" : S_ISDIR(mode) ?
	    "a directory" : S_ISLNK(mode) ? "a symbolic link" :
	    S_ISFIFO(mode) ? "a named pipe" : "a device";
}

/* The errno of a probe; 0 if a server is live or PATH cannot be resolved. */
static int
probe_path(const char *path)
{
	struct up_address address = { .form = UP_PATH, .text = path,
	    .length = strlen(path) };
	struct up_name name;
	int file, error = 0;

	if (up_resolve(&address, &name, &file) == 0)
		error = up_probe(&name);
	up_close(file);
	return error;
}

static void
say_owner(struct up_text *text, const struct stat *file)
{
	up_say(text, " belongs to user %lu and has mode %04o",
	    (unsigned long)file->st_uid, (unsigned)file->st_mode & 07777);
}

static void
say_in_use(struct up_text *text, const char *path)
{
	struct stat file;
	int error = probe_path(path);

	if (lstat(path, &file) == -1)
		up_say(text, "the file no longer exists; try again");
	else if (!S_ISSOCK(file.st_mode))
		up_say(text, "%s is there and is not replaced; choose another "
		    "path or remove it", file_kind(file.st_mode));
	else if (error == ECONNREFUSED)
		up_say(text, "no server is listening there (a stale socket "
		    "file, which is not reclaimed); remove the file");
	else if (error == EACCES) {
		up_say(text, "a socket that cannot be probed");
		say_owner(text, &file);
		up_say(text, "; choose another path");
	} else
		up_say(text, "a server is there already; "
		    "stop it or choose another path");
}

static void
say_refused(struct up_text *text, const char *path)
{
	struct stat file;

	if (stat(path, &file) == -1)
		up_say(text, "the file no longer exists; is the server "
		    "running?");
	else if (!S_ISSOCK(file.st_mode))
		up_say(text, "%s, not a socket; is the path right?",
		    file_kind(file.st_mode));
	else if (probe_path(path) != ECONNREFUSED)
		up_say(text, "no server was listening there a moment ago; try "
		    "again");
	else
		up_say(text, "no server is listening there (a stale socket "
		    "file); start the server");
}

/* UNIX_WAIT has waited for a server, or a server did not accept in time. */
static void
say_late(struct up_text *text, const char *path)
{
	struct stat file;

	if (stat(path, &file) == -1)
		up_say(text, "nothing is there after the timeout; is the "
		    "server running?");
	else if (!S_ISSOCK(file.st_mode))
		up_say(text, "%s, not a socket; is the path right?",
		    file_kind(file.st_mode));
	else if (probe_path(path) == ECONNREFUSED)
		up_say(text, "no server is listening there after the timeout; "
		    "start the server");
	else
		up_say(text, "no answer before the timeout; is the server "
		    "busy?");
}

/* The directory part of PATH, in a buffer of PATH_MAX bytes. */
static const char *
directory_of(const char *path, char *buffer)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash == NULL ? 0 : (size_t)(slash - path);

	if (slash == NULL)
		return ".";
	if (length == 0)
		return "/";
	memcpy(buffer, path, length);
	buffer[length] = '\0';
	return buffer;
}

static void
say_missing(struct up_text *text, const char *path, const char *directory)
{
	struct stat file;

	if (lstat(path, &file) == 0)
		up_say(text, S_ISLNK(file.st_mode) ?
		    "a dangling symbolic link; is the server running?" :
		    "the file did not exist a moment ago; try again");
	else if (stat(directory, &file) == -1 && errno == ENOENT) {
		up_say(text, "the directory ");
		up_say_bytes(text, directory, strlen(directory));
		up_say(text, " does not exist; create it");
	} else
		up_say(text, "nothing is there; is the server running?");
}

static void
say_forbidden(struct up_text *text, const char *path, const char *directory,
    int error)
{
	struct stat file;

	up_say(text, "not permitted: ");
	if (stat(path, &file) == 0) {
		up_say(text, "the file");
		say_owner(text, &file);
		up_say(text, faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == -1
		    ? "; connecting requires write permission" :
		    "; the file or its server belongs to another user");
		return;
	}
	if (error == EPERM &&
	    faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0) {
		up_say(text, "the file system does not allow a socket, or not "
		    "with this group, mode or owner; choose another path or a "
		    "group of this user");
		return;
	}
	up_say(text, "the directory ");
	up_say_bytes(text, directory, strlen(directory));
	if (stat(directory, &file) == -1)
		up_say(text, " cannot be reached");
	else
		say_owner(text, &file);
	up_say(text, "; ask its owner or choose another path");
}

/* Append the reason and return 1, or 0 if ERROR is not explained by a path. */
int
up_explain_path(struct up_text *text, const char *path, int error)
{
	char buffer[PATH_MAX];
	const char *directory = directory_of(path, buffer);

	switch (error) {
	case EADDRINUSE:
		say_in_use(text, path);
		return 1;
	case ECONNREFUSED:
		say_refused(text, path);
		return 1;
	case ETIMEDOUT:
		say_late(text, path);
		return 1;
	case ENOENT:
		say_missing(text, path, directory);
		return 1;
	case ENOTDIR:
		up_say(text, "a component before the last slash is not a "
		    "directory; is the path right?");
		return 1;
	case EACCES:
	case EPERM:
		say_forbidden(text, path, directory, error);
		return 1;
	case EBUSY:
		up_say(text,
		    "another process holds the lock of the directory ");
		up_say_bytes(text, directory, strlen(directory));
		up_say(text, "; try again, or remove the stale socket file");
		return 1;
	default:
		return 0;
	}
}
