/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of sockets.  A truncated path would lead to another file, and padding
 * would become part of an abstract name, so the length is exact.
 */
#include "address.h"

#include <sys/stat.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/*
 * A path can fill sun_path without a NUL: the systems use the length of the
 * name.
 */
int
up_make_name(const char *bytes, size_t length, struct up_name *name)
{
	memset(name, 0, sizeof(*name));
	if (length > sizeof(name->address.sun_path))
		return up_fail(ENAMETOOLONG);
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
 * Makes a name under /proc for a path that does not fit into sun_path: the file
 * LAST in DIRECTORY or, if LAST is NULL, the file that DIRECTORY refers to.
 *
 * After unshare(2) with CLONE_FILES, the descriptors of the thread are not in
 * /proc/self, hence /proc/thread-self.  If /proc is missing or is not a procfs,
 * the name would lead to another file, so the result is compared; the error is
 * that of systems without such names.
 */
int
up_make_name_at(int directory, const char *last, struct up_name *name)
{
	char path[sizeof(name->address.sun_path) + 1];
	struct stat meant, named;
	int length;

	if (!UP_HAS_DESCRIPTOR_PATHS)
		return up_fail(ENAMETOOLONG);
	length = snprintf(path, sizeof(path), "/proc/thread-self/fd/%d",
	    directory);
	if (fstat(directory, &meant) == -1)
		return -1;
	if (stat(path, &named) == -1) {
		if (errno == ENOENT || errno == ENOTDIR)
			errno = ENAMETOOLONG;
		return -1;
	}
	if (!up_is_same_file(&named, &meant))
		return up_fail(ENAMETOOLONG);
	if (last != NULL)
		length += snprintf(path + length,
		    sizeof(path) - (size_t)length, "/%s", last);
	return up_make_name(path, (size_t)length, name);
}
