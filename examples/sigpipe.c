/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sigpipe FILE: send FILE line by line to a peer that closes after the third
 * line, under each SIGPIPE policy and over guarded ports, and print the result.
 * It shows the effect of the policies.
 *
 *	sigpipe file		(of four lines or more)
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unixport.h>

#define STAY	3		/* lines read by the peer */

/* Send FILE.  Returns the number of lines sent, or -1 if all were. */
static int
send_lines(struct unix_ports pair[2], FILE *file)
{
	char *line = NULL, *copy = NULL;
	size_t size = 0, copy_size = 0;
	int sent = 0;

	while (getline(&line, &size, file) != -1) {
		line[strcspn(line, "\n")] = '\0';
		if (sent == STAY)
			unix_close_ports(&pair[1]);
		if (fprintf(pair[0].out, "%s\n", line) < 0 ||
		    fflush(pair[0].out) == EOF)
			return sent;
		if (sent++ < STAY && getline(&copy, &copy_size, pair[1].in) == -1)
			return sent;
	}
	free(line);
	free(copy);
	return -1;
}

/* In a child: UNIX_SIGPIPE_RAISE terminates it. */
static int
try_policy(const struct unix_options *options, FILE *file)
{
	struct unix_ports pair[2];
	int sent;

	if (unix_pair(options, pair) == -1) {
		printf("unix_pair fails: %s\n", strerror(errno));
		return 0;
	}
	sent = send_lines(pair, file);
	if (ferror(file))
		printf("the file cannot be read\n");
	else if (sent == -1)
		printf("the file has no more than %d lines\n", STAY);
	else
		printf("line %d fails: %s; the program continues\n", sent + 1,
		    strerror(errno));
	unix_abandon_ports(&pair[0]);
	unix_close_ports(&pair[1]);
	return ferror(file) ? 1 : 0;
}

static int
show_policy(const char *name, enum unix_sigpipe policy, unsigned flags,
    const char *path)
{
	struct unix_options options = { .flags = flags, .sigpipe = policy };
	FILE *file = fopen(path, "r");
	int status;
	pid_t child;

	if (file == NULL) {
		fprintf(stderr, "sigpipe: %s: %s\n", path, strerror(errno));
		return 1;
	}
	printf("%-16s", name);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		status = try_policy(&options, file);
		_exit(fflush(stdout) == EOF ? 1 : status);
	}
	fclose(file);
	if (child == -1 || waitpid(child, &status, 0) == -1) {
		fprintf(stderr, "sigpipe: child: %s\n", strerror(errno));
		return 1;
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	printf("the process is killed: %s\n", strsignal(WTERMSIG(status)));
	return 0;
}

int
main(int argc, char *argv[])
{
	if (argc != 2) {
		fprintf(stderr, "usage: sigpipe FILE\n");
		return 2;
	}
	return show_policy("RAISE", UNIX_SIGPIPE_RAISE, 0, argv[1]) != 0 ||
	    show_policy("IGNORE", UNIX_SIGPIPE_IGNORE, 0, argv[1]) != 0 ||
	    show_policy("ERROR", UNIX_SIGPIPE_ERROR, 0, argv[1]) != 0 ||
	    show_policy("ERROR, guarded", UNIX_SIGPIPE_ERROR, UNIX_GUARDED,
	    argv[1]) != 0 || fflush(stdout) == EOF;
}
