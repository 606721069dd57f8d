/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of sockets: bytes become a sockaddr_un of exact length, never cut
 * off and never padded.
 */
#include "address.h"

#include <sys/stat.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/*
 * A path may fill sun_path to the last byte: systems go by the length, not
 * by a NUL.
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
 * Make a name under /proc for a file whose path does not fit into sun_path:
 * LAST in DIRECTORY, or DIRECTORY itself if LAST is NULL (a descriptor of the
 * file).  /proc/thread-self shows the descriptors of the calling thread, which
 * may differ from those of /proc/self after unshare(2).  If /proc is missing,
 * or is not the kernel's, the name would lead nowhere or to another file: the
 * call fails with ENAMETOOLONG, as on systems without such names.
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
