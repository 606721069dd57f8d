/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * deadline-client ADDRESS [WORD...]: send the words as a line, and print the
 * reply up to its end.  The whole takes at most two seconds, even if the server
 * sends a byte from time to time.  It shows unix_set_deadline().
 *
 *	deadline-client echo.sock hello
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unixport.h>

#define DEADLINE_MS	2000

static long
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Returns the number of bytes of the reply, or -1. */
static long
exchange(struct unix_ports *server, char *words[])
{
	char bytes[4096];
	long length = 0;
	ssize_t n;

	for (; *words != NULL; words++)
		fprintf(server->out, "%s%s", *words, words[1] ? " " : "");
	putc('\n', server->out);
	if (unix_close_output(server) == -1)	/* sends it, and EOF */
		return -1;
	while ((n = unix_get_bytes(server->in, bytes, sizeof(bytes))) > 0) {
		fwrite(bytes, 1, (size_t)n, stdout);
		length += n;
	}
	return n == 0 ? length : -1;
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .connect_timeout = DEADLINE_MS };
	struct unix_ports server = { .in = NULL };
	long left, end = milliseconds() + DEADLINE_MS, length = -1;
	char text[500];

	if (argc < 2) {
		fprintf(stderr, "usage: deadline-client ADDRESS [WORD...]\n");
		return 2;
	}
	if (unix_connect(argv[1], &options, &server) == 0) {
		left = end - milliseconds();
		/* A deadline of 0 would be none. */
		if (unix_set_deadline(&server, left > 0 ? (int)left : 1) == 0)
			length = exchange(&server, argv + 2);
	}
	if (length == -1 && errno == ETIMEDOUT)
		fprintf(stderr, "deadline-client: %s: too slow: no complete "
		    "reply within %d ms\n", argv[1], DEADLINE_MS);
	else if (length == -1) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "deadline-client: %s\n", text);
	} else if (length == 0)
		fprintf(stderr, "deadline-client: %s: closed the connection "
		    "without a reply\n", argv[1]);
	unix_abandon_ports(&server);
	if (fflush(stdout) == EOF || ferror(stdout)) {
		perror("deadline-client: standard output");
		return 1;
	}
	return length > 0 ? 0 : 1;
}
