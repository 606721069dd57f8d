/* SPDX-License-Identifier: BSD-2-Clause */
/* Explains EACCES and EPERM of paths, whose cause is a file or a directory. */
#include "explain.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/*
 * EPERM although the user may create files in DIRECTORY: the type, group, owner
 * or mode of the file is not permitted.
 */
static void
say_not_granted(struct up_text *text, const char *directory)
{
	up_say(text, up_may_be_elsewhere(directory) ?
	    "the file system does not allow a socket, or not with this group, "
	    "owner or mode; choose another path" :
	    "this user must not give a file this group or owner, or a "
	    "security module denies the call; specify a group and owner of "
	    "this user");
}

void
up_say_forbidden(struct up_text *text, const char *path, const char *directory,
    int error)
{
	int is_there, is_open;
	struct stat file;

	up_say(text, "not permitted: ");
	if (error == EPERM && up_probe_file_at(path) == EPERM) {
		up_say(text, "the receiver is connected to another sender, or "
		    "a security module denies the call; is the address right?");
		return;
	}
	is_there = stat(path, &file) == 0;
	if (!is_there && lstat(path, &file) == 0) {
		up_say(text, "a directory to which the symbolic link leads "
		    "cannot be reached; ask its owner or choose another path");
		return;
	}
	is_open = faccessat(AT_FDCWD, is_there ? path : directory,
	    is_there ? W_OK : W_OK | X_OK, AT_EACCESS) == 0;
	if (is_there && !S_ISSOCK(file.st_mode))
		up_say(text, "%s, not a socket; is the path right?",
		    up_file_kind(file.st_mode));
	else if (is_there) {
		up_say(text, "the file");
		up_say_owner(text, &file);
		up_say(text, is_open ? ", which permits the call; a security "
		    "module denies it, or UNIX_SAME_USER rejects a server of "
		    "another user" :
		    "; connecting requires write permission");
	} else if (is_open && error == EPERM)
		say_not_granted(text, directory);
	else {
		up_say_directory(text, directory);
		up_say(text, is_open ? ", which permits the call; a security "
		    "module denies it" :
		    "; ask its owner or choose another path");
	}
}
