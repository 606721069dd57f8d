/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http ADDRESS: serve a web page with the user and process of its client, until
 * SIGINT or SIGTERM.  It shows a protocol of lines, with a limit for each part
 * of a request, and unix_peer().
 *
 *	http page.sock &
 *	curl --unix-socket page.sock http://localhost/
 *	ssh -L 8080:$PWD/page.sock HOST		(and a browser at home)
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unixport.h>

#define LINE	4000		/* maximum bytes of a line */
#define LINES	100		/* maximum lines of a request */

static struct unix_listener *listener;

static void
stop(int number)
{
	(void)number;
	unix_interrupt(listener);
}

/*
 * Read a request into METHOD (8 bytes) and PATH (100).  Returns the status of
 * the reply, or NULL if the client has closed or is silent.
 */
static const char *
receive(FILE *in, char *method, char *path)
{
	struct unix_buffer line = { 0 };
	const char *status = "400 Bad Request";
	char version[4];
	int lines = 0, result;

	result = unix_get_line(in, &line, LINE);
	if (result == 1 && sscanf(line.bytes, "%7s %99s HTTP/1.%3s", method,
	    path, version) == 3)
		status = "200 OK";
	/* Ignore the header fields, which end with an empty line. */
	while (result == 1 && line.length > 0 && ++lines < LINES)
		result = unix_get_line(in, &line, LINE);
	if (lines == LINES || (result == -1 && errno == EMSGSIZE))
		status = "431 Request Header Fields Too Large";
	else if (result != 1)
		status = NULL;
	unix_free_buffer(&line);
	return status;
}

static void
visit(struct unix_ports *client, void *context)
{
	char method[8], path[100], page[300], user[100] = "unknown";
	const char *status = receive(client->in, method, path);
	struct unix_peer peer;
	int length;

	(void)context;
	if (status == NULL)
		return;
	if (status[0] == '2' && strcmp(method, "GET") != 0 &&
	    strcmp(method, "HEAD") != 0)
		status = "501 Not Implemented";
	else if (status[0] == '2' && strcmp(path, "/") != 0)
		status = "404 Not Found";
	if (unix_peer(client, &peer) == 0)
		snprintf(user, sizeof(user), "user %lu, in process %ld",
		    (unsigned long)peer.uid, (long)peer.pid);
	length = snprintf(page, sizeof(page), "<!DOCTYPE html>\n"
	    "<title>%s</title>\n<p>%s: you are %s.\n", status, status, user);
	fprintf(client->out, "HTTP/1.1 %s\r\nContent-Type: text/html\r\n"
	    "Content-Length: %d\r\nConnection: close\r\n\r\n%s", status,
	    length, status[0] == '2' && method[0] == 'H' ? "" : page);
}

int
main(int argc, char *argv[])
{
	/*
	 * Mode 0666 admits every user.  read_timeout limits silence, not the
	 * request: a client that sends a byte every four seconds keeps its
	 * thread, but one user has at most 10 of the 100 threads.
	 */
	struct unix_options options = { .flags = UNIX_GUARDED, .mode = 0666,
	    .read_timeout = 5000, .write_timeout = 5000 };
	struct unix_serve_options limits = { .clients = 100,
	    .clients_per_user = 10 };
	struct sigaction action = { .sa_handler = stop };
	char text[500];
	int status;

	if (argc != 2) {
		fprintf(stderr, "usage: http ADDRESS\n");
		return 2;
	}
	listener = unix_listen(argv[1], &options);
	if (listener == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "http: %s\n", text);
		return 1;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = unix_serve(listener, visit, NULL, &limits);
	if (status == -1)
		perror("http: serve");
	/* After unix_close() the handler would use freed memory. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return unix_close(listener) == 0 && status == 0 ? 0 : 1;
}
