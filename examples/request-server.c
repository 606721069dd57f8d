/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request-server ADDRESS MS: send each line of a client back to it, until
 * SIGINT or SIGTERM.  A request and its reply may take MS milliseconds,
 * whatever the client does.  A read_timeout alone would not end a client that
 * sends a byte now and then, which would occupy its thread for ever.
 *
 *	request-server request.sock 2000 &
 *	echo hello | unixport connect request.sock
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unixport.h>

#define IDLE_MS		60000		/* between two requests */
#define MAX_REQUEST	1000

static struct unix_listener *listener;

static void
stop(int number)
{
	(void)number;
	unix_interrupt(listener);
}

/*
 * Returns 1 after a request, 0 if the client has ended its input or is idle,
 * or -1.  The deadline begins with the first byte of the request, and also
 * limits the reply.
 */
static int
answer_request(struct unix_ports *client, struct unix_buffer *line, int ms)
{
	int result;

	if (unix_set_deadline(client, 0) == -1 ||
	    unix_input_ready(client, IDLE_MS) != 1 ||
	    unix_set_deadline(client, ms) == -1)
		return 0;
	result = unix_get_line(client->in, line, MAX_REQUEST);
	if (result != 1)
		return result;
	unix_put_line(client->out, line->bytes, line->length);
	return unix_flush(client) == -1 ? -1 : 1;
}

/*
 * unix_serve() closes the ports, but does not report if replies were lost in
 * closing.  A handler that needs this result closes them itself.
 */
static void
serve(struct unix_ports *client, void *ms)
{
	struct unix_buffer line = { .bytes = NULL };
	int result;

	do
		result = answer_request(client, &line, *(int *)ms);
	while (result == 1);
	if (result == -1)
		fprintf(stderr, "request-server: client: %s\n",
		    errno == ETIMEDOUT ? "the request took too long" :
		    strerror(errno));
	unix_free_buffer(&line);
	if (unix_close_ports(client) == -1)
		fprintf(stderr, "request-server: a reply was lost: %s\n",
		    strerror(errno));
}

/* Returns a number of milliseconds, or 0. */
static int
read_ms(const char *text)
{
	char *end;
	long ms = strtol(text, &end, 10);

	return end == text || *end != '\0' || ms < 0 || ms > INT_MAX ? 0 :
	    (int)ms;
}

int
main(int argc, char *argv[])
{
	const struct unix_options options = { .flags = UNIX_GUARDED };
	struct sigaction action = { .sa_handler = stop };
	int ms = argc == 3 ? read_ms(argv[2]) : 0;
	char text[500];
	int status;

	if (ms == 0) {
		fprintf(stderr, "usage: request-server ADDRESS MS\n");
		return 2;
	}
	listener = unix_listen(argv[1], &options);
	if (listener == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "request-server: %s\n", text);
		return 1;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = unix_serve(listener, serve, &ms, NULL);
	if (status == -1)
		perror("request-server: serve");
	/* After unix_close() the handler would use freed memory. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return unix_close(listener) == 0 && status == 0 ? 0 : 1;
}
