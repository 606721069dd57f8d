/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls on a connection, whose peer is the attacker.  A call that writes or
 * closes has output that the full socket does not take.
 */
#include "attack.h"

#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Older releases do not have these. */
int unix_put_line(FILE *out, const void *bytes, size_t length)
    __attribute__((weak));
ssize_t unix_get_bytes(FILE *in, void *bytes, size_t size)
    __attribute__((weak));

#define FRAME_LIMIT	0x7fffffff	/* nothing of it is allocated */

/* Output that the peer does not read: all that there is room for, or little. */
static void
fill(struct scene *scene)
{
	static char bytes[32768];
	enum role role = scene->call->role;
	int is_full = role == WRITES || role == ADDS || role == CLOSES;
	size_t length = is_full ? sizeof(bytes) : 16, i;
	ssize_t sent;

	if (!is_full && scene->attack->read != ECONNRESET)
		return;
	while (length > 0) {
		for (i = 0; i < length; i++)
			bytes[i] = byte_at(scene->filled + i);
		sent = send(unix_fileno(&scene->ports[0]), bytes, length,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent > 0)
			scene->filled += (size_t)sent;
		else
			length /= 2;
		if (!is_full)
			break;
	}
}

static void
set_connection(struct scene *scene)
{
	scene->listener = unix_listen("s", &scene->options);
	need(scene->listener != NULL, "unix_listen");
	start_attacker(scene, SOCK_STREAM, 1);
	need(unix_accept(scene->listener, &scene->ports[0]) == 0,
	    "unix_accept");
	fill(scene);
	await_attacker(scene);
}

/* The attack begins before the library has the socket. */
static void
set_opened(struct scene *scene)
{
	int ends[2];

	need(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0,
	    "socketpair");
	start_peer(scene, ends[1]);
	await_attacker(scene);
	need(unix_open_ports(ends[0], &scene->options, &scene->ports[0]) == 0,
	    "unix_open_ports");
	fill(scene);
}

static void
set_child(struct scene *scene)
{
	start_spawned_attacker(scene);
	fill(scene);
	await_attacker(scene);
}

static void
clear_connection(struct scene *scene)
{
	unix_abandon_ports(&scene->ports[0]);
	need(unix_close(scene->listener) == 0, "unix_close");
	unix_free_buffer(&scene->buffer);
	close(scene->taken);
}

/* Reads. */

static int
end_of_read(const struct scene *scene, int has_data)
{
	if (has_data)
		return 0;
	return ferror(scene->ports[0].in) ? errno : END_OF_INPUT;
}

static int
run_fgets(struct scene *scene)
{
	char line[100];

	return end_of_read(scene,
	    fgets(line, sizeof(line), scene->ports[0].in) != NULL);
}

static int
run_fread(struct scene *scene)
{
	char bytes[100];

	return end_of_read(scene, fread(bytes, sizeof(bytes), 1,
	    scene->ports[0].in) == 1);
}

static int
run_get_line(struct scene *scene)
{
	int result = unix_get_line(scene->ports[0].in, &scene->buffer, 0);

	return result == 0 ? END_OF_INPUT : errno_of(result);
}

static int
run_get_frame(struct scene *scene)
{
	int result = unix_get_frame(scene->ports[0].in, &scene->buffer,
	    FRAME_LIMIT);

	if (scene->buffer.capacity > FRAME_LIMIT / 64)
		problem("%zu bytes are allocated", scene->buffer.capacity);
	return result == 0 ? END_OF_INPUT : errno_of(result);
}

static int
has_no_get_bytes(void)
{
	return unix_get_bytes == NULL;
}

/* Up to the byte that does not come. */
static int
run_get_bytes(struct scene *scene)
{
	char bytes[100];
	ssize_t length;

	do
		length = unix_get_bytes(scene->ports[0].in, bytes,
		    sizeof(bytes));
	while (length > 0);
	return length == 0 ? END_OF_INPUT : errno;
}

/* What it promises: that a read does not wait. */
static int
run_input_ready(struct scene *scene)
{
	FILE *in = scene->ports[0].in;
	int result = unix_input_ready(&scene->ports[0], TIMEOUT_MS);
	int can_block = scene->kind->flags == 0 &&
	    scene->attack->traits & SENDS_FILES;

	if (result == 1 && !can_block) {
		errno = 0;
		if (getc(in) == EOF && errno == ETIMEDOUT)
			problem("the read blocks");
	}
	return result == 0 ? ETIMEDOUT : errno_of(result);
}

/* The close(2) of a taken one is the business of the caller. */
static int
run_take_file(struct scene *scene)
{
	getc(scene->ports[0].in);
	scene->taken = unix_take_file(&scene->ports[0]);
	return scene->taken == -1 ? errno : 0;
}

/* Writes. */

static void
print_more(struct scene *scene)
{
	char bytes[100];
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = byte_at(scene->filled + i);
	fprintf(scene->ports[0].out, "%.*s", (int)sizeof(bytes), bytes);
}

static int
run_fflush(struct scene *scene)
{
	print_more(scene);
	return errno_of(fflush(scene->ports[0].out) == 0 ? 0 : -1);
}

static int
flush_after(struct scene *scene, int result)
{
	if (result == 0)
		result = fflush(scene->ports[0].out) == 0 ? 0 : -1;
	return errno_of(result);
}

static int
run_put_frame(struct scene *scene)
{
	return flush_after(scene,
	    unix_put_frame(scene->ports[0].out, "frame", 5));
}

static int
has_no_put_line(void)
{
	return unix_put_line == NULL;
}

static int
run_put_line(struct scene *scene)
{
	return flush_after(scene,
	    unix_put_line(scene->ports[0].out, "line", 4));
}

static int
run_add_files(struct scene *scene)
{
	const int file = STDERR_FILENO;

	print_more(scene);
	return errno_of(unix_add_files(&scene->ports[0], &file, 1));
}

/* Closes. */

static int
run_close_input(struct scene *scene)
{
	return errno_of(unix_close_input(&scene->ports[0]));
}

static int
run_close_output(struct scene *scene)
{
	print_more(scene);
	return errno_of(unix_close_output(&scene->ports[0]));
}

static int
run_close_ports(struct scene *scene)
{
	print_more(scene);
	return errno_of(unix_close_ports(&scene->ports[0]));
}

static int
run_fclose(struct scene *scene)
{
	FILE *in = scene->ports[0].in, *out = scene->ports[0].out;
	int result;

	print_more(scene);
	scene->ports[0].in = scene->ports[0].out = NULL;
	result = errno_of(fclose(out) == 0 ? 0 : -1);
	fclose(in);
	return result;
}

static int
run_abandon(struct scene *scene)
{
	print_more(scene);
	return errno_of(unix_abandon_ports(&scene->ports[0]));
}

static const struct stage connection = { set_connection, clear_connection,
    1 };
static const struct stage opened = { set_opened, clear_connection, 1 };
static const struct stage child = { set_child, clear_connection, 1 };

const struct call connection_calls[] = {
	{ "fgets", READS, &connection, run_fgets, 0, NULL },
	{ "fread", READS, &connection, run_fread, 0, NULL },
	{ "unix_get_line", READS, &connection, run_get_line, 0, NULL },
	{ "unix_get_frame", READS_FRAMES, &connection, run_get_frame, 0, NULL },
	{ "unix_get_bytes", READS, &connection, run_get_bytes, 0,
	    has_no_get_bytes },
	{ "unix_input_ready", ASKS, &connection, run_input_ready, 0, NULL },
	{ "unix_take_file", TAKES, &connection, run_take_file, 0, NULL },
	{ "fprintf, fflush", WRITES, &connection, run_fflush, 0, NULL },
	{ "unix_put_frame", WRITES, &connection, run_put_frame, 0, NULL },
	{ "unix_put_line", WRITES, &connection, run_put_line, 0,
	    has_no_put_line },
	{ "unix_add_files", ADDS, &connection, run_add_files, 0, NULL },
	{ "unix_close_input", CLOSES_SILENTLY, &connection, run_close_input,
	    0, NULL },
	{ "unix_close_output", CLOSES, &connection, run_close_output, 0, NULL },
	{ "unix_close_ports", CLOSES, &connection, run_close_ports, 0, NULL },
	{ "unix_abandon_ports", CLOSES_SILENTLY, &connection, run_abandon, 0,
	    NULL },
	{ "fclose", CLOSES, &connection, run_fclose, 0, NULL },
	{ "open_ports, fgets", READS, &opened, run_fgets, 0, NULL },
	{ "open_ports, fflush", WRITES, &opened, run_fflush, 0, NULL },
	{ "open_ports, close", CLOSES, &opened, run_close_ports, 0, NULL },
	{ "unix_spawn, fgets", READS, &child, run_fgets, 0, NULL },
	{ "unix_spawn, fflush", WRITES, &child, run_fflush, 0, NULL },
	{ "unix_spawn, close", CLOSES, &child, run_close_ports, 0, NULL },
	{ NULL, READS, NULL, NULL, 0, NULL }
};
