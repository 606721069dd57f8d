/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address whose file is held open, and the proof that a process has its
 * socket open: connect(2) of a socket of another type.  The proof makes no
 * connection and sends nothing.
 */
#include "probe.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#ifdef O_PATH
static int
open_file(const char *path)
{
	return open(path, O_PATH | O_CLOEXEC);
}
#else
/* Other systems do not open sockets. */
static int
open_file(const char *path)
{
	(void)path;
	errno = ENOTSUP;
	return -1;
}
#endif

/*
 * While the file is open, its inode number is not used again.  Returns -1 if
 * the path leads to no file.
 */
int
open_target(const char *address, struct target *target)
{
	struct stat status;

	if (strncmp(address, "unix:", 5) == 0)
		address += 5;
	*target = (struct target){ .file = -1 };
	if (*address == '@') {
		target->name = address + 1;
		return 0;
	}
	target->path = address;
	target->file = open_file(address);
	if (target->file == -1 && errno != ENOTSUP)
		return -1;
	if ((target->file == -1 ? stat(address, &status) :
	    fstat(target->file, &status)) == -1)
		return -1;
	target->is_socket = S_ISSOCK(status.st_mode);
	return 0;
}

void
close_target(struct target *target)
{
	if (target->file != -1)
		close(target->file);
	target->file = -1;
}

static int
connect_path(int fd, const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	size_t length = strlen(path);

	if (length >= sizeof(name.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name.sun_path, path, length);
	return connect(fd, (struct sockaddr *)&name, sizeof(name));
}

/*
 * By the descriptor, a path of any length is connected to, and no other file
 * that was renamed to it.  Without /proc, only the path remains.
 */
static int
connect_target(int fd, const struct target *target)
{
	char path[40];
	int result = -1;

	if (target->file != -1) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", target->file);
		result = connect_path(fd, path);
		if (result == 0 || (errno != ENOENT && errno != ENOTDIR))
			return result;
	}
	return connect_path(fd, target->path);
}

/*
 * Returns the errno of connect(2) with a datagram socket, or 0 if the target is
 * a datagram socket, which receives nothing.  EPROTOTYPE proves that a socket
 * of another type is bound to the path, and ECONNREFUSED that none is.  Linux
 * searches for abstract names by type, so that nothing follows for them.
 */
int
connect_wrong_type(const struct target *target)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	int error;

	if (fd == -1)
		return errno;
	error = connect_target(fd, target) == -1 ? errno : 0;
	close(fd);
	return error;
}
