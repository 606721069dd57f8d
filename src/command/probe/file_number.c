/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device and the inode number of a file as the kernel lists them for bound
 * sockets.  stat(2) reports another device on btrfs and, if its layers are on
 * several file systems, on overlayfs.  The list of mounts has the right one.
 */
#include "probe.h"

#include <sys/stat.h>
#include <stdlib.h>
#include <string.h>

#ifdef __linux__
#include <sys/sysmacros.h>

static uint32_t
make_device(unsigned long major_number, unsigned long minor_number)
{
	return (uint32_t)(major_number << 20 | minor_number);
}

/* Returns -1 if the number of the mount is unknown. */
static long long
read_mount(int file)
{
	char path[40], line[256];
	long long mount = -1;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", file);
	info = fopen(path, "re");
	if (info == NULL)
		return -1;
	while (mount == -1 && fgets(line, sizeof(line), info) != NULL)
		if (strncmp(line, "mnt_id:", 7) == 0)
			mount = strtoll(line + 7, NULL, 10);
	fclose(info);
	return mount;
}

/*
 * Stores the device of the mount in *DEVICE, which is otherwise unchanged.  A
 * line of the list begins with: mount, parent, MAJOR:MINOR.
 */
static void
read_device(long long mount, uint32_t *device)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	unsigned long major_number;
	char *line = NULL, *at;
	size_t size = 0;

	if (mounts == NULL)
		return;
	while (getline(&line, &size, mounts) > 0) {
		if (strtoll(line, &at, 10) != mount)
			continue;
		(void)strtoll(at, &at, 10);
		major_number = strtoul(at, &at, 10);
		if (*at == ':')
			*device = make_device(major_number,
			    strtoul(at + 1, NULL, 10));
		break;
	}
	free(line);
	fclose(mounts);
}

/* FILE is an O_PATH descriptor.  Returns 0, or -1 on failure. */
int
get_file_number(int file, struct file_number *number)
{
	struct stat status;
	long long mount = read_mount(file);

	if (fstat(file, &status) == -1)
		return -1;
	number->inode = (uint32_t)status.st_ino;
	number->device = make_device(major(status.st_dev),
	    minor(status.st_dev));
	if (mount != -1)
		read_device(mount, &number->device);
	return 0;
}
#else
int
get_file_number(int file, struct file_number *number)
{
	(void)file;
	(void)number;
	return -1;
}
#endif
