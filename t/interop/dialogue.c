/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dialogue [-gr] connect|listen ADDRESS STEP...: exchanges the bytes that the
 * steps specify with another program, once, and reports any difference.
 *
 *	"> TEXT"	send this line		"f FILE"	send a file
 *	"< PATTERN"	the next line matches	"= FILE"	receive these bytes
 *	"~ PATTERN"	read up to such a line	"!"	half-close
 *	"+ FILE"	pass an open file with the next bytes
 *	"- LINE"	take a file whose first line is LINE
 *	"$"	receive EOF
 *
 * -g: guarded ports without fflush(3); -r: lines end in CR LF.
 * A server prints "ready" when it listens.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unixport.h"

static struct unix_options options = { .flags = UNIX_WAIT,
    .connect_timeout = 10000, .accept_timeout = 20000,
    .sigpipe = UNIX_SIGPIPE_IGNORE };
static struct unix_ports peer;
static const char *line_end = "\n";

static void
die(const char *what, const char *how)
{
	fflush(stdout);
	fprintf(stderr, "dialogue: %s: %s\n", what, how);
	exit(1);
}

static void
explain(const char *address)
{
	char text[5000];

	unix_explain(address, errno, text, sizeof(text));
	die("cannot", text);
}

static FILE *
open_file(const char *path)
{
	FILE *file = fopen(path, "r");

	if (file == NULL)
		die(path, strerror(errno));
	return file;
}

/* Plain ports must be flushed before an answer is read. */
static void
before_reading(void)
{
	if ((options.flags & UNIX_GUARDED) == 0 && peer.out != NULL &&
	    fflush(peer.out) == EOF)
		die("fflush", strerror(errno));
}

/*
 * Returns the next line without its newline, or NULL at EOF.  The line is valid
 * until the next call.
 */
static const char *
next_line(void)
{
	static struct unix_buffer line;
	int got;

	before_reading();
	got = unix_get_line(peer.in, &line, 0);
	if (got == -1)
		die("unix_get_line", strerror(errno));
	if (got == 0)
		return NULL;
	printf("< %s\n", line.bytes);
	return line.bytes;
}

static void
expect(const char *pattern, int skip)
{
	const char *line;

	do
		line = next_line();
	while (skip && line != NULL && fnmatch(pattern, line, 0) != 0);
	if (line == NULL)
		die(pattern, "end of file came");
	if (fnmatch(pattern, line, 0) != 0)
		die(pattern, "something else came");
}

static void
send_line(const char *text)
{
	printf("> %s\n", text);
	if (fprintf(peer.out, "%s%s", text, line_end) < 0)
		die(text, strerror(errno));
}

static void
send_file(const char *path)
{
	FILE *file = open_file(path);
	int c;

	while ((c = getc(file)) != EOF)
		if (putc(c, peer.out) == EOF)
			die(path, strerror(errno));
	fclose(file);
}

static void
expect_file(const char *path)
{
	FILE *file = open_file(path);
	int c;

	before_reading();
	while ((c = getc(file)) != EOF)
		if (getc(peer.in) != c)
			die(path, "other bytes came");
	fclose(file);
}

static void
add_file(const char *path)
{
	FILE *file = open_file(path);
	int fd = fileno(file);

	if (unix_add_files(&peer, &fd, 1) == -1)
		die(path, strerror(errno));
	fclose(file);
}

static void
take_file(const char *line)
{
	char text[100];
	int fd = unix_take_file(&peer);
	FILE *file = fd == -1 ? NULL : fdopen(fd, "r");

	if (file == NULL || fgets(text, sizeof(text), file) == NULL)
		die("file", strerror(errno));
	text[strcspn(text, "\n")] = '\0';
	if (strcmp(text, line) != 0)
		die(line, "another file came");
	fclose(file);
}

static void
take_step(const char *step)
{
	const char *rest = step[0] != '\0' && step[1] == ' ' ? step + 2 : "";

	switch (step[0]) {
	case '>': send_line(rest); break;
	case '<': expect(rest, 0); break;
	case '~': expect(rest, 1); break;
	case 'f': send_file(rest); break;
	case '=': expect_file(rest); break;
	case '+': add_file(rest); break;
	case '-': take_file(rest); break;
	case '!':
		if (unix_close_output(&peer) == -1)
			die("end of output", strerror(errno));
		break;
	case '$':
		if (next_line() != NULL)
			die("end of file", "a line came");
		break;
	default: die(step, "no such step");
	}
}

/* Accepts one client, and removes the file before the dialogue. */
static void
accept_one(const char *address)
{
	struct unix_listener *listener = unix_listen(address, &options);

	if (listener == NULL)
		explain(address);
	printf("ready\n");
	fflush(stdout);
	if (unix_accept(listener, &peer) == -1 || unix_close(listener) == -1)
		explain(address);
}

static int
usage(void)
{
	fprintf(stderr, "usage: dialogue [-gr] connect|listen ADDRESS "
	    "STEP...\n");
	return 2;
}

int
main(int argc, char *argv[])
{
	int option;

	/* "+": glibc would find options among the steps. */
	while ((option = getopt(argc, argv, "+gr")) != -1)
		switch (option) {
		case 'g':
			options.flags |= UNIX_GUARDED | UNIX_FILES;
			options.read_timeout = 10000;
			options.write_timeout = 10000;
			break;
		case 'r': line_end = "\r\n"; break;
		default: return usage();
		}
	argv += optind;
	if (argc - optind < 2)
		return usage();
	if (strcmp(argv[0], "listen") == 0)
		accept_one(argv[1]);
	else if (unix_connect(argv[1], &options, &peer) == -1)
		explain(argv[1]);
	for (argv += 2; *argv != NULL; argv++)
		take_step(*argv);
	if (unix_close_ports(&peer) == -1)
		die("close", strerror(errno));
	return 0;
}
