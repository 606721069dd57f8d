/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line-server ADDRESS: number the lines of clients, one client after the other,
 * until SIGINT or SIGTERM.  It shows plain ports, and a server without threads:
 * a silent client blocks the others.
 *
 *	line-server line.sock &
 *	unixport connect line.sock <file
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unixport.h>

static struct unix_listener *listener;

static void
stop(int number)
{
	(void)number;
	unix_interrupt(listener);
}

static void
serve(struct unix_ports *client)
{
	char *line = NULL;
	size_t size = 0;
	unsigned long count = 0;

	while (getline(&line, &size, client->in) != -1)
		if (fprintf(client->out, "%lu: %s", ++count, line) < 0 ||
		    fflush(client->out) == EOF)
			break;
	free(line);
	if (unix_close_ports(client) == -1)
		fprintf(stderr, "line-server: client: %s\n", strerror(errno));
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };
	/* Without SA_RESTART, so that a signal interrupts a blocked read. */
	struct sigaction action = { .sa_handler = stop };
	struct unix_ports client;
	char text[500];

	if (argc != 2) {
		fprintf(stderr, "usage: line-server ADDRESS\n");
		return 2;
	}
	listener = unix_listen(argv[1], &options);
	if (listener == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "line-server: %s\n", text);
		return 1;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (unix_accept(listener, &client) == 0)
		serve(&client);
	if (errno != ECANCELED)
		perror("line-server: accept");
	/* After unix_close() the handler would use freed memory. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return unix_close(listener) == 0 ? 0 : 1;
}
