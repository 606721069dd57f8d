/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signal-storm LINES: a child sends numbered lines to its parent while a
 * timer interrupts both 3000 times a second, first over plain ports, then
 * over guarded ones; the parent counts the lines that arrive complete.  It
 * shows the loss on plain ports when handlers lack SA_RESTART.
 *
 *	signal-storm 100000
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <unixport.h>

/* The number is there twice, to detect a line made of two halves. */
#define LINE	"line %ld, again %ld\n"

static void
die(const char *what)
{
	fprintf(stderr, "signal-storm: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static void
stop(const char *why)
{
	fprintf(stderr, "signal-storm: %s\n", why);
	_exit(1);
}

static void
tick(int number)
{
	(void)number;
}

/* Without SA_RESTART: a blocked read or write fails with EINTR. */
static void
storm(long microseconds)
{
	struct itimerval often = { { 0, microseconds }, { 0, microseconds } };
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = tick;
	if (sigaction(SIGALRM, &action, NULL) == -1 ||
	    setitimer(ITIMER_REAL, &often, NULL) == -1)
		die("timer");
}

/* The child: after EINTR it repeats the line. */
static void
send_lines(FILE *out, long count)
{
	long i;

	for (i = 1; i <= count; i++)
		while (fprintf(out, LINE, i, i) < 0 ||
		    (i == count && fflush(out) == EOF)) {
			if (errno != EINTR)
				die("child");
			clearerr(out);
		}
	_exit(0);
}

/* The parent pauses, so that the socket fills and the child has to wait. */
static void
work(void)
{
	struct timespec rest = { 0, 2000000 };

	while (nanosleep(&rest, &rest) == -1 && errno == EINTR)
		;
}

/* The parent: count the lines that arrive complete and in order. */
static long
receive_lines(FILE *in)
{
	char line[100] = "", whole[100];
	long number, last = 0, arrived = 0;

	while (fgets(line, sizeof(line), in) != NULL ||
	    (ferror(in) && errno == EINTR)) {
		clearerr(in);
		number = strtol(line + strcspn(line, "0123456789"), NULL,
		    10);
		snprintf(whole, sizeof(whole), LINE, number, number);
		if (number <= last || strcmp(line, whole) != 0)
			continue;
		last = number;
		if (++arrived % 2000 == 0)
			work();
	}
	return arrived;
}

static void
show(const char *kind, unsigned flags, long count)
{
	struct unix_options options = { .flags = flags };
	struct unix_ports pair[2];
	long arrived;
	int status;
	pid_t child;

	if (unix_pair(&options, pair) == -1)
		die(kind);
	child = fork();
	if (child == -1)
		die("fork");
	unix_abandon_ports(&pair[child != 0]);
	storm(333);
	if (child == 0)
		send_lines(pair[1].out, count);
	arrived = receive_lines(pair[0].in);
	storm(0);
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		stop("the child failed");
	unix_close_ports(&pair[0]);
	if (arrived == count)
		printf("%-9sall %ld lines arrive\n", kind, count);
	else
		printf("%-9s%ld of %ld lines arrive\n", kind, arrived, count);
	if (fflush(stdout) == EOF)
		die("standard output");
}

int
main(int argc, char *argv[])
{
	long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;

	if (count <= 0) {
		fprintf(stderr, "usage: signal-storm LINES\n");
		return 2;
	}
	show("plain", 0, count);
	show("guarded", UNIX_GUARDED, count);
	return 0;
}
