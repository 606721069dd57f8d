/* SPDX-License-Identifier: BSD-2-Clause */
/* What every measurement needs: a clock, CPUs, processes, connections. */
#include "bench.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LIMIT	100		/* seconds for a measurement */

void
die(const char *what)
{
	fflush(stdout);
	if (errno == 0)
		fprintf(stderr, "bench: %s\n", what);
	else
		fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	_exit(1);
}

void
need(int true, const char *what)
{
	if (!true)
		die(what);
}

double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

long
number(const char *name, long fallback)
{
	const char *text = getenv(name);
	char *end;
	long value;

	if (text == NULL || *text == '\0')
		return fallback;
	value = strtol(text, &end, 10);
	errno = 0;
	need(*end == '\0' && value > 0 && value < 1 << 30, name);
	return value;
}

const struct unix_options *
options_of(enum kind kind)
{
	static struct unix_options plain, guarded = { .flags = UNIX_GUARDED };

	guarded.buffer_size = (size_t)number("BUFFER", 0);
	return kind == GUARDED ? &guarded : &plain;
}

#ifdef CPU_SET
/* The CPUs that the program began with. */
static const cpu_set_t *
allowed(void)
{
	static cpu_set_t set;
	static int known;

	if (!known)
		need(sched_getaffinity(0, sizeof(set), &set) == 0,
		    "sched_getaffinity");
	known = 1;
	return &set;
}

int
cpus(void)
{
	return CPU_COUNT(allowed());
}

void
pin(int which)
{
	cpu_set_t set;
	int cpu;

	which = cpus() < 2 ? 0 : which;
	for (cpu = 0; !CPU_ISSET(cpu, allowed()) || which-- > 0; cpu++)
		;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	need(sched_setaffinity(0, sizeof(set), &set) == 0, "sched_setaffinity");
}
#else
int
cpus(void)
{
	return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

void
pin(int which)
{
	(void)which;
}
#endif

void
open_pair(enum kind kind, struct end pair[2])
{
	struct unix_ports ports[2];
	int fd[2];

	memset(pair, 0, 2 * sizeof(pair[0]));
	pair[0].kind = pair[1].kind = kind;
	if (kind == RAW) {
		need(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0, "socketpair");
		pair[0].fd = fd[0];
		pair[1].fd = fd[1];
		return;
	}
	need(unix_pair(options_of(kind), ports) == 0, "unix_pair");
	pair[0].ports = ports[0];
	pair[1].ports = ports[1];
}

void
close_end(struct end *end)
{
	if (end->kind == RAW)
		need(close(end->fd) == 0, "close");
	else
		need(unix_close_ports(&end->ports) == 0, "unix_close_ports");
}

void
drop_end(struct end *end)
{
	if (end->kind == RAW)
		need(close(end->fd) == 0, "close");
	else
		need(unix_abandon_ports(&end->ports) == 0,
		    "unix_abandon_ports");
}

pid_t
start_process(void)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	need(child != -1, "fork");
	/* Where one of the two dies, the other might wait for ever. */
	alarm(LIMIT);
	return child;
}

void
end_process(pid_t child)
{
	int status;

	need(waitpid(child, &status, 0) == child, "waitpid");
	errno = 0;
	need(status == 0, "the other process failed");
}

void
kill_process(pid_t child)
{
	int status;

	need(kill(child, SIGKILL) == 0, "kill");
	need(waitpid(child, &status, 0) == child, "waitpid");
	errno = 0;
	need(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	    "the other process failed");
}

void
write_all(int fd, const char *bytes, size_t length)
{
	ssize_t n;

	for (; length > 0; bytes += n, length -= (size_t)n) {
		n = write(fd, bytes, length);
		need(n > 0, "write");
	}
}

size_t
read_some(int fd, char *bytes, size_t size)
{
	ssize_t n = read(fd, bytes, size);

	if (n == 0)
		errno = 0;
	need(n > 0, "read");
	return (size_t)n;
}
