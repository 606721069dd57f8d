/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of connections, and both ends of one of any kind. */
#include "bench.h"

#include <sys/socket.h>
#include <errno.h>
#include <unistd.h>

struct unix_options guarded_options = { .flags = UNIX_GUARDED };

const struct unix_options *
options_of(enum kind kind)
{
	return kind == GUARDED ? &guarded_options : NULL;
}

static int
has_guarded(void)
{
	struct unix_ports pair[2];

	if (unix_pair(&guarded_options, pair) == -1) {
		need(errno == ENOTSUP, "unix_pair");
		return 0;
	}
	need(unix_close_ports(&pair[0]) == 0 &&
	    unix_close_ports(&pair[1]) == 0, "unix_close_ports");
	return 1;
}

/* A container may have no network. */
static int
has_loopback(void)
{
	int fd[2];

	if (pair_loopback(fd) == -1)
		return 0;
	close(fd[0]);
	close(fd[1]);
	return 1;
}

unsigned
available_kinds(void)
{
	return 1u << RAW | 1u << PLAIN |
	    (has_guarded() ? 1u << GUARDED : 0) |
	    (has_loopback() ? 1u << TCP : 0);
}

int
is_bare(enum kind kind)
{
	return kind == RAW || kind == TCP;
}

void
open_pair(enum kind kind, struct end pair[2])
{
	struct unix_ports ports[2];
	int fd[2];
	int i;

	if (kind == TCP)
		need(pair_loopback(fd) == 0, "TCP over 127.0.0.1");
	else if (kind == RAW)
		need(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0,
		    "socketpair");
	else
		need(unix_pair(options_of(kind), ports) == 0, "unix_pair");
	for (i = 0; i < 2; i++) {
		pair[i] = (struct end){ .kind = kind };
		if (is_bare(kind))
			pair[i].fd = fd[i];
		else
			pair[i].ports = ports[i];
	}
}

void
close_end(struct end *end)
{
	if (is_bare(end->kind))
		need(close(end->fd) == 0, "close");
	else
		need(unix_close_ports(&end->ports) == 0, "unix_close_ports");
}

void
abandon_end(struct end *end)
{
	if (is_bare(end->kind))
		need(close(end->fd) == 0, "close");
	else
		need(unix_abandon_ports(&end->ports) == 0,
		    "unix_abandon_ports");
}
