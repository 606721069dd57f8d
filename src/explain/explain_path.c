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

static const char *
file_kind(mode_t mode)
{
	return S_ISREG(mode) ? "a regular file" : S_ISDIR(mode) ?
	    "a directory" : S_ISLNK(mode) ? "a symbolic link" :
	    S_ISFIFO(mode) ? "a named pipe" : "a device";
}

/* Returns the errno of a probe, or 0 if PATH cannot be resolved. */
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

/*
 * Whether a server that this kernel cannot reach can use a socket file in
 * DIRECTORY: on another machine, or below a FUSE file system.
 */
static int
may_be_elsewhere(const char *directory)
{
	int fd = up_open(directory, O_RDONLY | O_DIRECTORY);
	int result = fd != -1 && !up_is_local(fd);

	up_close(fd);
	return result;
}

static void
say_owner(struct up_text *text, const struct stat *file)
{
	up_say(text, " belongs to user %lu and has mode %04o",
	    (unsigned long)file->st_uid, (unsigned)file->st_mode & 07777);
}

static void
say_directory(struct up_text *text, const char *directory)
{
	struct stat status;

	up_say(text, "the directory ");
	up_say_bytes(text, directory, strlen(directory));
	if (stat(directory, &status) == -1)
		up_say(text, " cannot be reached");
	else
		say_owner(text, &status);
}

/* Whether a sticky DIRECTORY, or its mode, protects FILE from removal. */
static int
is_protected(const char *directory, const struct stat *file)
{
	struct stat status;
	uid_t user = geteuid();

	if (faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == -1)
		return 1;
	return user != 0 && stat(directory, &status) == 0 &&
	    (status.st_mode & S_ISVTX) != 0 && status.st_uid != user &&
	    file->st_uid != user;
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
	else if (may_be_elsewhere(directory))
		up_say(text, "), or it listens on another side of this file "
		    "system; remove the file if no server uses it");
	else if (is_protected(directory, file)) {
		up_say(text, "), and ");
		say_directory(text, directory);
		up_say(text, "; ask its owner or choose another path");
	} else
		up_say(text, ", which is not reclaimed); remove the file");
}

static void
say_in_use(struct up_text *text, const char *path, const char *directory)
{
	struct stat file;
	int error = probe_path(path);

	if (lstat(path, &file) == -1)
		up_say(text, "the file no longer exists; try again");
	else if (!S_ISSOCK(file.st_mode))
		up_say(text, "%s is there and is not replaced; choose another "
		    "path or remove it", file_kind(file.st_mode));
	else if (error == ECONNREFUSED)
		say_not_reclaimed(text, path, directory, &file);
	else if (error == EACCES) {
		up_say(text, "a socket that cannot be probed");
		say_owner(text, &file);
		up_say(text, "; choose another path");
	} else
		up_say(text, "a server is there already; "
		    "stop it or choose another path");
}

static void
say_refused(struct up_text *text, const char *path, const char *directory)
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
		    "file)%s; start the server", may_be_elsewhere(directory) ?
		    ", or it listens on another side of this file system" :
		    "");
}

/*
 * ETIMEDOUT has three causes: with UNIX_WAIT no server listened in time, the
 * backlog of a server remained full, or unix_accept() has waited for a client.
 */
static void
say_late(struct up_text *text, const char *path, const char *directory)
{
	struct stat file;

	if (stat(path, &file) == -1)
		up_say(text, "nothing is there after the timeout; is the "
		    "server running?");
	else if (!S_ISSOCK(file.st_mode))
		up_say(text, "%s, not a socket; is the path right?",
		    file_kind(file.st_mode));
	else if (probe_path(path) == ECONNREFUSED)
		up_say(text, "no server is listening there after the timeout%s"
		    "; start the server", may_be_elsewhere(directory) ?
		    ", or it listens on another side of this file system" :
		    "");
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
	else if (stat(directory, &file) == -1 && errno == ENOENT) {
		up_say(text, "the directory ");
		up_say_bytes(text, directory, strlen(directory));
		up_say(text, " does not exist; create it");
	} else
		up_say(text, "nothing is there; is the server running?");
}

/*
 * EPERM although the user may create files in DIRECTORY: the type, group, owner
 * or mode of the file is not permitted.
 */
static void
say_not_granted(struct up_text *text, const char *directory)
{
	up_say(text, may_be_elsewhere(directory) ?
	    "the file system does not allow a socket, or not with this group, "
	    "owner or mode; choose another path" :
	    "this user must not give a file this group or owner, or a "
	    "security module denies the call; specify a group and owner of "
	    "this user");
}

static void
say_forbidden(struct up_text *text, const char *path, const char *directory,
    int error)
{
	int is_there, is_open;
	struct stat file;

	up_say(text, "not permitted: ");
	is_there = stat(path, &file) == 0;
	is_open = faccessat(AT_FDCWD, is_there ? path : directory,
	    is_there ? W_OK : W_OK | X_OK, AT_EACCESS) == 0;
	if (is_there) {
		up_say(text, "the file");
		say_owner(text, &file);
		up_say(text, is_open ? ", which permits the call; a security "
		    "module denies it, or UNIX_SAME_USER rejects a server of "
		    "another user" :
		    "; connecting requires write permission");
	} else if (is_open && error == EPERM)
		say_not_granted(text, directory);
	else {
		say_directory(text, directory);
		up_say(text, is_open ? ", which permits the call; a security "
		    "module denies it" :
		    "; ask its owner or choose another path");
	}
}

/*
 * A probe succeeds only if the socket is a datagram socket, so the message can
 * state the type.
 */
static void
say_other_type(struct up_text *text, const char *path)
{
	up_say(text, "the socket is of another type (%s); is the address "
	    "right?", probe_path(path) == 0 ? "datagram" :
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
		say_forbidden(text, path, directory, error);
		return 1;
	case EPROTOTYPE:
		say_other_type(text, path);
		return 1;
	case ENOTSUP:
		if (!may_be_elsewhere(directory))
			return 0;
		up_say(text, "the file system has not set the mode, owner or "
		    "group as specified; specify the mode that it grants, or "
		    "choose a path on a local file system");
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
