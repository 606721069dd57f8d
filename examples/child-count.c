/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child-count FILE: a parent streams FILE to its child over unix_pair();
 * the child counts lines, words and bytes and sends the sums back.  It shows
 * a pair across fork(2), and half-close.
 *
 *	child-count file
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unixport.h>

static int
fail(const char *what)
{
	fprintf(stderr, "child-count: %s: %s\n", what, strerror(errno));
	return 1;
}

/* The child: read to EOF, then reply. */
static int
count(struct unix_ports *parent)
{
	unsigned long lines = 0, words = 0, bytes = 0;
	int c, in_word = 0;

	while ((c = getc(parent->in)) != EOF) {
		bytes++;
		lines += c == '\n';
		words += !isspace(c) && !in_word;
		in_word = !isspace(c);
	}
	fprintf(parent->out, "%lu lines, %lu words, %lu bytes\n", lines,
	    words, bytes);
	return unix_close_ports(parent) == 0 ? 0 : fail("child");
}

/* The parent: send the file, half-close, and print the reply. */
static int
stream(struct unix_ports *child, FILE *file)
{
	char reply[100];
	int c, error;

	while ((c = getc(file)) != EOF && putc(c, child->out) != EOF)
		;
	error = ferror(file) ? errno : 0;
	if (unix_close_output(child) == -1)
		return fail("send");
	if (fgets(reply, sizeof(reply), child->in) == NULL) {
		if (feof(child->in))
			errno = ECONNRESET;	/* EOF sets no error */
		return fail("receive");
	}
	if (error != 0) {
		errno = error;
		return fail("read");
	}
	if (fputs(reply, stdout) == EOF || fflush(stdout) == EOF)
		return fail("standard output");
	return unix_close_ports(child) == 0 ? 0 : fail("parent");
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };
	struct unix_ports pair[2];
	int status, of_child;
	FILE *file;
	pid_t child;

	if (argc != 2) {
		fprintf(stderr, "usage: child-count FILE\n");
		return 2;
	}
	file = fopen(argv[1], "r");
	if (file == NULL)
		return fail(argv[1]);
	if (unix_pair(&options, pair) == -1)
		return fail("unix_pair");
	child = fork();
	if (child == -1)
		return fail("fork");
	if (child == 0) {
		unix_abandon_ports(&pair[0]);
		_exit(count(&pair[1]));
	}
	unix_close_ports(&pair[1]);
	status = stream(&pair[0], file);
	unix_abandon_ports(&pair[0]);
	fclose(file);
	return waitpid(child, &of_child, 0) == child && of_child == 0 ?
	    status : 1;
}
