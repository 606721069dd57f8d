/* SPDX-License-Identifier: BSD-2-Clause */
/* The common part of scenarios: options, sockets without ports, outputs. */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

#define SPOILT_BYTE	0x5a

struct shared *shared;
struct unix_options options;
struct unix_ports ports, pair[2];
struct unix_listener *listener;
int guarded;
int raw[2] = { -1, -1 };
int client_lost;	/* an allowed failure has dropped the client */
int failed;		/* the errno of the first try, or 0 */

/* Buffers of this size are not kept when the ports are closed. */
void
set_kind(int is_guarded)
{
	guarded = is_guarded;
	options = (struct unix_options){ .flags = 0 };
	if (guarded) {
		options.flags = UNIX_GUARDED;
		options.buffer_size = 100000;
	}
}

static socklen_t
fill_name(struct sockaddr_un *name, const char *path)
{
	size_t length = strlen(path);

	memset(name, 0, sizeof(*name));
	name->sun_family = AF_UNIX;
	need(length < sizeof(name->sun_path));
	memcpy(name->sun_path, path, length);
	if (*path == '@')
		name->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

/* Returns a bound socket, which listens if it is a stream socket. */
int
raw_listener(const char *path, int type)
{
	struct sockaddr_un name;
	socklen_t size = fill_name(&name, path);
	int fd = socket(AF_UNIX, type, 0);

	need(fd != -1);
	need(bind(fd, (struct sockaddr *)&name, size) == 0);
	need(type != SOCK_STREAM || listen(fd, 5) == 0);
	return fd;
}

int
raw_client(const char *path)
{
	struct sockaddr_un name;
	socklen_t size = fill_name(&name, path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	need(fd != -1);
	need(connect(fd, (struct sockaddr *)&name, size) == 0);
	return fd;
}

void
make_pair(void)
{
	need(unix_pair(&options, pair) == 0);
}

void
end_pair(void)
{
	need(unix_abandon_ports(&pair[0]) == 0);
	need(unix_abandon_ports(&pair[1]) == 0);
}

void
nothing(void)
{
}

/* A failed call must not write to its outputs. */
void
spoil_outputs(void)
{
	memset(&ports, SPOILT_BYTE, sizeof(ports));
}

int
are_spoilt(void)
{
	struct unix_ports spoilt;

	memset(&spoilt, SPOILT_BYTE, sizeof(spoilt));
	return memcmp(&ports, &spoilt, sizeof(ports)) == 0;
}

void
expect_line(FILE *in, const char *line)
{
	char text[100] = "";

	need(fgets(text, sizeof(text), in) != NULL);
	need(strcmp(text, line) == 0);
}

void
say(FILE *out, const char *text)
{
	need(fputs(text, out) != EOF);
	need(fflush_unlocked(out) == 0);
}
