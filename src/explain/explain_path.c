/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Explains errors of paths.  Since one errno of the kernel has several causes,
 * the file system is examined to find the actual one.  Each message states the
 * problem, then the remedy.
 */
#include "explain.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Whether a sticky DIRECTORY, or its mode, protects FILE from removal. */
static int
is_protected(const char *directory, const struct stat *file)
{
	struct stat status;

	if (faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == -1)
		return 1;
	return stat(directory, &status) == 0 &&
	    (status.st_mode & S_ISVTX) != 0 &&
	    up_is_own_user(status.st_uid) != 1 &&
	    up_is_own_user(file->st_uid) != 1;
}

/* EADDRINUSE although no server answers: why FILE was not reclaimed. */
static void
say_not_reclaimed(struct up_text *text, const char *path,
    const char *directory, const struct stat *file)
{
	up_say(text, "no server is listening there (a stale socket file");
	if (up_is_mount_point(path))
		up_say(text, ", which is a mount point); unmount it or choose "
		    "another path");
	else if (up_may_be_elsewhere(directory))
		up_say(text, "), or it listens on another side of this file "
		    "system; remove the file if no server uses it");
	else if (is_protected(directory, file)) {
		up_say(text, "), and ");
		up_say_directory(text, directory);
		up_say(text, "; ask its owner or choose another path");
	} else
		up_say(text, ", which is not reclaimed); remove the file");
}

static void
say_in_use(struct up_text *text, const char *path, const char *directory)
{
	struct stat file;
	int error = up_probe_file_at(path);

	if (lstat(path, &file) == -1)
		up_say(text, "the file no longer exists; try again");
	else if (!S_ISSOCK(file.st_mode))
		up_say(text, "%s is there and is not replaced; choose another "
		    "path or remove it", up_file_kind(file.st_mode));
	else if (error == ECONNREFUSED)
		say_not_reclaimed(text, path, directory, &file);
	else if (error == EACCES) {
		up_say(text, "a socket that cannot be probed");
		up_say_owner(text, &file);
		up_say(text, "; choose another path");
	} else if (error == EPROTOTYPE || error == 0)
		up_say(text, "a server is there already; "
		    "stop it or choose another path");
	else
		up_say(text, "a socket that cannot be probed; choose another "
		    "path, or remove the file if no server uses it");
}

static void
say_not_socket(struct up_text *text, const struct stat *file)
{
	up_say(text, "%s, not a socket; is the path right?",
	    up_file_kind(file->st_mode));
}

/* WHY follows "there". */
static void
say_no_server(struct up_text *text, const char *why, const char *directory)
{
	up_say(text, "no server is listening there%s%s; start the server", why,
	    up_may_be_elsewhere(directory) ?
	    ", or it listens on another side of this file system" : "");
}

static void
say_refused(struct up_text *text, const char *path, const char *directory)
{
	struct stat file;

	if (stat(path, &file) == -1)
		up_say(text, "the file no longer exists; is the server "
		    "running?");
	else if (!S_ISSOCK(file.st_mode))
		say_not_socket(text, &file);
	else if (up_probe_file_at(path) != ECONNREFUSED)
		up_say(text, "no server was listening there a moment ago; try "
		    "again");
	else
		say_no_server(text, " (a stale socket file)", directory);
}

/*
 * ETIMEDOUT has three causes: with UNIX_WAIT no server listened in time, the
 * backlog of a server remained full, or unix_accept() has waited for a client.
 */
static void
say_late(struct up_text *text, const char *path, const char *directory)
{
	struct stat file;
	int is_there = stat(path, &file) == 0;

	if (!is_there && errno == ENOENT)
		up_say(text, "nothing is there after the timeout; is the "
		    "server running?");
	else if (is_there && !S_ISSOCK(file.st_mode))
		say_not_socket(text, &file);
	else if (is_there && up_probe_file_at(path) == ECONNREFUSED)
		say_no_server(text, " after the timeout", directory);
	else
		up_say(text, "no answer or client before the timeout; is the "
		    "server busy?");
}

/*
 * BUFFER has PATH_MAX bytes.  dirname(3) is not used, since it may modify the
 * path.
 */
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
	else if (stat(directory, &file) == -1 ? errno == ENOENT :
	    file.st_nlink == 0) {
		up_say(text, "the directory ");
		up_say_bytes(text, directory, strlen(directory));
		up_say(text, " does not exist; create it");
	} else
		up_say(text, "nothing is there; is the server running?");
}

/*
 * A probe succeeds only if the socket is a datagram socket, so the message can
 * state the type.
 */
static void
say_other_type(struct up_text *text, const char *path)
{
	up_say(text, "the socket is of another type (%s); is the address "
	    "right?", up_probe_file_at(path) == 0 ? "datagram" :
	    "stream or SEQPACKET");
}

/* Returns 0 if the path does not explain ERROR. */
int
up_explain_path(struct up_text *text, const char *path, int error)
{
	char buffer[PATH_MAX];
	const char *directory = directory_of(path, buffer);

	switch (error) {
	case EADDRINUSE:
		say_in_use(text, path, directory);
		return 1;
	case ECONNREFUSED:
		say_refused(text, path, directory);
		return 1;
	case ETIMEDOUT:
		say_late(text, path, directory);
		return 1;
	case ENOENT:
		say_missing(text, path, directory);
		return 1;
	case EACCES:
	case EPERM:
		up_say_forbidden(text, path, directory, error);
		return 1;
	case EPROTOTYPE:
		say_other_type(text, path);
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
