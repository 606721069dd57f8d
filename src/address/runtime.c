/* SPDX-License-Identifier: BSD-2-Clause */
/* The runtime directory of the user, to which no other user has access. */
#include "address.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __APPLE__
#define ACCESS_OF_OTHERS	(S_IWGRP | S_IWOTH)
#else
#define ACCESS_OF_OTHERS	(S_IRWXG | S_IRWXO)
#endif

/*
 * If the path ended with a slash, lstat(2) would follow a symbolic link, which
 * check_private() must reject.
 */
static char *
trim_slashes(char *path)
{
	size_t length = path == NULL ? 0 : strlen(path);

	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	return path;
}

static char *
base_directory(void)
{
	const char *set = getenv("XDG_RUNTIME_DIR");
	char path[40];

	if (set != NULL && *set != '\0')
		return trim_slashes(strdup(set));
#ifdef __APPLE__
	set = getenv("HOME");
	if (set != NULL && *set != '\0')
		return up_join_path(set, "Library/Application Support");
#endif
	snprintf(path, sizeof(path), "/run/user/%lu",
	    (unsigned long)geteuid());
	return strdup(path);
}

/*
 * The directory must belong to the user and exclude other users.  Any user with
 * write permission could replace a socket and receive its clients.
 */
static int
check_private(const char *path)
{
	const char *last = strrchr(path, '/');
	struct stat status;
	int is_own;

	if (*path != '/' || strcmp(last, "/.") == 0 ||
	    strcmp(last, "/..") == 0)
		return up_fail(EPERM);
	if (lstat(path, &status) == -1)
		return up_fail(errno == ENOENT || errno == ENOTDIR ?
		    ENOENT : EPERM);
	is_own = up_is_own_user(status.st_uid);
	if (is_own == -1)
		return -1;
	if (!S_ISDIR(status.st_mode) || !is_own ||
	    (status.st_mode & ACCESS_OF_OTHERS) != 0)
		return up_fail(EPERM);
	return 0;
}

/*
 * Rejects the components "." and "..", which would lead out of the directory of
 * the application or of the user.
 */
static int
check_name(const char *name)
{
	const char *slash = name == NULL ? NULL : strchr(name, '/');
	const char *last = slash == NULL ? name : slash + 1;

	if (name == NULL || slash == name || *last == '\0' ||
	    strchr(last, '/') != NULL || strcmp(last, ".") == 0 ||
	    strcmp(last, "..") == 0 || strncmp(name, "./", 2) == 0 ||
	    strncmp(name, "../", 3) == 0)
		return up_fail(EINVAL);
	return 0;
}

/*
 * EEXIST is not an error, since another process can make the directory at the
 * same time.
 */
static int
make_directory(const char *path)
{
	int error;

	if (mkdir(path, 0700) == -1)
		return errno == EEXIST ? check_private(path) : -1;
	/* The umask can clear bits in mkdir(2), so the mode is set again. */
	if (chmod(path, 0700) == 0 && check_private(path) == 0)
		return 0;
	error = errno;
	rmdir(path);
	return up_fail(error);
}

static int
make_app_directory(char *path, const char *name)
{
	char *slash = strrchr(path, '/');
	int result;

	if (strchr(name, '/') == NULL)
		return 0;
	*slash = '\0';
	result = make_directory(path);
	*slash = '/';
	return result;
}

UP_API UP_COLD char *
unix_runtime_path(const char *name)
{
	int saved = errno;
	int error;
	char *base, *path = NULL;

	if (check_name(name) == -1)
		return NULL;
	base = base_directory();
	if (base != NULL && check_private(base) == 0)
		path = up_join_path(base, name);
	error = errno;
	if (path != NULL && make_app_directory(path, name) == -1) {
		error = errno;
		free(path);
		path = NULL;
	}
	free(base);
	errno = path == NULL ? error : saved;
	return path;
}
