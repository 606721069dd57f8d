/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * echo-server ADDRESS: send back what clients send, to many of them at once,
 * until SIGINT or SIGTERM.  It shows a whole daemon: guarded ports,
 * unix_serve(), limits, and an end that loses no answer.
 *
 *	echo-server echo.sock &
 *	echo-client echo.sock hello
 *	kill %1
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unixport.h>

static struct unix_listener *listener;

static void
stop(int number)
{
	(void)number;
	unix_interrupt(listener);
}

/*
 * Runs in a thread of its own for each client.  Before a read has to wait,
 * what was written is sent: there is no need of fflush(3).
 */
static void
echo(struct unix_ports *client, void *context)
{
	int c;

	(void)context;
	while ((c = getc(client->in)) != EOF && putc(c, client->out) != EOF)
		;
	if (unix_close_ports(client) == -1)
		perror("echo-server: client");
}

int
main(int argc, char *argv[])
{
	/* Who says nothing, or takes nothing, does not keep his thread. */
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .read_timeout = 60000, .write_timeout = 5000 };
	struct unix_serve_options limits = { .clients = 100 };
	struct sigaction action = { .sa_handler = stop };
	char text[500];
	int status;

	if (argc != 2) {
		fprintf(stderr, "usage: echo-server ADDRESS\n");
		return 2;
	}
	listener = unix_listen(argv[1], &options);
	if (listener == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "echo-server: %s\n", text);
		return 1;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = unix_serve(listener, echo, NULL, &limits);
	if (status == -1)
		perror("echo-server: serve");
	/* The handler must not meet a listener that is gone. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return unix_close(listener) == 0 && status == 0 ? 0 : 1;
}
