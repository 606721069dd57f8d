/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of sockets: bytes become a sockaddr_un of exact length, never cut
 * off and never padded.
 */
#include "internal.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A path may fill sun_path to the last byte: systems go by the length, not
 * by a NUL.
 */
int
up_name(const char *bytes, size_t length, struct up_name *name)
{
	memset(name, 0, sizeof(*name));
	if (length > sizeof(name->address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	name->address.sun_family = AF_UNIX;
	memcpy(name->address.sun_path, bytes, length);
	name->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    length);
#ifdef HAVE_STRUCT_SOCKADDR_UN_SUN_LEN
	name->address.sun_len = (unsigned char)name->length;
#endif
	return 0;
}

/*
 * A name for a file of any path, on systems that show descriptors as files:
 * LAST in DIRECTORY, or if LAST is NULL the file that DIRECTORY itself is.  It
 * is the calling thread's table of descriptors that is shown: after
 * unshare(2) it may differ from that of /proc/self.  Without /proc, or with
 * another directory in its place, the name would lead nowhere, or to another
 * file: it is ENAMETOOLONG then, as on systems without such names.
 */
#ifdef __linux__
int
up_name_at(int directory, const char *last, struct up_name *name)
{
	char path[sizeof(name->address.sun_path) + 1];
	struct stat meant, named;
	int length = snprintf(path, sizeof(path), "/proc/thread-self/fd/%d",
	    directory);

	if (fstat(directory, &meant) == -1)
		return -1;
	if (stat(path, &named) == -1) {
		if (errno == ENOENT || errno == ENOTDIR)
			errno = ENAMETOOLONG;
		return -1;
	}
	if (!up_is_same(&named, &meant)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (last != NULL)
		length += snprintf(path + length,
		    sizeof(path) - (size_t)length, "/%s", last);
	return up_name(path, (size_t)length, name);
}
#else
int
up_name_at(int directory, const char *last, struct up_name *name)
{
	(void)directory;
	(void)last;
	(void)name;
	errno = ENAMETOOLONG;
	return -1;
}
#endif

/* An abstract name is a NUL and exactly the bytes that it has. */
int
up_abstract_name(const struct up_address *address, struct up_name *name)
{
	char bytes[sizeof(name->address.sun_path)] = "";

	if (address->length >= sizeof(bytes)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(bytes + 1, address->text, address->length);
	return up_name(bytes, address->length + 1, name);
}

/* The socket file of a long path, or -1. */
static int
open_file(const struct up_address *address)
{
#ifdef O_PATH
	char *path = up_copy(address);
	int fd = path == NULL ? -1 : up_open(path, O_PATH);
	int error = errno;

	free(path);
	errno = error;
	return fd;
#else
	(void)address;
	errno = ENAMETOOLONG;
	return -1;
#endif
}

/*
 * The name to connect to.  What does not fit goes by a descriptor of the
 * file itself, in *FILE, which the caller closes; else that is -1.
 */
int
up_reach(const struct up_address *address, struct up_name *name, int *file)
{
	*file = -1;
	if (address->form == UP_ABSTRACT)
		return up_abstract_name(address, name);
	if (up_name(address->text, address->length, name) == 0)
		return 0;
	*file = open_file(address);
	if (*file != -1 && up_name_at(*file, NULL, name) == 0)
		return 0;
	up_close(*file);
	*file = -1;
	return -1;
}

/* How many bytes of NAME, which the kernel has filled in, are its own. */
static size_t
name_length(const struct up_name *name)
{
	const size_t start = offsetof(struct sockaddr_un, sun_path);
	const char *path = name->address.sun_path;
	size_t length = name->length <= start ? 0 : name->length - start;

	/* A path without a NUL makes Linux count one behind sun_path. */
	if (length > sizeof(name->address.sun_path))
		length = sizeof(name->address.sun_path);
	if (length > 0 && path[0] != '\0')
		return strnlen(path, length);
#ifdef __linux__
	return length;		/* an abstract name */
#else
	return 0;		/* the BSDs fill in NULs for no name */
#endif
}

static int
own_name(int fd, struct up_name *name)
{
	name->length = sizeof(name->address);
	memset(&name->address, 0, sizeof(name->address));
	return getsockname(fd, (struct sockaddr *)&name->address,
	    &name->length);
}

/* The address family of the socket FD, or -1. */
int
up_family(int fd)
{
	struct up_name name;

	return own_name(fd, &name) == -1 ? -1 : name.address.sun_family;
}

/*
 * The name of the socket FD, a path or @NAME, as a string that the caller
 * frees: in *TEXT, NULL when it has none or one with NULs inside.
 */
int
up_own_text(int fd, char **text)
{
	struct up_name name;
	/* cppcheck-suppress uninitvar ; where it is, not what it holds */
	char *path = name.address.sun_path;
	size_t length;

	*text = NULL;
	if (own_name(fd, &name) == -1)
		return -1;
	length = name_length(&name);
	if (length == 0 || memchr(path + 1, '\0', length - 1) != NULL)
		return 0;
	if (*path == '\0')
		*path = '@';
	*text = strndup(path, length);
	return *text == NULL ? -1 : 0;
}

/* 1, or 0, or -1. */
int
up_is_bound(int fd)
{
	struct up_name name;

	return own_name(fd, &name) == -1 ? -1 : name_length(&name) > 0;
}
