/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a file system is local.  On a shared file system, a socket file can
 * belong to a server on another machine.  The local kernel refuses connections
 * to this file as to a stale one, and a lock may exclude only processes of the
 * local machine.  A socket file on a shared file system must therefore not be
 * treated as stale.
 *
 * Also whether a file is a mount point, which unlink(2) cannot remove.
 */
#include "os.h"

#include <sys/stat.h>
#include <fcntl.h>

#if defined(__linux__)
#include <sys/vfs.h>
#include <errno.h>
#include <stdint.h>

#define OVERLAYFS	0x794c7630

/* The type of the file system of FD, or 0. */
static uint32_t
file_system_type(int fd)
{
	struct statfs status;
	int result;

	do
		result = fstatfs(fd, &status);
	while (result == -1 && errno == EINTR);
	return result == -1 ? 0 : (uint32_t)status.f_type;
}

/*
 * The table lists local file systems, so that an unknown file system is treated
 * as shared.  An overlay, as containers use it, is local: new files are in its
 * upper layer, which must be local.  FUSE is not in the table, since it can be
 * shared.
 */
static int
is_local_type(uint32_t type)
{
	static const uint32_t local[] = {
		0xef51, 0xef53,		/* ext2 (old), ext2 to ext4 */
		0x58465342,		/* XFS */
		0x9123683e,		/* btrfs */
		0x01021994,		/* tmpfs */
		0x858458f6,		/* ramfs */
		OVERLAYFS,
		0xf2f52010,		/* F2FS */
		0xca451a4e,		/* bcachefs */
		0x2fc12fc1,		/* ZFS */
		0x3153464a,		/* JFS */
		0x52654973,		/* ReiserFS */
		0x3434,			/* NILFS2 */
		0x24051905		/* UBIFS */
	};
	size_t i;

	for (i = 0; i < COUNT(local); i++)
		if (type == local[i])
			return 1;
	return 0;
}

int
up_is_local(int directory)
{
	return is_local_type(file_system_type(directory));
}

/*
 * Whether stat(2) reports the inode numbers that the kernel uses.  overlayfs
 * reports other numbers if its layers are on several file systems.
 */
int
up_has_true_inodes(int fd)
{
	uint32_t type = file_system_type(fd);

	return type != OVERLAYFS && is_local_type(type);
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

#if defined(HAVE_STATX) && defined(STATX_ATTR_MOUNT_ROOT)	/* Linux 5.8 */
int
up_is_mount_point(const char *path)
{
	struct statx status;

	return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &status) == 0 &&
	    (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}
#else
int
up_is_mount_point(const char *path)
{
	(void)path;
	return 0;
}
#endif
