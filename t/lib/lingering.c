/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets whose last close(2) waits for unsent bytes, in flight. */
#include "files.h"
#include "lingering.h"
#include "rights.h"

#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define MAX_FAR_ENDS	600

static int far_ends[MAX_FAR_ENDS];
static int far_count;

int
make_lingering(void)
{
	static const char bytes[65536];
	const struct linger minute = { .l_onoff = 1, .l_linger = 60 };
	struct sockaddr_in name = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(name);
	int waiter = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int far;

	ck_assert_int_eq(bind(waiter, (struct sockaddr *)&name, length), 0);
	ck_assert_int_eq(listen(waiter, 1), 0);
	ck_assert_int_eq(getsockname(waiter, (struct sockaddr *)&name,
	    &length), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, length), 0);
	far = accept(waiter, NULL, NULL);
	ck_assert_int_ne(far, -1);
	ck_assert_int_lt(far_count, MAX_FAR_ENDS);
	far_ends[far_count++] = far;
	ck_assert_int_eq(close(waiter), 0);
	while (send(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &minute,
	    sizeof(minute)), 0);
	return fd;
}

void
close_far_ends(void)
{
	while (far_count > 0)
		ck_assert_int_eq(close(far_ends[--far_count]), 0);
}

int
is_lingering(int fd)
{
	struct linger linger;
	socklen_t size = sizeof(linger);

	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &size),
	    0);
	return linger.l_onoff != 0;
}

void
close_lingering(int fd)
{
	const struct linger none = { .l_onoff = 0 };

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &none,
	    sizeof(none)), 0);
	ck_assert_int_eq(close(fd), 0);
}

int
try_pass(int fd, const char *text, int flags, const int *files, int count)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(253 * sizeof(int))];
	size_t size = (size_t)count * sizeof(int);
	struct iovec part = { (void *)(size_t)text, strlen(text) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = control, .msg_controllen = CMSG_SPACE(size) };
	struct cmsghdr *header = (void *)control;

	memset(control, 0, sizeof(control));
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(header), files, size);
	return sendmsg(fd, &message, flags | MSG_NOSIGNAL) ==
	    (ssize_t)strlen(text) ? 0 : errno;
}

void
pass(int fd, const char *text, int flags, int file)
{
	ck_assert_int_eq(try_pass(fd, text, flags, &file, 1), 0);
}

void
pass_lingering(int fd, int count)
{
	int file;

	while (count-- > 0) {
		file = make_lingering();
		pass(fd, "x", 0, file);
		ck_assert_int_eq(close(file), 0);
	}
}

int
nest(int file, int depth)
{
	int fd[2];

	for (; depth > 0; depth--) {
		ck_assert_int_eq(socketpair(AF_UNIX,
		    SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
		pass(fd[1], "x", 0, file);
		ck_assert_int_eq(close(file), 0);
		ck_assert_int_eq(close(fd[1]), 0);
		file = fd[0];
	}
	return file;
}

void
let_files_in(int fd)
{
	const int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &on, sizeof(on)) == -1)
		ck_assert_int_eq(errno, ENOPROTOOPT);
}

const unsigned receiver_modes[2] = { UNIX_FILES, 0 };

int
open_receiver(struct unix_ports *ports, int mode)
{
	int sender = open_before_stranger(ports, receiver_modes[mode]);

	let_files_in(unix_fileno(ports));
	return sender;
}

void
close_sender(int sender)
{
	ck_assert_int_eq(close(sender), 0);
	close_far_ends();
}
