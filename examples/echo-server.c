/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * echo-server ADDRESS: send the input of each client back to it, until SIGINT
 * or SIGTERM.  It shows a complete daemon: guarded ports, unix_serve(), limits,
 * and a graceful shutdown.
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
 * unix_serve() runs this in one thread for each client.  Guarded ports send
 * unsent output before a read waits, so fflush(3) is not needed.
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
	/* A client that neither sends nor reads does not keep its thread. */
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
	/* After unix_close() the handler would use freed memory. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return unix_close(listener) == 0 && status == 0 ? 0 : 1;
}
