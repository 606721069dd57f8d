/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a file system is this machine's own: on a shared one neither a
 * lock nor a refused connection proves that no other machine listens.
 */
#include "internal.h"

#if defined(__linux__)
#include <sys/vfs.h>
#include <errno.h>

int
up_is_local(int directory)
{
	static const unsigned long shared[] = {
		0x6969,			/* NFS */
		0x517b,			/* SMB */
		0xff534d42,		/* CIFS */
		0xfe534d42,		/* SMB2 */
		0x01021997,		/* 9P */
		0x65735546,		/* FUSE */
		0x00c36400,		/* Ceph */
		0x5346414f,		/* AFS */
		0x0bd00bd0,		/* Lustre */
		0x7461636f,		/* OCFS2 */
		0x786f4256		/* shared folders of VirtualBox */
	};
	struct statfs status;
	int result;
	size_t i;

	do
		result = fstatfs(directory, &status);
	while (result == -1 && errno == EINTR);
	if (result == -1)
		return 0;
	for (i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		if (((unsigned long)status.f_type & 0xffffffff) == shared[i])
			return 0;
	return 1;
}
#elif defined(__NetBSD__)
#include <sys/statvfs.h>

int
up_is_local(int directory)
{
	struct statvfs status;

	return fstatvfs(directory, &status) == 0 &&
	    (status.f_flag & ST_LOCAL) != 0;
}
#elif defined(BSD) || defined(__APPLE__) || defined(__FreeBSD__) || \
    defined(__OpenBSD__) || defined(__DragonFly__)
#include <sys/param.h>
#include <sys/mount.h>

int
up_is_local(int directory)
{
	struct statfs status;

	return fstatfs(directory, &status) == 0 &&
	    (status.f_flags & MNT_LOCAL) != 0;
}
#else
int
up_is_local(int directory)
{
	(void)directory;
	return 0;
}
#endif
