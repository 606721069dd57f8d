/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * agent [-g] list ADDRESS: prints the comment of each key of an ssh-agent.
 *
 * agent serve ADDRESS: runs an agent without keys, until SIGTERM.
 *
 * The protocol is that of draft-ietf-sshm-ssh-agent.  Its messages are frames
 * as of unix_put_frame(3): a byte for the type, then numbers and strings with
 * lengths.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unixport.h"

enum { FAILURE = 5, REQUEST_IDENTITIES = 11, IDENTITIES = 12 };

static struct unix_listener *listener;

static int
fail(const char *address)
{
	char text[5000];

	unix_explain(address, errno, text, sizeof(text));
	fprintf(stderr, "agent: %s\n", text);
	return 1;
}

/*
 * Returns the number at *NEXT and advances *NEXT, or 0 at the end of the frame.
 */
static uint32_t
take_number(const struct unix_buffer *frame, size_t *next)
{
	const unsigned char *bytes = (unsigned char *)frame->bytes + *next;

	if (frame->length - *next < 4)
		return 0;
	*next += 4;
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	    (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Returns the string at *NEXT and advances *NEXT. */
static const char *
take_string(const struct unix_buffer *frame, size_t *next, uint32_t *length)
{
	const char *text;

	*length = take_number(frame, next);
	if (*length > frame->length - *next)
		*length = (uint32_t)(frame->length - *next);
	text = frame->bytes + *next;
	*next += *length;
	return text;
}

/* Each key is a string of bytes and a comment. */
static int
show_keys(const struct unix_buffer *frame)
{
	size_t next = 1;
	uint32_t count, length;
	const char *comment;

	if (frame->length < 5 || frame->bytes[0] != IDENTITIES)
		return -1;
	count = take_number(frame, &next);
	printf("%u keys\n", (unsigned)count);
	for (; count > 0 && next < frame->length; count--) {
		take_string(frame, &next, &length);
		comment = take_string(frame, &next, &length);
		printf("%.*s\n", (int)length, comment);
	}
	return count == 0 ? 0 : -1;
}

static int
ask(const char *address, unsigned flags)
{
	struct unix_options options = { .flags = UNIX_WAIT | flags,
	    .connect_timeout = 10000, .sigpipe = UNIX_SIGPIPE_IGNORE };
	static const char request = REQUEST_IDENTITIES;
	struct unix_buffer frame = { 0 };
	struct unix_ports server;
	int status = -1;

	if (unix_connect(address, &options, &server) == -1)
		return fail(address);
	unix_put_frame(server.out, &request, 1);
	if ((flags & UNIX_GUARDED) == 0)
		fflush(server.out);
	if (unix_get_frame(server.in, &frame, 0) == 1)
		status = show_keys(&frame);
	unix_free_buffer(&frame);
	if (unix_close_ports(&server) == -1)
		return fail(address);
	return status == 0 ? 0 : 1;
}

/* Answers each request: there are no keys, and other requests fail. */
static void
serve(struct unix_ports *client, void *context)
{
	static const char none[] = { IDENTITIES, 0, 0, 0, 0 };
	static const char failure = FAILURE;
	struct unix_buffer frame = { 0 };

	(void)context;
	while (unix_get_frame(client->in, &frame, 0) == 1)
		if (frame.length == 1 && frame.bytes[0] == REQUEST_IDENTITIES)
			unix_put_frame(client->out, none, sizeof(none));
		else
			unix_put_frame(client->out, &failure, 1);
	unix_free_buffer(&frame);
}

static void
stop(int number)
{
	(void)number;
	unix_interrupt(listener);
}

static int
be_agent(const char *address)
{
	struct unix_options options = { .flags = UNIX_GUARDED };
	int status;

	listener = unix_listen(address, &options);
	if (listener == NULL)
		return fail(address);
	signal(SIGTERM, stop);
	printf("ready\n");
	fflush(stdout);
	status = unix_serve(listener, serve, NULL, NULL);
	signal(SIGTERM, SIG_IGN);
	return status == -1 || unix_close(listener) == -1 ? fail(address) : 0;
}

int
main(int argc, char *argv[])
{
	unsigned flags = 0;

	if (argc == 4 && strcmp(argv[1], "-g") == 0) {
		flags = UNIX_GUARDED;
		argv++;
		argc--;
	}
	if (argc == 3 && strcmp(argv[1], "list") == 0)
		return ask(argv[2], flags);
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return be_agent(argv[2]);
	fprintf(stderr, "usage: agent [-g] list|serve ADDRESS\n");
	return 2;
}
