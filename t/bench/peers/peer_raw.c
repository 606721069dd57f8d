/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * read(2) and write(2), the limit: lines are copied into a buffer of BUFFER
 * bytes and, found by memchr(3), out of one; pieces go without a copy.  The
 * server waits for all its clients with poll(2), and does for each only
 * accept, read, write and close.
 */
#include "peer.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define MAX_CLIENTS	256		/* concurrent clients */

static char out[BUFFER], in[BUFFER];
static size_t used;		/* of out */
static size_t at, filled;	/* of in */

void
choose(const char *kind)
{
	(void)kind;
}

static void
open_streams(void)
{
}

static void
write_all(const char *bytes, size_t length)
{
	ssize_t n;

	for (; length > 0; bytes += n, length -= (size_t)n) {
		n = write(STDIN_FILENO, bytes, length);
		need(n > 0, "write");
	}
}

static void
flush(void)
{
	write_all(out, used);
	used = 0;
}

static void
put(const char *bytes, size_t length)
{
	if (length >= PIECE) {
		write_all(bytes, length);
		return;
	}
	if (used + length > sizeof(out))
		flush();
	memcpy(out + used, bytes, length);
	used += length;
}

static size_t
read_some(char *bytes, size_t size)
{
	ssize_t n = read(STDIN_FILENO, bytes, size);

	if (n == 0)
		errno = 0;
	need(n > 0, "read");
	return (size_t)n;
}

/* An incomplete line is moved to the start of the buffer. */
static const char *
get_line(void)
{
	static char line[100];
	const char *newline;
	size_t length;

	while ((newline = memchr(in + at, '\n', filled - at)) == NULL) {
		filled -= at;
		memmove(in, in + at, filled);
		filled += read_some(in + filled, sizeof(in) - filled);
		at = 0;
	}
	length = (size_t)(newline - (in + at));
	need(length < sizeof(line), "a line has changed");
	memcpy(line, in + at, length);
	line[length] = '\0';
	at += length + 1;
	return line;
}

static void
get_piece(char *bytes)
{
	size_t n;

	for (n = 0; n < PIECE;)
		n += read_some(bytes + n, PIECE - n);
}

static int
listen_at(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(name.sun_path, path, sizeof(name.sun_path) - 1);
	need(fd != -1 && bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0
	    && listen(fd, BACKLOG) == 0, "listen");
	return fd;
}

/* A short line arrives in one read(2). */
static void
echo(int fd)
{
	char line[100];
	ssize_t n = read(fd, line, sizeof(line));

	need(n > 0 && write(fd, line, (size_t)n) == n && close(fd) == 0,
	    "a client");
}

static void
serve(const char *path)
{
	struct pollfd fds[1 + MAX_CLIENTS];
	nfds_t i, count = 1;

	fds[0] = (struct pollfd){ .fd = listen_at(path), .events = POLLIN };
	while (poll(fds, count, -1) > 0) {
		for (i = count - 1; i > 0; i--)
			if (fds[i].revents != 0) {
				echo(fds[i].fd);
				fds[i] = fds[--count];
			}
		if (fds[0].revents == 0 || count > MAX_CLIENTS)
			continue;
		fds[count] = (struct pollfd){ .fd = accept(fds[0].fd, NULL,
		    NULL), .events = POLLIN };
		need(fds[count++].fd != -1, "accept");
	}
	die("poll");
}

#include "blocking.h"
