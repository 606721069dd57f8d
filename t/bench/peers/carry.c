/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * carry up|down BYTES FILE SOCKET COMMAND...: a command against a server at
 * SOCKET that takes a file of BYTES, or gives them.  Up, FILE is the
 * command's standard input; down, its standard output, and it has no input.
 * Prints the seconds from the command's start to its end.
 */
#include "judge.h"
#include "peer.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char bytes[BUFFER];

static int
listen_at(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(name.sun_path, path, sizeof(name.sun_path) - 1);
	need(fd != -1 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
	    bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0 &&
	    listen(fd, 1) == 0, "listen");
	return fd;
}

/* Receives LENGTH bytes until EOF. */
static void
take(int fd, long long length)
{
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		length -= n;
	need(n == 0, "read");
	errno = 0;
	need(length == 0, "bytes are lost");
}

static void
give(int fd, long long length)
{
	ssize_t n;

	for (; length > 0; length -= n) {
		n = write(fd, bytes, length < BUFFER ? (size_t)length :
		    BUFFER);
		need(n > 0, "write");
	}
}

static int
open_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	need(fd != -1, path);
	return fd;
}

static void
check_size(int file, long long length)
{
	struct stat status;

	need(fstat(file, &status) == 0, "fstat");
	errno = 0;
	need(status.st_size == length, "bytes are lost");
}

int
main(int argc, char *argv[])
{
	long long length;
	double begin;
	int up, listener, null, file, fd;
	pid_t command;

	errno = 0;
	need(argc > 5, "usage: carry up|down BYTES FILE SOCKET COMMAND...");
	up = strcmp(argv[1], "up") == 0;
	length = strtoll(argv[2], NULL, 10);
	null = open_file("/dev/null", O_RDWR);
	file = open_file(argv[3], up ? O_RDONLY : O_WRONLY | O_TRUNC);
	listener = listen_at(argv[4]);
	begin = seconds();
	command = start(argv + 5, up ? file : null, up ? null : file, ANY);
	fd = accept(listener, NULL, NULL);
	need(fd != -1 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0, "accept");
	if (up)
		take(fd, length);
	else
		give(fd, length);
	close(fd);
	end(command);
	show(seconds() - begin);
	check_size(file, length);
	return unlink(argv[4]) == -1;
}
