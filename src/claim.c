/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of a listener: made by bind(2), private before anybody can
 * connect, removed at the end if it is still the one that was made.
 * Everything but bind goes through the directory's descriptor and follows
 * no link, so a chdir(2), a renamed directory or a link that was put in
 * its place never leads to somebody else's file.
 */
#include "internal.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODE	0600

/* Opening a directory that one may search but not read. */
#if defined(O_PATH)
#define O_LOOKUP	O_PATH
#elif defined(O_SEARCH)
#define O_LOOKUP	O_SEARCH
#else
#define O_LOOKUP	O_RDONLY
#endif

static const char *
last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static int
open_directory(const char *path)
{
	size_t length = (size_t)(last_component(path) - path);
	char *directory = length == 0 ? strdup(".") : strndup(path, length);
	int fd;

	if (directory == NULL)
		return -1;
	fd = open(directory, O_LOOKUP | O_DIRECTORY | O_CLOEXEC);
	free(directory);
	return fd;
}

static int
look(const struct up_claim *claim, struct stat *file)
{
	return fstatat(claim->directory, last_component(claim->path), file,
	    AT_SYMLINK_NOFOLLOW);
}

/*
 * Remember which file bind(2) has made and give it its mode, which the
 * umask and the directory's ACL may have changed.  Before listen(2) nobody
 * can connect.
 */
static int
settle(struct up_claim *claim)
{
	struct stat file;

	if (look(claim, &file) == -1)
		return -1;
	if (!S_ISSOCK(file.st_mode) || file.st_uid != geteuid() ||
	    file.st_nlink != 1) {
		errno = EADDRINUSE;
		return -1;
	}
	claim->device = file.st_dev;
	claim->inode = file.st_ino;
	claim->owner = getpid();
	if ((file.st_mode & 07777) == MODE)
		return 0;
	return fchmodat(claim->directory, last_component(claim->path), MODE,
	    AT_SYMLINK_NOFOLLOW);
}

/* Bind FD to NAME, whose path CLAIM holds. */
int
up_claim(struct up_claim *claim, int fd, const struct up_name *name)
{
	claim->directory = open_directory(claim->path);
	if (claim->directory == -1)
		return -1;
	/* Linux makes the file with this mode; elsewhere it is EINVAL. */
	(void)fchmod(fd, MODE);
	if (bind(fd, (const struct sockaddr *)&name->address,
	    name->length) == -1)
		return -1;
	return settle(claim);
}

/* Remove the file that settle() has seen, unless it is gone or replaced. */
static int
remove_file(const struct up_claim *claim)
{
	struct stat file;

	if (look(claim, &file) == -1)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(file.st_mode) || file.st_dev != claim->device ||
	    file.st_ino != claim->inode)
		return 0;
	return unlinkat(claim->directory, last_component(claim->path), 0)
	    == -1 && errno != ENOENT ? -1 : 0;
}

/*
 * This comes before the socket is closed: a closed socket's inode number is
 * used again at once, and then the comparison proves nothing.
 */
int
up_release(struct up_claim *claim)
{
	int result = claim->owner == getpid() ? remove_file(claim) : 0;

	up_close(claim->directory);
	return result;
}
