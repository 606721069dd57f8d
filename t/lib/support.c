/* SPDX-License-Identifier: BSD-2-Clause */
/* Common steps of tests: connections and text. */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <dirent.h>
#include <string.h>
#include <unistd.h>

/* Connections. */

struct unix_listener *
listen_at(const char *path, const struct unix_options *options)
{
	struct unix_listener *listener;

	errno = EDOM;
	listener = unix_listen(path, of_kind(options));
	ck_assert_msg(listener != NULL, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(errno, EDOM);
	return listener;
}

void
open_connection(struct connection *c, int way,
    const struct unix_options *options)
{
	struct unix_ports pair[2];
	char path[64] = "s";

	c->listener = NULL;
	if (way == 2) {
		succeeds(unix_pair(of_kind(options), pair));
		c->server = pair[0];
		c->client = pair[1];
		return;
	}
	if (way == 0) {
		ck_assert_ptr_nonnull(getcwd(path, sizeof(path) - 2));
		strcat(path, "/s");
	}
	c->listener = listen_at(path, options);
	succeeds(unix_connect(path, of_kind(options), &c->client));
	succeeds(unix_accept(c->listener, &c->server));
}

void
open_waiting(struct connection *c, const struct unix_options *options)
{
	*c = (struct connection){ .listener = listen_at("s", options) };
	succeeds(unix_connect("s", of_kind(NULL), &c->client));
}

void
close_connection(struct connection *c)
{
	unix_abandon_ports(&c->server);
	unix_abandon_ports(&c->client);
	succeeds(unix_close(c->listener));
}

void
cannot_listen(const char *path, const struct unix_options *options, int error)
{
	errno = 0;
	ck_assert_ptr_null(unix_listen(path, of_kind(options)));
	ck_assert_int_eq(errno, error);
}

void
cannot_connect(const char *path, const struct unix_options *options, int error)
{
	struct unix_ports ports = { .descriptor = { -7, -7 } };

	fails(unix_connect(path, of_kind(options), &ports), error);
	ck_assert_int_eq(ports.descriptor[0], -7);
}

void
fill_backlog(const char *path, struct unix_ports *clients, int count)
{
	struct unix_options options = { .connect_timeout = 50 };
	int i;

	for (i = 0; i < count; i++)
		succeeds(unix_connect(path, of_kind(NULL), &clients[i]));
	cannot_connect(path, &options, ETIMEDOUT);
}

void
abandon_all(struct unix_ports *ports, int count)
{
	int i;

	for (i = 0; i < count; i++)
		succeeds(unix_abandon_ports(&ports[i]));
}

int
bind_socket(int type)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "s" };
	int fd = socket(AF_UNIX, type, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	return fd;
}

int
count_files(const char *directory)
{
	DIR *files = opendir(directory);
	int count = 0;

	ck_assert_ptr_nonnull(files);
	while (readdir(files) != NULL)
		count++;
	closedir(files);
	return count - 2;
}

void
expect_reachable(struct unix_listener *listener, const char *path)
{
	struct unix_ports client, server;

	succeeds(unix_connect(path, of_kind(NULL), &client));
	succeeds(unix_accept(listener, &server));
	say(server.out, "here\n");
	expect(client.in, "here\n");
	succeeds(unix_close_ports(&client));
	succeeds(unix_close_ports(&server));
}

/* Text. */

void
say(FILE *out, const char *text)
{
	ck_assert_int_ne(fputs(text, out), EOF);
	ck_assert_int_eq(fflush(out), 0);
}

void
expect(FILE *in, const char *text)
{
	char line[200];

	ck_assert_ptr_nonnull(fgets(line, sizeof(line), in));
	ck_assert_str_eq(line, text);
}

void
expect_end(FILE *in)
{
	ck_assert_int_eq(getc(in), EOF);
	ck_assert(feof(in));
	ck_assert(!ferror(in));
}

void
make_path(char *path, size_t length)
{
	size_t i;

	memset(path, 'x', length);
	path[length] = '\0';
	if (length <= 255)
		return;
	for (i = 100; i < length - 1; i += 101) {
		path[i] = '\0';
		ck_assert_int_eq(mkdir(path, 0700), 0);
		path[i] = '/';
	}
}
