/* SPDX-License-Identifier: BSD-2-Clause */
/* Pairs, listeners, talk and files: each succeeds, or the check fails. */
#include "selftest.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

unsigned kind;

/* OPTIONS, or none at all where NULL, and the kind of ports at hand. */
static const struct unix_options *
of_kind(const struct unix_options *options)
{
	static struct unix_options result;

	memset(&result, 0, sizeof(result));
	if (options != NULL)
		result = *options;
	result.flags |= kind;
	return &result;
}

/* A pair needs nothing else that a system might not have. */
void
make_pair(struct unix_ports pair[2], const struct unix_options *options)
{
	int special;

	options = of_kind(options);
	special = (options->flags & UNIX_GUARDED) != 0 ||
	    options->sigpipe == UNIX_SIGPIPE_ERROR;
	succeeds_or_lacks(unix_pair(options, pair), special ? ENOTSUP : 0,
	    "unix_pair");
}

void
require_guarded(void)
{
	const struct unix_options guarded = { .flags = UNIX_GUARDED };
	struct unix_ports pair[2];

	make_pair(pair, &guarded);
	close_pair(pair);
}

void
close_pair(struct unix_ports pair[2])
{
	succeeds(unix_close_ports(&pair[0]), "unix_close_ports");
	succeeds(unix_close_ports(&pair[1]), "unix_close_ports");
}

void
tell(struct unix_ports *ports, const char *text)
{
	succeeds(fputs(text, ports->out) == EOF ? -1 : 0, "fputs");
	succeeds(fflush(ports->out), "fflush");
}

/* One line, which is TEXT. */
void
hear(struct unix_ports *ports, const char *text)
{
	char line[200];

	if (fgets(line, sizeof(line), ports->in) == NULL)
		fail("fgets: %s", ferror(ports->in) ? strerror(errno) :
		    "end of file");
	holds(strcmp(line, text) == 0, "another line than was sent");
}

void
hear_end(struct unix_ports *ports)
{
	holds(getc(ports->in) == EOF, "more input, and not its end");
	succeeds(ferror(ports->in) ? -1 : 0, "no end of file");
}

/* No period that a buffer could have. */
static int
pattern(size_t place)
{
	return (int)(place % 251);
}

void
tell_pattern(struct unix_ports *ports, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		succeeds(putc(pattern(i), ports->out) == EOF ? -1 : 0, "putc");
	succeeds(fflush(ports->out), "fflush");
}

void
hear_pattern(struct unix_ports *ports, size_t length)
{
	size_t i;
	int byte;

	for (i = 0; i < length; i++) {
		byte = getc(ports->in);
		if (byte == EOF)
			fail("after %zu bytes: %s", i, ferror(ports->in) ?
			    strerror(errno) : "end of file");
		if (byte != pattern(i))
			fail("byte %zu is another one", i);
	}
}

int
listened(const struct unix_listener *listener)
{
	return listener == NULL ? -1 : 0;
}

struct unix_listener *
listen_at(const char *address, const struct unix_options *options)
{
	struct unix_listener *listener;

	if ((of_kind(options)->flags & UNIX_GUARDED) != 0)
		require_guarded();
	listener = unix_listen(address, of_kind(options));
	succeeds_or_lacks(listened(listener),
	    *address == '@' ? EAFNOSUPPORT : 0, "unix_listen");
	return listener;
}

void
close_listener(struct unix_listener *listener)
{
	succeeds(unix_close(listener), "unix_close");
}

/* A client at ADDRESS, and LISTENER's end of its connection. */
void
meet(struct unix_listener *listener, const char *address,
    struct unix_ports ends[2])
{
	succeeds(unix_connect(address, of_kind(NULL), &ends[0]),
	    "unix_connect");
	succeeds(unix_accept(listener, &ends[1]), "unix_accept");
}

/* A client at ADDRESS comes to LISTENER, and to nobody else. */
void
reach(struct unix_listener *listener, const char *address)
{
	struct unix_ports ends[2];

	meet(listener, address, ends);
	tell(&ends[0], "hello\n");
	hear(&ends[1], "hello\n");
	close_pair(ends);
}

/* What a server leaves that was killed. */
void
make_stale(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	succeeds(fd, "socket");
	strncpy(name.sun_path, path, sizeof(name.sun_path) - 1);
	succeeds(bind(fd, (struct sockaddr *)&name, sizeof(name)), "bind");
	close(fd);
}

void
make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	succeeds(fd, "open");
	close(fd);
}
