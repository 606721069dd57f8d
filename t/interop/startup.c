/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * startup [-g] ADDRESS USER QUERY: begins a session with a PostgreSQL server by
 * version 3.0 of its protocol, and prints the version of the server and every
 * column that QUERY returns.
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unixport.h"

/* A message: its type, and the LENGTH bytes after its length. */
struct message {
	int kind;
	uint32_t length;
	unsigned char bytes[10000];
};

static uint32_t
number_at(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	    (uint32_t)bytes[2] << 8 | bytes[3];
}

static void
put_number(FILE *out, uint32_t number)
{
	int shift;

	for (shift = 24; shift >= 0; shift -= 8)
		putc((int)(number >> shift & 0xff), out);
}

static void
put_startup(FILE *out, const char *user)
{
	static const char words[] = "\0database\0postgres\0";
	size_t length = strlen(user) + sizeof(words) + 5;

	put_number(out, (uint32_t)length + 8);
	put_number(out, 3 << 16);
	fwrite("user", 1, 5, out);
	fputs(user, out);
	fwrite(words, 1, sizeof(words), out);
}

static void
put_query(FILE *out, const char *query)
{
	putc('Q', out);
	put_number(out, (uint32_t)strlen(query) + 5);
	fwrite(query, 1, strlen(query) + 1, out);
}

static int
get_message(FILE *in, struct message *message)
{
	unsigned char length[4];

	message->kind = getc(in);
	if (message->kind == EOF || fread(length, 1, 4, in) != 4)
		return -1;
	message->length = number_at(length) - 4;
	if (message->length >= sizeof(message->bytes) || fread(message->bytes,
	    1, message->length, in) != message->length)
		return -1;
	message->bytes[message->length] = '\0';
	return 0;
}

/* Prints a row: the number of columns, then each with its length. */
static void
show_row(const struct message *row)
{
	const unsigned char *next = row->bytes + 2;
	uint32_t length;

	while (next + 4 <= row->bytes + row->length) {
		length = number_at(next);
		printf("%.*s\n", (int)length, (const char *)next + 4);
		next += 4 + length;
	}
}

static void
show_parameter(const struct message *parameter)
{
	const char *name = (const char *)parameter->bytes;

	if (strcmp(name, "server_version") == 0)
		printf("%s %s\n", name, name + strlen(name) + 1);
}

/*
 * Prints an error, which consists of strings with a letter each; M is the
 * message.
 */
static void
show_error(const struct message *error)
{
	const unsigned char *next = error->bytes;

	while (*next != '\0' && *next != 'M')
		next += strlen((const char *)next) + 1;
	fprintf(stderr, "startup: %s\n", (const char *)next + 1);
}

/* Reads until the server is ready for a query. */
static int
until_ready(struct unix_ports *server, int guarded)
{
	static struct message message;

	if (!guarded && fflush(server->out) == EOF)
		return -1;
	while (get_message(server->in, &message) == 0)
		switch (message.kind) {
		case 'D': show_row(&message); break;
		case 'S': show_parameter(&message); break;
		case 'E': show_error(&message); return -1;
		case 'Z': return 0;
		default: break;
		}
	return -1;
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_WAIT,
	    .connect_timeout = 10000, .sigpipe = UNIX_SIGPIPE_IGNORE };
	int guarded = argc == 5 && strcmp(argv[1], "-g") == 0, status;
	struct unix_ports server;
	char text[5000];

	if (argc - guarded != 4)
		return 2;
	argv += guarded;
	if (guarded)
		options.flags |= UNIX_GUARDED;
	if (unix_connect(argv[1], &options, &server) == -1) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "startup: %s\n", text);
		return 1;
	}
	put_startup(server.out, argv[2]);
	status = until_ready(&server, guarded);
	if (status == 0) {
		put_query(server.out, argv[3]);
		status = until_ready(&server, guarded);
	}
	fwrite("X\0\0\0\4", 1, 5, server.out);
	if (unix_close_ports(&server) == -1)
		status = -1;
	return status == 0 ? 0 : 1;
}
