/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line-client ADDRESS FILE: send each line of FILE to a line-server, compare
 * the reply, and print the number of lines and bytes and the time.  It shows
 * requests and replies over plain ports.
 *
 *	line-server line.sock &
 *	line-client line.sock file
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unixport.h>

static int
fail(const char *what)
{
	fprintf(stderr, "line-client: %s: %s\n", what, strerror(errno));
	return 1;
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Send LINE and compare the reply: NUMBER, a colon, and LINE. */
static int
exchange(struct unix_ports *server, unsigned long number, const char *line)
{
	static char *reply;
	static size_t size;
	char prefix[32];
	size_t length;

	if (fprintf(server->out, "%s\n", line) < 0 ||
	    fflush(server->out) == EOF)
		return fail("send");
	if (getline(&reply, &size, server->in) == -1) {
		if (feof(server->in))
			errno = ECONNRESET;	/* EOF sets no error */
		return fail("receive");
	}
	length = (size_t)snprintf(prefix, sizeof(prefix), "%lu: ", number);
	reply[strcspn(reply, "\n")] = '\0';
	if (strncmp(reply, prefix, length) == 0 &&
	    strcmp(reply + length, line) == 0)
		return 0;
	fprintf(stderr, "line-client: line %lu came back as: %s\n", number,
	    reply);
	return 1;
}

static int
not_text(unsigned long number)
{
	fprintf(stderr, "line-client: line %lu has a NUL byte\n", number);
	return 1;
}

static int
send_file(struct unix_ports *server, FILE *file)
{
	double start = seconds();
	unsigned long count = 0, bytes = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	int status = 0;

	while (status == 0 && (length = getline(&line, &size, file)) != -1) {
		bytes += (unsigned long)length;
		line[strcspn(line, "\n")] = '\0';
		status = strlen(line) + 1 < (size_t)length ?
		    not_text(count + 1) : exchange(server, ++count, line);
	}
	free(line);
	if (status == 0 && ferror(file))
		status = fail("read");
	if (status == 0 && (printf("%lu lines, %lu bytes, each came back "
	    "numbered, %.3f seconds\n", count, bytes, seconds() - start) < 0 ||
	    fflush(stdout) == EOF))
		status = fail("standard output");
	return status;
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_WAIT,
	    .connect_timeout = 5000, .sigpipe = UNIX_SIGPIPE_IGNORE };
	struct unix_ports server;
	char text[500];
	FILE *file;
	int status;

	if (argc != 3) {
		fprintf(stderr, "usage: line-client ADDRESS FILE\n");
		return 2;
	}
	file = fopen(argv[2], "r");
	if (file == NULL)
		return fail(argv[2]);
	if (unix_connect(argv[1], &options, &server) == -1) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "line-client: %s\n", text);
		status = 1;
	} else {
		status = send_file(&server, file);
		if (unix_close_ports(&server) == -1 && status == 0)
			status = fail(argv[1]);
	}
	fclose(file);
	return status;
}
