/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_messages: lines and frames of 32 bytes from a process to another, each
 * pinned to a CPU and with a second thread, beside Go and Rust.  Each row is a
 * program that is called as PROGRAM [KIND] lines|frames send|receive COUNT with
 * the socket as its descriptor 0; the receiver prints a rate.  The rows take
 * turns in each round, and the shares are medians of the ratios to raw.
 */
#include "config.h"

#ifdef HAVE_SCHED_SETAFFINITY
#include <sched.h>
#endif
#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message_ends.h"

#define MAX_ROUNDS	1000

enum { GO = END_KINDS, RUST, ROWS };
static const char *const names[ROWS] = { "raw", "guarded", "unlocked", "go",
    "rust" };
static const char *programs[ROWS];	/* NULL: not installed */
static double rates[ROWS][MAX_ROUNDS];

static void
need(int condition, const char *object)
{
	if (condition)
		return;
	fprintf(stderr, "bench_messages: %s: %s\n", object, strerror(errno));
	exit(1);
}

/* Without the permission, the system places both processes. */
static void
use_cpu(int number)
{
#ifdef HAVE_SCHED_SETAFFINITY
	cpu_set_t allowed, one;
	int cpu;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) == -1)
		return;
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed) && number-- == 0) {
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			(void)sched_setaffinity(0, sizeof(one), &one);
		}
#else
	(void)number;
#endif
}

/* One end, whose socket is FD; its standard output is OUT, if it prints. */
static pid_t
start_end(int row, const char *what, const char *direction,
    const char *count, int fd, int out)
{
	pid_t child = fork();

	need(child != -1, "fork");
	if (child != 0)
		return child;
	use_cpu(direction == receiving);
	need(dup2(fd, 0) == 0 && (out == -1 || dup2(out, 1) == 1), "dup2");
	if (row < END_KINDS)
		execl(programs[row], programs[row], names[row], what,
		    direction, count, (char *)NULL);
	else
		execl(programs[row], programs[row], what, direction, count,
		    (char *)NULL);
	need(0, programs[row]);
	return -1;
}

static void
await_end(pid_t child, const char *name)
{
	int status;

	errno = 0;
	need(waitpid(child, &status, 0) == child && status == 0, name);
}

/* Millions of messages a second. */
static double
measure(int row, const char *what, const char *count)
{
	int pair[2], result[2];
	char text[40] = "";
	pid_t sender, receiver;

	need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
	need(fcntl(pair[0], F_SETFD, FD_CLOEXEC) == 0 &&
	    fcntl(pair[1], F_SETFD, FD_CLOEXEC) == 0, "fcntl");
	need(pipe(result) == 0, "pipe");
	sender = start_end(row, what, sending, count, pair[0], -1);
	close(pair[0]);
	receiver = start_end(row, what, receiving, count, pair[1], result[1]);
	close(pair[1]);
	close(result[1]);
	need(read(result[0], text, sizeof(text) - 1) > 0, names[row]);
	close(result[0]);
	await_end(sender, names[row]);
	await_end(receiver, names[row]);
	return strtod(text, NULL) / 1e6;
}

static int
compare(const void *p, const void *q)
{
	double a = *(const double *)p, b = *(const double *)q;

	return (a > b) - (a < b);
}

static double
median(double *figures, size_t count)
{
	qsort(figures, count, sizeof(*figures), compare);
	return (figures[(count - 1) / 2] + figures[count / 2]) / 2;
}

static void
show(const char *what, size_t rounds)
{
	static double ratios[MAX_ROUNDS], raw[MAX_ROUNDS];
	double share, figure;
	size_t i;
	int row;

	memcpy(raw, rates[END_RAW], sizeof(raw));
	figure = median(raw, rounds);
	for (row = 0; row < ROWS; row++) {
		printf("%-16s%-9s", row == 0 ? what : row == 1 ?
		    "M a second" : "", names[row]);
		if (programs[row] == NULL) {
			printf("       -      -  not installed\n");
			continue;
		}
		for (i = 0; i < rounds; i++)
			ratios[i] = rates[row][i] / rates[END_RAW][i];
		share = median(ratios, rounds);
		printf("%8.1f %6.2f\n", figure * share, share);
	}
	puts("");
}

int
main(int argc, char *argv[])
{
	static const char *const works[] = { "lines", "frames" };
	size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	const char *count = argc > 2 ? argv[2] : "";
	size_t i, round;
	int row, n;

	if (argc != 6 || rounds == 0 || rounds > MAX_ROUNDS) {
		fputs("usage: bench_messages ROUNDS COUNT ENDS GO RUST\n",
		    stderr);
		return 2;
	}
	for (row = 0; row < END_KINDS; row++)
		programs[row] = argv[3];
	programs[GO] = *argv[4] != '\0' ? argv[4] : NULL;
	programs[RUST] = *argv[5] != '\0' ? argv[5] : NULL;
	for (i = 0; i < 2; i++) {
		for (round = 0; round < rounds; round++)
			for (n = 0; n < ROWS; n++) {
				row = (int)((round + (size_t)n) % ROWS);
				if (programs[row] != NULL)
					rates[row][round] = measure(row,
					    works[i], count);
			}
		show(works[i], rounds);
	}
	need(fflush(stdout) == 0 && !ferror(stdout), "standard output");
	return 0;
}
