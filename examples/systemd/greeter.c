/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * greeter MS: greet each line of a client.  systemd starts this service when
 * the first client connects.  It ends when it has had no client for MS
 * milliseconds, and no client is lost: the socket remains open in systemd,
 * which starts the service again.  MS should be more than 2000: systemd ends a
 * socket whose service it starts more than five times within ten seconds.  As
 * root, in this directory:
 *
 *	cc greeter.c -o /usr/local/bin/greeter -lunixport
 *	cp greeter.socket greeter.service /etc/systemd/system/
 *	systemctl daemon-reload
 *	systemctl enable --now greeter.socket
 *	echo world | unixport connect /run/greeter.sock
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unixport.h>

#define MAX_NAME	1000
#define NOTIFY_TRIES	100
#define NOTIFY_RETRY_MS	100

static struct unix_listener *listener;

static void
stop(int number)
{
	(void)number;
	unix_interrupt(listener);
}

/*
 * Without READY=1 systemd would end the service after TimeoutStartSec, so a
 * full queue is tried again.
 */
static void
notify(const char *state, int tries)
{
	const char *manager = getenv("NOTIFY_SOCKET");
	char text[500];

	if (manager == NULL)
		return;
	while (unix_try_send(manager, state, strlen(state)) == -1) {
		if (errno != EAGAIN || --tries == 0) {
			unix_explain(manager, errno, text, sizeof(text));
			fprintf(stderr, "greeter: %s: %s\n", state, text);
			return;
		}
		poll(NULL, 0, NOTIFY_RETRY_MS);
	}
}

static void
greet(struct unix_ports *client, void *context)
{
	struct unix_buffer name = { .bytes = NULL };

	(void)context;
	while (unix_get_line(client->in, &name, MAX_NAME) == 1)
		fprintf(client->out, "Hello, %s\n", name.bytes);
	unix_free_buffer(&name);
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
	/* A silent client would otherwise keep the service running. */
	const struct unix_options options = { .flags = UNIX_GUARDED,
	    .read_timeout = 60000, .write_timeout = 60000 };
	struct unix_serve_options limits = {
	    .idle = argc == 2 ? read_ms(argv[1]) : 0 };
	struct sigaction action = { .sa_handler = stop };
	char text[500];
	int status;

	if (limits.idle == 0) {
		fprintf(stderr, "usage: greeter MS\n");
		return 2;
	}
	listener = unix_listen("systemd:", &options);
	if (listener == NULL) {
		unix_explain("systemd:", errno, text, sizeof(text));
		fprintf(stderr, "greeter: %s\n", text);
		return 1;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	notify("READY=1", NOTIFY_TRIES);
	status = unix_serve(listener, greet, NULL, &limits);
	if (status == -1)
		perror("greeter");
	notify("STOPPING=1", 1);
	/* After unix_close() the handler would use freed memory. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return unix_close(listener) == 0 && status == 0 ? 0 : 1;
}
