/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * echo-client ADDRESS [WORD...]: send the words as one line, or else each line
 * of standard input, to a server that replies to a line with a line, and print
 * the replies.  It shows requests and replies over guarded ports.
 *
 *	echo-client echo.sock hello
 *	echo-client echo.sock <file
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unixport.h>

/*
 * Maximum bytes of a line.  We write the whole line before we read, and
 * echo-server sends back parts of it: with longer lines both sides could fill
 * the socket's buffers and wait for each other.
 */
#define LIMIT	50000

static int
fail(const char *what)
{
	fprintf(stderr, "echo-client: %s: %s\n", what, strerror(errno));
	return 1;
}

/* Receive and print one reply.  The read sends the request first. */
static int
print_reply(struct unix_ports *server)
{
	static struct unix_buffer reply;
	int result = unix_get_line(server->in, &reply, LIMIT);

	if (result == 0)
		errno = ECONNRESET;	/* EOF sets no error */
	if (result != 1)
		return fail("receive");
	fwrite(reply.bytes, 1, reply.length, stdout);
	/* Without fflush(3) a pipe would get the replies at the end only. */
	if (putchar('\n') == EOF || fflush(stdout) == EOF)
		return fail("standard output");
	return 0;
}

static int
send_words(struct unix_ports *server, char *words[])
{
	for (; *words != NULL; words++)
		if (fprintf(server->out, "%s%c", *words,
		    words[1] != NULL ? ' ' : '\n') < 0)
			return fail("send");
	return print_reply(server);
}

static int
send_lines(struct unix_ports *server)
{
	struct unix_buffer line = { 0 };
	int result, status = 0;

	while (status == 0 &&
	    (result = unix_get_line(stdin, &line, LIMIT)) != 0)
		if (result == -1)
			status = fail("standard input");
		else if (fwrite(line.bytes, 1, line.length, server->out) <
		    line.length || putc('\n', server->out) == EOF)
			status = fail("send");
		else
			status = print_reply(server);
	unix_free_buffer(&line);
	return status;
}

int
main(int argc, char *argv[])
{
	/* UNIX_WAIT: a server that is starting has five seconds. */
	struct unix_options options = { .flags = UNIX_GUARDED | UNIX_WAIT,
	    .connect_timeout = 5000, .read_timeout = 10000,
	    .write_timeout = 10000 };
	struct unix_ports server;
	char text[500];
	int status;

	if (argc < 2) {
		fprintf(stderr, "usage: echo-client ADDRESS [WORD...]\n");
		return 2;
	}
	if (unix_connect(argv[1], &options, &server) == -1) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "echo-client: %s\n", text);
		return 1;
	}
	status = argc == 2 ? send_lines(&server) :
	    send_words(&server, argv + 2);
	if (unix_close_ports(&server) == -1 && status == 0)
		status = fail("close");
	return status;
}
