/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * echo-client ADDRESS [WORD...]: send the words, or else every line of the
 * standard input, to a server that answers each line with a line, and print
 * the answers.  It shows requests and replies over guarded ports.
 *
 *	echo-client echo.sock hello
 *	echo-client echo.sock <file
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unixport.h>

/*
 * Bytes of a line.  The sockets hold so many: we write all of a line before
 * we read, and a server that sends the first half back must not have to wait.
 */
#define LIMIT	50000

static int
fail(const char *what)
{
	fprintf(stderr, "echo-client: %s: %s\n", what, strerror(errno));
	return 1;
}

/* The answer to what was written; the read sends it. */
static int
print_answer(struct unix_ports *server)
{
	static struct unix_buffer answer;
	int result = unix_get_line(server->in, &answer, LIMIT);

	if (result == 0)
		errno = ECONNRESET;	/* it has left us without one */
	if (result != 1)
		return fail("receive");
	fwrite(answer.bytes, 1, answer.length, stdout);
	/* Flushed, for who looks at it from a pipe. */
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
	return print_answer(server);
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
			status = print_answer(server);
	unix_free_buffer(&line);
	return status;
}

int
main(int argc, char *argv[])
{
	/* A server that is just starting has five seconds. */
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
