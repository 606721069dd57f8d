/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a socket is bound to a file.  Between bind(2) and open(2), another
 * program can put its own socket at the path, so the file is compared with that
 * of the socket.  up_bound_file() requires privileges; NETLINK_SOCK_DIAG of
 * Linux reports the inode to any process.
 */
#include "os.h"

#include <sys/stat.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __linux__
/* Of <linux/netlink.h>, <linux/sock_diag.h> and <linux/unix_diag.h>. */
#define SOCK_DIAG_PROTOCOL	4	/* NETLINK_SOCK_DIAG */
#define SOCK_DIAG_BY_FAMILY	20
#define REQUEST_FLAG		1	/* NLM_F_REQUEST */
#define SHOW_FILE		2	/* UDIAG_SHOW_VFS */
#define FILE_ATTRIBUTE		1	/* UNIX_DIAG_VFS */
#define ANY_COOKIE		UINT32_MAX

struct header {
	uint32_t length;
	uint16_t type, flags;
	uint32_t sequence, port;
};

struct request {
	struct header header;
	uint8_t family, protocol;
	uint16_t padding;
	uint32_t states, inode, show, cookie[2];
};

/* The request is for one attribute only, so this attribute comes first. */
struct answer {
	struct header header;
	uint8_t family, type, state, padding;
	uint32_t inode, cookie[2];
	uint16_t attribute_length, attribute;
	uint32_t file_inode, file_device;
	char rest[64];
};

/*
 * Stores the low 32 bits of the inode number of the socket's file in *INODE.
 * Returns 0, or -1 if the number is unknown.
 */
static int
ask_inode(int socket_fd, uint32_t *inode)
{
	struct request request = {
		.header = { .length = sizeof(request),
		    .type = SOCK_DIAG_BY_FAMILY, .flags = REQUEST_FLAG },
		.family = AF_UNIX, .states = UINT32_MAX, .show = SHOW_FILE,
		.cookie = { ANY_COOKIE, ANY_COOKIE }
	};
	struct answer answer = { .attribute = 0 };
	struct stat status;
	ssize_t length = -1;
	int fd;

	if (fstat(socket_fd, &status) == -1)
		return -1;
	request.inode = (uint32_t)status.st_ino;
	fd = up_above_standard(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    SOCK_DIAG_PROTOCOL));
	if (fd == -1)
		return -1;
	/* The kernel answers before send(2) returns, so recv(2) never waits. */
	if (send(fd, &request, sizeof(request), 0) == (ssize_t)sizeof(request))
		length = recv(fd, &answer, sizeof(answer), MSG_DONTWAIT);
	up_close(fd);
	if (length < (ssize_t)offsetof(struct answer, rest) ||
	    answer.header.type != SOCK_DIAG_BY_FAMILY ||
	    answer.attribute != FILE_ATTRIBUTE)
		return up_fail(ENOTSUP);
	*inode = answer.file_inode;
	return 0;
}

/*
 * Returns 0 if FILE is certainly not the file of the socket, 1 if it is or can
 * be, or -1 if that cannot be determined for lack of descriptors or memory.
 * FILE is a UP_O_PATH descriptor, and STATUS its stat(2) result.
 */
int
up_may_be_bound_file(int socket_fd, int file, const struct stat *status)
{
	uint32_t inode;

	if (ask_inode(socket_fd, &inode) == -1)
		return up_is_shortage(errno) ? -1 : 1;
	return inode == (uint32_t)status->st_ino || !up_has_true_inodes(file);
}
#else
int
up_may_be_bound_file(int socket_fd, int file, const struct stat *status)
{
	(void)socket_fd;
	(void)file;
	(void)status;
	return 1;
}
#endif
