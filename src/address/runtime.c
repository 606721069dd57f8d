/* SPDX-License-Identifier: BSD-2-Clause */
/* The directory for a user's own sockets, and no other. */
#include "address.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __APPLE__
#define CLOSED_TO_OTHERS	(S_IWGRP | S_IWOTH)
#else
#define CLOSED_TO_OTHERS	(S_IRWXG | S_IRWXO)
#endif

/* A link with a slash behind it would look like a directory. */
static char *
without_slashes(char *path)
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
		return without_slashes(strdup(set));
#ifdef __APPLE__
	set = getenv("HOME");
	if (set != NULL && *set != '\0')
		return up_join(set, "Library/Application Support");
#endif
	snprintf(path, sizeof(path), "/run/user/%lu",
	    (unsigned long)geteuid());
	return strdup(path);
}

/* Ours, a directory itself, and closed to everybody else: 0, or -1. */
static int
check_private(const char *path)
{
	const char *last = strrchr(path, '/');
	struct stat status;
	int is_own;

	if (*path != '/' || strcmp(last, "/.") == 0 ||
	    strcmp(last, "/..") == 0) {
		errno = EPERM;
		return -1;
	}
	if (lstat(path, &status) == -1) {
		errno = errno == ENOENT || errno == ENOTDIR ? ENOENT : EPERM;
		return -1;
	}
	is_own = up_is_own_user(status.st_uid);
	if (is_own == -1)
		return -1;
	if (!S_ISDIR(status.st_mode) || !is_own ||
	    (status.st_mode & CLOSED_TO_OTHERS) != 0) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

/* One name, or two with a slash between; no dots that lead elsewhere. */
static int
check_name(const char *name)
{
	const char *slash = name == NULL ? NULL : strchr(name, '/');
	const char *last = slash == NULL ? name : slash + 1;

	if (name == NULL || slash == name || *last == '\0' ||
	    strchr(last, '/') != NULL || strcmp(last, ".") == 0 ||
	    strcmp(last, "..") == 0 || strncmp(name, "./", 2) == 0 ||
	    strncmp(name, "../", 3) == 0) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/* The directory at PATH, made when it is missing. */
static int
make_directory(const char *path)
{
	int error;

	if (mkdir(path, 0700) == -1)
		return errno == EEXIST ? check_private(path) : -1;
	/* The umask may have taken bits away. */
	if (chmod(path, 0700) == 0 && check_private(path) == 0)
		return 0;
	error = errno;
	rmdir(path);
	errno = error;
	return -1;
}

/* The directory of the application, up to the last slash of BASE/APP/NAME. */
static int
make_place(char *path, const char *name)
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

UP_API char *
unix_runtime_path(const char *name)
{
	int saved = errno;
	int error;
	char *base, *path = NULL;

	if (check_name(name) == -1)
		return NULL;
	base = base_directory();
	if (base != NULL && check_private(base) == 0)
		path = up_join(base, name);
	error = errno;
	if (path != NULL && make_place(path, name) == -1) {
		error = errno;
		free(path);
		path = NULL;
	}
	free(base);
	errno = path == NULL ? error : saved;
	return path;
}
