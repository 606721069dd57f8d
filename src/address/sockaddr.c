/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of sockets.  The length of a name is exact: a truncated path would lead
 * to another file, and padding would become part of an abstract name.
 */
#include "address.h"

#include <sys/stat.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/*
 * A path can fill sun_path without a NUL, since the systems use the length of
 * the name.
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
 * The name is below /proc/thread-self: after unshare(2) with CLONE_FILES, the
 * descriptors of the thread are not in /proc/self.
 *
 * If /proc is not a procfs, the name can lead to another file, so both files
 * are compared.  If they differ or /proc is missing, the error is ENAMETOOLONG,
 * as on systems without /proc.
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
