/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors that are passed.  Each has an open file description of its own,
 * whose offset is its number, so that the receiver can identify it.
 */
#include "files.h"
#include "rights.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char name[] = "numbered";

/* Connections. */

static struct unix_options
with_files(const struct unix_options *options)
{
	struct unix_options copy = { 0 };

	if (options != NULL)
		copy = *options;
	copy.flags |= UNIX_FILES;
	return copy;
}

void
open_files(struct connection *c, int way, const struct unix_options *options)
{
	struct unix_options copy = with_files(options);
	int fd[2];

	if (way < WAYS) {
		open_connection(c, way, &copy);
		return;
	}
	c->listener = NULL;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	succeeds(unix_open_ports(fd[0], of_kind(&copy), &c->client));
	succeeds(unix_open_ports(fd[1], of_kind(&copy), &c->server));
}

int
open_before_stranger(struct unix_ports *ports, unsigned flags)
{
	struct unix_options options = { .flags = flags };
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fd), 0);
	succeeds(unix_open_ports(fd[0], of_kind(&options), ports));
	return fd[1];
}

/* Not close-on-exec, since a received descriptor must be in any case. */

int
make_file(int number)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(lseek(fd, number, SEEK_SET), number);
	return fd;
}

void
expect_number(int fd, int number)
{
	struct stat here, there;

	ck_assert_int_eq(fstat(fd, &here), 0);
	ck_assert_int_eq(stat(name, &there), 0);
	ck_assert(here.st_dev == there.st_dev && here.st_ino == there.st_ino);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), number);
}

static void
make_numbers(int *files, int first, int count)
{
	int i;

	for (i = 0; i < count; i++)
		files[i] = make_file(first + i);
}

static void
close_numbers(const int *files, int count)
{
	int i;

	for (i = 0; i < count; i++)
		ck_assert_int_eq(close(files[i]), 0);
}

void
add_numbers(struct unix_ports *ports, int first, int count)
{
	int files[MAX_FILES];

	make_numbers(files, first, count);
	succeeds(unix_add_files(ports, files, (size_t)count));
	close_numbers(files, count);
}

void
take_numbers(struct unix_ports *ports, int first, int count)
{
	int i, fd;

	for (i = 0; i < count; i++) {
		errno = EDOM;
		fd = unix_take_file(ports);
		ck_assert_msg(fd != -1, "descriptor %d of %d: %s", i + 1,
		    count, strerror(errno));
		ck_assert_int_eq(errno, EDOM);
		ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
		expect_number(fd, first + i);
		ck_assert_int_eq(close(fd), 0);
	}
}

void
expect_none(struct unix_ports *ports)
{
	fails(unix_take_file(ports), ENOMSG);
}

void
expect_dropped(struct unix_ports *ports)
{
	fails(unix_take_file(ports), EBADMSG);
}

int
open_descriptors(void)
{
	int fd, count = 0;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

/* Strangers. */

static size_t
put_control(struct msghdr *message, size_t used, int type, const void *data,
    size_t length)
{
	struct cmsghdr *header = (void *)((char *)message->msg_control + used);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = type;
	header->cmsg_len = CMSG_LEN(length);
	memcpy(CMSG_DATA(header), data, length);
	return used + CMSG_SPACE(length);
}

/* sendmsg(3) of musl accepts at most 252 descriptors, the kernel 253. */
static ssize_t
send_message(int fd, const struct msghdr *message, int flags)
{
	return syscall(SYS_sendmsg, fd, message, flags | MSG_NOSIGNAL);
}

int
raw_try(int fd, const char *text, struct raw with)
{
	struct ucred self = { getpid(), getuid(), getgid() };
	_Alignas(struct cmsghdr) char control[2048] = { 0 };
	struct iovec bytes = { (void *)(size_t)text, strlen(text) };
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1,
	    .msg_control = control };
	int files[MAX_FILES + 1];
	size_t used = 0;
	ssize_t sent;
	int error;

	ck_assert_int_le(with.count, MAX_FILES + 1);
	make_numbers(files, with.first, with.count);
	if (with.credentials)
		used = put_control(&message, used, SCM_CREDENTIALS, &self,
		    sizeof(self));
	if (with.count > 0)
		used = put_control(&message, used, SCM_RIGHTS, files,
		    (size_t)with.count * sizeof(int));
	message.msg_controllen = used;
	sent = send_message(fd, &message, with.flags);
	error = errno;
	close_numbers(files, with.count);
	if (sent == -1)
		return error;
	ck_assert_int_eq(sent, (ssize_t)bytes.iov_len);
	return 0;
}

void
raw_send(int fd, const char *text, struct raw with)
{
	ck_assert_int_eq(raw_try(fd, text, with), 0);
}

int
takes_files(int fd)
{
	int value;
	socklen_t size = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &value, &size) == 0)
		return value;
	ck_assert_int_eq(errno, ENOPROTOOPT);
	return 1;
}

int
kernel_refuses(void)
{
	const int off = 0;
	int fd[2], result;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	result = setsockopt(fd[0], SOL_SOCKET, SO_PASSRIGHTS, &off,
	    sizeof(off));
	ck_assert(result == 0 || errno == ENOPROTOOPT);
	ck_assert_int_eq(close(fd[0]), 0);
	ck_assert_int_eq(close(fd[1]), 0);
	return result == 0;
}
